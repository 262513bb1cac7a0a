#include "lib/learn/features/target.h"

#include <algorithm>
#include <cmath>
#include <functional>
#include <limits>
#include <set>

#include "lib/base/status_macros.h"
#include "lib/learn/quantile.h"
#include "lib/learn/strict_json.h"
#include "lib/learn/text.h"

namespace millwright::learn {

namespace {

constexpr double kUnknown = std::numeric_limits<double>::quiet_NaN();
constexpr std::string_view kKinds[] = {"rul",    "failure_within", "column",  "class",
                                       "change", "change_class",   "classes", "reconstruction"};
constexpr std::string_view kOfs[] = {"mean", "min", "max"};
constexpr std::string_view kMedianAbsolute = "median_absolute";
constexpr std::int64_t kMaxRows = 100'000;
constexpr std::size_t kMaxClasses = 100;

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

/// Mean, least or greatest of what is not missing.
double Reduce(std::span<const double> values, TargetSpec::Of of) {
  double sum = 0;
  double count = 0;
  double best = kUnknown;
  for (const double value : values) {
    if (std::isnan(value)) continue;
    sum += value;
    count += 1;
    if (std::isnan(best) || (of == TargetSpec::Of::kMin ? value < best : value > best)) best = value;
  }
  if (count == 0) return kUnknown;
  return of == TargetSpec::Of::kMean ? sum / count : best;
}

/// What the next rows come to, less the mean of the last ones; neither reaches over a restart of the history.
absl::StatusOr<std::vector<double>> Change(const TargetSpec& target, const PipelineSpec& pipeline, const Table& table,
                                           std::span<const AssetRows> assets) {
  ASSIGN_OR_RETURN(const Column* column, table.GetNumber(target.column));
  const Column* time = nullptr;
  const Column* segment = nullptr;
  if (!pipeline.time_column.empty()) {
    ASSIGN_OR_RETURN(time, table.GetNumber(pipeline.time_column));
  }
  if (!pipeline.restart.column.empty()) {
    ASSIGN_OR_RETURN(segment, table.GetNumber(pipeline.restart.column));
  }
  const auto horizon = static_cast<std::size_t>(target.horizon);
  std::vector<double> values(table.rows(), kUnknown);
  std::vector<double> series;
  std::vector<std::size_t> begins;  // per row of the asset, where its history began
  HistoryClock clock(pipeline);
  for (const AssetRows& asset : assets) {
    series.clear();
    begins.clear();
    clock.Clear();
    for (const std::size_t row : asset.rows) {
      ASSIGN_OR_RETURN(const bool begins_anew, clock.Next(time != nullptr ? time->numbers[row] : kUnknown,
                                                          segment != nullptr ? segment->numbers[row] : kUnknown));
      begins.push_back(begins_anew || begins.empty() ? begins.size() : begins.back());
      series.push_back(column->numbers[row]);
    }
    for (std::size_t i = 0; i + horizon < series.size(); ++i) {
      if (begins[i + horizon] != begins[i]) continue;
      const std::size_t base = std::min(target.base, i + 1 - begins[i]);
      const std::span<const double> all(series);
      values[asset.rows[i]] = target.scale * (Reduce(all.subspan(i + 1, horizon), target.of) -
                                              Reduce(all.subspan(i + 1 - base, base), TargetSpec::Of::kMean));
    }
  }
  return values;
}

double ClassOf(double change, std::span<const double> thresholds) {
  if (std::isnan(change)) return kUnknown;
  double number = 0;
  for (const double threshold : thresholds) number += change > threshold || (change == threshold && threshold < 0) ? 1 : 0;
  return number;
}

std::string LabelOf(const Column& column, std::size_t row) {
  if (column.spec.type == ColumnType::kText) return column.texts[row];
  return std::isnan(column.numbers[row]) ? "" : Shortest(column.numbers[row]);
}

absl::StatusOr<std::vector<double>> Classes(const TargetSpec& target, const Table& table) {
  ASSIGN_OR_RETURN(const Column* column, table.Get(target.column));
  std::vector<double> values(table.rows(), kUnknown);
  for (std::size_t row = 0; row < values.size(); ++row) {
    const auto it = std::find(target.labels.begin(), target.labels.end(), LabelOf(*column, row));
    if (it != target.labels.end()) values[row] = static_cast<double>(it - target.labels.begin());
  }
  return values;
}

absl::StatusOr<TargetSpec> FitLabels(TargetSpec target, const Table& table, std::span<const AssetRows> training) {
  ASSIGN_OR_RETURN(const Column* column, table.Get(target.column));
  std::set<std::pair<double, std::string>> labels;  // numbers in their order, texts in theirs
  for (const AssetRows& asset : training) {
    for (const std::size_t row : asset.rows) {
      std::string label = LabelOf(*column, row);
      if (label.empty()) continue;
      labels.emplace(column->spec.type == ColumnType::kNumber ? column->numbers[row] : 0.0, std::move(label));
      if (labels.size() > kMaxClasses)
        return absl::InvalidArgumentError(Cat("column \"", target.column, "\" has more than ", kMaxClasses, " classes"));
    }
  }
  if (labels.size() < 2)
    return absl::FailedPreconditionError(
        Cat("column \"", target.column, "\" has ", labels.size(), " classes among the training rows; 2 are needed"));
  for (const auto& [number, label] : labels) target.labels.push_back(label);
  return target;
}

absl::StatusOr<TargetSpec> FitThresholds(TargetSpec target, const PipelineSpec& pipeline, const Table& table,
                                         std::span<const AssetRows> training) {
  ASSIGN_OR_RETURN(const std::vector<double> changes, Change(target, pipeline, table, training));
  const bool is_absolute = target.source == TargetSpec::Thresholds::kMedianAbsolute;
  std::vector<double> known;
  for (const double change : changes) {
    if (!std::isnan(change)) known.push_back(is_absolute ? std::abs(change) : change);
  }
  if (known.empty())
    return absl::FailedPreconditionError(
        Cat("no training row has ", Shortest(target.horizon), " rows of \"", target.column, "\" after it"));
  std::sort(known.begin(), known.end());
  // A column that mostly stands still: the median of the changes that are any.
  if (is_absolute && SortedQuantile(known, 0.5) == 0)
    known.erase(known.begin(), std::upper_bound(known.begin(), known.end(), 0.0));
  if (known.empty())
    return absl::FailedPreconditionError(Cat("column \"", target.column, "\" never changes among the training rows"));
  if (is_absolute) target.thresholds = {-SortedQuantile(known, 0.5), SortedQuantile(known, 0.5)};
  for (const double share : target.quantiles) target.thresholds.push_back(SortedQuantile(known, share));
  if (std::adjacent_find(target.thresholds.begin(), target.thresholds.end(), std::greater_equal<>()) != target.thresholds.end())
    return absl::FailedPreconditionError(
        Cat("the changes of \"", target.column, "\" among the training rows are so alike that two thresholds fall together"));
  target.source = TargetSpec::Thresholds::kGiven;
  target.quantiles.clear();
  return target;
}

/// The keys of change and change_class.
void ParseChange(StrictObject& object, TargetSpec& target) {
  target.column = object.Text("column");
  target.base = static_cast<std::size_t>(object.Integer("base", 1, kMaxRows, 1));
  target.horizon = static_cast<double>(object.Integer("horizon", 1, kMaxRows));
  const std::string of = object.Text("of", "mean");
  const auto it = std::find(std::begin(kOfs), std::end(kOfs), of);
  if (it == std::end(kOfs)) object.Fail("of", Cat("\"", of.substr(0, 40), "\" must be one of ", Join(kOfs)));
  target.of = static_cast<TargetSpec::Of>(it == std::end(kOfs) ? 0 : it - std::begin(kOfs));
  target.scale = object.Number("scale", 1e-300, 1e300, 1.0);
  if (target.kind != TargetSpec::Kind::kChangeClass) return;
  const nlohmann::json* thresholds = object.Optional("thresholds");
  const nlohmann::json* quantiles = object.Optional("quantiles");
  if ((thresholds != nullptr) == (quantiles != nullptr)) object.Fail("thresholds", "or quantiles: one of them is needed");
  if (quantiles != nullptr) {
    target.source = TargetSpec::Thresholds::kQuantiles;
    target.quantiles = object.Numbers("quantiles");
  } else if (thresholds != nullptr && *thresholds == kMedianAbsolute) {
    target.source = TargetSpec::Thresholds::kMedianAbsolute;
  } else if (thresholds != nullptr && thresholds->is_string()) {
    object.Fail("thresholds", Cat(Excerpt(*thresholds), " must be a list of numbers or \"", kMedianAbsolute, "\""));
  } else {
    target.thresholds = object.Numbers("thresholds");
  }
  const std::vector<double>& given = quantiles != nullptr ? target.quantiles : target.thresholds;
  const char* key = quantiles != nullptr ? "quantiles" : "thresholds";
  if (target.source != TargetSpec::Thresholds::kMedianAbsolute && (given.empty() || given.size() >= kMaxClasses))
    object.Fail(key, Cat("must have 1 to ", kMaxClasses - 1, " numbers"));
  if (std::adjacent_find(given.begin(), given.end(), std::greater_equal<>()) != given.end()) object.Fail(key, "must rise");
  for (const double share : target.quantiles) {
    if (!(share > 0 && share < 1)) object.Fail("quantiles", Cat(Shortest(share), " must be between 0 and 1"));
  }
  const std::size_t classes = target.source == TargetSpec::Thresholds::kMedianAbsolute ? 3 : given.size() + 1;
  target.labels = object.Texts("labels");
  if (target.labels.empty() && target.source == TargetSpec::Thresholds::kMedianAbsolute)
    target.labels = {"fall", "small", "surge"};
  for (std::size_t i = 0; target.labels.size() < classes && object.Optional("labels") == nullptr; ++i)
    target.labels.push_back(Cat("class_", i));
  if (target.labels.size() != classes) object.Fail("labels", Cat("must name ", classes, " classes"));
}

/// Learners work in single precision.
absl::StatusOr<std::vector<double>> InRange(std::vector<double> values, std::string_view column) {
  constexpr double kMost = std::numeric_limits<float>::max();
  const auto far = std::find_if(values.begin(), values.end(), [](double value) { return std::abs(value) > kMost; });
  if (far == values.end()) return values;
  return absl::InvalidArgumentError(Cat("row ", far - values.begin() + 1, ": the target of column \"", column, "\" is ",
                                        Shortest(*far), "; it must be within ±3.4e38"));
}

}  // namespace

LearningTask TargetSpec::learning_task() const { return {.kind = task(), .classes = std::max<std::size_t>(2, labels.size())}; }

Task TargetSpec::task() const {
  constexpr Task kTasks[] = {Task::kRegression, Task::kBinary,     Task::kRegression, Task::kBinary,
                             Task::kRegression, Task::kMulticlass, Task::kMulticlass, Task::kAnomaly};
  return kTasks[static_cast<int>(kind)];
}

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
  } else if (kind == "change" || kind == "change_class") {
    target.kind = kind == "change" ? TargetSpec::Kind::kChange : TargetSpec::Kind::kChangeClass;
    ParseChange(object, target);
  } else if (kind == "classes") {
    target.kind = TargetSpec::Kind::kClasses;
    target.column = object.Text("column");
    target.labels = object.Texts("labels");
    if (object.Optional("labels") != nullptr && (target.labels.size() < 2 || target.labels.size() > kMaxClasses))
      object.Fail("labels", Cat("must name 2 to ", kMaxClasses, " classes"));
    RequireDistinct(object, "labels", target.labels);
  } else if (kind == "reconstruction") {
    target.kind = TargetSpec::Kind::kReconstruction;
    target.column = object.Text("label", "");
  } else {
    object.Fail("kind", Cat("\"", kind, "\" must be one of ", Join(kKinds)));
    return object.Finish();
  }
  RETURN_IF_ERROR(object.Finish());
  return target;
}

