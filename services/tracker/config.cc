#include "tracker/config.h"

namespace millwright::tracker {

void Config::Bind(config::Binder& binder) {
  server.Bind(binder);
  database.Bind(binder);
  binder.Text("blobs.folder", &blobs_folder, "folder of the blob store", true);
  binder.Int("blobs.max_megabytes", &blobs_max_megabytes, 1, 1 << 30, "size of one blob at most");
  binder.Int("blobs.reserve_megabytes", &blobs_reserve_megabytes, 0, 1 << 30,
             "an upload that would leave less of the disk free is refused");
  binder.Int("blobs.grace_seconds", &blobs_grace_seconds, 1, 1 << 30, "how long a blob stays that nothing points at");
  binder.Int("blobs.collect_seconds", &blobs_collect_seconds, 1, 1 << 20, "how often such blobs are looked for");
  binder.Bool("testing.allow_reset", &allow_reset, "for tests: whether the tracker may be emptied by ResetTracking");
  binder.Text("testing.folder", &testing_folder, "for tests: where MLflow's relative artifact locations begin");
}

}  // namespace millwright::tracker
