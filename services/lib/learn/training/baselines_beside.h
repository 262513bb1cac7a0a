#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

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
  const HeadData& validation;  // thresholds come from here, or from the training rows when there are none
  const HeadData& scored;      // the rows that are measured
  std::string_view part;       // which they are: "validation", "test"
  const ThresholdSpec& threshold;
  const Table& table;
  std::span<const AssetRows> assets;
};

/// Trains what fits the task on the same rows and scores it, "baseline_mean_validation_rmse" …: `mean`; `last_value` (no change,
/// the cap of a remaining life, an asset's value one row before); `linear`; for anomalies whose truth is known `pca_monitor`;
/// and for alarms `always_positive`, an alarm in every row, whose F1 says how little one means. Large trainings are thinned.
absl::StatusOr<std::map<std::string, double>> BaselineMetrics(const BaselineInput& input);

/// The learners that are trained beside a head of this kind, without its own.
std::vector<std::string> BaselineLearners(const BundleHead& head);

/// The head with a baseline's model in place of its own; none where the features do not allow it. `threshold` is found on
/// `validation`, on `training` when that is empty.
absl::StatusOr<std::optional<BundleHead>> TrainBaseline(const std::string& learner, const BundleHead& head,
                                                        const FeatureLayout& layout, const HeadData& training,
                                                        const HeadData& validation, const ThresholdSpec& threshold);

/// Persistence for the given rows of a table; none where the target has no value before it is known. `otherwise` stands where an
/// asset has no earlier row.
std::optional<std::vector<double>> LastValues(const TargetSpec& target, const Table& table, std::span<const AssetRows> assets,
                                              std::span<const std::size_t> rows, double otherwise);

}  // namespace millwright::learn
