#pragma once

#include <string>
#include <vector>

#include "absl/status/status.h"
#include "lib/learn/table/table.h"

namespace millwright::learn {

/// What a table of events (errors, maintenance, failures) tells the rows of its assets.
struct EventJoin {
  std::string name;                // columns are called name_kind_age, name_kind_count_horizon
  std::string kind;                // the text column with the kind of event; empty: all are of one kind
  std::vector<std::string> kinds;  // which of them; empty: all, in order of their names
  bool age = true;                 // time since the last event; missing before the first
  std::vector<double> horizons;    // events within (t - horizon, t], in units of the time column
};

/// Adds setting columns to `samples`, as of each row's time: an event counts at its own time and after it, never before.
/// `events` has an asset column and a time column in the same unit. InvalidArgument when a row has no asset or time, when there
/// are more than 200 kinds, and when no event is of an asset of `samples`.
absl::Status JoinEvents(Table& samples, const Table& events, const EventJoin& join);

/// Adds what is known of each asset to all its rows: the columns of `assets` beside its asset column, sensors as settings
/// (numbers) or segments (texts). InvalidArgument for an asset that has no row in `assets`, or two.
absl::Status JoinStatic(Table& samples, const Table& assets);

}  // namespace millwright::learn
