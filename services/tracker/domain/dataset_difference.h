#pragma once

#include <optional>
#include <string>
#include <vector>

#include "nlohmann/json.hpp"

namespace millwright::tracker {

/// A statistic of a column in two versions; absent where it is undefined.
struct StatisticDifference {
  std::string name;
  std::optional<double> base;
  std::optional<double> value;
};

/// What changed of one column.
struct ColumnDifference {
  std::string name;
  std::string change;  // "same", "schema", "added", "removed"
  std::vector<std::string> schema_changes;
  std::optional<double> psi;
  std::vector<StatisticDifference> statistics;
};

/// The columns of `value` in their order, then those that only `base` has. Both are the `statistics` of a dataset version; what
/// is not as the contract says is left out.
std::vector<ColumnDifference> CompareStatistics(const nlohmann::json& base, const nlohmann::json& value);

/// The population stability index, sum of (q - p) ln(q / p) over the bins of `base`; shares below 0.0001 count as that.
/// None when either histogram is empty or they are of different types.
std::optional<double> StabilityIndex(const nlohmann::json& base, const nlohmann::json& value);

/// "none" below 0.1, "moderate" below 0.25, else "large": the customary reading of a stability index.
std::string DriftOf(double psi);

}  // namespace millwright::tracker
