#pragma once

#include <optional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "tracker/domain/search_store.h"

namespace millwright::tracker {

/// A page token: the cursor and a fingerprint of the question, so that it is refused for another one. URL-safe text.
std::string WritePageToken(const std::vector<std::string>& question, const std::optional<Cursor>& cursor);

/// Absent for an empty token; InvalidArgument for what WritePageToken did not give for the same question.
absl::StatusOr<std::optional<Cursor>> ReadPageToken(const std::vector<std::string>& question, const std::string& token);

}  // namespace millwright::tracker
