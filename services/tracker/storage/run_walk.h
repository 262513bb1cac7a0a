#pragma once

#include <optional>

#include "tracker/storage/run_search.h"

namespace millwright::tracker {

/// Finds the page by walking an index in its order over at most about `most` runs. Absent when the order has no index, or when
/// the page was not full by then.
absl::StatusOr<std::optional<FoundRuns>> WalkRuns(pg::Tx& tx, const RunScope& scope, const RunSearchQuery& query, int most);

/// The condition on tracker.runs r for what a view shows.
const char* LifecycleSql(LifecycleView view);

}  // namespace millwright::tracker
