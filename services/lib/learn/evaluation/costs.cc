#include "lib/learn/evaluation/costs.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>

#include "lib/base/status_macros.h"
#include "lib/learn/evaluation/distribution.h"
#include "lib/learn/strict_json.h"
#include "lib/learn/text.h"

namespace millwright::learn {

namespace {

constexpr double kMaxCost = 1e12;
constexpr std::size_t kMaxClasses = 50;
constexpr std::size_t kCurvePoints = 100;

absl::StatusOr<CostMatrix> ParseMatrix(const nlohmann::json& json, const std::string& path) {
  const std::string what =
      Cat(path, ": must be a square list of 2 to ", kMaxClasses, " lists of numbers, rows of truth, columns of answers");
  if (!json.is_array() || json.size() < 2 || json.size() > kMaxClasses) return absl::InvalidArgumentError(what);
  CostMatrix costs{.classes = json.size()};
  for (const nlohmann::json& row : json) {
    if (!row.is_array() || row.size() != json.size()) return absl::InvalidArgumentError(what);
    for (const nlohmann::json& cell : row) {
      const double cost = cell.is_number() ? cell.get<double>() : std::nan("");
      if (!(std::abs(cost) <= kMaxCost)) return absl::InvalidArgumentError(Cat(what, "; ", Excerpt(cell), " is none"));
      costs.cost.push_back(cost);
    }
  }
  return costs;
}

double MeanCost(std::span<const double> truth, std::span<const double> answers, const CostMatrix& costs) {
  double sum = 0;
  for (std::size_t i = 0; i < truth.size(); ++i) sum += costs.At(truth[i], answers[i]);
  return sum / static_cast<double>(truth.size());
}

}  // namespace

absl::StatusOr<CostMatrix> ParseCosts(const nlohmann::json& json, std::string_view path) {
  StrictObject object(json, path);
  if (const nlohmann::json* matrix = object.Optional("matrix")) {
    RETURN_IF_ERROR(object.Finish());
    return ParseMatrix(*matrix, object.PathOf("matrix"));
  }
  const double true_silence = object.Number("true_silence", -kMaxCost, kMaxCost, 0.0);
  const double false_alarm = object.Number("false_alarm", -kMaxCost, kMaxCost);
  const double missed_alarm = object.Number("missed_alarm", -kMaxCost, kMaxCost);
  const double true_alarm = object.Number("true_alarm", -kMaxCost, kMaxCost, 0.0);
  RETURN_IF_ERROR(object.Finish());
  return CostMatrix{.classes = 2, .cost = {true_silence, false_alarm, missed_alarm, true_alarm}};
}

std::vector<CostAtThreshold> CostCurve(std::span<const double> truth, std::span<const double> score, const CostMatrix& costs) {
  std::vector<std::size_t> order(truth.size());
  std::iota(order.begin(), order.end(), 0);
  std::stable_sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) { return score[a] > score[b]; });
  const auto n = static_cast<double>(truth.size());
  double sum = 0;
  for (const double y : truth) sum += costs.At(y, 0);
  std::vector<CostAtThreshold> curve{{std::numeric_limits<double>::infinity(), sum / n}};
  for (std::size_t i = 0; i < order.size(); ++i) {
    const double y = truth[order[i]];
    sum += costs.At(y, 1) - costs.At(y, 0);
    if (i + 1 < order.size() && score[order[i + 1]] == score[order[i]]) continue;
    curve.push_back({score[order[i]], sum / n});
  }
  return curve;
}

nlohmann::json CostReport(const HeadRows& head, const CostMatrix& costs) {
  nlohmann::json matrix = nlohmann::json::array();
  for (std::size_t row = 0; row < costs.classes; ++row) {
    const auto begin = costs.cost.begin() + static_cast<std::ptrdiff_t>(row * costs.classes);
    matrix.push_back(std::vector<double>(begin, begin + static_cast<std::ptrdiff_t>(costs.classes)));
  }
  nlohmann::json report{{"matrix", std::move(matrix)}, {"unit", "mean cost of a row"}};
  if (!head.IsAlarmHead()) {
    report["cost"] = MeanCost(head.truth, head.predicted, costs);
    return report;
  }
  const std::vector<CostAtThreshold> curve = CostCurve(head.truth, head.predicted, costs);
  const auto best = std::min_element(curve.begin(), curve.end(), [](const auto& a, const auto& b) { return a.cost < b.cost; });
  const double threshold = head.threshold.value_or(0.5);
  std::vector<double> answers;
  for (const double score : head.predicted) answers.push_back(score >= threshold ? 1 : 0);
  report["threshold"] = threshold;
  report["cost"] = MeanCost(head.truth, answers, costs);
  report["cost_always_silent"] = curve.front().cost;
  report["cost_always_alarming"] = curve.back().cost;
  // Null: the cheapest is never to alarm.
  report["cheapest_threshold"] = std::isfinite(best->threshold) ? nlohmann::json(best->threshold) : nlohmann::json();
  report["cheapest_cost"] = best->cost;
  nlohmann::json points = nlohmann::json::array();
  for (const std::size_t i : Thinned(curve.size() - 1, kCurvePoints))
    points.push_back({Rounded(curve[i + 1].threshold), Rounded(curve[i + 1].cost)});
  report["curve"] = std::move(points);
  return report;
}

}  // namespace millwright::learn
