#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"
#include "lib/learn/features/target.h"
#include "lib/learn/learners/class_weights.h"
#include "lib/learn/learners/eval_metric.h"
#include "lib/learn/learners/xgboost_objective.h"
#include "nlohmann/json.hpp"

namespace millwright::learn {

/// Boosted trees, or a random forest: one round of many trees that each see a part of the rows and features.
enum class Ensemble { kBoosting, kForest };

/// Checked parameters of an XGBoost head.
struct XgboostParams {
  int rounds = 100;
  int early_stopping_rounds = 0;  // 0: never
  int nthread = 1;
  bool has_base_score = false;
  EvalMetric eval_metric;
  std::optional<XgboostObjective> objective;  // trained by our own gradient; empty: XGBoost's, which is among `native`
  ClassWeights class_weights;
  std::vector<std::pair<std::string, int>> monotone;        // pattern of feature names, 1 or -1; the first that fits counts
  std::vector<std::pair<std::string, std::string>> native;  // for XGBoosterSetParam, sorted by name
};

/// InvalidArgument names an unknown parameter or a value out of range, prefixed with `path`.
absl::StatusOr<XgboostParams> ParseXgboostParams(const nlohmann::json& params, const LearningTask& task, Ensemble ensemble,
                                                 std::string_view path);

}  // namespace millwright::learn
