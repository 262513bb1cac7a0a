#pragma once

#include <optional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "cli/supervisor/home.h"
#include "cli/supervisor/process.h"

namespace millwright::cli {

enum class ServiceState { kStarting, kReady, kUnhealthy, kRestarting, kStopped };
std::string Name(ServiceState state);

/// What is written down of a service, so that the next supervisor can take it over.
struct ServiceRecord {
  std::string name;
  ProcessId process;  // pid 0: none runs
  ServiceState state = ServiceState::kStarting;
  absl::Time started_at;
  int restarts = 0;
  std::string last_exit;
  std::string address;
  std::string version;
  std::string log;
  int stop_signal = 15;
  int stop_wave = 1;
};

/// <home>/run/state.json.
struct SystemState {
  ProcessId supervisor;
  std::string settings;  // what must agree for a second `up` to be the same platform, as text for people
  int port_offset = 0;
  std::vector<ServiceRecord> services;
};

absl::Status WriteState(const Home& home, const SystemState& state);
/// NotFound when there is none.
absl::StatusOr<SystemState> ReadState(const Home& home);

}  // namespace millwright::cli
