#pragma once

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "tracker/domain/metric.h"

namespace millwright::tracker {

/// Points of one metric, which the dictionary knows by number.
struct KeyedPoint {
  std::int64_t key_id = 0;
  Point point;
};

/// Packs a batch for tracker.metric_log. The packed batches of several calls may follow each other in one value.
std::string PackBatch(std::vector<KeyedPoint> points);

/// Adds the points of `packed` (one or more batches) to `points`; DataLoss when it is none.
absl::Status UnpackBatches(absl::string_view packed, std::vector<KeyedPoint>& points);

/// The key_id of a row of tracker.metric_chunks that holds few points of many metrics, packed as a batch.
inline constexpr std::int64_t kManyKeys = 0;

/// Packs points of one metric for one row of tracker.metric_chunks; best when they are sorted.
std::string PackChunk(const Point* begin, const Point* end);

/// Adds the points of a chunk to `points`; DataLoss when it is none.
absl::Status UnpackChunk(absl::string_view packed, std::vector<Point>& points);

}  // namespace millwright::tracker
