#pragma once

#include <string>
#include <vector>

#include "absl/status/status.h"
#include "lib/learn/table/table.h"

namespace millwright::learn {

/// What a table of events (errors, maintenance, failures) tells the rows of its assets.
struct EventJoin {
  std::string name;                // columns are called name_kind_age, name_kind_count_horizon
  std::string kind;                // the column with the kind of event; empty: all are of one kind
  std::vector<std::string> kinds;  // which of them; empty: all, in order of their names
  bool age = true;                 // time since the last event; missing before the first
  std::vector<double> horizons;    // events within (t - horizon, t], in units of the time column
};

/// Something that happened to an asset, such as a failure.
struct AssetEvent {
  std::string asset;  // empty where the samples have no asset column
  double time = 0;    // in the unit of the samples' time column
  std::string kind = {};
};

/// The events that a join is about, of any asset, in order of time. `events` has a time column in the unit of that of `samples`,
/// and an asset column where `samples` have one. InvalidArgument when it has not, when there is no column `join.kind`, when a row
/// has no time, and when there are events but none of `join.kinds`, or none of an asset of `samples`.
absl::StatusOr<std::vector<AssetEvent>> ChooseEvents(const Table& samples, const Table& events, const EventJoin& join);

/// Adds setting columns to `samples`, as of each row's time: an event counts at its own time and after it, never before.
/// InvalidArgument as ChooseEvents, and when a row of `samples` has no asset or time or there are more than 200 kinds.
absl::Status JoinEvents(Table& samples, const Table& events, const EventJoin& join);

/// Adds what is known of each asset to all its rows: the columns of `assets` beside its asset column, sensors as settings
/// (numbers) or segments (texts). InvalidArgument for an asset that has no row in `assets`, or two.
absl::Status JoinStatic(Table& samples, const Table& assets);

}  // namespace millwright::learn
