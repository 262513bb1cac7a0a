#pragma once

#include <vector>

#include "absl/status/statusor.h"
#include "lib/learn/bundle/bundle.h"
#include "lib/learn/table/table.h"

namespace millwright::learn {

/// The table that a bundle was trained on.
struct TrainedOn {
  const Table& table;
  bool has_same_assets = false;  // equal names mean the same asset, as in versions of one dataset
  bool is_same_table = false;    // row by row
};

/// Which rows of `table` a bundle has seen: those of the training and validation parts that its training spec makes of its own
/// table. In another table a row is known again by what the pipeline reads of it beside asset and time, or by all columns that
/// both tables have where there is no time; rows that are alike count as seen only as often as they stand in the training parts.
/// By asset, an asset counts as seen as a whole: when its name tells, or when half of the rows that it could share are known
/// again.
absl::StatusOr<std::vector<bool>> SeenRows(const Bundle& bundle, const TrainedOn& trained_on, const Table& table);

}  // namespace millwright::learn
