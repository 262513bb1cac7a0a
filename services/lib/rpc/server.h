#pragma once

#include <grpcpp/grpcpp.h>

#include <functional>
#include <string>
#include <vector>

#include "lib/auth/assertion.h"
#include "lib/config/config.h"

namespace millwright::rpc {

/// What every service is configured with. Bind under "server.".
struct ServerConfig {
  std::string name;                     // of the service, set by its main; not a key
  std::string address = "127.0.0.1:0";  // of the gRPC port
  std::string metrics_address;          // host:port for /metrics; empty: none
  std::string assertion_key_file;       // 64 hex digits
  int max_message_bytes = 64 << 20;
  int drain_seconds = 10;  // on SIGTERM: how long running calls may take to end
  std::string log_level = "info";

  void Bind(config::Binder& binder);
};

/// What runs beside the gRPC server: started before it serves, told to stop before it drains.
struct Companion {
  std::function<void()> start = [] {};
  std::function<void()> stop = [] {};
};

/// Ignores SIGPIPE and blocks SIGTERM and SIGINT for all threads to come: RunServer takes them. Before the first thread.
void BlockStopSignals();

/// The platform key of `config.assertion_key_file`, or exits with a message. The first call of every main: it also starts
/// logging, and blocks SIGTERM and SIGINT for all threads to come (RunServer takes them).
auth::Signer LoadSignerOrExit(const ServerConfig& config);

/// Serves until SIGTERM or SIGINT, then drains; returns the process's exit code. Sets up logging (JSON lines on stderr),
/// gRPC health (overall, "" ), /metrics, message limits. Every method of `services` must be answered through Answer or its
/// streaming forms; the assertion of each call is verified there. A taken port is a clear message and exit code 1.
int RunServer(const ServerConfig& config, const auth::Signer& signer, const std::vector<grpc::Service*>& services,
              const std::vector<Companion>& companions = {});

/// Whether the process was told to stop. Long streams look at it each second at the latest and end with Unavailable.
bool IsDraining();

}  // namespace millwright::rpc
