#include "cli/commands/status.h"

#include <cstdio>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "cli/door.h"
#include "cli/supervisor/state_file.h"
#include "cli/supervisor/system_service.h"
#include "lib/base/files.h"
#include "lib/base/status_macros.h"
#include "lib/rpc/client.h"
#include "lib/rpc/status.h"
#include "millwright/system/v1/system.grpc.pb.h"

namespace millwright::cli {
namespace {

constexpr absl::Duration kPatience = absl::Seconds(5);

absl::Status ThroughGateway(const Home& home, const Session& session, system::v1::SystemStatus* status) {
  ASSIGN_OR_RETURN(const Door door, Door::Open(home, session.address, session.token));
  const auto* method =
      system::v1::SystemStatus::descriptor()->file()->FindServiceByName("SystemService")->FindMethodByName("GetSystemStatus");
  return door.Call(*method, system::v1::GetSystemStatusRequest(), status, kPatience);
}

absl::Status FromSupervisor(const Home& home, system::v1::SystemStatus* status) {
  ASSIGN_OR_RETURN(const std::string key, base::ReadFile(home.Secret("assertion.key"), 1024));
  ASSIGN_OR_RETURN(const auth::Signer signer, auth::Signer::Create(std::string(absl::StripAsciiWhitespace(key)), "cli"));
  const auto stub = system::v1::SystemService::NewStub(rpc::Connect("unix:" + home.SupervisorSocket(), signer));
  grpc::ClientContext context;
  rpc::Prepare(context, kPatience);
  return rpc::FromGrpc(stub->GetSystemStatus(&context, {}, status));
}

// What was written down, corrected by what /proc says.
bool FromStateFile(const Home& home, system::v1::SystemStatus* status) {
  absl::StatusOr<SystemState> state = ReadState(home);
  if (!state.ok()) return false;
  bool any = false;
  for (ServiceRecord& record : state->services) {
    if (record.process.pid != 0 && IsRunning(record.process)) {
      any = true;
      continue;
    }
    record.process = {};
    record.state = ServiceState::kStopped;
  }
  *status = ToProto(*state, home);
  return any;
}

}  // namespace

int Status(const Session& session) {
  const absl::StatusOr<Home> home = Home::Find(session.home);
  if (!home.ok()) return Report(home.status());
  system::v1::SystemStatus status;
  if (const absl::Status gateway = ThroughGateway(*home, session, &status); !gateway.ok()) {
    if (!absl::IsUnavailable(gateway) && !absl::IsDeadlineExceeded(gateway)) return Report(gateway);
    status.Clear();
    if (const absl::Status supervisor = FromSupervisor(*home, &status); supervisor.ok()) {
      std::fprintf(stderr, "millwright: the gateway does not answer; this is what the supervisor says\n");
    } else {
      status.Clear();
      if (!FromStateFile(*home, &status)) {
        std::fprintf(stderr, "millwright: Millwright does not run (data in %s); `millwright up` starts it\n",
                     home->root().c_str());
        return kUnreachable;
      }
      std::fprintf(stderr, "millwright: the supervisor does not run; its services go on. `millwright up` takes them over\n");
    }
  }
  std::fputs(Show(status, session.format).c_str(), stdout);
  for (const system::v1::ServiceStatus& service : status.services()) {
    if (service.state() != system::v1::SERVICE_STATE_READY) return kRefused;
  }
  return kOk;
}

}  // namespace millwright::cli
