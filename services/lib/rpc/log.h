#pragma once

#include <string>

#include "nlohmann/json.hpp"

namespace millwright::rpc {

/// Starts logging for the process: one JSON object a line on stderr (time, level, service, message and fields).
void StartLogging(const std::string& service, const std::string& level);

/// One line. `fields` is an object; secrets never go here. Thread-safe.
void LogInfo(const std::string& message, const nlohmann::json& fields = nlohmann::json::object());
void LogWarning(const std::string& message, const nlohmann::json& fields = nlohmann::json::object());
void LogError(const std::string& message, const nlohmann::json& fields = nlohmann::json::object());

}  // namespace millwright::rpc
