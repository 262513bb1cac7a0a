#pragma once

#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "nlohmann/json.hpp"

/// Reading the parts of a pipeline's definition. A path (`steps[2].with.file`) starts each error.
namespace millwright::scheduler {

/// InvalidArgument.
absl::Status Bad(const std::string& path, const std::string& what);

/// A value for a message, shortened.
std::string Show(const nlohmann::json& value);

/// Refuses keys that are not among the known ones.
absl::Status CheckKeys(const nlohmann::json& map, const std::string& path, const std::vector<std::string>& known);

/// 1 to 100 of a-z A-Z 0-9 and the characters in `more`.
bool IsName(const std::string& text, const char* more);
absl::StatusOr<std::string> NameAt(const nlohmann::json& map, const std::string& path, const char* key, const char* more);

/// A text of at most `max` bytes; the fallback where there is none.
absl::StatusOr<std::string> Text(const nlohmann::json& map, const std::string& path, const char* key, std::size_t max,
                                 const std::string& fallback = "");

}  // namespace millwright::scheduler
