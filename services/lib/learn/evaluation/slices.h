#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "lib/learn/table/table.h"
#include "nlohmann/json.hpp"

namespace millwright::learn {

/// How rows are parted: by a column's values (an asset type, a site), by quantile bins of a number column, or by operating
/// condition, rows whose settings lie within `tolerance` of each other.
struct SliceSpec {
  std::string name;
  std::vector<std::string> columns;
  std::vector<double> tolerance;  // one a column; empty: one column as it is
  int bins = 4;                   // of a number column with more than 20 values
};

/// `[{"column": "type"}, {"column": "speed", "bins": 4}, {"name": "regime", "columns": ["altitude", "mach"], "tolerance": [1,
/// 0.05]}]`, each with a `name` if need be; at most 10.
absl::StatusOr<std::vector<SliceSpec>> ParseSlices(const nlohmann::json& json, std::string_view path);

/// Some rows, by index in those that were given.
struct Slice {
  std::string value;
  std::vector<std::size_t> rows;
};

/// At most 20 slices, the largest first; what is left over is "other", a missing value is "missing". NotFound names a column that
/// the table lacks.
absl::StatusOr<std::vector<Slice>> CutSlices(const SliceSpec& spec, const Table& table, std::span<const std::size_t> table_rows);

}  // namespace millwright::learn