nlohmann::json ToJson(const TargetSpec& target) {
  using Kind = TargetSpec::Kind;
  nlohmann::json json{{"kind", kKinds[static_cast<int>(target.kind)]}};
  if (target.cap) json["cap"] = *target.cap;
  if (!target.truth.empty()) json["truth"] = target.truth;
  const bool is_label = target.kind == Kind::kFailureWithin || target.kind == Kind::kReconstruction;
  if (!target.column.empty()) json[is_label ? "label" : "column"] = target.column;
  if (target.horizon > 0) json["horizon"] = target.horizon;
  if (!target.labels.empty()) json["labels"] = target.labels;
  if (target.kind != Kind::kChange && target.kind != Kind::kChangeClass) return json;
  json["base"] = target.base;
  json["of"] = kOfs[static_cast<int>(target.of)];
  json["scale"] = target.scale;
  if (target.kind == Kind::kChange) return json;
  if (target.source == TargetSpec::Thresholds::kQuantiles) json["quantiles"] = target.quantiles;
  if (target.source == TargetSpec::Thresholds::kMedianAbsolute) json["thresholds"] = kMedianAbsolute;
  if (target.source == TargetSpec::Thresholds::kGiven) json["thresholds"] = target.thresholds;
  return json;
}

absl::StatusOr<TargetSpec> FitTarget(const TargetSpec& target, const PipelineSpec& pipeline, const Table& table,
                                     std::span<const AssetRows> training) {
  if (target.kind == TargetSpec::Kind::kClasses && target.labels.empty()) return FitLabels(target, table, training);
  if (target.kind == TargetSpec::Kind::kChangeClass && target.source != TargetSpec::Thresholds::kGiven)
    return FitThresholds(target, pipeline, table, training);
  return target;
}

