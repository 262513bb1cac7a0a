#pragma once

#include "nlohmann/json.hpp"
#include "scheduler/domain/distribution.h"

namespace millwright::scheduler {

/// A numeric distribution on the line that samplers work on: in the logarithm where it says log, and widened by half a step where
/// it has one, so that every grid value owns an equal share.
struct Dimension {
  double low = 0;
  double high = 1;
  double bin = 0;  // width of a grid value's share; 0: continuous (and whole numbers in the logarithm)
  bool is_log = false;
  bool is_whole = false;
  double grid_low = 0;  // the distribution's own ends and step
  double grid_high = 1;
  double grid_step = 0;

  double range() const { return high - low; }
  double FromValue(const nlohmann::json& value) const;
  /// Rounded to the grid and clipped.
  nlohmann::json ToValue(double x) const;
  /// x moved onto the grid, for its likelihood.
  double Snap(double x) const { return FromValue(ToValue(x)); }
};

/// `distribution` is not categorical.
Dimension MakeDimension(const Distribution& distribution);

}  // namespace millwright::scheduler
