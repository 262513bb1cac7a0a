#pragma once

#include <cstddef>
#include <optional>
#include <span>
#include <vector>

#include "absl/status/statusor.h"
#include "lib/learn/evaluation/head_rows.h"
#include "nlohmann/json.hpp"

namespace millwright::learn {

/// What an answer costs: cost[truth × classes + answer]. For an alarm: silence is class 0, alarm class 1.
struct CostMatrix {
  std::size_t classes = 2;
  std::vector<double> cost;

  double At(double truth, double answer) const {
    return cost[static_cast<std::size_t>(truth) * classes + static_cast<std::size_t>(answer)];
  }
};

/// `{"false_alarm": 1, "missed_alarm": 20, "true_alarm": 0, "true_silence": 0}` or `{"matrix": [[0, 1], [20, 0]]}`, rows of
/// truth, columns of answers.
absl::StatusOr<CostMatrix> ParseCosts(const nlohmann::json& json, std::string_view path);

/// Mean cost a row of alarming at `threshold` and above.
struct CostAtThreshold {
  double threshold = 0;
  double cost = 0;
};

/// The cost at every score that occurs, and of silence (threshold +∞) first; from the highest threshold down. The truth must be
/// known and 0 or 1.
std::vector<CostAtThreshold> CostCurve(std::span<const double> truth, std::span<const double> score, const CostMatrix& costs);

/// The report's "costs" of a head that alarms: at its threshold, always silent, always alarming, the cheapest threshold on these
/// rows, and the curve in at most 100 points. Of several classes: the mean cost alone.
nlohmann::json CostReport(const HeadRows& head, const CostMatrix& costs);

}  // namespace millwright::learn
