#pragma once

#include <vector>

#include "absl/status/statusor.h"
#include "lib/pg/database.h"
#include "tracker/domain/run_store.h"

namespace millwright::tracker {

/// A page of the history of one metric of the run with this row number.
absl::StatusOr<std::vector<Point>> ReadHistory(pg::Tx& tx, std::int64_t run, std::int64_t key_id, const HistoryQuery& query);

/// A metric that has a number in the dictionary.
struct KnownKey {
  std::int64_t id = 0;
  std::string key;
};

/// The series of a chart, by run and key in the query's order; `runs` are the row numbers of the query's runs.
absl::StatusOr<std::vector<Series>> ReadCharts(pg::Tx& tx, const std::vector<std::int64_t>& runs,
                                               const std::vector<KnownKey>& keys, const ChartQuery& query);

}  // namespace millwright::tracker
