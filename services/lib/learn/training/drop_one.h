#pragma once

#include <map>
#include <string>

#include "absl/status/statusor.h"
#include "lib/learn/training/head_data.h"
#include "nlohmann/json.hpp"

namespace millwright::learn {

/// What each column is worth, as the column steps leave it (those of a one-hot encoding together): [{"column", "features": how
/// many are made of it, "effect": how much worse the main metric on the validation rows becomes when the model is trained again
/// without them}, …], the greatest effect first ("leave one covariate out", Lei, G'Sell, Rinaldo, Tibshirani and Wasserman,
/// "Distribution-free predictive inference for regression", JASA 113, 2018). Parameters and rounds stay those of the head. Null
/// where it would take more than seconds: for other learners than trees and linear models, features with a sequence, and large
/// trainings, by their size alone.
absl::StatusOr<nlohmann::json> DropOneEffects(const BundleHead& head, const FeatureLayout& layout, const HeadData& training,
                                              const HeadData& validation);

}  // namespace millwright::learn
