#pragma once

#include <span>
#include <vector>

#include "lib/learn/features/matrix.h"
#include "lib/learn/strict_json.h"
#include "nlohmann/json.hpp"

namespace millwright::learn {

/// Takes the training mean from every feature and divides by its standard deviation; a missing value becomes 0, as does a feature
/// that was constant in training. What lies further than `clip` standard deviations off counts as so far.
class Standardizer {
 public:
  /// `weights` may be empty.
  static Standardizer Fit(const FeatureMatrix& features, std::span<const float> weights, double clip = kFar);
  /// Leaves the features as they are; a missing value becomes 0.
  static Standardizer Identity(std::size_t features);
  static Standardizer Read(StrictObject& object, std::size_t features);
  void Write(nlohmann::json& json) const;

  std::size_t features() const { return mean_.size(); }
  /// `out` has features() places.
  void Apply(std::span<const float> row, std::span<double> out) const;

 private:
  static constexpr double kFar = 1e9;

  std::vector<double> mean_;
  std::vector<double> scale_;  // 1 / sd; 0 for a constant
  double clip_ = kFar;
};

}  // namespace millwright::learn
