#pragma once

#include <cstdint>
#include <deque>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/container/inlined_vector.h"
#include "absl/synchronization/mutex.h"
#include "absl/time/time.h"
#include "serving/domain/prediction_id.h"
#include "serving/domain/served_version.h"

namespace millwright::serving {

/// One answer, or one failure of a model, on its way to the monitor.
struct LoggedPrediction {
  PredictionId id;
  std::shared_ptr<const VersionIdentity> by;
  std::string asset_id;
  std::optional<absl::Time> event_time;
  absl::Time at;
  absl::Duration latency;
  Outcome outcome = Outcome::kOk;
  absl::InlinedVector<double, 3> values;  // per head of `by`; empty when the model failed
  std::string error;
};

/// A bounded queue; over the bound the oldest go and are counted. Thread-safe.
class PredictionLog {
 public:
  explicit PredictionLog(std::size_t capacity) : capacity_(capacity) {}

  void Append(LoggedPrediction prediction);
  /// Up to `max` of the oldest.
  std::vector<LoggedPrediction> Take(std::size_t max);
  /// Waits until there are `enough`, the time is over or Wake was called.
  void Await(std::size_t enough, absl::Duration timeout);
  void Wake();

  std::size_t size() const;
  /// Since the process started.
  std::uint64_t dropped() const;

 private:
  const std::size_t capacity_;
  mutable absl::Mutex mutex_;
  std::deque<LoggedPrediction> queue_ ABSL_GUARDED_BY(mutex_);
  std::uint64_t dropped_ ABSL_GUARDED_BY(mutex_) = 0;
  bool is_woken_ ABSL_GUARDED_BY(mutex_) = false;
};

}  // namespace millwright::serving
