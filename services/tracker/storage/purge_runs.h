#pragma once

#include <vector>

#include "absl/status/status.h"
#include "lib/pg/database.h"

namespace millwright::tracker {

/// Removes runs with these row numbers for ever, with all they logged. Their artifacts' blobs stay for the collector.
absl::Status PurgeRuns(pg::Tx& tx, const std::vector<std::int64_t>& runs);

}  // namespace millwright::tracker
