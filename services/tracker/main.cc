#include <unistd.h>

#include "absl/strings/str_cat.h"
#include "lib/base/clock.h"
#include "lib/base/status_macros.h"
#include "lib/pg/database.h"
#include "lib/pg/migrate.h"
#include "lib/rpc/log.h"
#include "lib/rpc/server.h"
#include "migrations.h"
#include "tracker/chore.h"
#include "tracker/config.h"
#include "tracker/domain/artifact_upload.h"
#include "tracker/domain/blob_collector.h"
#include "tracker/domain/lineage.h"
#include "tracker/domain/logged_models.h"
#include "tracker/domain/search.h"
#include "tracker/domain/tracker.h"
#include "tracker/rpc/artifact_service.h"
#include "tracker/rpc/dataset_service.h"
#include "tracker/rpc/logged_model_service.h"
#include "tracker/rpc/mlflow_artifacts_service.h"
#include "tracker/rpc/mlflow_tracking_service.h"
#include "tracker/rpc/reset_service.h"
#include "tracker/rpc/test_look_service.h"
#include "tracker/rpc/tracker_service.h"
#include "tracker/storage/file_blob_store.h"
#include "tracker/storage/model_metrics.h"
#include "tracker/storage/pg_artifact_store.h"
#include "tracker/storage/pg_dataset_store.h"
#include "tracker/storage/pg_experiment_store.h"
#include "tracker/storage/pg_idle_blobs.h"
#include "tracker/storage/pg_logged_model_store.h"
#include "tracker/storage/pg_reset.h"
#include "tracker/storage/pg_run_link_store.h"
#include "tracker/storage/pg_run_store.h"
#include "tracker/storage/pg_search_store.h"
#include "tracker/storage/pg_test_look_store.h"
#include "tracker/storage/pg_upload_store.h"

int main(int argc, char** argv) {
  using namespace millwright;
  using namespace millwright::tracker;
  const Config config = config::LoadOrExit<Config>(argc, argv);
  if (!config.testing_folder.empty() && chdir(config.testing_folder.c_str()) != 0)
    config::ExitWith(absl::InvalidArgumentError(absl::StrCat("testing.folder: there is no folder ", config.testing_folder)));
  const auth::Signer signer = rpc::LoadSignerOrExit(config.server);
  auto blobs = FileBlobStore::Create({config.blobs_folder, static_cast<std::uint64_t>(config.blobs_max_megabytes) << 20,
                                      static_cast<std::uint64_t>(config.blobs_reserve_megabytes) << 20});
  if (!blobs.ok()) config::ExitWith(blobs.status());
  pg::Database db(config.database.ResolveOrExit());
  pg::MigrateOrExit(db, "tracker", migrations());
  PgExperimentStore experiments(db);
  PgRunStore runs(db, {.write_model_metrics = WriteModelMetrics});
  PgArtifactStore artifacts(db);
  PgDatasetStore datasets(db);
  Tracker tracker(experiments, runs, base::SystemClock());
  PgUploadStore upload_store(db);
  ArtifactUploads uploads(upload_store, **blobs, base::SystemClock());
  PgIdleBlobs idle_blobs(db);
  BlobCollector collector(idle_blobs, **blobs, base::SystemClock(), absl::Seconds(config.blobs_grace_seconds));
  ArtifactService artifact_service(**blobs, artifacts);
  MlflowArtifactsService mlflow_artifacts_service(**blobs, artifacts, uploads);
  DatasetService dataset_service(datasets);
  PgTestLookStore looks(db);
  TestLookService look_service(looks);
  PgLoggedModelStore model_store(db);
  LoggedModels models(model_store, experiments, base::SystemClock());
  PgRunLinkStore links(db);
  Lineage lineage(links);
  PgSearchStore search_store(db);
  Search search(search_store);
  TrackerService tracker_service(tracker, search);
  LoggedModelService logged_model_service(models, lineage);
  MlflowTrackingService mlflow_tracking_service(tracker, models, lineage, search);
  PgReset reset(db);
  ResetService reset_service(reset, config.allow_reset);
  Chore collecting("collecting blobs", absl::Seconds(config.blobs_collect_seconds), [&]() -> absl::Status {
    ASSIGN_OR_RETURN(const int collected, collector.Collect());
    if (collected > 0) rpc::LogInfo("blobs collected", {{"blobs", collected}});
    return absl::OkStatus();
  });
  Chore failing_lost("failing lost runs", absl::Seconds(1), [&]() -> absl::Status {
    ASSIGN_OR_RETURN(const std::int64_t lost, tracker.FailLostRuns());
    if (lost > 0) rpc::LogWarning("runs lost: their heartbeats stopped", {{"runs", lost}});
    return absl::OkStatus();
  });
  return rpc::RunServer(config.server, signer,
                        {&tracker_service, &artifact_service, &mlflow_artifacts_service, &dataset_service, &look_service,
                         &logged_model_service, &mlflow_tracking_service, &reset_service},
                        {{.start = [&] { collecting.Start(); }, .stop = [&] { collecting.Stop(); }},
                         {.start = [&] { failing_lost.Start(); }, .stop = [&] { failing_lost.Stop(); }}});
}
