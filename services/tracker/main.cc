#include "lib/base/clock.h"
#include "lib/pg/database.h"
#include "lib/pg/migrate.h"
#include "lib/rpc/server.h"
#include "migrations.h"
#include "tracker/config.h"
#include "tracker/domain/tracker.h"
#include "tracker/rpc/artifact_service.h"
#include "tracker/rpc/dataset_service.h"
#include "tracker/rpc/tracker_service.h"
#include "tracker/storage/file_blob_store.h"
#include "tracker/storage/pg_artifact_store.h"
#include "tracker/storage/pg_dataset_store.h"
#include "tracker/storage/pg_experiment_store.h"
#include "tracker/storage/pg_run_store.h"

int main(int argc, char** argv) {
  using namespace millwright;
  using namespace millwright::tracker;
  const Config config = config::LoadOrExit<Config>(argc, argv);
  const auth::Signer signer = rpc::LoadSignerOrExit(config.server);
  auto blobs = FileBlobStore::Create({config.blobs_folder, static_cast<std::uint64_t>(config.blobs_max_megabytes) << 20,
                                      static_cast<std::uint64_t>(config.blobs_reserve_megabytes) << 20});
  if (!blobs.ok()) config::ExitWith(blobs.status());
  pg::Database db(config.database.ResolveOrExit());
  pg::MigrateOrExit(db, "tracker", migrations());
  PgExperimentStore experiments(db);
  PgRunStore runs(db);
  PgArtifactStore artifacts(db);
  PgDatasetStore datasets(db);
  Tracker tracker(experiments, runs, base::SystemClock());
  TrackerService tracker_service(tracker);
  ArtifactService artifact_service(**blobs, artifacts);
  DatasetService dataset_service(datasets);
  return rpc::RunServer(config.server, signer, {&tracker_service, &artifact_service, &dataset_service});
}
