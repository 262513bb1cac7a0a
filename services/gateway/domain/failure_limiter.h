#pragma once

#include <string>

#include "absl/container/flat_hash_map.h"
#include "absl/synchronization/mutex.h"
#include "absl/time/time.h"
#include "lib/base/clock.h"

namespace millwright::gateway {

/// Slows down guessing: each key (a user name, an address) may fail `burst` times, and once more each `refill`. Remembers at
/// most 10,000 keys, forgetting the ones that have recovered, then the rest. Thread-safe.
class FailureLimiter {
 public:
  FailureLimiter(int burst, absl::Duration refill, const base::Clock& clock) : burst_(burst), refill_(refill), clock_(clock) {}

  /// Whether another attempt is allowed.
  bool MayTry(const std::string& key);
  void CountFailure(const std::string& key);

 private:
  struct Bucket {
    double failures = 0;
    absl::Time at;
  };
  double FailuresNow(const Bucket& bucket, absl::Time now) const;

  const int burst_;
  const absl::Duration refill_;
  const base::Clock& clock_;
  absl::Mutex mutex_;
  absl::flat_hash_map<std::string, Bucket> buckets_ ABSL_GUARDED_BY(mutex_);
};

}  // namespace millwright::gateway
