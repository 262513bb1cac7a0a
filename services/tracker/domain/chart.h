#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "tracker/domain/run.h"

namespace millwright::tracker {

enum class MetricAxis { kStep, kTime };

/// Metrics of several runs for a chart.
struct ChartQuery {
  std::vector<RunId> runs;
  std::vector<std::string> keys;
  MetricAxis axis = MetricAxis::kStep;
  std::optional<std::int64_t> from;  // inclusive, in the axis's unit
  std::optional<std::int64_t> to;    // inclusive
  std::size_t max_points = 2000;     // of a series
};

/// One metric of one run, thinned out.
struct Series {
  RunId run;
  std::string key;
  std::vector<Point> points;     // in the axis's order
  std::int64_t point_count = 0;  // in the range, before thinning out
};

/// InvalidArgument names what is out of the contract's bounds. Leaves out repeated runs and keys.
absl::Status Normalise(ChartQuery& query);

/// At most `most` (at least 10) of the points, in their order: the first, the last, and of each stretch of equal length its
/// least, its greatest and (when the series has any) its first NaN.
std::vector<Point> ThinOut(const std::vector<Point>& points, std::size_t most);

}  // namespace millwright::tracker
