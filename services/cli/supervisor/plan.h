#pragma once

#include <functional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "cli/supervisor/home.h"
#include "cli/supervisor/process.h"

namespace millwright::cli {

/// What `millwright up` was asked for.
struct Settings {
  Home home{""};
  std::string programs;         // folder of the service programs
  std::string share;            // folder with pipelines/ and web/
  std::string database_url;     // empty: the private cluster
  int port_offset = 0;          // added to every port
  int workers = 1;              // trainer-worker processes, two slots each
  bool allow_commands = false;  // workers run people's own programs
  bool allow_reset = false;     // tracker and registry may be emptied
  std::string folder;           // of the caller
};

/// A port that a service listens on, and the key that moves it.
struct Port {
  int number = 0;
  std::string key;
};

/// One service as the supervisor runs it.
struct ServiceSpec {
  std::string name;
  Program program;
  std::string address;  // what people see
  std::string version;
  std::vector<Port> ports;           // on 127.0.0.1
  std::function<bool()> is_healthy;  // within about a second; called from one thread
  int stop_signal = 15;
  bool needs_first = false;  // the services after it wait until it has been ready once
  int stop_wave = 1;         // waves stop one after the other, the members of one together
};

inline constexpr int kGatewayHttpPort = 5000;
inline constexpr int kGatewayDoorPort = 7000;
inline constexpr int kInferencePort = 8000;

/// Every service in the order they start.
absl::StatusOr<std::vector<ServiceSpec>> PlanServices(const Settings& settings);

/// A check by grpc.health.v1 at a gRPC address.
std::function<bool()> GrpcHealth(const std::string& address);

/// NotFound with every program of the plan that is missing.
absl::Status CheckPrograms(const std::vector<ServiceSpec>& plan);
/// Unavailable when a port of `spec` is taken; names the port, its key and what to do.
absl::Status CheckPorts(const ServiceSpec& spec);

}  // namespace millwright::cli
