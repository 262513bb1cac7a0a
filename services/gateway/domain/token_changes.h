#pragma once

#include <cstdint>

#include "absl/synchronization/mutex.h"
#include "absl/time/time.h"

namespace millwright::gateway {

/// Counts changes of tokens, for whoever waits for the next one. Thread-safe.
class TokenChanges {
 public:
  void Count() {
    absl::MutexLock lock(&mutex_);
    ++count_;
  }
  std::uint64_t Now() const {
    absl::MutexLock lock(&mutex_);
    return count_;
  }
  /// Waits until there was another change than `seen`, at most `timeout`; the count then.
  std::uint64_t Await(std::uint64_t seen, absl::Duration timeout) const {
    absl::MutexLock lock(&mutex_);
    const auto changed = [&] {
      mutex_.AssertReaderHeld();
      return count_ != seen;
    };
    mutex_.AwaitWithTimeout(absl::Condition(&changed), timeout);
    return count_;
  }

 private:
  mutable absl::Mutex mutex_;
  std::uint64_t count_ ABSL_GUARDED_BY(mutex_) = 0;
};

}  // namespace millwright::gateway
