#pragma once

#include <memory>
#include <string_view>

#include "absl/status/statusor.h"
#include "lib/learn/learners/learner.h"

namespace millwright::learn {

/// `ensemble`: the (weighted) mean of what its members answer. Parameters: `members`, a list of {"learner", "params", "seeds": a
/// member for each seed, "weight": 1, "features": patterns of the names of those that it takes; all when absent}.
absl::StatusOr<std::unique_ptr<Learner>> MakeEnsemble(const nlohmann::json& params, const LearningTask& task,
                                                      std::string_view path);
absl::StatusOr<std::shared_ptr<const Model>> LoadEnsemble(std::string_view bytes);

}  // namespace millwright::learn
