#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "absl/status/status.h"

namespace millwright::tracker {

/// One point of a metric's history. The value may be NaN or infinite: training that diverges says so.
struct Metric {
  std::string key;
  double value = 0;
  std::int64_t step = 0;
  std::int64_t timestamp_ms = 0;  // the client's clock
};

/// Whether `a` comes after `b` in the order in which the latest point is chosen: step, then time, then value with NaN on top,
/// as PostgreSQL orders doubles.
bool IsLater(const Metric& a, const Metric& b);

/// The latest point of each key, keys ascending.
std::vector<Metric> LatestOf(const std::vector<Metric>& metrics);

/// A param or a tag.
struct KeyValue {
  std::string key;
  std::string value;
};

/// What one LogBatch writes, all or nothing.
struct Batch {
  std::vector<Metric> metrics;
  std::vector<KeyValue> params;
  std::vector<KeyValue> tags;
};

/// Sizes and counts within the contract's bounds; sorts params and tags by key (locks are taken in that order), keeps one of
/// each: of equal params, and the last of a tag. InvalidArgument names the field; two values for one param are one.
absl::Status Normalise(Batch& batch);

/// The tags of a new run under the same bounds.
absl::Status NormaliseTags(std::vector<KeyValue>& tags);

}  // namespace millwright::tracker
