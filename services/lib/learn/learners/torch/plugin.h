#pragma once

#include "lib/learn/learners/learner.h"
#include "lib/learn/learners/torch/torch_params.h"

namespace millwright::learn {

/// What millwright-torch.so offers. LibTorch costs 0.4 s and 150 MB at a program's start, so it stands in a library of its own
/// that the first network opens.
struct TorchPlugin {
  absl::StatusOr<std::unique_ptr<Learner>> (*make)(Architecture architecture, const nlohmann::json& params,
                                                   const LearningTask& task, std::string_view path);
  absl::StatusOr<std::shared_ptr<const Model>> (*load)(std::string_view bytes);
};

/// The one symbol that the library exports: `extern "C" const TorchPlugin* MillwrightTorch()`.
inline constexpr char kTorchPluginSymbol[] = "MillwrightTorch";
using TorchPluginFunction = const TorchPlugin* (*)();

}  // namespace millwright::learn
