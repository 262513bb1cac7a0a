#pragma once

#include <functional>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "lib/pg/database.h"

namespace millwright::tracker {

/// Folds every point that was acknowledged before the call into tracker.latest_metrics and tracker.metric_chunks; the number of
/// points folded. Cheap when there is nothing to fold: call it, outside a transaction, before a statement that filters or orders
/// by latest_metrics. (Reading the metrics of known runs needs none: FillRuns adds what is not folded yet.)
/// `progress`, when given, hears of each piece as it is done.
absl::StatusOr<std::int64_t> SettleMetrics(pg::Database& db, const std::function<void(std::int64_t points)>& progress = nullptr);

/// Keeps other folding out until the transaction ends, for those who remove runs.
absl::Status LockSettling(pg::Tx& tx);

}  // namespace millwright::tracker
