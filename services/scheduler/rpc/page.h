#pragma once

#include <optional>
#include <string>
#include <utility>

#include "absl/status/statusor.h"
#include "absl/time/time.h"

namespace millwright::scheduler {

/// Page tokens of lists by name, newest first, and by number. Empty texts are the first page; InvalidArgument for what is not a
/// token of ours.
absl::StatusOr<std::string> NameCursor(const std::string& token);
absl::StatusOr<std::optional<std::pair<absl::Time, std::string>>> TimeCursor(const std::string& token);
absl::StatusOr<int> NumberCursor(const std::string& token);  // -1 on the first page
std::string TimeToken(absl::Time time, const std::string& id);

}  // namespace millwright::scheduler
