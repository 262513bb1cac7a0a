#include "lib/learn/table/joins.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <map>
#include <set>
#include <unordered_map>

#include "lib/base/status_macros.h"
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

std::string AssetName(const Column& column, std::size_t row) {
  return column.spec.type == ColumnType::kText ? column.texts[row] : Shortest(column.numbers[row]);
}

// The times of events by asset and kind, ascending.
using EventTimes = std::unordered_map<std::string, std::map<std::string, std::vector<double>>>;

absl::StatusOr<EventTimes> TimesOf(const Table& events, const EventJoin& join, std::set<std::string>& kinds) {
  ASSIGN_OR_RETURN(const Column* asset, ColumnOf(events, ColumnRole::kAsset, "events"));
  ASSIGN_OR_RETURN(const Column* time, ColumnOf(events, ColumnRole::kTime, "events"));
  if (time->spec.type != ColumnType::kNumber)
    return absl::InvalidArgumentError(Cat("the events' time column \"", time->spec.name, "\" is text and must be a time"));
  const Column* kind = nullptr;
  if (!join.kind.empty()) {
    ASSIGN_OR_RETURN(kind, events.Get(join.kind));
  }
  const std::set<std::string> wanted(join.kinds.begin(), join.kinds.end());
  EventTimes times;
  for (std::size_t row = 0; row < events.rows(); ++row) {
    const std::string name = kind == nullptr ? "" : AssetName(*kind, row);
    if (!wanted.empty() && !wanted.contains(name)) continue;
    if (std::isnan(time->numbers[row]))
      return absl::InvalidArgumentError(Cat("the events' row ", row + 1, " has no time in column \"", time->spec.name, "\""));
    kinds.insert(name);
    if (kinds.size() > kMaxKinds)
      return absl::InvalidArgumentError(Cat("the events have more than ", kMaxKinds, " kinds in column \"", join.kind, "\""));
    times[AssetName(*asset, row)][name].push_back(time->numbers[row]);
  }
  for (auto& [_, by_kind] : times) {
    for (auto& [__, list] : by_kind) std::sort(list.begin(), list.end());
  }
  return times;
}

}  // namespace

absl::Status JoinEvents(Table& samples, const Table& events, const EventJoin& join) {
  ASSIGN_OR_RETURN(const Column* asset_column, ColumnOf(samples, ColumnRole::kAsset, "samples"));
  ASSIGN_OR_RETURN(const Column* time, ColumnOf(samples, ColumnRole::kTime, "samples"));
  std::set<std::string> kinds(join.kinds.begin(), join.kinds.end());
  ASSIGN_OR_RETURN(const EventTimes times, TimesOf(events, join, kinds));
  ASSIGN_OR_RETURN(const std::vector<AssetRows> assets, GroupByAsset(samples, asset_column->spec.name, time->spec.name));
  const bool is_known = times.empty() || std::any_of(assets.begin(), assets.end(),
                                                     [&](const AssetRows& asset) { return times.contains(asset.asset); });
  if (!is_known) {
    return absl::InvalidArgumentError(Cat("no event of \"", join.name, "\" is of an asset of the samples: events have \"",
                                          times.begin()->first, "\", samples \"", assets.front().asset, "\""));
  }
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
    if (!by_name.try_emplace(AssetName(*asset, row), row).second) {
      return absl::InvalidArgumentError(
          Cat("the static columns have two rows of asset \"", AssetName(*asset, row), "\"; there must be one"));
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
