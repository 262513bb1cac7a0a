#pragma once

#include "lib/learn/learners/torch/torch_params.h"

namespace millwright::learn {

/// The learning rate when `share` of params.epochs is done (above 1 when the training goes on), in this epoch.
///   none: learning_rate throughout
///   cosine: down to a hundredth of it along half a cosine (Loshchilov and Hutter, "SGDR", ICLR 2017, without restarts)
///   step: × step_factor each step_epochs
///   one_cycle: from a 25th up to it in the first 30 %, then down to a 10,000th of where it began (Smith and Topin,
///   "Super-convergence", 2019)
double LearningRate(const TorchParams& params, double share, int epoch);

}  // namespace millwright::learn
