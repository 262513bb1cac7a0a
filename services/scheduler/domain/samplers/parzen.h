#pragma once

#include <vector>

#include "nlohmann/json.hpp"
#include "scheduler/domain/distribution.h"
#include "scheduler/domain/samplers/random.h"

namespace millwright::scheduler {

/// A Parzen estimator over a whole space: one mixture whose components are products over the parameters, one component an
/// observation (in the order of their trial numbers) and one for the prior.
class ParzenEstimator {
 public:
  ParzenEstimator(const std::vector<Distribution>& space, const std::vector<const nlohmann::json*>& observations);

  /// A draw from the mixture, one number a parameter: on its line, or the index of a choice.
  std::vector<double> Sample(Random& random) const;
  double LogDensity(const std::vector<double>& point) const;
  /// The draw as the trial's parameters.
  nlohmann::json ToParams(const std::vector<double>& point) const;

 private:
  const std::vector<Distribution>& space_;
  std::vector<double> weights_;  // sum 1; the prior's is the last
  std::vector<double> log_weights_;
  std::vector<std::vector<double>> centers_;  // [parameter][component], numeric ones
  std::vector<std::vector<double>> widths_;
  std::vector<std::vector<double>> log_masses_;         // of the untruncated kernel inside the domain
  std::vector<std::vector<std::vector<double>>> rows_;  // [parameter][component][choice], categorical ones
};

}  // namespace millwright::scheduler
