#pragma once

#include <memory>
#include <string_view>

#include "absl/status/statusor.h"
#include "lib/learn/learners/learner.h"

namespace millwright::learn {

/// `linear`: ridge regression on standardised features in closed form (Hoerl and Kennard, "Ridge regression", Technometrics 12,
/// 1970); for classes, ridge logistic regression by iteratively reweighted least squares, one class against the rest where there
/// are several. Parameters: `alpha` (the penalty, 1), `clip` (standard deviations; none), `class_weight`.
absl::StatusOr<std::unique_ptr<Learner>> MakeLinear(const nlohmann::json& params, const LearningTask& task,
                                                    std::string_view path);
absl::StatusOr<std::shared_ptr<const Model>> LoadLinear(std::string_view bytes);

}  // namespace millwright::learn
