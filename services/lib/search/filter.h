#pragma once

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "lib/search/schema.h"

namespace millwright::search {

inline constexpr std::size_t kMaxFilterBytes = 1 << 20;
inline constexpr int kMaxComparisons = 200;
inline constexpr int kMaxDepth = 32;              // of parentheses
inline constexpr std::size_t kMaxListed = 20000;  // values of one IN

/// Reads a filter (README.md has the grammar). InvalidArgument with MLflow's message and the place (place.h). Never fails
/// otherwise, whatever the text; time is linear in its size.
absl::StatusOr<Expression> ParseFilter(absl::string_view text, const Schema& schema);

}  // namespace millwright::search
