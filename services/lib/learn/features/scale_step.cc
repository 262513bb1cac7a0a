#include <algorithm>
#include <cmath>
#include <limits>

#include "lib/base/status_macros.h"
#include "lib/learn/features/column_step.h"
#include "lib/learn/text.h"

namespace millwright::learn {

namespace {

constexpr std::size_t kMaxConditions = 64;

/// How columns are brought to one scale: standard (mean 0, sd 1) or min-max (the training rows' smallest and largest value become
/// the ends of `range`).
struct ScaleSpec {
  bool is_minmax = false;
  std::vector<double> range{0, 1};
  std::vector<std::string> columns;   // empty: all
  std::vector<std::string> settings;  // of the operating conditions; empty: one condition
  std::vector<double> tolerance;      // rows whose settings lie within it of a condition's first row share the condition
};

/// value → (value - shift) × 1 / unit + origin, column by column.
struct Condition {
  std::vector<double> centre;  // of the settings
  std::vector<double> shift;
  std::vector<double> unit;
};

/// Sums over the training rows of one condition and column; two passes.
struct Moments {
  double sum = 0;
  double count = 0;
  double squares = 0;
  double min = std::numeric_limits<double>::infinity();
  double max = -std::numeric_limits<double>::infinity();

  double mean() const { return count > 0 ? sum / count : 0.0; }
  /// 1 for a column that does not vary, so that a dead sensor stays near 0.
  double UnitOf(double spread) const { return spread > 1e-9 * std::max(1.0, std::abs(mean())) ? spread : 1.0; }
  double sd() const { return count > 1 ? std::sqrt(squares / (count - 1)) : 0.0; }
};

class ScaleStep : public ColumnStep {
 public:
  explicit ScaleStep(ScaleSpec spec) : spec_(std::move(spec)) {}

  std::unique_ptr<ColumnStep> Clone() const override { return std::make_unique<ScaleStep>(*this); }
  nlohmann::json ToJson() const override {
    nlohmann::json json{{"op", "scale"}, {"method", spec_.is_minmax ? "minmax" : "standard"}};
    if (spec_.is_minmax) json["range"] = spec_.range;
    if (!spec_.columns.empty()) json["columns"] = spec_.columns;
    if (!spec_.settings.empty()) json["conditions"] = {{"columns", spec_.settings}, {"tolerance", spec_.tolerance}};
    return json;
  }

  absl::Status Bind(RowLayout& layout) override {
    ASSIGN_OR_RETURN(places_, layout.Places(spec_.columns));
    for (const std::string& setting : spec_.settings) {
      ASSIGN_OR_RETURN(settings_.emplace_back(), layout.Raw(setting));
    }
    return absl::OkStatus();
  }
  absl::Status Fit(const TrainingRows& rows) override;
  nlohmann::json Fitted() const override;
  absl::Status Restore(const nlohmann::json& fitted, const std::string& path) override;

  void Apply(std::span<double> row, const ColumnHistory&) const override {
    const Condition& condition = conditions_[Nearest(row)];
    const double low = spec_.is_minmax ? spec_.range[0] : 0.0;
    const double width = spec_.is_minmax ? spec_.range[1] - spec_.range[0] : 1.0;
    for (std::size_t i = 0; i < places_.size(); ++i) {
      double& value = row[places_[i]];
      value = (value - condition.shift[i]) / condition.unit[i];
      if (spec_.is_minmax) value = low + value * width;
    }
  }

 private:
  std::size_t Nearest(std::span<const double> row) const;
  absl::Status FindConditions(const TrainingRows& rows);

