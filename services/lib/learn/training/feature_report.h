#pragma once

#include "absl/status/statusor.h"
#include "lib/learn/features/feature_cost.h"
#include "lib/learn/training/head_data.h"
#include "nlohmann/json.hpp"

namespace millwright::learn {

/// What each feature of a head is worth: {"metric", "value", "rows", "features": [{"name", "gain": its share of the model's own
/// measure, "effect": its permutation importance, how much worse the metric on `rows` becomes when its values are shuffled among
/// them (Breiman, "Random forests", Machine Learning 45, 2001), "missing": share, "cost_us": of a new row, measured on this
/// machine}, …]}, the greatest effect first. The rows of a sequence column are shuffled together and stand as one entry. Rows are
/// thinned to a number that depends on sizes only.
absl::StatusOr<nlohmann::json> FeatureReport(const BundleHead& head, const FeatureLayout& layout, const FeatureCosts& costs,
                                             const HeadData& rows);

}  // namespace millwright::learn
