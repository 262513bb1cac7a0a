#include "lib/rpc/log.h"

#include <spdlog/sinks/stdout_sinks.h>
#include <spdlog/spdlog.h>

#include "absl/time/clock.h"
#include "absl/time/time.h"

namespace millwright::rpc {
namespace {

std::string& ServiceName() {
  static auto* name = new std::string("millwright");
  return *name;
}

void Log(spdlog::level::level_enum level, const char* level_name, const std::string& message, const nlohmann::json& fields) {
  if (!spdlog::default_logger_raw()->should_log(level)) return;
  nlohmann::ordered_json line;
  line["time"] = absl::FormatTime("%Y-%m-%dT%H:%M:%E3SZ", absl::Now(), absl::UTCTimeZone());
  line["level"] = level_name;
  line["service"] = ServiceName();
  line["message"] = message;
  for (const auto& [key, value] : fields.items()) line[key] = value;
  spdlog::default_logger_raw()->log(level, "{}", line.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace));
}

}  // namespace

void StartLogging(const std::string& service, const std::string& level) {
  ServiceName() = service;
  auto logger = std::make_shared<spdlog::logger>(service, std::make_shared<spdlog::sinks::stderr_sink_mt>());
  logger->set_pattern("%v");
  logger->set_level(spdlog::level::from_str(level));
  logger->flush_on(spdlog::level::info);
  spdlog::set_default_logger(logger);
}

void LogInfo(const std::string& message, const nlohmann::json& fields) { Log(spdlog::level::info, "info", message, fields); }
void LogWarning(const std::string& message, const nlohmann::json& fields) {
  Log(spdlog::level::warn, "warning", message, fields);
}
void LogError(const std::string& message, const nlohmann::json& fields) { Log(spdlog::level::err, "error", message, fields); }

}  // namespace millwright::rpc
