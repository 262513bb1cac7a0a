#include "lib/learn/learners/torch/schedule.h"

#include <algorithm>
#include <cmath>
#include <numbers>

namespace millwright::learn {

namespace {

/// From `from` at 0 to `to` at 1 along half a cosine.
double Anneal(double from, double to, double share) {
  return to + (from - to) * (1 + std::cos(std::numbers::pi * std::clamp(share, 0.0, 1.0))) / 2;
}

}  // namespace

double LearningRate(const TorchParams& params, double share, int epoch) {
  const double highest = params.learning_rate;
  if (params.schedule == "cosine") return Anneal(highest, highest / 100, share);
  if (params.schedule == "step") return highest * std::pow(params.step_factor, epoch / params.step_epochs);
  if (params.schedule == "one_cycle") {
    constexpr double kRise = 0.3;
    const double first = highest / 25;
    return share < kRise ? Anneal(first, highest, share / kRise) : Anneal(highest, first / 1e4, (share - kRise) / (1 - kRise));
  }
  return highest;
}

}  // namespace millwright::learn
