#include "lib/learn/training/threshold.h"

#include <algorithm>
#include <cmath>
#include <vector>

#include "lib/base/status_macros.h"
#include "lib/learn/metrics/metrics.h"
#include "lib/learn/quantile.h"
#include "lib/learn/strict_json.h"
#include "lib/learn/text.h"

namespace millwright::learn {

absl::StatusOr<ThresholdSpec> ParseThreshold(const nlohmann::json* json, const TargetSpec& target, std::string_view path) {
  const bool is_anomaly = target.task() == Task::kAnomaly;
  ThresholdSpec spec{.kind = is_anomaly ? ThresholdSpec::Kind::kQuantile : ThresholdSpec::Kind::kBestF1};
  if (json == nullptr) return spec;
  if (!is_anomaly && target.task() != Task::kBinary)
    return absl::InvalidArgumentError(Cat(path, ": a ", Name(target.task()), " target has no threshold"));
  StrictObject object(*json, path);
  const bool has_best = object.Optional("best") != nullptr;
  const bool has_quantile = object.Optional("quantile") != nullptr;
  const bool has_value = object.Optional("value") != nullptr;
  if (has_best + has_quantile + has_value != 1) object.Fail("", "must have one of best, quantile, value");
  if (has_best) {
    spec.kind = ThresholdSpec::Kind::kBestF1;
    if (object.Text("best") != "f1") object.Fail("best", "must be f1");
    if (is_anomaly && target.column.empty()) object.Fail("best", "needs the target's label");
  } else if (has_quantile) {
    spec.kind = ThresholdSpec::Kind::kQuantile;
    spec.quantile = object.Number("quantile", 0, 1);
    spec.margin = object.Number("margin", 1e-9, 1e9, 1.0);
  } else {
    spec.kind = ThresholdSpec::Kind::kValue;
    spec.value = object.Number("value", 0, 1e300);
  }
  RETURN_IF_ERROR(object.Finish());
  return spec;
}

absl::StatusOr<double> ChooseThreshold(const ThresholdSpec& spec, std::span<const double> truth, std::span<const double> values) {
  if (spec.kind == ThresholdSpec::Kind::kValue) return spec.value;
  std::vector<double> known;
  std::vector<double> of_known;
  std::vector<double> normal;
  for (std::size_t i = 0; i < truth.size(); ++i) {
    if (!std::isnan(truth[i])) {
      known.push_back(truth[i]);
      of_known.push_back(values[i]);
    }
    if (std::isnan(truth[i]) || truth[i] < 0.5) normal.push_back(values[i]);
  }
  if (spec.kind == ThresholdSpec::Kind::kBestF1) return BestF1Threshold(known, of_known);
  if (normal.empty()) return absl::FailedPreconditionError("no normal row to take the threshold's quantile of");
  std::sort(normal.begin(), normal.end());
  return spec.margin * SortedQuantile(normal, spec.quantile);
}

}  // namespace millwright::learn
