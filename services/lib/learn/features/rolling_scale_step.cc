#include <cmath>

#include "lib/base/status_macros.h"
#include "lib/learn/features/column_step.h"
#include "lib/learn/features/feature_step.h"
#include "lib/learn/features/statistic.h"
#include "lib/learn/quantile.h"
#include "lib/learn/text.h"

namespace millwright::learn {

namespace {

/// Distance of the 10 % and the 90 % quantile of a normal distribution, in standard deviations.
constexpr double kNormalRange = 2.5631031310892007;

struct Scale {
  double centre = 0;
  double unit = 0;  // 0: nothing varies

  double Of(double value) const {
    // What is left of a constant after its centre is taken away is rounding, not signal.
    if (!std::isnan(value) && !(unit > 1e-9 * std::abs(centre))) return 0;
    return (value - centre) / unit;
  }
};

Scale StandardScale(std::span<const double> values) {
  const double mean = Mean(values);
  double count = 0;
  double squares = 0;
  for (const double value : values) {
    if (std::isnan(value)) continue;
    squares += (value - mean) * (value - mean);
    count += 1;
  }
  if (count < 2) return {};
  return {.centre = mean, .unit = std::sqrt(squares / (count - 1))};
}

/// The median, and the range of the middle 80 % in a normal distribution's standard deviations: a failure that lasted for less
/// than a tenth of the rows widens it hardly at all.
Scale RobustScale(std::span<const double> sorted) {
  if (sorted.empty()) return {};
  return {.centre = SortedQuantile(sorted, 0.5),
          .unit = (SortedQuantile(sorted, 0.9) - SortedQuantile(sorted, 0.1)) / kNormalRange};
}

/// Each value on the scale of its own column's last rows, itself among them.
class RollingScaleStep : public ColumnStep {
 public:
  RollingScaleStep(bool is_robust, std::size_t rows, std::vector<std::string> columns)
      : is_robust_(is_robust), rows_(rows), columns_(std::move(columns)) {}

  std::unique_ptr<ColumnStep> Clone() const override { return std::make_unique<RollingScaleStep>(*this); }
  nlohmann::json ToJson() const override {
    nlohmann::json json{{"op", "scale"}, {"method", is_robust_ ? "robust" : "standard"}, {"rows", rows_}};
    if (!columns_.empty()) json["columns"] = columns_;
    return json;
  }
  absl::Status Bind(RowLayout& layout) override {
    ASSIGN_OR_RETURN(places_, layout.Places(columns_));
    return absl::OkStatus();
  }

  std::size_t rows() const override { return rows_; }
  std::span<const std::size_t> remembered() const override { return places_; }
  bool needs_sorted() const override { return is_robust_; }
  void Apply(std::span<double> row, const ColumnHistory& history) const override {
    for (std::size_t i = 0; i < places_.size(); ++i) {
      Scale scale = is_robust_ ? RobustScale(history.Sorted(i)) : StandardScale(history.Last(i, rows_));
      // A column that seldom varies has no middle to measure by.
      if (is_robust_ && scale.unit == 0) scale.unit = StandardScale(history.Last(i, rows_)).unit;
      row[places_[i]] = scale.Of(row[places_[i]]);
    }
  }

 private:
  bool is_robust_;
  std::size_t rows_;
  std::vector<std::string> columns_;
  std::vector<std::size_t> places_;
};

}  // namespace

ColumnStepOr ParseRollingScale(StrictObject& step) {
  const std::string method = step.Text("method", "standard");
  if (method != "standard" && method != "robust")
    step.Fail("method", Cat("\"", method.substr(0, 40), "\" must be standard or robust where there are rows"));
  const auto rows = static_cast<std::size_t>(step.Integer("rows", 2, kMaxWindow));
  std::vector<std::string> columns = step.Texts("columns");
  RequireDistinct(step, "columns", columns);
  return std::make_shared<const RollingScaleStep>(method == "robust", rows, std::move(columns));
}

}  // namespace millwright::learn
