#include <cstdio>
#include <map>
#include <string>

#include "contracts/contracts.h"
#include "gateway/config.h"
#include "gateway/domain/accounts.h"
#include "gateway/domain/bootstrap.h"
#include "gateway/doors/authenticator.h"
#include "gateway/doors/backends.h"
#include "gateway/doors/doorkeeper.h"
#include "gateway/doors/grpc_door.h"
#include "gateway/doors/http_door.h"
#include "gateway/doors/route_table.h"
#include "gateway/rpc/identity_services.h"
#include "gateway/storage/pg_audit_log.h"
#include "gateway/storage/pg_identity_stores.h"
#include "lib/base/check.h"
#include "lib/base/status_macros.h"
#include "lib/pg/listener.h"
#include "lib/pg/migrate.h"
#include "lib/rpc/log.h"
#include "lib/rpc/server.h"
#include "migrations.h"

namespace millwright::gateway {
namespace {

std::map<std::string, std::string> PeerAddresses(const Config& config) {
  return {
      {"telemetry", config.peers.telemetry}, {"tracker", config.peers.tracker}, {"model_registry", config.peers.model_registry},
      {"scheduler", config.peers.scheduler}, {"monitor", config.peers.monitor}, {"serving", config.peers.serving},
      {"system", config.peers.system},       {"gateway", config.server.address}};
}

absl::Status Bootstrap(const Config::Bootstrap& files, const IdentityStores& stores, Accounts& accounts) {
  const absl::Time now = base::SystemClock().Now();
  RETURN_IF_ERROR(EnsureTokenOfFile(stores.tokens, files.cli_token_file, "cli", "admin", auth::Role::kAdmin, now));
  RETURN_IF_ERROR(EnsureTokenOfFile(stores.tokens, files.worker_token_file, "local", "", auth::Role::kWorker, now));
  RETURN_IF_ERROR(EnsureTokenOfFile(stores.tokens, files.command_token_file, "command", "", auth::Role::kEngineer, now));
  RETURN_IF_ERROR(EnsureTokenOfFile(stores.tokens, files.inference_token_file, "inference", "", auth::Role::kViewer, now));
  return EnsureFirstSignInCode(stores, accounts, files.sign_in_code_file, now);
}

HttpDoorOptions DoorOptions(const Config& config) {
  HttpDoorOptions options{.allowed_hosts = config.doors.allowed_hosts,
                          .max_body_bytes = static_cast<std::size_t>(config.doors.max_body_bytes),
                          .call_timeout = absl::Seconds(config.doors.call_timeout_seconds),
                          .has_secure_cookie = config.doors.secure_cookie,
                          .web_folder = config.web_folder,
                          .server = {}};
  options.server.threads = config.doors.http_threads;
  return options;
}

int Fail(const absl::Status& status) {
  rpc::LogError(std::string(status.message()));
  return 1;
}

int Run(const Config& config) {
  const auth::Signer signer = rpc::LoadSignerOrExit(config.server);
  const base::Clock& clock = base::SystemClock();
  pg::Database db(config.database.ResolveOrExit());
  pg::MigrateOrExit(db, "gateway", migrations());
  PgIdentityStores stores(db);
  PgAuditLog audit(db);
  Accounts accounts(stores.all, clock);
  if (const absl::Status status = Bootstrap(config.bootstrap, stores.all, accounts); !status.ok()) return Fail(status);

  const absl::StatusOr<MethodTable> methods = MethodTable::Make(contracts::Methods());
  CHECK_OK(methods.status());
  const RouteTable routes(*methods);
  const Backends backends(PeerAddresses(config));
  Authenticator authenticator(stores.all, accounts, clock);
  TokenChanges changes;
  const pg::Listener listener(db, kTokensChannel, [&] {
    authenticator.Invalidate();
    changes.Count();
  });
  Doorkeeper doorkeeper(audit, signer, clock);

  SessionService sessions(accounts, stores.workspaces);
  UserService users(accounts, stores.users);
  TokenService tokens(accounts, stores.tokens, changes);
  WorkspaceService workspaces(accounts, stores.workspaces);
  AuditService audit_service(audit);

  OpenStreams streams(clock);
  GrpcDoor grpc_door(*methods, authenticator, doorkeeper, backends, streams);
  HttpDoor http_door(routes, authenticator, doorkeeper, backends, DoorOptions(config));
  // Before the doors take anything: a taken port ends the start.
  if (const absl::Status status = grpc_door.Start(config.doors.grpc_address); !status.ok()) return Fail(status);
  if (const absl::Status status = http_door.Start(config.doors.http_address); !status.ok()) return Fail(status);
  const rpc::Companion doors{.start = [] {},
                             .stop =
                                 [&] {
                                   http_door.Stop();
                                   grpc_door.Stop();
                                 }};
  return rpc::RunServer(config.server, signer, {&sessions, &users, &tokens, &workspaces, &audit_service}, {doors});
}

}  // namespace
}  // namespace millwright::gateway

int main(int argc, char** argv) {
  return millwright::gateway::Run(millwright::config::LoadOrExit<millwright::gateway::Config>(argc, argv));
}
