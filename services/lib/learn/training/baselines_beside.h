#pragma once

#include <map>
#include <string>

#include "absl/status/statusor.h"
#include "lib/learn/features/target.h"
#include "lib/learn/training/head_data.h"
#include "lib/learn/training/threshold.h"

namespace millwright::learn {

/// What a head's learner has to beat.
struct BaselineInput {
  const BundleHead& head;  // its target, columns and quantile
  const FeatureLayout& layout;
  const HeadData& training;
  const HeadData& validation;
  const ThresholdSpec& threshold;
  const Table& table;
  std::span<const AssetRows> assets;
};

/// Trains what fits the task on the same rows and scores it on the validation rows, "baseline_mean_validation_rmse" …: `mean`;
/// `last_value` (no change, the cap of a remaining life, an asset's value one row before); `linear`; and `pca_monitor` for
/// anomalies whose truth is known. Large trainings are thinned. Empty without validation rows.
absl::StatusOr<std::map<std::string, double>> BaselineMetrics(const BaselineInput& input);

}  // namespace millwright::learn
