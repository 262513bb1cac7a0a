#include "lib/learn/learners/xgboost_objective.h"

#include <algorithm>
#include <cmath>

namespace millwright::learn {

namespace {
constexpr double kMaxExponent = 8;  // a single far row must not drown all others
}  // namespace

ObjectiveGradient::ObjectiveGradient(const XgboostObjective& objective, std::span<const double> targets,
                                     std::span<const float> weights)
    : objective_(objective), targets_(targets), weights_(weights) {
  double mean = 0;
  for (const double target : targets) mean += target;
  mean /= static_cast<double>(targets.size());
  double variance = 0;
  for (const double target : targets) variance += (target - mean) * (target - mean);
  variance /= static_cast<double>(targets.size());
  if (variance > 0) spread_ = std::sqrt(variance);
}

ObjectiveGradient::Pair ObjectiveGradient::At(double predicted, double truth) const {
  const double d = predicted - truth;
  switch (objective_.kind) {
    case XgboostObjective::Kind::kLateSquaredError: {
      const double weight = d > 0 ? objective_.late_weight : 1.0;
      return {weight * d, weight};
    }
    case XgboostObjective::Kind::kPhmScore: {
      const double width = d < 0 ? -13 : 10;
      const double slope = std::exp(std::min(d / width, kMaxExponent)) / width;
      return {100 * slope, 100 * slope / width};
    }
    case XgboostObjective::Kind::kQuantile: {
      // The pinball loss has no second derivative, so it is majorised by the parabola that touches it at the present error
      // (Hunter and Lange, "Quantile regression via an MM algorithm", J. Computational and Graphical Statistics 9, 2000): each
      // round solves the weighted least squares of their iteration, and far rows still move a leaf by about their distance.
      const double near = objective_.smoothing * spread_ + std::abs(d);
      return {spread_ * (d / near + 1 - 2 * objective_.quantile), spread_ / near};
    }
  }
  return {0, 1};
}

double ObjectiveGradient::Start() const {
  const auto [least, most] = std::minmax_element(targets_.begin(), targets_.end());
  double low = *least;
  double high = *most;
  // The losses are convex, so the sum of gradients rises with the prediction.
  for (int i = 0; i < 60; ++i) {
    const double middle = low + (high - low) / 2;
    double sum = 0;
    for (std::size_t row = 0; row < targets_.size(); ++row) {
      const double weight = weights_.empty() ? 1.0 : static_cast<double>(weights_[row]);
      sum += weight * At(middle, targets_[row]).gradient;
    }
    (sum < 0 ? low : high) = middle;
  }
  return low + (high - low) / 2;
}

void ObjectiveGradient::Compute(std::span<const float> predicted, std::vector<float>& gradient,
                                std::vector<float>& second) const {
  gradient.resize(targets_.size());
  second.resize(targets_.size());
  for (std::size_t row = 0; row < targets_.size(); ++row) {
    const double weight = weights_.empty() ? 1.0 : static_cast<double>(weights_[row]);
    const Pair pair = At(static_cast<double>(predicted[row]), targets_[row]);
    gradient[row] = static_cast<float>(weight * pair.gradient);
    second[row] = static_cast<float>(weight * pair.second);
  }
}

}  // namespace millwright::learn
