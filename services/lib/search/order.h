#pragma once

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "lib/search/schema.h"

namespace millwright::search {

inline constexpr std::size_t kMaxOrderKeys = 20;

/// Reads `[entity.]key [ASC|DESC]` of each text, first key first. InvalidArgument with MLflow's message and the place within its
/// text; a field given twice is told apart by IsRepeatedOrder.
absl::StatusOr<std::vector<OrderKey>> ParseOrderBy(const std::vector<std::string>& texts, const Schema& schema);

}  // namespace millwright::search
