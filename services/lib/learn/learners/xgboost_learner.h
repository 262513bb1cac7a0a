#pragma once

#include <memory>
#include <string_view>

#include "absl/status/statusor.h"
#include "lib/learn/learners/learner.h"

namespace millwright::learn {

absl::StatusOr<std::unique_ptr<Learner>> MakeXgboost(const nlohmann::json& params, const LearningTask& task,
                                                     std::string_view path);

/// A random forest: the same trees, in one round.
absl::StatusOr<std::unique_ptr<Learner>> MakeRandomForest(const nlohmann::json& params, const LearningTask& task,
                                                          std::string_view path);

/// Reads a model in XGBoost's UBJSON or JSON form. Unimplemented for one that Debian's XGBoost 1.7.4 reads without complaint and
/// scores wrongly (written by 3.1 or later, or with an array as base score).
absl::StatusOr<std::shared_ptr<const Model>> LoadXgboost(std::string_view bytes);

}  // namespace millwright::learn
