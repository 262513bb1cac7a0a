#include "tracker/config.h"

namespace millwright::tracker {

void Config::Bind(config::Binder& binder) {
  server.Bind(binder);
  database.Bind(binder);
  binder.Text("blobs.folder", &blobs_folder, "folder of the blob store", true);
  binder.Int("blobs.max_megabytes", &blobs_max_megabytes, 1, 1 << 30, "size of one blob at most");
  binder.Int("blobs.reserve_megabytes", &blobs_reserve_megabytes, 0, 1 << 30,
             "an upload that would leave less of the disk free is refused");
}

}  // namespace millwright::tracker
