#pragma once

#include <string>

#include "absl/status/statusor.h"
#include "nlohmann/json.hpp"

namespace millwright::scheduler {

inline constexpr std::size_t kMaxYamlBytes = 256 << 10;
inline constexpr int kMaxYamlDepth = 32;
inline constexpr int kMaxYamlNodes = 20'000;

/// One YAML document as JSON, by the core schema (plain `true`, `12`, `1.5`, `null` have their types; quoted ones are text).
/// InvalidArgument with the line for bad syntax, an anchor or alias, a key that stands twice, or more than the bounds above.
absl::StatusOr<nlohmann::json> ParseYaml(const std::string& text);

}  // namespace millwright::scheduler
