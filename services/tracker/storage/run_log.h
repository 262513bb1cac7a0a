#pragma once

#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "lib/pg/database.h"
#include "tracker/domain/run_store.h"

namespace millwright::tracker {

/// What runs log, by row number of the run. Keys come sorted, so that locks are taken in one order.
absl::Status PutParams(pg::Tx& tx, std::int64_t run, const std::vector<KeyValue>& params);
absl::Status PutTags(pg::Tx& tx, std::int64_t run, const std::vector<KeyValue>& tags);
absl::Status AppendMetrics(pg::Tx& tx, std::int64_t run, const std::vector<Metric>& metrics);
absl::StatusOr<std::vector<Metric>> ReadHistory(pg::Tx& tx, std::int64_t run, const HistoryQuery& query);

/// Adds params, tags and latest metrics to `runs`, whose row numbers are `numbers`.
absl::Status FillRuns(pg::Tx& tx, const std::vector<std::int64_t>& numbers, std::vector<Run>& runs);

}  // namespace millwright::tracker
