#pragma once

#include <memory>
#include <string_view>

#include "absl/status/statusor.h"
#include "lib/learn/learners/learner.h"

namespace millwright::learn {

/// A TorchScript archive that a network learner exported (`torch.jit.load` of Python reads it too). InvalidArgument for a broken
/// file or one whose forward does not give a row of numbers for each row of features. A TorchScript archive holds a restricted
/// language that LibTorch interprets: no Python runs, nothing is unpickled but tensors and constants.
absl::StatusOr<std::shared_ptr<const Model>> LoadTorch(std::string_view bytes);

}  // namespace millwright::learn
