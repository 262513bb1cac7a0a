#pragma once

#include <map>
#include <optional>
#include <span>
#include <string>

#include "lib/learn/features/target.h"

namespace millwright::learn {

/// The metrics of one head on rows whose truth is known; undefined ones are left out. A rul truth that is to count as cut is cut
/// by the caller. For several classes `probabilities` has a row of learning_task().classes for each truth, or is empty.
std::map<std::string, double> HeadMetrics(const TargetSpec& target, double threshold, std::span<const double> truth,
                                          std::span<const double> predicted, std::span<const double> probabilities = {});

}  // namespace millwright::learn
