#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "absl/status/statusor.h"
#include "lib/learn/features/target.h"

namespace millwright::learn {

/// What rounds are compared by.
struct EvalMetric {
  std::string name;
  bool is_more_better = false;
  double quantile = 0.5;     // of pinball
  double late_weight = 2.0;  // of weighted_rmse
};

/// InvalidArgument lists the metrics that the task has. An empty name is the task's own: rmse, logloss, mlogloss.
absl::StatusOr<EvalMetric> FindEvalMetric(std::string_view name, Task task);

/// The metric over a model's outputs, `classes` values a row for several classes, else one. None where it is undefined (AUC of
/// one class).
std::optional<double> MetricValue(const EvalMetric& metric, const LearningTask& task, std::span<const double> targets,
                                  std::span<const float> outputs);

}  // namespace millwright::learn
