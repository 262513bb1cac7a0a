#pragma once

#include <cstdint>

#include "absl/synchronization/mutex.h"
#include "absl/time/time.h"

namespace millwright::scheduler {

/// Wakes calls that wait for the database to change. Waiting is by version, so a raise between a look and a wait is not lost.
/// Thread-safe.
class Signal {
 public:
  void Raise() {
    absl::MutexLock lock(&mutex_);
    ++version_;
    changed_.SignalAll();
  }
  /// All waits return at once from now on.
  void Stop() {
    absl::MutexLock lock(&mutex_);
    is_stopped_ = true;
    changed_.SignalAll();
  }
  std::uint64_t version() const {
    absl::MutexLock lock(&mutex_);
    return version_;
  }
  bool is_stopped() const {
    absl::MutexLock lock(&mutex_);
    return is_stopped_;
  }
  /// Until the version is not `seen` any more, or `timeout`.
  void Wait(std::uint64_t seen, absl::Duration timeout) const {
    const absl::Time deadline = absl::Now() + timeout;
    absl::MutexLock lock(&mutex_);
    while (version_ == seen && !is_stopped_) {
      if (changed_.WaitWithDeadline(&mutex_, deadline)) return;
    }
  }

 private:
  mutable absl::Mutex mutex_;
  mutable absl::CondVar changed_;
  std::uint64_t version_ ABSL_GUARDED_BY(mutex_) = 0;
  bool is_stopped_ ABSL_GUARDED_BY(mutex_) = false;
};

}  // namespace millwright::scheduler
