#pragma once

#include <map>
#include <optional>
#include <string>

#include "absl/status/statusor.h"
#include "lib/learn/training/head_data.h"

namespace millwright::learn {

/// HeadMetrics of a head's answers; of a quantile head its pinball loss and the share of the truth below it too, of an anomaly
/// head the share of alarms. Empty for no rows.
std::map<std::string, double> PartMetrics(const BundleHead& head, const HeadData& data, const HeadAnswers& answers);

/// The one that heads of this kind are compared by ("rmse"), and whether more of it is better.
struct MainMetric {
  std::string name;
  bool is_more_better = false;
};
MainMetric MainMetricOf(const BundleHead& head);

/// The main metric of the head's answers, turned so that less is better; none where it is undefined.
absl::StatusOr<std::optional<double>> LossOf(const BundleHead& head, const HeadData& data);

}  // namespace millwright::learn
