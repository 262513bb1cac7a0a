#include <algorithm>
#include <limits>

#include "lib/base/status_macros.h"
#include "lib/learn/features/pipeline.h"
#include "lib/learn/strict_json.h"
#include "lib/learn/text.h"

namespace millwright::learn {

namespace {

constexpr double kAny = std::numeric_limits<double>::max();
constexpr std::size_t kMaxSteps = 200;

/// Every step there is: those that change columns, then those that make features.
constexpr struct {
  std::string_view op;
  ColumnStepOr (*parse)(StrictObject& step, const StepContext& context);
} kColumnSteps[] = {
    {"select", &ParseSelect}, {"encode", &ParseEncode}, {"derive", &ParseDerive}, {"impute", &ParseImpute},
    {"scale", &ParseScale},   {"smooth", &ParseSmooth}, {"pca", &ParsePca},
};
constexpr struct {
  std::string_view op;
  FeatureStepOr (*parse)(StrictObject& step, const StepContext& context);
} kFeatureSteps[] = {
    {"window", &ParseWindow},     {"since_start", &ParseSinceStart}, {"lags", &ParseLags},
    {"sequence", &ParseSequence}, {"seasonal", &ParseSeasonal},      {"spectrum", &ParseSpectrum},
    {"cycles", &ParseCycles},     {"row_number", &ParseRowNumber},   {"time", &ParseTime},
};

std::string Ops() {
  std::vector<std::string_view> ops;
  for (const auto& entry : kColumnSteps) ops.push_back(entry.op);
  for (const auto& entry : kFeatureSteps) ops.push_back(entry.op);
  return Join(ops);
}

absl::Status ParseStep(const nlohmann::json& json, const std::string& path, const StepContext& context, PipelineSpec& spec) {
  StrictObject step(json, path);
  const std::string op = step.Text("op");
  for (const auto& entry : kColumnSteps) {
    if (op != entry.op) continue;
    if (!spec.feature_steps.empty()) step.Fail("op", "stands too late: the steps that make features come last");
    if (op == "select" && (spec.selects || !spec.column_steps.empty()))
      step.Fail("op", "stands too late: select comes first, once");
    spec.selects |= op == "select";
    ASSIGN_OR_RETURN(spec.column_steps.emplace_back(), entry.parse(step, context));
    return step.Finish();
  }
  for (const auto& entry : kFeatureSteps) {
    if (op != entry.op) continue;
    ASSIGN_OR_RETURN(spec.feature_steps.emplace_back(), entry.parse(step, context));
    return step.Finish();
  }
  step.Fail("op", Cat("\"", op.substr(0, 40), "\" must be one of ", Ops()));
  return step.Finish();
}

absl::Status ParseSteps(const nlohmann::json& json, PipelineSpec& spec) {
  if (!json.is_array() || json.empty() || json.size() > kMaxSteps)
    return absl::InvalidArgumentError(Cat("features.steps: ", Excerpt(json), " must be a list of 1 to ", kMaxSteps, " steps"));
  const StepContext context{.window = spec.window, .has_time = !spec.time_column.empty(), .time_unit = spec.time_unit};
  for (std::size_t i = 0; i < json.size(); ++i)
    RETURN_IF_ERROR(ParseStep(json[i], Cat("features.steps[", i, "]"), context, spec));
  if (spec.feature_steps.empty())
    return absl::InvalidArgumentError("features.steps: no step makes a feature (window, since_start, row_number or time)");
  return absl::OkStatus();
}

}  // namespace

bool PipelineSpec::IsSinceStart() const {
  return std::any_of(feature_steps.begin(), feature_steps.end(), [](const auto& step) { return step->is_since_start(); });
}

std::size_t PipelineSpec::LongestWindow() const {
  std::size_t longest = 1;
  for (const auto& step : feature_steps) longest = std::max(longest, step->rows());
  return longest;
}

absl::StatusOr<PipelineSpec> ParsePipeline(const nlohmann::json& asset, const nlohmann::json& time,
                                           const nlohmann::json& features) {
  PipelineSpec spec;
  if (!asset.is_null() && !asset.is_string())
    return absl::InvalidArgumentError(Cat("asset: ", Excerpt(asset), " must be a column's name"));
  if (asset.is_string()) spec.asset_column = asset.get<std::string>();
  if (!time.is_null()) {
    StrictObject object(time, "time");
    spec.time_column = object.Text("column");
    spec.time_unit = object.Text("unit", "");
    if (object.Optional("first") != nullptr) spec.first_time = object.Number("first", -kAny, kAny);
    RETURN_IF_ERROR(object.Finish());
  }
  StrictObject object(features, "features");
  spec.window = static_cast<std::size_t>(object.Integer("window", 1, kMaxWindow, 0));
  const std::int64_t min_rows = object.Integer("min_rows", 1, kMaxWindow, 0);
  spec.stride = static_cast<std::size_t>(object.Integer("stride", 1, kMaxWindow, 1));
  const nlohmann::json* restart = object.Optional("restart");
  const nlohmann::json& steps = object.Required("steps");
  RETURN_IF_ERROR(object.Finish());
  if (restart != nullptr) {
    StrictObject inner(*restart, "features.restart");
    if (inner.Optional("max_gap") != nullptr) spec.restart.max_gap = inner.Number("max_gap", 0, kAny);
    spec.restart.column = inner.Text("column", "");
    if (spec.restart.max_gap && spec.time_column.empty()) inner.Fail("max_gap", "needs time.column");
    RETURN_IF_ERROR(inner.Finish());
  }
  RETURN_IF_ERROR(ParseSteps(steps, spec));
  spec.min_rows = static_cast<std::size_t>(std::max<std::int64_t>(min_rows, 1));
  for (const auto& step : spec.feature_steps) {
    if (min_rows == 0) spec.min_rows = std::max(spec.min_rows, step->whole_rows());
  }
  return spec;
}

}  // namespace millwright::learn
