#pragma once

#include <memory>
#include <string_view>

#include "absl/status/statusor.h"
#include "lib/learn/learners/learner.h"

namespace millwright::learn {

/// `control_chart`: the greatest distance of any feature from its mean of the training rows, in its standard deviations of the
/// training rows, so that the threshold is a control limit for the worst of several charts (Shewhart, "Economic control of
/// quality of manufactured product", 1931); of columns that a smooth step turned into moving averages, exponentially weighted
/// ones among them, it is their EWMA chart (Roberts, "Control chart tests based on geometric moving averages", Technometrics 1,
/// 1959). A missing feature is at its mean.
/// Of a `sequence` the score is the median of that over its rows (the upper one of an even number), so it reaches the limit when
/// at least half of the rows do; mean and standard deviation are of the newest row of each training sequence. A head with a
/// sequence has no other features.
/// Parameter: `standardized` (false): the features come in standard deviations, as `scale` with `rows` leaves them, and are
/// judged as they are.
absl::StatusOr<std::unique_ptr<Learner>> MakeControlChart(const nlohmann::json& params, const LearningTask& task,
                                                          std::string_view path);
absl::StatusOr<std::shared_ptr<const Model>> LoadControlChart(std::string_view bytes);

}  // namespace millwright::learn
