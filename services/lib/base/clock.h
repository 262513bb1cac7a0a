#pragma once

#include "absl/synchronization/mutex.h"
#include "absl/time/time.h"

namespace millwright::base {

/// Where code gets the present from, so that tests need not wait. Thread-safe.
class Clock {
 public:
  virtual ~Clock() = default;
  virtual absl::Time Now() const = 0;
};

/// The machine's clock.
const Clock& SystemClock();

/// A clock that stands still until it is moved.
class ManualClock : public Clock {
 public:
  explicit ManualClock(absl::Time now) : now_(now) {}
  absl::Time Now() const override {
    absl::MutexLock lock(&mutex_);
    return now_;
  }
  void Advance(absl::Duration by) {
    absl::MutexLock lock(&mutex_);
    now_ += by;
  }

 private:
  mutable absl::Mutex mutex_;
  absl::Time now_ ABSL_GUARDED_BY(mutex_);
};

}  // namespace millwright::base
