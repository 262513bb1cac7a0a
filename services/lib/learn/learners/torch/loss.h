#pragma once

// Includes LibTorch: only for the .cc files of this room.

#include "lib/learn/learners/learner.h"
#include "lib/learn/learners/torch/module.h"

namespace millwright::learn {

/// The targets as RowLoss takes them: standardised numbers, or classes. Undefined for anomalies.
at::Tensor LossTargets(const LearningSet& training, const LearningTask& task, const Standardisation& standardisation,
                       at::Device device);

/// What each row counts, by its own weight and its class's; their mean is 1.
at::Tensor RowWeights(const LearningSet& training, const LearningTask& task, const TorchParams& params);

/// The loss of each row, [batch], from the network's raw answers [batch, outputs].
at::Tensor RowLoss(const TorchParams& params, const LearningTask& task, const at::Tensor& answers, const at::Tensor& targets);

/// Scales all gradients together down to this norm when theirs is larger.
void ClipGradients(const std::vector<at::Tensor>& weights, double norm);

}  // namespace millwright::learn