absl::StatusOr<std::vector<double>> ComputeTarget(const TargetSpec& target, const PipelineSpec& pipeline, const Table& table,
                                                  std::span<const AssetRows> assets) {
  using Kind = TargetSpec::Kind;
  if (target.kind == Kind::kRul) return RemainingLife(target, pipeline, table, assets);
  if (target.kind == Kind::kFailureWithin) return FailureWithin(target, pipeline, table, assets);
  if (target.kind == Kind::kClasses) return Classes(target, table);
  if (target.kind == Kind::kChange || target.kind == Kind::kChangeClass) {
    ASSIGN_OR_RETURN(std::vector<double> values, Change(target, pipeline, table, assets));
    if (target.kind == Kind::kChange) return InRange(std::move(values), target.column);
    for (double& value : values) value = ClassOf(value, target.thresholds);
    return values;
  }
  if (target.kind == Kind::kReconstruction && (target.column.empty() || table.Find(target.column) == nullptr))
    return std::vector<double>(table.rows(), kUnknown);
  ASSIGN_OR_RETURN(const Column* column, table.GetNumber(target.column));
  if (target.kind == Kind::kClass || target.kind == Kind::kReconstruction) {
    for (std::size_t row = 0; row < column->numbers.size(); ++row) {
      const double value = column->numbers[row];
      if (std::isnan(value) || value == 0 || value == 1) continue;
      return absl::InvalidArgumentError(
          Cat("row ", row + 1, ", column \"", target.column, "\": ", Shortest(value), " must be 0 or 1"));
    }
  }
  return InRange(column->numbers, target.column);
}

}  // namespace millwright::learn
