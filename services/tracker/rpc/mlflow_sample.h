#pragma once

#include <cstddef>
#include <vector>

#include "tracker/domain/metric.h"

namespace millwright::tracker {

/// The points that MLflow's charts get of a long history: it is parted into `most` (at least 1) runs of nearly equal length, the
/// longer ones in front; each gives its first point, and the last point of all takes the place of the last of these.
std::vector<Point> SampleEvenly(const std::vector<Point>& history, std::size_t most);

}  // namespace millwright::tracker
