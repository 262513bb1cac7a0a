#pragma once

#include <vector>

#include "absl/status/statusor.h"
#include "lib/pg/database.h"
#include "tracker/domain/search_store.h"
#include "tracker/storage/metric_names.h"

namespace millwright::tracker {

/// The runs with these row numbers, in this order, with the chosen columns; those that are gone meanwhile are left out. A handful
/// of statements, whatever the number of runs.
absl::StatusOr<std::vector<Run>> ReadRuns(pg::Tx& tx, MetricNames& names, const std::vector<std::int64_t>& numbers,
                                          const RunColumns& columns);

}  // namespace millwright::tracker
