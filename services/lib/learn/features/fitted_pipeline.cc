#include <algorithm>
#include <cmath>
#include <limits>

#include "lib/base/status_macros.h"
#include "lib/learn/features/pipeline.h"
#include "lib/learn/features/row_reader.h"
#include "lib/learn/strict_json.h"
#include "lib/learn/text.h"

namespace millwright::learn {

namespace {

constexpr double kNothing = std::numeric_limits<double>::quiet_NaN();

/// The categories of each input, from the steps fitted so far.
std::vector<const TextCategories*> CategoriesOf(std::span<const RowLayout::Input> inputs,
                                                std::span<const std::shared_ptr<const ColumnStep>> steps) {
  std::vector<const TextCategories*> all(inputs.size(), nullptr);
  for (std::size_t i = 0; i < inputs.size(); ++i) {
    for (const auto& step : steps) {
      const TextCategories* categories = step->categories();
      if (inputs[i].is_text && categories != nullptr && categories->column == inputs[i].name) all[i] = categories;
    }
  }
  return all;
}

/// Sends all training rows through the steps fitted so far.
absl::Status ForEachRow(const PipelineSpec& spec, const RowLayout& layout, const Table& table,
                        std::span<const AssetRows> training, const std::function<void(std::span<const double>, bool)>& visit) {
  const std::vector<const TextCategories*> categories = CategoriesOf(layout.inputs(), spec.column_steps);
  ASSIGN_OR_RETURN(const RowReader reader, RowReader::Open(table, layout.inputs(), categories));
  const Column* time = nullptr;
  const Column* segment = nullptr;
  if (!spec.time_column.empty()) {
    ASSIGN_OR_RETURN(time, table.GetNumber(spec.time_column));
  }
  if (!spec.restart.column.empty()) {
    ASSIGN_OR_RETURN(segment, table.GetNumber(spec.restart.column));
  }
  HistoryClock clock(spec);
  RowChain chain(spec.column_steps, layout.width());
  for (const AssetRows& asset : training) {
    clock.Clear();
    chain.Clear();
    bool is_first = true;
    for (const std::size_t row : asset.rows) {
      ASSIGN_OR_RETURN(const bool begins_anew, clock.Next(time != nullptr ? time->numbers[row] : kNothing,
                                                          segment != nullptr ? segment->numbers[row] : kNothing));
      if (begins_anew) chain.Clear();
      for (std::size_t i = 0; i < reader.size(); ++i) chain.row()[layout.inputs()[i].place] = reader.Get(i, row);
      chain.Apply();
      visit(chain.row(), std::exchange(is_first, false) || begins_anew);
    }
  }
  return absl::OkStatus();
}

absl::Status RefuseTwice(std::vector<std::string> names) {
  std::sort(names.begin(), names.end());
  const auto twice = std::adjacent_find(names.begin(), names.end());
  if (twice == names.end()) return absl::OkStatus();
  return absl::InvalidArgumentError(Cat("features.steps: the feature \"", *twice, "\" is made twice"));
}

}  // namespace

double CategoryNumber(const TextCategories& categories, std::string_view text) {
  const auto it = std::find(categories.names.begin(), categories.names.end(), text);
  return it == categories.names.end() ? kNothing : static_cast<double>(it - categories.names.begin());
}

HistoryNeed FittedPipeline::history() const {
  std::size_t rows = spec_.LongestWindow();
  for (const auto& step : spec_.column_steps) rows += step->rows() - 1;
  return {.rows = std::max(rows, spec_.min_rows), .min_rows = spec_.min_rows, .since_start = spec_.IsSinceStart()};
}

bool FittedPipeline::needs_time() const {
  return spec_.first_time || spec_.restart.max_gap ||
         std::any_of(spec_.feature_steps.begin(), spec_.feature_steps.end(), [](const auto& step) { return step->needs_time(); });
}

absl::Status FittedPipeline::Resolve() {
  if (!spec_.time_column.empty()) RETURN_IF_ERROR(rows_.Raw(spec_.time_column).status());
  if (!spec_.restart.column.empty()) RETURN_IF_ERROR(rows_.Raw(spec_.restart.column).status());
  for (std::size_t i = 0; i < rows_.inputs().size(); ++i) {
    const RowLayout::Input& input = rows_.inputs()[i];
    inputs_.push_back(input.name);
    if (input.name == spec_.time_column) time_input_ = i;
    if (input.name == spec_.restart.column) restart_input_ = i;
  }
  categories_ = CategoriesOf(rows_.inputs(), spec_.column_steps);
  for (const RowLayout::Column& column : rows_.columns()) kept_.push_back(column.place);
  if (time_input_) kept_.push_back(rows_.inputs()[*time_input_].place);
  return RefuseTwice(layout_.names);
}

absl::StatusOr<FittedPipeline> FittedPipeline::Fit(const PipelineSpec& spec, const Table& table,
                                                   std::span<const AssetRows> training) {
  FittedPipeline p;
  p.spec_ = spec;
  std::vector<std::shared_ptr<const ColumnStep>> declared = std::exchange(p.spec_.column_steps, {});
  if (!spec.selects) {
    ASSIGN_OR_RETURN(std::shared_ptr<const ColumnStep> sensors, SelectSensors(table));
    declared.insert(declared.begin(), std::move(sensors));
    p.spec_.selects = true;
  }
  const TrainingRows rows{.table = table, .assets = training, .for_each = [&](const auto& visit) {
                            return ForEachRow(p.spec_, p.rows_, table, training, visit);
                          }};
  for (const auto& step : declared) {
    std::unique_ptr<ColumnStep> fitted = step->Clone();
    RETURN_IF_ERROR(fitted->Bind(p.rows_));
    RETURN_IF_ERROR(fitted->Fit(rows));
    RETURN_IF_ERROR(fitted->Extend(p.rows_));
    p.spec_.column_steps.push_back(std::move(fitted));
  }
  for (auto& step : p.spec_.feature_steps) {
    std::unique_ptr<FeatureStep> fitted = step->Clone();
    const std::size_t before = p.layout_.names.size();
    RETURN_IF_ERROR(fitted->Bind(p.rows_, p.layout_));
    p.feature_counts_.push_back(p.layout_.names.size() - before);
    RETURN_IF_ERROR(fitted->Fit(rows));
    step = std::move(fitted);
  }
  RETURN_IF_ERROR(p.Resolve());
  RETURN_IF_ERROR(RowReader::Open(table, p.rows_.inputs(), p.categories_).status());
  return p;
}

nlohmann::json FittedPipeline::ToJson() const {
  nlohmann::json json;
  if (!spec_.asset_column.empty()) json["asset"] = spec_.asset_column;
  if (!spec_.time_column.empty()) {
    json["time"] = {{"column", spec_.time_column}, {"unit", spec_.time_unit}};
    if (spec_.first_time) json["time"]["first"] = *spec_.first_time;
  }
  nlohmann::json& features = json["features"];
  features = {{"min_rows", spec_.min_rows}, {"steps", nlohmann::json::array()}};
  if (spec_.window > 0) features["window"] = spec_.window;
  if (spec_.restart.max_gap) features["restart"]["max_gap"] = *spec_.restart.max_gap;
  if (!spec_.restart.column.empty()) features["restart"]["column"] = spec_.restart.column;
  json["fitted"] = nlohmann::json::array();  // one entry a step
  const auto add = [&](const auto& steps) {
    for (const auto& step : steps) {
      features["steps"].push_back(step->ToJson());
      json["fitted"].push_back(step->Fitted());
    }
  };
  add(spec_.column_steps);
  add(spec_.feature_steps);
  json["feature_names"] = layout_.names;
  return json;
}

absl::StatusOr<FittedPipeline> FittedPipeline::FromJson(const nlohmann::json& json) {
  StrictObject object(json, "pipeline");
  const nlohmann::json* asset = object.Optional("asset");
  const nlohmann::json* time = object.Optional("time");
  const nlohmann::json& features = object.Required("features");
  const nlohmann::json& fitted = object.Required("fitted");
  const std::vector<std::string> names = object.Texts("feature_names");
  RETURN_IF_ERROR(object.Finish());
  FittedPipeline p;
  ASSIGN_OR_RETURN(
      p.spec_, ParsePipeline(asset != nullptr ? *asset : nlohmann::json(), time != nullptr ? *time : nlohmann::json(), features));
  if (!p.spec_.selects) return absl::InvalidArgumentError("pipeline.features.steps: the first must be select");
  const std::size_t steps = p.spec_.column_steps.size() + p.spec_.feature_steps.size();
  if (!fitted.is_array() || fitted.size() != steps)
    return absl::InvalidArgumentError(Cat("pipeline.fitted: must be a list of ", steps, " entries, one a step"));
  std::size_t next = 0;
  for (auto& step : p.spec_.column_steps) {
    std::unique_ptr<ColumnStep> restored = step->Clone();
    RETURN_IF_ERROR(restored->Bind(p.rows_));
    RETURN_IF_ERROR(restored->Restore(fitted[next], Cat("pipeline.fitted[", next, "]")));
    RETURN_IF_ERROR(restored->Extend(p.rows_));
    step = std::move(restored);
    ++next;
  }
  for (auto& step : p.spec_.feature_steps) {
    std::unique_ptr<FeatureStep> restored = step->Clone();
    const std::size_t before = p.layout_.names.size();
    RETURN_IF_ERROR(restored->Bind(p.rows_, p.layout_));
    p.feature_counts_.push_back(p.layout_.names.size() - before);
    RETURN_IF_ERROR(restored->Restore(fitted[next], Cat("pipeline.fitted[", next, "]")));
    step = std::move(restored);
    ++next;
  }
  RETURN_IF_ERROR(p.Resolve());
  if (p.layout_.names != names) return absl::InvalidArgumentError("pipeline.feature_names: differ from what the steps make");
  return p;
}

}  // namespace millwright::learn
