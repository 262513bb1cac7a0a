#pragma once

#include <memory>
#include <string_view>

#include "absl/status/statusor.h"
#include "lib/learn/learners/learner.h"
#include "lib/learn/learners/torch/torch_params.h"

namespace millwright::learn {

/// A network of this architecture, trained with LibTorch. InvalidArgument names the parameter, prefixed with `path`.
absl::StatusOr<std::unique_ptr<Learner>> MakeTorch(Architecture architecture, const nlohmann::json& params,
                                                   const LearningTask& task, std::string_view path);

}  // namespace millwright::learn
