#include "trainer-worker/config.h"

namespace millwright::trainer {

void Config::Bind(config::Binder& binder) {
  server.Bind(binder);
  binder.Text("peers.gateway_door", &gateway, "host:port of the gateway's gRPC door");
  binder.Text("worker.token_file", &token_file, "file with the worker's API token", /*required=*/true);
  binder.Text("worker.name", &name, "shown in steps and messages; host and pid when empty");
  binder.Text("worker.folder", &folder, "scratch space");
  binder.Bool("command.allowed", &commands_allowed,
              "run tasks of the kind command: people's own programs, as this worker's user");
  binder.Text("command.tracking_uri", &command_tracking_uri, "MLFLOW_TRACKING_URI of those programs");
  binder.Text("command.token_file", &command_token_file,
              "file with the API token they get, an engineer's; needed where they run");
  binder.Int("command.max_seconds", &command_max_seconds, 1, 30 * 24 * 3600, "how long one may run");
  binder.Int("command.max_memory_mb", &command_max_memory_mb, 16, 16 << 20, "memory of all processes of one");
  binder.Int("worker.slots", &slots, 1, 256, "tasks at a time, one thread each");
}

}  // namespace millwright::trainer
