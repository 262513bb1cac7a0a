#include "tracker/config.h"

namespace millwright::tracker {

void Config::Bind(config::Binder& binder) {
  server.Bind(binder);
  database.Bind(binder);
  binder.Text("blobs.folder", &blobs_folder, "folder of the blob store", true);
  binder.Int("blobs.max_megabytes", &blobs_max_megabytes, 1, 1 << 30, "size of one blob at most");
}

}  // namespace millwright::tracker
