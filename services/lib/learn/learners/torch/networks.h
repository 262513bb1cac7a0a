#pragma once

#include <memory>
#include <string_view>

#include "absl/status/statusor.h"
#include "lib/learn/learners/learner.h"
#include "lib/learn/learners/torch/torch_params.h"

namespace millwright::learn {

/// MakeTorch (torch_learner.h) and LoadTorch (torch_model.h) of millwright-torch.so, which the first call opens: it stands beside
/// the program, or in ../bin. Unavailable names the reason when it cannot be opened.
absl::StatusOr<std::unique_ptr<Learner>> MakeNetworkLearner(Architecture architecture, const nlohmann::json& params,
                                                            const LearningTask& task, std::string_view path);
absl::StatusOr<std::shared_ptr<const Model>> LoadNetwork(std::string_view bytes);

/// For the table of learners.
template <Architecture kArchitecture>
absl::StatusOr<std::unique_ptr<Learner>> MakeNetworkLearner(const nlohmann::json& params, const LearningTask& task,
                                                            std::string_view path) {
  return MakeNetworkLearner(kArchitecture, params, task, path);
}

}  // namespace millwright::learn
