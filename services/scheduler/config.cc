#include "scheduler/config.h"

namespace millwright::scheduler {

void Config::Bind(config::Binder& binder) {
  server.Bind(binder);
  database.Bind(binder);
  binder.Int("lease_seconds", &lease_seconds, 3, 3600,
             "how long a task stays with a worker that says nothing, in seconds; workers renew three times as often");
  binder.Int("history_days", &history_days, 1, 3650, "how long ended tasks are kept, in days");
  binder.Text("pipelines.folder", &pipelines_folder, "folder of *.yaml to put into the default workspace at start");
}

}  // namespace millwright::scheduler
