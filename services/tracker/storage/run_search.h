#pragma once

#include <optional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "lib/pg/database.h"
#include "tracker/domain/search_store.h"
#include "tracker/storage/run_filter.h"
#include "tracker/storage/statement_texts.h"

namespace millwright::tracker {

/// What a search of runs has found: row numbers in order, and the cursor of the last one when there may be more.
struct FoundRuns {
  std::vector<std::int64_t> numbers;
  std::optional<Cursor> next;
};

/// What was looked up for a search before it starts.
struct RunScope {
  std::int64_t workspace = 0;
  std::vector<std::int64_t> experiments;  // row ids
  bool is_whole_workspace = false;        // `experiments` are all there are
  MetricIds metrics;
  StatementTexts* texts = nullptr;
};

/// Finds a page of runs in ways whose cost is known before, instead of leaving the choice to the planner, which knows nothing of
/// the values of one metric among many:
///  - walk: read an index in the page's order from the cursor on, probe the filter for each run, stop when the page is full. For
///    the usual orders; gives up after a bounded number of runs, which means that the filter is rare.
///  - matches: read the runs of the rarest part of the filter from its index, when they are few, and sort those.
///  - all: sort all runs of the experiments that pass the filter.
/// None depends on how many pages came before.
absl::StatusOr<FoundRuns> FindRuns(pg::Tx& tx, const RunScope& scope, const RunSearchQuery& query);

}  // namespace millwright::tracker
