#pragma once

#include <memory>
#include <string_view>

#include "absl/status/statusor.h"
#include "lib/learn/learners/learner.h"

namespace millwright::learn {

/// `mean`: the training targets' mean, or the share of each class.
absl::StatusOr<std::unique_ptr<Learner>> MakeMean(const nlohmann::json& params, const LearningTask& task, std::string_view path);

/// `last_value`: {"feature": name} answers that feature as it is (the training mean where it is missing); {"value": number}
/// answers the number, as a change of 0 or a remaining life at its cap. Numbers only.
absl::StatusOr<std::unique_ptr<Learner>> MakeLastValue(const nlohmann::json& params, const LearningTask& task,
                                                       std::string_view path);

/// Reads a model of either.
absl::StatusOr<std::shared_ptr<const Model>> LoadBaseline(std::string_view bytes);

}  // namespace millwright::learn
