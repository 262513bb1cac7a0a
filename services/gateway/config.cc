#include "gateway/config.h"

namespace millwright::gateway {

void Config::Bind(config::Binder& binder) {
  server.Bind(binder);
  database.Bind(binder);
  binder.Text("doors.http_address", &doors.http_address, "host:port of the HTTP door (web page, REST)");
  binder.Text("doors.grpc_address", &doors.grpc_address, "host:port of the gRPC door");
  binder.TextList("doors.allowed_hosts", &doors.allowed_hosts,
                  "host names, without port, that the HTTP door serves besides localhost");
  binder.Int("doors.http_threads", &doors.http_threads, 8, 4096, "connections that the HTTP door serves at once");
  binder.Int("doors.max_body_bytes", &doors.max_body_bytes, 1 << 10, 1 << 30, "largest body of an HTTP request");
  binder.Int("doors.call_timeout_seconds", &doors.call_timeout_seconds, 1, 3600, "longest HTTP call that does not stream");
  binder.Bool("doors.secure_cookie", &doors.secure_cookie, "mark the session cookie Secure: a proxy in front speaks TLS");
  binder.Text("peers.telemetry", &peers.telemetry, "host:port of telemetry");
  binder.Text("peers.tracker", &peers.tracker, "host:port of the tracker");
  binder.Text("peers.model_registry", &peers.model_registry, "host:port of the model registry");
  binder.Text("peers.scheduler", &peers.scheduler, "host:port of the scheduler");
  binder.Text("peers.monitor", &peers.monitor, "host:port of the monitor");
  binder.Text("peers.serving", &peers.serving, "host:port of serving's gRPC port");
  binder.Text("peers.system", &peers.system, "unix:/path of the supervisor's socket; empty: none");
  binder.Text("web.folder", &web_folder, "folder of the built web page; empty: none");
  binder.Text("bootstrap.cli_token_file", &bootstrap.cli_token_file, "file with the command line's token (admin)");
  binder.Text("bootstrap.worker_token_file", &bootstrap.worker_token_file, "file with the local workers' token");
  binder.Text("bootstrap.command_token_file", &bootstrap.command_token_file,
              "file with the token of people's own programs (engineer)");
  binder.Text("bootstrap.inference_token_file", &bootstrap.inference_token_file,
              "file with the inference clients' token (viewer)");
  binder.Text("bootstrap.sign_in_code_file", &bootstrap.sign_in_code_file, "where the first one-time sign-in code is written");
}

}  // namespace millwright::gateway
