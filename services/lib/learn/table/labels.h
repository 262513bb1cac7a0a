#pragma once

#include <cstddef>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "lib/learn/table/joins.h"
#include "lib/learn/table/table.h"

namespace millwright::learn {

/// Adds the label column `name` to `test`: each asset's truth at all of its rows. `truth` has an asset column (of the same name)
/// and one number column, or one number column alone with a row per asset in order of the assets' first appearance.
absl::Status AttachTruth(Table& test, const Table& truth, std::string_view asset_column, std::string_view name);

/// The events that mark no row of a label.
struct UnmarkedEvents {
  std::size_t before = 0;     // their asset's first row
  std::size_t beyond = 0;     // the reach of their asset's last row
  std::size_t strangers = 0;  // of assets that the table does not have
  std::string example;        // in words, the first one beyond reach
};

/// Adds a 0/1 label column: 1 at the asset's last row at or before each event's time. An event before the asset's first row marks
/// nothing, nor does one more than `reach` units of time after that row (absent: 10 times the asset's median step):
/// after the table's end, or in a gap.
absl::StatusOr<UnmarkedEvents> AddEventLabel(Table& table, std::string_view asset_column, std::string_view time_column,
                                             std::span<const AssetEvent> events, std::string_view name,
                                             std::optional<double> reach = std::nullopt);

}  // namespace millwright::learn
