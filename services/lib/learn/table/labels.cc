#include "lib/learn/table/labels.h"

#include <algorithm>
#include <unordered_map>
#include <vector>

#include "lib/base/status_macros.h"
#include "lib/learn/table/timestamp.h"
#include "lib/learn/text.h"

namespace millwright::learn {

namespace {

constexpr double kReachSteps = 10;

// The median time between an asset's rows; none with fewer than two.
std::optional<double> UsualStep(const AssetRows& asset, const NumberValues& time) {
  std::vector<double> steps;
  for (std::size_t i = 1; i < asset.rows.size(); ++i) steps.push_back(time[asset.rows[i]] - time[asset.rows[i - 1]]);
  if (steps.empty()) return std::nullopt;
  const auto middle = steps.begin() + static_cast<std::ptrdiff_t>(steps.size() / 2);
  std::nth_element(steps.begin(), middle, steps.end());
  return *middle;
}

}  // namespace

absl::Status AttachTruth(Table& test, const Table& truth, std::string_view asset_column, std::string_view name) {
  ASSIGN_OR_RETURN(const std::vector<AssetRows> assets, GroupByAsset(test, asset_column, ""));
  const Column* values = nullptr;
  for (const Column& column : truth.columns()) {
    if (column.spec.type != ColumnType::kNumber || column.spec.name == asset_column) continue;
    if (values != nullptr)
      return absl::InvalidArgumentError(Cat("the truth table has two number columns, \"", values->spec.name, "\" and \"",
                                            column.spec.name, "\"; it must have one"));
    values = &column;
  }
  if (values == nullptr) return absl::InvalidArgumentError("the truth table has no number column");
  std::unordered_map<std::string, double> by_asset;
  if (truth.Find(asset_column) != nullptr) {
    ASSIGN_OR_RETURN(const std::vector<AssetRows> rows, GroupByAsset(truth, asset_column, ""));
    for (const AssetRows& asset : rows) {
      if (asset.rows.size() > 1) return absl::InvalidArgumentError(Cat("the truth table has asset \"", asset.asset, "\" twice"));
      by_asset[asset.asset] = values->numbers[asset.rows[0]];
    }
  } else {
    if (truth.rows() != assets.size())
      return absl::InvalidArgumentError(Cat("the truth has ", truth.rows(), " rows and the test data ", assets.size(),
                                            " assets; there must be one row an asset"));
    for (std::size_t i = 0; i < assets.size(); ++i) by_asset[assets[i].asset] = values->numbers[i];
  }
  Column column{.spec = {.name = std::string(name), .role = ColumnRole::kLabel}};
  column.numbers.resize(test.rows());
  for (const AssetRows& asset : assets) {
    const auto it = by_asset.find(asset.asset);
    if (it == by_asset.end())
      return absl::InvalidArgumentError(Cat("the truth table has no row for asset \"", asset.asset, "\""));
    for (const std::size_t row : asset.rows) column.numbers[row] = it->second;
  }
  return test.AddColumn(std::move(column));
}

absl::StatusOr<UnmarkedEvents> AddEventLabel(Table& table, std::string_view asset_column, std::string_view time_column,
                                             std::span<const AssetEvent> events, std::string_view name,
                                             std::optional<double> reach) {
  ASSIGN_OR_RETURN(const std::vector<AssetRows> assets, GroupByAsset(table, asset_column, time_column));
  ASSIGN_OR_RETURN(const Column* time, table.GetNumber(time_column));
  struct Reached {
    const AssetRows* asset = nullptr;
    double reach = 0;
  };
  std::unordered_map<std::string_view, Reached> by_name;
  for (const AssetRows& asset : assets)
    by_name[asset.asset] = {&asset, reach ? *reach : kReachSteps * UsualStep(asset, time->numbers).value_or(0)};
  UnmarkedEvents unmarked;
  Column label{.spec = {.name = std::string(name), .role = ColumnRole::kLabel}};
  label.numbers.resize(table.rows());
  for (const AssetEvent& event : events) {
    const auto it = by_name.find(event.asset);
    if (it == by_name.end()) {
      ++unmarked.strangers;
      continue;
    }
    const std::vector<std::size_t>& rows = it->second.asset->rows;
    const auto after = std::upper_bound(rows.begin(), rows.end(), event.time,
                                        [&](double at, std::size_t row) { return at < time->numbers[row]; });
    if (after == rows.begin()) {
      ++unmarked.before;
      continue;
    }
    const std::size_t row = *std::prev(after);
    if (event.time - time->numbers[row] <= it->second.reach) {
      label.numbers[row] = 1;
    } else if (++unmarked.beyond == 1) {
      const Column at{.spec = time->spec, .numbers = std::vector<double>{event.time}};
      unmarked.example =
          Cat(event.asset.empty() ? "one" : Cat("that of asset \"", event.asset, "\""), " at ", TimeText(at, 0),
              ", whose last row before it is at ", TimeText(*time, row), ", more than ", Shortest(it->second.reach), " earlier");
    }
  }
  RETURN_IF_ERROR(table.AddColumn(std::move(label)));
  return unmarked;
}

}  // namespace millwright::learn
