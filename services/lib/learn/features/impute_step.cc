#include <algorithm>
#include <cmath>

#include "lib/base/status_macros.h"
#include "lib/learn/features/column_step.h"
#include "lib/learn/features/feature_step.h"
#include "lib/learn/features/statistic.h"
#include "lib/learn/text.h"

namespace millwright::learn {

namespace {

constexpr std::string_view kMethods[] = {"mean", "median", "value"};
enum class Method { kMean, kMedian, kValue };
constexpr std::int64_t kDefaultHold = 10;

/// A missing value becomes the last one of the `hold` rows before it, else the training rows' mean or median, or a given value.
class ImputeStep : public ColumnStep {
 public:
  ImputeStep(Method method, std::size_t hold, double value, std::vector<std::string> columns)
      : method_(method), hold_(hold), value_(value), columns_(std::move(columns)) {}

  std::unique_ptr<ColumnStep> Clone() const override { return std::make_unique<ImputeStep>(*this); }
  nlohmann::json ToJson() const override {
    nlohmann::json json{{"op", "impute"}, {"method", kMethods[static_cast<int>(method_)]}, {"hold", hold_}};
    if (method_ == Method::kValue) json["value"] = value_;
    if (!columns_.empty()) json["columns"] = columns_;
    return json;
  }

  absl::Status Bind(RowLayout& layout) override {
    ASSIGN_OR_RETURN(places_, layout.Places(columns_));
    fill_.assign(places_.size(), value_);
    return absl::OkStatus();
  }
  absl::Status Fit(const TrainingRows& rows) override {
    if (method_ == Method::kValue) return absl::OkStatus();
    std::vector<double> sums(places_.size());
    std::vector<double> counts(places_.size());
    std::vector<std::vector<double>> all(method_ == Method::kMedian ? places_.size() : 0);
    RETURN_IF_ERROR(rows.for_each([&](std::span<const double> row, bool) {
      for (std::size_t i = 0; i < places_.size(); ++i) {
        const double value = row[places_[i]];
        if (std::isnan(value)) continue;
        sums[i] += value;
        counts[i] += 1;
        if (!all.empty()) all[i].push_back(value);
      }
    }));
    for (std::size_t i = 0; i < places_.size(); ++i) {
      fill_[i] = counts[i] > 0 ? sums[i] / counts[i] : 0.0;
      if (all.empty() || all[i].empty()) continue;
      const auto middle = all[i].begin() + static_cast<std::ptrdiff_t>(all[i].size() / 2);
      std::nth_element(all[i].begin(), middle, all[i].end());
      fill_[i] = *middle;
    }
    return absl::OkStatus();
  }
  nlohmann::json Fitted() const override { return {{"fill", fill_}}; }
  absl::Status Restore(const nlohmann::json& fitted, const std::string& path) override {
    StrictObject object(fitted, path);
    fill_ = object.Numbers("fill");
    if (fill_.size() != places_.size()) object.Fail("fill", Cat("must have ", places_.size(), " numbers"));
    return object.Finish();
  }

  std::size_t rows() const override { return hold_ + 1; }
  std::span<const std::size_t> remembered() const override { return places_; }
  void Apply(std::span<double> row, const ColumnHistory& history) const override {
    for (std::size_t i = 0; i < places_.size(); ++i) {
      double& value = row[places_[i]];
      if (!std::isnan(value)) continue;
      const std::span<const double> before = history.Last(i, hold_ + 1);
      const auto last = std::find_if(before.rbegin(), before.rend(), [](double v) { return !std::isnan(v); });
      value = last != before.rend() ? *last : fill_[i];
    }
  }

 private:
  Method method_;
  std::size_t hold_;
  double value_;
  std::vector<std::string> columns_;
  std::vector<std::size_t> places_;
  std::vector<double> fill_;
};

}  // namespace

ColumnStepOr ParseImpute(StrictObject& step, const StepContext&) {
  const std::string name = step.Text("method", "mean");
  const auto method = std::find(std::begin(kMethods), std::end(kMethods), name) - std::begin(kMethods);
  if (method == std::ssize(kMethods)) step.Fail("method", Cat("\"", name.substr(0, 40), "\" must be one of ", Join(kMethods)));
  const double value = name == "value" ? step.Number("value", -1e300, 1e300) : 0.0;
  const auto hold = static_cast<std::size_t>(step.Integer("hold", 0, kMaxWindow - 1, kDefaultHold));
  std::vector<std::string> columns = step.Texts("columns");
  RequireDistinct(step, "columns", columns);
  return std::make_shared<const ImputeStep>(static_cast<Method>(method), hold, value, std::move(columns));
}

}  // namespace millwright::learn
