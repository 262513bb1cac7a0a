#pragma once

#include <map>
#include <string>

#include "absl/status/statusor.h"
#include "lib/learn/features/pipeline.h"

namespace millwright::learn {

/// Microseconds that a new row's features take on this machine, on one core.
struct FeatureCosts {
  double columns = 0;                      // taking the row in: all column steps, and what since-start steps keep
  std::map<std::string, double> features;  // by name: an equal share of the step that makes it
};

/// Measured over some of the rows; another measurement differs.
absl::StatusOr<FeatureCosts> MeasureCosts(const FittedPipeline& pipeline, const Table& table, std::span<const AssetRows> assets);

}  // namespace millwright::learn
