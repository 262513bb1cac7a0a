#pragma once

#include <vector>

#include "absl/status/statusor.h"
#include "lib/pg/database.h"
#include "tracker/domain/search_store.h"
#include "tracker/storage/metric_keys.h"

namespace millwright::tracker {

/// The runs with these row numbers, in this order, with the chosen columns; those that are gone meanwhile are left out. A handful
/// of statements, whatever the number of runs; a large page over two connections. Not to be called while one is held.
absl::StatusOr<std::vector<Run>> ReadRuns(pg::Database& db, MetricKeys& keys, const std::vector<std::int64_t>& numbers,
                                          const RunColumns& columns);

/// Adds the chosen columns to `runs`, whose row numbers are `numbers`; metrics with what is not settled yet.
absl::Status FillRuns(pg::Tx& tx, MetricKeys& keys, const std::vector<std::int64_t>& numbers, std::vector<Run>& runs,
                      const RunColumns& columns = {});

/// The whole run with this row number.
absl::StatusOr<Run> GetRun(pg::Tx& tx, MetricKeys& keys, std::int64_t number);
/// The same by its id in a workspace; NotFound.
absl::StatusOr<Run> GetRun(pg::Tx& tx, MetricKeys& keys, const base::WorkspaceId& workspace, const RunId& id);

}  // namespace millwright::tracker
