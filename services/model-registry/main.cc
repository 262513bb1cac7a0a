#include <atomic>
#include <memory>

#include "lib/base/clock.h"
#include "lib/pg/database.h"
#include "lib/pg/listener.h"
#include "lib/pg/migrate.h"
#include "lib/rpc/client.h"
#include "lib/rpc/log.h"
#include "lib/rpc/server.h"
#include "migrations.h"
#include "model-registry/config.h"
#include "model-registry/domain/courier.h"
#include "model-registry/domain/insight.h"
#include "model-registry/domain/pin_sweeper.h"
#include "model-registry/domain/registry.h"
#include "model-registry/domain/webhooks.h"
#include "model-registry/http/curl_poster.h"
#include "model-registry/rpc/deployment_feed.h"
#include "model-registry/rpc/deployment_service.h"
#include "model-registry/rpc/mlflow_registry_service.h"
#include "model-registry/rpc/registry_service.h"
#include "model-registry/rpc/reset_service.h"
#include "model-registry/rpc/tracker_client.h"
#include "model-registry/rpc/webhook_service.h"
#include "model-registry/storage/outbox.h"
#include "model-registry/storage/pg_gate_store.h"
#include "model-registry/storage/pg_lineage_store.h"
#include "model-registry/storage/pg_model_store.h"
#include "model-registry/storage/pg_release_store.h"
#include "model-registry/storage/pg_released_pin_store.h"
#include "model-registry/storage/pg_reset.h"
#include "model-registry/storage/pg_search_store.h"
#include "model-registry/storage/pg_version_store.h"
#include "model-registry/storage/pg_webhook_store.h"

using namespace millwright;

int main(int argc, char** argv) {
  const auto config = config::LoadOrExit<registry::Config>(argc, argv);
  const auth::Signer signer = rpc::LoadSignerOrExit(config.server);
  pg::Database db(config.database.ResolveOrExit());
  pg::MigrateOrExit(db, "registry", registry::migrations());
  registry::PgModelStore models(db);
  registry::PgVersionStore versions(db);
  registry::PgGateStore gates(db);
  registry::PgReleaseStore releases(db);
  registry::TrackerClient tracker(rpc::Connect(config.tracker, signer), signer);
  registry::Registry domain({models, versions, gates, releases}, tracker, base::SystemClock());
  registry::DeploymentFeed feed(releases);
  registry::PgSearchStore search(db);
  registry::PgLineageStore lineage(db);
  registry::Insight insight(lineage, versions, tracker);
  registry::RegistryService registry_service(domain, search, insight);
  registry::MlflowRegistryService mlflow_service(domain, search);
  registry::PgWebhookStore webhook_store(db, config.SecretBoxOrExit());
  registry::Webhooks webhooks(webhook_store, base::SystemClock(), config.webhooks_allow_private);
  registry::WebhookService webhook_service(webhooks);
  registry::PgReset reset(db);
  registry::ResetService reset_service(reset, config.allow_reset);
  registry::DeploymentService deployment_service(releases, feed);
  std::unique_ptr<pg::Listener> listener;
  const rpc::Companion follow{
      .start = [&] { listener = std::make_unique<pg::Listener>(db, registry::kDeploymentsChannel, [&] { feed.Refresh(); }); },
      .stop = [&] { feed.Stop(); }};
  registry::CurlPoster poster(
      {.may_be_private = config.webhooks_allow_private, .timeout = absl::Seconds(config.webhooks_timeout_seconds)});
  registry::Courier courier(webhook_store, poster, base::SystemClock(), config.retry(),
                            absl::Hours(24) * config.webhooks_keep_days);
  registry::PgReleasedPinStore released_pins(db);
  std::atomic<bool> is_stopped = false;
  std::unique_ptr<pg::Listener> due;
  const auto carry_all = [&] {
    const absl::Status carried = courier.RunOnce([&] { return is_stopped.load(); });
    if (!carried.ok()) rpc::LogWarning("delivering webhooks failed; trying again", {{"error", std::string(carried.message())}});
    (void)registry::SweepPins(released_pins, tracker);  // an error means that the tracker is away: the next poll asks again
  };
  const rpc::Companion carry{.start = [&] { due = std::make_unique<pg::Listener>(db, registry::kDeliveriesChannel, carry_all); },
                             .stop =
                                 [&] {
                                   is_stopped = true;
                                   due.reset();
                                 }};
  return rpc::RunServer(config.server, signer,
                        {&registry_service, &deployment_service, &mlflow_service, &webhook_service, &reset_service},
                        {follow, carry});
}
