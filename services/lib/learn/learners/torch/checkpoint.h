#pragma once

// Includes LibTorch: only for the .cc files of this room.

#include <torch/optim/optimizer.h>

#include <string>
#include <string_view>
#include <vector>

#include "lib/learn/learners/torch/module.h"

namespace millwright::learn {

/// How far a training is, beside its weights and its optimiser. Random numbers are drawn anew in each epoch from the seed and the
/// epoch's number, so nothing of theirs is kept.
struct TrainingState {
  int next_epoch = 0;
  int best_epoch = 0;
  double best_value = 0;
  std::vector<at::Tensor> best_weights;  // empty before there is one
  std::vector<at::Tensor> sums;          // of the weights that are averaged; empty before the first
};

/// `fingerprint` says what data, parameters and seed it is of.
std::string WriteCheckpoint(const std::string& fingerprint, const TrainingState& state, const std::vector<at::Tensor>& weights,
                            const torch::optim::Optimizer& optimizer);

/// Puts all of it back. False, and nothing changed, for bytes that are broken or of another training.
bool ReadCheckpoint(std::string_view bytes, const std::string& fingerprint, TrainingState& state,
                    std::vector<at::Tensor>& weights, torch::optim::Optimizer& optimizer);

}  // namespace millwright::learn
