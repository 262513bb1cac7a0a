#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "tracker/domain/key_value.h"

namespace millwright::tracker {

/// Where a metric stood at one step. The value may be NaN or infinite: training that diverges says so.
struct Point {
  std::int64_t step = 0;
  std::int64_t timestamp_ms = 0;  // the client's clock
  double value = 0;
};

/// Which logged model a point is an evaluation of, and on which dataset; empty for a plain one.
struct ModelLink {
  std::string model_id;
  std::string dataset_name;
  std::string dataset_digest;
};

/// One point of a metric's history.
struct Metric {
  std::string key;
  double value = 0;
  std::int64_t step = 0;
  std::int64_t timestamp_ms = 0;
  ModelLink model = {};
};

/// Whether `a` comes before `b` in a history: by step, then time, then value with NaN just above zero, as MLflow has it. The
/// last point in this order is the metric's latest.
bool IsEarlier(const Point& a, const Point& b);

/// By time, then step, then value: the order in which MLflow tells a history.
bool IsEarlierByTime(const Point& a, const Point& b);

/// Whether neither comes before the other: a client's retry.
bool IsSame(const Point& a, const Point& b);

/// What one LogBatch writes, all or nothing.
struct Batch {
  std::vector<Metric> metrics;
  std::vector<KeyValue> params;
  std::vector<KeyValue> tags;
};

inline constexpr std::size_t kMaxBatchMetrics = 1000;
inline constexpr std::size_t kMaxStreamedMetrics = 10000;

/// Sizes and counts within the contract's bounds; sorts params and tags by key (locks are taken in that order), keeps one of
/// each: of equal params, and the last of a tag. InvalidArgument names the field; two values for one param are one.
absl::Status Normalise(Batch& batch, std::size_t max_metrics = kMaxBatchMetrics);

inline constexpr std::size_t kMaxTagValue = 8000;             // of a run, in characters
inline constexpr std::size_t kMaxExperimentTagValue = 20000;  // of an experiment

/// The tags of a new run under the same bounds, or of an experiment under its own.
absl::Status NormaliseTags(std::vector<KeyValue>& tags, std::size_t max_value = kMaxTagValue, bool has_empty_keys = false);

}  // namespace millwright::tracker
