#include <memory>

#include "lib/base/clock.h"
#include "lib/pg/database.h"
#include "lib/pg/listener.h"
#include "lib/pg/migrate.h"
#include "lib/rpc/server.h"
#include "migrations.h"
#include "model-registry/config.h"
#include "model-registry/domain/registry.h"
#include "model-registry/rpc/deployment_feed.h"
#include "model-registry/rpc/deployment_service.h"
#include "model-registry/rpc/registry_service.h"
#include "model-registry/storage/pg_model_store.h"
#include "model-registry/storage/pg_release_store.h"

using namespace millwright;

int main(int argc, char** argv) {
  const auto config = config::LoadOrExit<registry::Config>(argc, argv);
  const auth::Signer signer = rpc::LoadSignerOrExit(config.server);
  pg::Database db(config.database.ResolveOrExit());
  pg::MigrateOrExit(db, "registry", registry::migrations());
  registry::PgModelStore models(db);
  registry::PgReleaseStore releases(db);
  registry::Registry domain(models, releases, base::SystemClock());
  registry::DeploymentFeed feed(releases);
  registry::RegistryService registry_service(domain);
  registry::DeploymentService deployment_service(releases, feed);
  std::unique_ptr<pg::Listener> listener;
  const rpc::Companion follow{
      .start = [&] { listener = std::make_unique<pg::Listener>(db, registry::kDeploymentsChannel, [&] { feed.Refresh(); }); },
      .stop = [&] { feed.Stop(); }};
  return rpc::RunServer(config.server, signer, {&registry_service, &deployment_service}, {follow});
}