  ScaleSpec spec_;
  std::vector<std::size_t> places_;
  std::vector<std::size_t> settings_;
  std::vector<Condition> conditions_;
};

std::size_t ScaleStep::Nearest(std::span<const double> row) const {
  if (conditions_.size() == 1) return 0;
  std::size_t nearest = 0;
  double least = std::numeric_limits<double>::infinity();
  for (std::size_t c = 0; c < conditions_.size(); ++c) {
    double distance = 0;
    for (std::size_t i = 0; i < settings_.size(); ++i) {
      const double setting = row[settings_[i]];
      if (std::isnan(setting)) continue;
      const double d = (setting - conditions_[c].centre[i]) / spec_.tolerance[i];
      distance += d * d;
    }
    if (distance >= least) continue;
    least = distance;
    nearest = c;
  }
  return nearest;
}

absl::Status ScaleStep::FindConditions(const TrainingRows& rows) {
  std::vector<std::vector<double>> seeds;  // a row opens a condition when it is out of tolerance of every one so far
  std::vector<std::vector<double>> sums;
  std::vector<double> counts;
  bool is_too_many = false;
  std::vector<double> now(settings_.size());
  RETURN_IF_ERROR(rows.for_each([&](std::span<const double> row, bool) {
    for (std::size_t i = 0; i < now.size(); ++i) now[i] = row[settings_[i]];
    if (is_too_many || std::any_of(now.begin(), now.end(), [](double v) { return std::isnan(v); })) return;
    const auto is_near = [&](const std::vector<double>& seed) {
      for (std::size_t i = 0; i < seed.size(); ++i) {
        if (!(std::abs(now[i] - seed[i]) <= spec_.tolerance[i])) return false;
      }
      return true;
    };
    const auto c = static_cast<std::size_t>(std::find_if(seeds.begin(), seeds.end(), is_near) - seeds.begin());
    is_too_many = c == kMaxConditions;
    if (is_too_many) return;
    if (c == seeds.size()) {
      seeds.push_back(now);
      sums.emplace_back(now.size());
      counts.push_back(0);
    }
    for (std::size_t i = 0; i < now.size(); ++i) sums[c][i] += now[i];
    counts[c] += 1;
  }));
  if (is_too_many) {
    return absl::InvalidArgumentError(Cat("features: more than ", kMaxConditions, " operating conditions in ",
                                          Join(spec_.settings), "; widen their tolerance"));
  }
  if (seeds.empty())
    return absl::FailedPreconditionError(
        Cat("features: every value of ", Join(spec_.settings), " is missing, so there are no operating conditions"));
  conditions_.resize(seeds.size());
  for (std::size_t c = 0; c < seeds.size(); ++c) {
    for (std::size_t i = 0; i < settings_.size(); ++i) conditions_[c].centre.push_back(sums[c][i] / counts[c]);
  }
  return absl::OkStatus();
}

absl::Status ScaleStep::Fit(const TrainingRows& rows) {
  conditions_.resize(1);
  if (!settings_.empty()) RETURN_IF_ERROR(FindConditions(rows));
  std::vector<std::vector<Moments>> moments(conditions_.size(), std::vector<Moments>(places_.size()));
  const auto for_each_value = [&](const auto& visit) {
    return rows.for_each([&](std::span<const double> row, bool) {
      std::vector<Moments>& of_condition = moments[Nearest(row)];
      for (std::size_t i = 0; i < places_.size(); ++i) {
        if (const double value = row[places_[i]]; !std::isnan(value)) visit(of_condition[i], value);
      }
    });
  };
  RETURN_IF_ERROR(for_each_value([](Moments& m, double value) {
    m.sum += value;
    m.count += 1;
    m.min = std::min(m.min, value);
    m.max = std::max(m.max, value);
  }));
  if (!spec_.is_minmax) {
    RETURN_IF_ERROR(for_each_value([](Moments& m, double value) {
      const double d = value - m.mean();
      m.squares += d * d;
    }));
  }
  for (std::size_t c = 0; c < conditions_.size(); ++c) {
    for (const Moments& m : moments[c]) {
      conditions_[c].shift.push_back(!spec_.is_minmax ? m.mean() : m.count > 0 ? m.min : 0.0);
      conditions_[c].unit.push_back(m.UnitOf(!spec_.is_minmax ? m.sd() : m.count > 0 ? m.max - m.min : 0.0));
    }
  }
  return absl::OkStatus();
}

nlohmann::json ScaleStep::Fitted() const {
  nlohmann::json json{{"conditions", nlohmann::json::array()}};
  for (const Condition& condition : conditions_)
    json["conditions"].push_back({{"centre", condition.centre}, {"shift", condition.shift}, {"unit", condition.unit}});
  return json;
}

absl::Status ScaleStep::Restore(const nlohmann::json& fitted, const std::string& path) {
  StrictObject object(fitted, path);
  const nlohmann::json& conditions = object.Required("conditions");
  if (!conditions.is_array() || conditions.empty() || conditions.size() > kMaxConditions)
    object.Fail("conditions", Cat("must be a list of 1 to ", kMaxConditions));
  RETURN_IF_ERROR(object.Finish());
  for (const nlohmann::json& item : conditions) {
    StrictObject inner(item, Cat(path, ".conditions[", conditions_.size(), "]"));
    Condition condition{.centre = inner.Numbers("centre"), .shift = inner.Numbers("shift"), .unit = inner.Numbers("unit")};
    if (condition.centre.size() != settings_.size()) inner.Fail("centre", Cat("must have ", settings_.size(), " numbers"));
    if (condition.shift.size() != places_.size()) inner.Fail("shift", Cat("must have ", places_.size(), " numbers"));
    if (condition.unit.size() != places_.size()) inner.Fail("unit", Cat("must have ", places_.size(), " numbers"));
    if (std::any_of(condition.unit.begin(), condition.unit.end(), [](double unit) { return !(unit > 0); }))
      inner.Fail("unit", "must be above 0");
    RETURN_IF_ERROR(inner.Finish());
    conditions_.push_back(std::move(condition));
  }
  return absl::OkStatus();
}

}  // namespace

ColumnStepOr ParseScale(StrictObject& step, const StepContext&) {
  if (step.Optional("rows") != nullptr) return ParseRollingScale(step);
  ScaleSpec spec;
  const std::string method = step.Text("method", "standard");
  if (method != "standard" && method != "minmax")
    step.Fail("method", Cat("\"", method.substr(0, 40), "\" must be standard or minmax (robust too where there are rows)"));
  spec.is_minmax = method == "minmax";
  if (spec.is_minmax && step.Optional("range") != nullptr) spec.range = step.Numbers("range");
  if (spec.range.size() != 2 || !(spec.range[0] < spec.range[1])) step.Fail("range", "must be two rising numbers");
  spec.columns = step.Texts("columns");
  RequireDistinct(step, "columns", spec.columns);
  if (const nlohmann::json* json = step.Optional("conditions")) {
    StrictObject conditions(*json, step.PathOf("conditions"));
    spec.settings = conditions.Texts("columns");
    spec.tolerance = conditions.Numbers("tolerance");
    if (spec.settings.empty()) conditions.Fail("columns", "must name at least one setting");
    if (spec.tolerance.size() != spec.settings.size())
      conditions.Fail("tolerance", Cat("must have ", spec.settings.size(), " numbers, one a column"));
    for (const double tolerance : spec.tolerance) {
      if (!(tolerance > 0)) conditions.Fail("tolerance", Cat(tolerance, " must be above 0"));
    }
    RETURN_IF_ERROR(conditions.Finish());
  }
  return std::make_shared<const ScaleStep>(std::move(spec));
}

}  // namespace millwright::learn
