#pragma once

#include <span>
#include <string_view>

#include "absl/status/statusor.h"
#include "lib/learn/features/target.h"
#include "nlohmann/json.hpp"

namespace millwright::learn {

/// How the threshold of a probability or an anomaly score is found on validation rows.
struct ThresholdSpec {
  enum class Kind {
    kBestF1,    // where F1 is highest
    kQuantile,  // a quantile of the negative (normal) rows' values, times a margin
    kValue,     // given
  };
  Kind kind = Kind::kBestF1;
  double quantile = 0.99;
  double margin = 1;
  double value = 0.5;
};

/// {"best": "f1"}, {"quantile": 0.99, "margin": 1.2} or {"value": 0.5}. Absent (null): best F1 for classes, the quantile for
/// anomalies. InvalidArgument for a target without a threshold.
absl::StatusOr<ThresholdSpec> ParseThreshold(const nlohmann::json* json, const TargetSpec& target, std::string_view path);

/// `truth` is 1, 0, or NaN where it is unknown, which counts as normal for a quantile and not at all for F1. FailedPrecondition
/// when no row tells.
absl::StatusOr<double> ChooseThreshold(const ThresholdSpec& spec, std::span<const double> truth, std::span<const double> values);

}  // namespace millwright::learn
