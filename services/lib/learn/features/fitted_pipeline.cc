#include <algorithm>
#include <cmath>
#include <limits>

#include "lib/base/status_macros.h"
#include "lib/learn/features/pipeline.h"
#include "lib/learn/features/statistic.h"
#include "lib/learn/strict_json.h"
#include "lib/learn/text.h"

namespace millwright::learn {

namespace {

constexpr std::size_t kMaxConditions = 64;
constexpr std::size_t kMaxFeatures = 20'000;

/// Mean and spread of numbers, in order; two passes by the caller.
struct Moments {
  double sum = 0;
  double count = 0;
  double squares = 0;

  double mean() const { return count > 0 ? sum / count : 0.0; }
  /// 1 for a column that does not vary, so that a dead sensor stays near 0.
  double sd() const {
    const double value = count > 1 ? std::sqrt(squares / (count - 1)) : 0.0;
    return value > 1e-9 * std::max(1.0, std::abs(mean())) ? value : 1.0;
  }
};

absl::StatusOr<std::vector<const Column*>> NumberColumns(const Table& table, std::span<const std::string> names) {
  std::vector<const Column*> columns;
  for (const std::string& name : names) {
    ASSIGN_OR_RETURN(const Column* column, table.GetNumber(name));
    columns.push_back(column);
  }
  return columns;
}

nlohmann::json Steps(const PipelineSpec& spec) {
  nlohmann::json steps = nlohmann::json::array();
  steps.push_back({{"op", "select"}, {"columns", spec.selected}});
  if (spec.scale) {
    nlohmann::json scale{{"op", "scale"}};
    if (spec.scale->conditions)
      scale["conditions"] = {{"columns", spec.scale->conditions->columns}, {"tolerance", spec.scale->conditions->tolerance}};
    steps.push_back(std::move(scale));
  }
  if (spec.imputes) steps.push_back({{"op", "impute"}});
  constexpr std::string_view kOps[] = {"window", "since_start", "row_number", "time"};
  for (const FeatureStep& step : spec.steps) {
    nlohmann::json json{{"op", kOps[static_cast<int>(step.kind)]}};
    if (step.rows > 0) json["rows"] = step.rows;
    if (!step.columns.empty()) json["columns"] = step.columns;
    for (const Statistic& statistic : step.statistics) json["stats"].push_back(Name(statistic));
    steps.push_back(std::move(json));
  }
  return steps;
}

}  // namespace

HistoryNeed FittedPipeline::history() const {
  return {
      .rows = std::max(spec_.LongestWindow(), spec_.min_rows), .min_rows = spec_.min_rows, .since_start = spec_.IsSinceStart()};
}

absl::Status FittedPipeline::Resolve() {
  inputs_ = spec_.selected;
  setting_begin_ = inputs_.size();
  if (spec_.scale && spec_.scale->conditions)
    inputs_.insert(inputs_.end(), spec_.scale->conditions->columns.begin(), spec_.scale->conditions->columns.end());
  if (!spec_.time_column.empty()) {
    time_input_ = inputs_.size();
    inputs_.push_back(spec_.time_column);
  }
  if (!spec_.restart.column.empty()) {
    restart_input_ = inputs_.size();
    inputs_.push_back(spec_.restart.column);
  }
  for (std::size_t i = 0; i < spec_.steps.size(); ++i) {
    const FeatureStep& step = spec_.steps[i];
    std::vector<std::size_t>& positions = step_columns_.emplace_back();
    if (step.kind == FeatureStep::Kind::kRowNumber) layout_.names.push_back("row_number");
    if (step.kind == FeatureStep::Kind::kTime) layout_.names.push_back("time");
    if (step.kind == FeatureStep::Kind::kRowNumber || step.kind == FeatureStep::Kind::kTime) continue;
    for (const std::string& column : step.columns.empty() ? spec_.selected : step.columns) {
      const auto it = std::find(spec_.selected.begin(), spec_.selected.end(), column);
      if (it == spec_.selected.end())
        return absl::InvalidArgumentError(
            Cat("features.steps: column \"", column, "\" is not among the selected ones: ", Join(spec_.selected)));
      positions.push_back(static_cast<std::size_t>(it - spec_.selected.begin()));
      for (const Statistic& statistic : step.statistics) {
        const bool is_window = step.kind == FeatureStep::Kind::kWindow;
        const bool has_window = is_window || statistic.kind == Statistic::Kind::kWindowMinusFirst;
        layout_.names.push_back(
            Cat(column, is_window ? "." : ".start_", Name(statistic), has_window ? Cat("_of_", step.rows) : ""));
      }
    }
  }
  if (layout_.names.size() > kMaxFeatures)
    return absl::InvalidArgumentError(
        Cat("features: ", layout_.names.size(), " features; at most ", kMaxFeatures, " are computed"));
  std::vector<std::string> sorted = layout_.names;
  std::sort(sorted.begin(), sorted.end());
  const auto twice = std::adjacent_find(sorted.begin(), sorted.end());
  if (twice != sorted.end()) return absl::InvalidArgumentError(Cat("features.steps: the feature \"", *twice, "\" is made twice"));
  return absl::OkStatus();
}

std::size_t FittedPipeline::NearestCondition(std::span<const double> settings) const {
  if (conditions_.size() == 1) return 0;
  const std::vector<double>& tolerance = spec_.scale->conditions->tolerance;
  std::size_t nearest = 0;
  double least = std::numeric_limits<double>::infinity();
  for (std::size_t c = 0; c < conditions_.size(); ++c) {
    double distance = 0;
    for (std::size_t i = 0; i < settings.size(); ++i) {
      if (std::isnan(settings[i])) continue;
      const double d = (settings[i] - conditions_[c].centre[i]) / tolerance[i];
      distance += d * d;
    }
    if (distance >= least) continue;
    least = distance;
    nearest = c;
  }
  return nearest;
}

absl::Status FittedPipeline::FindConditions(const Table& table, std::span<const AssetRows> training) {
  const ConditionSpec& spec = *spec_.scale->conditions;
  ASSIGN_OR_RETURN(const std::vector<const Column*> settings, NumberColumns(table, spec.columns));
  std::vector<std::vector<double>> sums;
  std::vector<double> counts;
  std::vector<std::vector<double>> seeds;  // a row opens a condition when it is out of tolerance of every one so far
  for (const AssetRows& asset : training) {
    for (const std::size_t row : asset.rows) {
      const auto is_near = [&](const std::vector<double>& seed) {
        for (std::size_t i = 0; i < seed.size(); ++i) {
          if (!(std::abs(settings[i]->numbers[row] - seed[i]) <= spec.tolerance[i])) return false;
        }
        return true;
      };
      if (std::any_of(settings.begin(), settings.end(), [&](const Column* column) { return std::isnan(column->numbers[row]); }))
        continue;
      const auto c = static_cast<std::size_t>(std::find_if(seeds.begin(), seeds.end(), is_near) - seeds.begin());
      if (c == seeds.size()) {
        if (seeds.size() == kMaxConditions) {
          return absl::InvalidArgumentError(Cat("features: more than ", kMaxConditions, " operating conditions in ",
                                                Join(spec.columns), "; widen their tolerance"));
        }
        std::vector<double>& seed = seeds.emplace_back();
        for (const Column* column : settings) seed.push_back(column->numbers[row]);
        sums.emplace_back(settings.size());
        counts.push_back(0);
      }
      for (std::size_t i = 0; i < settings.size(); ++i) sums[c][i] += settings[i]->numbers[row];
      counts[c] += 1;
    }
  }
  if (seeds.empty())
    return absl::FailedPreconditionError(
        Cat("features: every value of ", Join(spec.columns), " is missing, so there are no operating conditions"));
  conditions_.resize(seeds.size());
  for (std::size_t c = 0; c < seeds.size(); ++c) {
    for (std::size_t i = 0; i < settings.size(); ++i) conditions_[c].centre.push_back(sums[c][i] / counts[c]);
  }
  return absl::OkStatus();
}

absl::StatusOr<FittedPipeline> FittedPipeline::Fit(const PipelineSpec& spec, const Table& table,
                                                   std::span<const AssetRows> training) {
  FittedPipeline p;
  p.spec_ = spec;
  if (p.spec_.selected.empty()) {
    for (const Column& column : table.columns()) {
      if (column.spec.role == ColumnRole::kSensor && column.spec.type == ColumnType::kNumber)
        p.spec_.selected.push_back(column.spec.name);
    }
    if (p.spec_.selected.empty()) return absl::InvalidArgumentError("the table has no number column with the role sensor");
  }
  RETURN_IF_ERROR(p.Resolve());
  ASSIGN_OR_RETURN(const std::vector<const Column*> inputs, NumberColumns(table, p.inputs_));
  const std::size_t selected = p.spec_.selected.size();
  p.conditions_.resize(1);
  if (p.spec_.scale && p.spec_.scale->conditions) RETURN_IF_ERROR(p.FindConditions(table, training));

  const auto for_each_row = [&](auto visit) {
    std::vector<double> settings;
    for (const AssetRows& asset : training) {
      for (const std::size_t row : asset.rows) {
        settings.clear();
        if (p.conditions_.size() > 1) {
          for (std::size_t i = 0; i < p.conditions_[0].centre.size(); ++i)
            settings.push_back(inputs[p.setting_begin_ + i]->numbers[row]);
        }
        const std::size_t condition = p.NearestCondition(settings);
        for (std::size_t i = 0; i < selected; ++i) {
          if (const double value = inputs[i]->numbers[row]; !std::isnan(value)) visit(condition, i, value);
        }
      }
    }
  };
  std::vector<std::vector<Moments>> moments(p.conditions_.size(), std::vector<Moments>(selected));
  for_each_row([&](std::size_t condition, std::size_t i, double value) {
    moments[condition][i].sum += value;
    moments[condition][i].count += 1;
  });
  for_each_row([&](std::size_t condition, std::size_t i, double value) {
    const double d = value - moments[condition][i].mean();
    moments[condition][i].squares += d * d;
  });
  for (std::size_t c = 0; c < p.conditions_.size(); ++c) {
    for (const Moments& m : moments[c]) {
      p.conditions_[c].mean.push_back(m.mean());
      p.conditions_[c].sd.push_back(m.sd());
    }
  }
  // After scaling the training mean is 0 by construction.
  if (p.spec_.scale)
    p.fill_.assign(selected, 0.0);
  else
    p.fill_ = p.conditions_[0].mean;
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
  features = {{"min_rows", spec_.min_rows}, {"steps", Steps(spec_)}};
  if (spec_.window > 0) features["window"] = spec_.window;
  if (spec_.restart.max_gap) features["restart"]["max_gap"] = *spec_.restart.max_gap;
  if (!spec_.restart.column.empty()) features["restart"]["column"] = spec_.restart.column;
  json["fitted"] = {{"fill", fill_}, {"conditions", nlohmann::json::array()}};
  for (const Condition& condition : conditions_) {
    json["fitted"]["conditions"].push_back({{"centre", condition.centre}, {"mean", condition.mean}, {"sd", condition.sd}});
  }
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
  RETURN_IF_ERROR(p.Resolve());
  if (p.layout_.names != names) return absl::InvalidArgumentError("pipeline.feature_names: differ from what the steps make");
  const std::size_t selected = p.spec_.selected.size();
  StrictObject state(fitted, "pipeline.fitted");
  p.fill_ = state.Numbers("fill");
  const nlohmann::json& conditions = state.Required("conditions");
  if (p.fill_.size() != selected) state.Fail("fill", Cat("must have ", selected, " numbers"));
  if (!conditions.is_array() || conditions.empty() || conditions.size() > kMaxConditions)
    state.Fail("conditions", Cat("must be a list of 1 to ", kMaxConditions));
  RETURN_IF_ERROR(state.Finish());
  const std::size_t settings = p.spec_.scale && p.spec_.scale->conditions ? p.spec_.scale->conditions->columns.size() : 0;
  for (const nlohmann::json& item : conditions) {
    StrictObject inner(item, Cat("pipeline.fitted.conditions[", p.conditions_.size(), "]"));
    Condition condition{.centre = inner.Numbers("centre"), .mean = inner.Numbers("mean"), .sd = inner.Numbers("sd")};
    if (condition.centre.size() != settings) inner.Fail("centre", Cat("must have ", settings, " numbers"));
    if (condition.mean.size() != selected) inner.Fail("mean", Cat("must have ", selected, " numbers"));
    if (condition.sd.size() != selected) inner.Fail("sd", Cat("must have ", selected, " numbers"));
    for (const double sd : condition.sd) {
      if (!(sd > 0)) inner.Fail("sd", "must be above 0");
    }
    RETURN_IF_ERROR(inner.Finish());
    p.conditions_.push_back(std::move(condition));
  }
  return p;
}

}  // namespace millwright::learn
