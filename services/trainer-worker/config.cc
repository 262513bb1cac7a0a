#include "trainer-worker/config.h"

namespace millwright::trainer {

void Config::Bind(config::Binder& binder) {
  server.Bind(binder);
  binder.Text("peers.gateway_door", &gateway, "host:port of the gateway's gRPC door");
  binder.Text("worker.token_file", &token_file, "file with the worker's API token", /*required=*/true);
  binder.Text("worker.name", &name, "shown in steps and messages; host and pid when empty");
  binder.Text("worker.folder", &folder, "scratch space");
  binder.Int("worker.slots", &slots, 1, 256, "tasks at a time, one thread each");
}

}  // namespace millwright::trainer
