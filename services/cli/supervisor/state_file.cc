#include "cli/supervisor/state_file.h"

#include "absl/strings/str_cat.h"
#include "lib/base/files.h"
#include "lib/base/status_macros.h"
#include "nlohmann/json.hpp"

namespace millwright::cli {
namespace {

constexpr std::pair<ServiceState, const char*> kNames[] = {{ServiceState::kStarting, "starting"},
                                                           {ServiceState::kReady, "ready"},
                                                           {ServiceState::kUnhealthy, "unhealthy"},
                                                           {ServiceState::kRestarting, "restarting"},
                                                           {ServiceState::kStopped, "stopped"}};

nlohmann::json ToJson(const ProcessId& id) { return {{"pid", id.pid}, {"start_ticks", id.start_ticks}}; }
ProcessId ReadProcess(const nlohmann::json& json) {
  return {.pid = json.at("pid").get<pid_t>(), .start_ticks = json.at("start_ticks").get<std::uint64_t>()};
}

}  // namespace

std::string Name(ServiceState state) {
  for (const auto& [value, name] : kNames) {
    if (value == state) return name;
  }
  return "unknown";
}

absl::Status WriteState(const Home& home, const SystemState& state) {
  nlohmann::json services = nlohmann::json::array();
  for (const ServiceRecord& service : state.services) {
    services.push_back({{"name", service.name},
                        {"process", ToJson(service.process)},
                        {"state", Name(service.state)},
                        {"started_at_ms", absl::ToUnixMillis(service.started_at)},
                        {"restarts", service.restarts},
                        {"last_exit", service.last_exit},
                        {"address", service.address},
                        {"version", service.version},
                        {"log", service.log},
                        {"stop_signal", service.stop_signal},
                        {"stop_wave", service.stop_wave}});
  }
  const nlohmann::json json = {{"supervisor", ToJson(state.supervisor)},
                               {"settings", state.settings},
                               {"port_offset", state.port_offset},
                               {"services", std::move(services)}};
  return base::WriteFileAtomically(home.Path("run/state.json"), json.dump(2) + "\n", 0644);
}

absl::StatusOr<SystemState> ReadState(const Home& home) {
  ASSIGN_OR_RETURN(const std::string text, base::ReadFile(home.Path("run/state.json"), 1 << 20));
  try {
    const nlohmann::json json = nlohmann::json::parse(text);
    SystemState state{.supervisor = ReadProcess(json.at("supervisor")),
                      .settings = json.at("settings").get<std::string>(),
                      .port_offset = json.at("port_offset").get<int>()};
    for (const nlohmann::json& entry : json.at("services")) {
      ServiceRecord service{.name = entry.at("name").get<std::string>(), .process = ReadProcess(entry.at("process"))};
      for (const auto& [value, name] : kNames) {
        if (entry.at("state") == name) service.state = value;
      }
      service.started_at = absl::FromUnixMillis(entry.at("started_at_ms").get<std::int64_t>());
      service.restarts = entry.at("restarts").get<int>();
      service.last_exit = entry.at("last_exit").get<std::string>();
      service.address = entry.at("address").get<std::string>();
      service.version = entry.at("version").get<std::string>();
      service.log = entry.at("log").get<std::string>();
      service.stop_signal = entry.at("stop_signal").get<int>();
      service.stop_wave = entry.at("stop_wave").get<int>();
      state.services.push_back(std::move(service));
    }
    return state;
  } catch (const nlohmann::json::exception& error) {
    return absl::DataLossError(absl::StrCat(home.Path("run/state.json"), " cannot be read: ", error.what()));
  }
}

}  // namespace millwright::cli
