#include "lib/learn/features/target.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <unordered_map>

#include "lib/base/status_macros.h"
#include "lib/learn/strict_json.h"
#include "lib/learn/text.h"

namespace millwright::learn {

namespace {

constexpr double kUnknown = std::numeric_limits<double>::quiet_NaN();
constexpr std::string_view kKinds[] = {"rul", "failure_within", "column", "class"};

absl::StatusOr<std::vector<double>> RemainingLife(const TargetSpec& target, const PipelineSpec& pipeline, const Table& table,
                                                  std::span<const AssetRows> assets) {
  ASSIGN_OR_RETURN(const Column* time, table.GetNumber(pipeline.time_column));
  const Column* truth = nullptr;
  if (!target.truth.empty() && table.Find(target.truth) != nullptr) {
    ASSIGN_OR_RETURN(truth, table.GetNumber(target.truth));
  }
  std::vector<double> values(table.rows(), kUnknown);
  for (const AssetRows& asset : assets) {
    const std::size_t last = asset.rows.back();
    const double left = truth != nullptr ? truth->numbers[last] : 0.0;
    for (const std::size_t row : asset.rows) values[row] = time->numbers[last] - time->numbers[row] + left;
  }
  return values;
}

absl::StatusOr<std::vector<double>> FailureWithin(const TargetSpec& target, const PipelineSpec& pipeline, const Table& table,
                                                  std::span<const AssetRows> assets) {
  ASSIGN_OR_RETURN(const Column* label, table.GetNumber(target.column));
  ASSIGN_OR_RETURN(const Column* time, table.GetNumber(pipeline.time_column));
  std::vector<double> values(table.rows(), kUnknown);
  for (const AssetRows& asset : assets) {
    const double end = time->numbers[asset.rows.back()];
    double next_failure = std::numeric_limits<double>::infinity();
    for (auto it = asset.rows.rbegin(); it != asset.rows.rend(); ++it) {
      const double now = time->numbers[*it];
      const bool is_failure = !std::isnan(label->numbers[*it]) && label->numbers[*it] != 0;
      // The row of the failure itself is neither before nor after it and stays unknown.
      if (!is_failure && next_failure <= now + target.horizon)
        values[*it] = 1;
      else if (!is_failure && now + target.horizon <= end)
        values[*it] = 0;
      if (is_failure) next_failure = now;
    }
  }
  return values;
}

}  // namespace

std::string_view Name(Task task) {
  constexpr std::string_view kNames[] = {"regression", "binary", "multiclass", "anomaly"};
  return kNames[static_cast<int>(task)];
}

double Cut(double value, const std::optional<double>& cap) { return cap && value > *cap ? *cap : value; }

absl::StatusOr<TargetSpec> ParseTarget(const nlohmann::json& json, std::string_view path) {
  StrictObject object(json, path);
  TargetSpec target;
  const std::string kind = object.Text("kind");
  constexpr double kMax = std::numeric_limits<double>::max();
  if (kind == "rul") {
    target.kind = TargetSpec::Kind::kRul;
    if (object.Optional("cap") != nullptr) target.cap = object.Number("cap", 1e-9, kMax);
    target.truth = object.Text("truth", "");
  } else if (kind == "failure_within") {
    target.kind = TargetSpec::Kind::kFailureWithin;
    target.column = object.Text("label");
    target.horizon = object.Number("horizon", 1e-9, kMax);
  } else if (kind == "column" || kind == "class") {
    target.kind = kind == "column" ? TargetSpec::Kind::kColumn : TargetSpec::Kind::kClass;
    target.column = object.Text("column");
  } else {
    object.Fail("kind", Cat("\"", kind, "\" must be one of ", Join(kKinds)));
    return object.Finish();
  }
  RETURN_IF_ERROR(object.Finish());
  return target;
}

nlohmann::json ToJson(const TargetSpec& target) {
  nlohmann::json json{{"kind", kKinds[static_cast<int>(target.kind)]}};
  if (target.cap) json["cap"] = *target.cap;
  if (!target.truth.empty()) json["truth"] = target.truth;
  if (!target.column.empty()) json[target.kind == TargetSpec::Kind::kFailureWithin ? "label" : "column"] = target.column;
  if (target.horizon > 0) json["horizon"] = target.horizon;
  return json;
}

absl::StatusOr<std::vector<double>> ComputeTarget(const TargetSpec& target, const PipelineSpec& pipeline, const Table& table,
                                                  std::span<const AssetRows> assets) {
  if (target.kind == TargetSpec::Kind::kRul) return RemainingLife(target, pipeline, table, assets);
  if (target.kind == TargetSpec::Kind::kFailureWithin) return FailureWithin(target, pipeline, table, assets);
  ASSIGN_OR_RETURN(const Column* column, table.GetNumber(target.column));
  if (target.kind == TargetSpec::Kind::kClass) {
    for (std::size_t row = 0; row < column->numbers.size(); ++row) {
      const double value = column->numbers[row];
      if (std::isnan(value) || value == 0 || value == 1) continue;
      return absl::InvalidArgumentError(
          Cat("row ", row + 1, ", column \"", target.column, "\": ", Shortest(value), " must be 0 or 1"));
    }
  }
  return column->numbers;
}

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

absl::Status AddEventLabel(Table& table, std::string_view asset_column, std::string_view time_column,
                           std::span<const AssetEvent> events, std::string_view name) {
  ASSIGN_OR_RETURN(const std::vector<AssetRows> assets, GroupByAsset(table, asset_column, time_column));
  ASSIGN_OR_RETURN(const Column* time, table.GetNumber(time_column));
  std::unordered_map<std::string_view, const AssetRows*> by_name;
  for (const AssetRows& asset : assets) by_name[asset.asset] = &asset;
  Column label{.spec = {.name = std::string(name), .role = ColumnRole::kLabel}};
  label.numbers.resize(table.rows());
  for (const AssetEvent& event : events) {
    const auto it = by_name.find(event.asset);
    if (it == by_name.end()) continue;
    const std::vector<std::size_t>& rows = it->second->rows;
    const auto after = std::upper_bound(rows.begin(), rows.end(), event.time,
                                        [&](double at, std::size_t row) { return at < time->numbers[row]; });
    if (after != rows.begin()) label.numbers[*std::prev(after)] = 1;
  }
  return table.AddColumn(std::move(label));
}

}  // namespace millwright::learn
