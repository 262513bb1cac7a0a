#pragma once

#include <cstddef>
#include <vector>

#include "absl/status/statusor.h"
#include "lib/learn/table/csv.h"
#include "lib/learn/table/row_places.h"
#include "lib/learn/table/table.h"

namespace millwright::learn {

/// The rows that repeat another one of the same asset (of the table, where it has none) and time and are to be dropped,
/// ascending. InvalidArgument names the first two rows that may not be.
absl::StatusOr<std::vector<std::size_t>> FindDuplicates(const Table& table, const RowPlaces& places, DuplicateRows rule);

}  // namespace millwright::learn
