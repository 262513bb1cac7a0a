#pragma once

#include <vector>

#include "lib/learn/learners/learner.h"

namespace millwright::learn {

/// Statistics of the training rows that a network keeps as buffers.
struct Standardisation {
  std::vector<float> input_mean;   // one a column of the feature matrix
  std::vector<float> input_scale;  // 1 / sd; 0 where a column is constant
  float target_mean = 0;
  float target_scale = 1;  // sd
};

/// Of the values that are there, summed in order; a column of the sequence over all of its rows together. The target's only for
/// a regression that asks for it.
Standardisation Standardise(const LearningSet& training, const FeatureLayout& layout, const LearningTask& task,
                            bool standardizes_target);

}  // namespace millwright::learn
