#include "lib/learn/table/joins.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <map>
#include <set>
#include <unordered_map>

#include "lib/base/status_macros.h"
#include "lib/learn/table/csv_cell.h"
#include "lib/learn/text.h"

namespace millwright::learn {

namespace {

constexpr std::size_t kMaxKinds = 200;
constexpr double kMissing = std::numeric_limits<double>::quiet_NaN();

absl::StatusOr<const Column*> ColumnOf(const Table& table, ColumnRole role, std::string_view which) {
  const Column* const column = table.FindRole(role);
  if (column == nullptr)
    return absl::InvalidArgumentError(Cat("the ", which, " have no ", Name(role), " column; give one that role"));
  return column;
}

// At most three of the names, for a message.
std::string SomeOf(const std::set<std::string>& names) {
  std::vector<std::string> some;
  for (const std::string& name : names) {
    if (some.size() == 3) {
      some.push_back("…");
      break;
    }
    some.push_back(QuoteCell(name));
  }
  return Join(some);
}

std::set<std::string> NamesIn(const Column& column) {
  std::set<std::string> names;
  std::string last;
  for (std::size_t row = 0; row < column.size(); ++row) {
    std::string name = ValueName(column, row);
    if (row > 0 && name == last) continue;  // the asset of a row is mostly that of the row before
    names.insert(name);
    last = std::move(name);
  }
  return names;
}

absl::Status CheckTimes(const Column& of_samples, const Column& of_events) {
  for (const auto& [column, which] : {std::pair(&of_samples, "samples"), std::pair(&of_events, "events")}) {
    if (column->spec.type != ColumnType::kNumber)
      return absl::InvalidArgumentError(Cat("the ", which, "' time column \"", column->spec.name,
                                            "\" is text and must be a time (2024-05-01T12:30:00Z, or a number)"));
  }
  const std::string& ours = of_samples.spec.unit;
  const std::string& theirs = of_events.spec.unit;
  const bool is_one_unit = ours.empty() || theirs.empty() || ours == theirs;
  if (of_samples.size() == 0 || of_events.size() == 0) return absl::OkStatus();
  // Seconds are also the unit of instants.
  if (!ours.empty() && ours == theirs && ours != "s") return absl::OkStatus();
  if (is_one_unit && HoldsInstants(of_samples) == HoldsInstants(of_events)) return absl::OkStatus();
  const auto describe = [](const Column& column) {
    return Cat("\"", column.spec.name, "\" (such as ", TimeText(column, 0),
               column.spec.unit.empty() || HoldsInstants(column) ? "" : Cat(" ", column.spec.unit), ")");
  };
  return absl::InvalidArgumentError(Cat("the samples' time ", describe(of_samples), " and the events' ", describe(of_events),
                                        " are not in one unit; both must be instants, or both numbers in the same unit"));
}

// The events' asset column; null where neither table has one.
absl::StatusOr<const Column*> AssetOfEvents(const Table& samples, const Table& events) {
  const Column* const of_samples = samples.FindRole(ColumnRole::kAsset);
  const Column* const of_events = events.FindRole(ColumnRole::kAsset);
  if (of_samples == nullptr && of_events != nullptr) {
    return absl::InvalidArgumentError(
        Cat("the events have the asset column \"", of_events->spec.name,
            "\" and the samples have none; give a column of the samples the role asset, or leave the "
            "events' asset out when all are of one machine"));
  }
  if (of_samples != nullptr && of_events == nullptr) {
    return absl::InvalidArgumentError(Cat("the events have no asset column and the samples have \"", of_samples->spec.name,
                                          "\"; name the column of the events that says which asset each is of (asset)"));
  }
  return of_events;
}

}  // namespace

absl::StatusOr<std::vector<AssetEvent>> ChooseEvents(const Table& samples, const Table& events, const EventJoin& join) {
  ASSIGN_OR_RETURN(const Column* sample_time, ColumnOf(samples, ColumnRole::kTime, "samples"));
  ASSIGN_OR_RETURN(const Column* time, ColumnOf(events, ColumnRole::kTime, "events"));
  ASSIGN_OR_RETURN(const Column* asset, AssetOfEvents(samples, events));
  RETURN_IF_ERROR(CheckTimes(*sample_time, *time));
  const Column* const kind = join.kind.empty() ? nullptr : events.Find(join.kind);
  if (kind == nullptr && !join.kind.empty()) {
    std::vector<std::string> names;
    for (const ColumnSpec& spec : events.schema()) names.push_back(spec.name);
    return absl::InvalidArgumentError(Cat("kind: the events have no column \"", join.kind, "\"; they have ", Join(names)));
  }
  if (kind == nullptr && !join.kinds.empty())
    return absl::InvalidArgumentError("kinds: needs kind, the column of the events that says of which kind each is");
  const std::set<std::string> wanted(join.kinds.begin(), join.kinds.end());
  std::vector<AssetEvent> chosen;
  for (std::size_t row = 0; row < events.rows(); ++row) {
    const bool has_kind = kind != nullptr && (kind->spec.type == ColumnType::kText || !std::isnan(kind->numbers[row]));
    std::string name = has_kind ? ValueName(*kind, row) : "";
    if (!wanted.empty() && !wanted.contains(name)) continue;
    if (std::isnan(time->numbers[row]))
      return absl::InvalidArgumentError(Cat("the events' row ", row + 1, " has no time in column \"", time->spec.name, "\""));
    chosen.push_back(
        {.asset = asset == nullptr ? "" : ValueName(*asset, row), .time = time->numbers[row], .kind = std::move(name)});
  }
  if (chosen.empty() && events.rows() > 0) {
    return absl::InvalidArgumentError(
        Cat("kinds: no event is of the kind ", SomeOf(wanted), "; column \"", join.kind, "\" has ", SomeOf(NamesIn(*kind))));
  }
  if (asset != nullptr && !chosen.empty()) {
    const Column& sample_asset = *samples.FindRole(ColumnRole::kAsset);
    const std::set<std::string> known = NamesIn(sample_asset);
    std::set<std::string> strangers;
    for (const AssetEvent& event : chosen) strangers.insert(event.asset);
    if (std::none_of(strangers.begin(), strangers.end(), [&](const std::string& name) { return known.contains(name); })) {
      return absl::InvalidArgumentError(Cat("no event is of an asset of the samples: the events' column \"", asset->spec.name,
                                            "\" has ", SomeOf(strangers), ", the samples' \"", sample_asset.spec.name, "\" ",
                                            SomeOf(known)));
    }
  }
  std::stable_sort(chosen.begin(), chosen.end(), [](const AssetEvent& a, const AssetEvent& b) { return a.time < b.time; });
  return chosen;
}

absl::Status JoinEvents(Table& samples, const Table& events, const EventJoin& join) {
  ASSIGN_OR_RETURN(const std::vector<AssetEvent> chosen, ChooseEvents(samples, events, join));
  std::unordered_map<std::string, std::map<std::string, std::vector<double>>> times;  // by asset and kind, ascending
  std::set<std::string> kinds(join.kinds.begin(), join.kinds.end());
  for (const AssetEvent& event : chosen) {
    times[event.asset][event.kind].push_back(event.time);
    kinds.insert(event.kind);
    if (kinds.size() > kMaxKinds)
      return absl::InvalidArgumentError(Cat("the events have more than ", kMaxKinds, " kinds in column \"", join.kind, "\""));
  }
  const Column* const asset_column = samples.FindRole(ColumnRole::kAsset);
  const Column* const time = samples.FindRole(ColumnRole::kTime);
  ASSIGN_OR_RETURN(const std::vector<AssetRows> assets,
                   GroupByAsset(samples, asset_column == nullptr ? "" : asset_column->spec.name, time->spec.name));
  const std::string unit = time->spec.unit;
  std::vector<Column> added;
  for (const std::string& kind : kinds) {
    const std::string prefix = kind.empty() ? join.name : Cat(join.name, "_", kind);
    Column age{.spec = {.name = Cat(prefix, "_age"), .role = ColumnRole::kSetting, .unit = unit}};
    std::vector<double> ages(join.age ? samples.rows() : 0, kMissing);
    std::vector<std::vector<double>> counts(join.horizons.size(), std::vector<double>(samples.rows(), 0));
    for (const AssetRows& asset : assets) {
      const auto of_asset = times.find(asset.asset);
      if (of_asset == times.end()) continue;
      const auto of_kind = of_asset->second.find(kind);
      if (of_kind == of_asset->second.end()) continue;
      const std::vector<double>& at = of_kind->second;
      std::size_t past = 0;                                    // events at or before the row
      std::vector<std::size_t> expired(join.horizons.size());  // of them, those beyond each horizon
      for (const std::size_t row : asset.rows) {
        const double now = time->numbers[row];
        while (past < at.size() && at[past] <= now) ++past;
        if (join.age && past > 0) ages[row] = now - at[past - 1];
        for (std::size_t h = 0; h < join.horizons.size(); ++h) {
          while (expired[h] < past && at[expired[h]] <= now - join.horizons[h]) ++expired[h];
          counts[h][row] = static_cast<double>(past - expired[h]);
        }
      }
    }
    if (join.age) {
      age.numbers = std::move(ages);
      added.push_back(std::move(age));
    }
    for (std::size_t h = 0; h < join.horizons.size(); ++h) {
      added.push_back({.spec = {.name = Cat(prefix, "_count_", Shortest(join.horizons[h])), .role = ColumnRole::kSetting},
                       .numbers = std::move(counts[h])});
    }
  }
  for (Column& column : added) RETURN_IF_ERROR(samples.AddColumn(std::move(column)));
  return absl::OkStatus();
}

absl::Status JoinStatic(Table& samples, const Table& assets) {
  ASSIGN_OR_RETURN(const Column* sample_asset, ColumnOf(samples, ColumnRole::kAsset, "samples"));
  ASSIGN_OR_RETURN(const Column* asset, ColumnOf(assets, ColumnRole::kAsset, "static columns"));
  std::unordered_map<std::string, std::size_t> by_name;
  for (std::size_t row = 0; row < assets.rows(); ++row) {
    if (!by_name.try_emplace(ValueName(*asset, row), row).second) {
      return absl::InvalidArgumentError(
          Cat("the static columns have two rows of asset \"", ValueName(*asset, row), "\"; there must be one"));
    }
  }
  ASSIGN_OR_RETURN(const std::vector<AssetRows> groups, GroupByAsset(samples, sample_asset->spec.name, ""));
  std::vector<std::size_t> places(samples.rows());
  for (const AssetRows& group : groups) {
    const auto it = by_name.find(group.asset);
    if (it == by_name.end())
      return absl::InvalidArgumentError(Cat("the static columns have no row for asset \"", group.asset, "\""));
    for (const std::size_t row : group.rows) places[row] = it->second;
  }
  const Table spread = assets.Take(places);
  for (Column column : spread.columns()) {
    if (column.spec.name == asset->spec.name) continue;
    const bool is_text = column.spec.type == ColumnType::kText;
    if (column.spec.role == ColumnRole::kSensor) column.spec.role = is_text ? ColumnRole::kSegment : ColumnRole::kSetting;
    RETURN_IF_ERROR(samples.AddColumn(std::move(column)));
  }
  return absl::OkStatus();
}

}  // namespace millwright::learn
