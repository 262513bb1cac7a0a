#include <algorithm>
#include <cmath>

#include "lib/base/status_macros.h"
#include "lib/learn/features/column_step.h"
#include "lib/learn/features/feature_step.h"
#include "lib/learn/features/statistic.h"
#include "lib/learn/text.h"

namespace millwright::learn {

namespace {

constexpr std::string_view kMethods[] = {"ema", "mean", "median"};
enum class Method { kEma, kMean, kMedian };

/// A moving average or median over the last rows; the weights of an exponential one are those of these rows, made to sum to 1.
class SmoothStep : public ColumnStep {
 public:
  SmoothStep(Method method, std::size_t rows, double span, std::vector<std::string> columns, std::string suffix)
      : method_(method), rows_(rows), span_(span), columns_(std::move(columns)), suffix_(std::move(suffix)) {}

  std::unique_ptr<ColumnStep> Clone() const override { return std::make_unique<SmoothStep>(*this); }
  nlohmann::json ToJson() const override {
    nlohmann::json json{{"op", "smooth"}, {"method", kMethods[static_cast<int>(method_)]}, {"rows", rows_}};
    if (method_ == Method::kEma) json["span"] = span_;
    if (!columns_.empty()) json["columns"] = columns_;
    if (!suffix_.empty()) json["suffix"] = suffix_;
    return json;
  }

  absl::Status Bind(RowLayout& layout) override {
    ASSIGN_OR_RETURN(const std::vector<std::size_t> positions, layout.Positions(columns_));
    for (const std::size_t position : positions) {
      from_.push_back(layout.columns()[position].place);
      names_.push_back(layout.columns()[position].name);
    }
    return absl::OkStatus();
  }
  absl::Status Extend(RowLayout& layout) override {
    if (suffix_.empty()) to_ = from_;
    for (std::size_t i = 0; !suffix_.empty() && i < names_.size(); ++i) {
      ASSIGN_OR_RETURN(to_.emplace_back(), layout.Add(names_[i] + suffix_));
    }
    return absl::OkStatus();
  }

  std::size_t rows() const override { return rows_; }
  std::span<const std::size_t> remembered() const override { return from_; }
  void Apply(std::span<double> row, const ColumnHistory& history) const override {
    for (std::size_t i = 0; i < from_.size(); ++i) row[to_[i]] = Smooth(history.Last(i, rows_));
  }

 private:
  double Smooth(std::span<const double> values) const {
    if (method_ == Method::kMean) return Mean(values);
    if (method_ == Method::kMedian) return Median(values);
    const double alpha = 2 / (span_ + 1);
    double sum = 0;
    double weights = 0;
    for (const double value : values) {
      sum *= 1 - alpha;
      weights *= 1 - alpha;
      if (std::isnan(value)) continue;
      sum += alpha * value;
      weights += alpha;
    }
    return weights > 0 ? sum / weights : std::numeric_limits<double>::quiet_NaN();
  }

  Method method_;
  std::size_t rows_;
  double span_;
  std::vector<std::string> columns_;
  std::string suffix_;
  std::vector<std::string> names_;
  std::vector<std::size_t> from_;
  std::vector<std::size_t> to_;
};

}  // namespace

ColumnStepOr ParseSmooth(StrictObject& step, const StepContext&) {
  const std::string name = step.Text("method", "ema");
  const auto method = std::find(std::begin(kMethods), std::end(kMethods), name) - std::begin(kMethods);
  if (method == std::ssize(kMethods)) step.Fail("method", Cat("\"", name.substr(0, 40), "\" must be one of ", Join(kMethods)));
  const bool is_ema = name == "ema";
  double span = 0;
  if (is_ema) span = step.Number("span", 1, kMaxWindow);
  // Beyond four spans a value weighs less than a thousandth.
  const auto rows =
      is_ema ? step.Integer("rows", 1, kMaxWindow, std::min(kMaxWindow, static_cast<std::int64_t>(std::ceil(4 * span))))
             : step.Integer("rows", 1, kMaxWindow);
  std::vector<std::string> columns = step.Texts("columns");
  RequireDistinct(step, "columns", columns);
  return std::make_shared<const SmoothStep>(static_cast<Method>(method), static_cast<std::size_t>(rows), span, std::move(columns),
                                            step.Text("suffix", ""));
}

}  // namespace millwright::learn
