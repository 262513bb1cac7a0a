// What ThreadSanitizer must be told of Debian's Abseil, whose locks are not instrumented: linked into every program of a `tsan`
// build, where the linker's --wrap sends our calls here (services/cmake/PlatformOptions.cmake lists them).
#include <sanitizer/tsan_interface.h>

#include "absl/synchronization/mutex.h"
#include "absl/synchronization/notification.h"

namespace {

using absl::Condition;
using absl::CondVar;
using absl::Duration;
using absl::Mutex;
using absl::Notification;
using absl::Time;

/// Between the two ends of each, ThreadSanitizer looks away: conditions of waiting threads are evaluated there under the lock.
class Taking {
 public:
  explicit Taking(const void* lock, unsigned flags = 0) : lock_(const_cast<void*>(lock)), flags_(flags) {
    __tsan_mutex_pre_lock(lock_, flags_);
  }
  ~Taking() { __tsan_mutex_post_lock(lock_, flags_, 0); }

 private:
  void* lock_;
  unsigned flags_;
};
class Leaving {
 public:
  explicit Leaving(const void* lock, unsigned flags = 0) : lock_(const_cast<void*>(lock)), flags_(flags) {
    __tsan_mutex_pre_unlock(lock_, flags_);
  }
  ~Leaving() { __tsan_mutex_post_unlock(lock_, flags_); }

 private:
  void* lock_;
  unsigned flags_;
};

/// Whoever waits leaves the lock and takes it again.
template <typename F>
auto Waiting(const void* lock, F wait) {
  { const Leaving leaving(lock); }
  const Taking taking(lock);
  return wait();
}

/// Happens after every Release of the same thing.
template <typename F>
auto Acquiring(const void* thing, F wait) {
  if constexpr (std::is_void_v<decltype(wait())>) {
    wait();
    __tsan_acquire(const_cast<void*>(thing));
  } else {
    const auto result = wait();
    __tsan_acquire(const_cast<void*>(thing));
    return result;
  }
}

}  // namespace

// Declares the function behind SYMBOL and begins the one that stands before it.
#define WRAP(RESULT, SYMBOL, ...)                          \
  RESULT Real##SYMBOL(__VA_ARGS__) asm("__real_" #SYMBOL); \
  RESULT Wrap##SYMBOL(__VA_ARGS__) asm("__wrap_" #SYMBOL); \
  RESULT Wrap##SYMBOL(__VA_ARGS__)

WRAP(void, _ZN4absl7debian35Mutex4LockEv, Mutex* mutex) {
  const Taking taking(mutex);
  Real_ZN4absl7debian35Mutex4LockEv(mutex);
}
WRAP(void, _ZN4absl7debian35Mutex6UnlockEv, Mutex* mutex) {
  const Leaving leaving(mutex);
  Real_ZN4absl7debian35Mutex6UnlockEv(mutex);
}
WRAP(void, _ZN4absl7debian35Mutex10ReaderLockEv, Mutex* mutex) {
  const Taking taking(mutex, __tsan_mutex_read_lock);
  Real_ZN4absl7debian35Mutex10ReaderLockEv(mutex);
}
WRAP(void, _ZN4absl7debian35Mutex12ReaderUnlockEv, Mutex* mutex) {
  const Leaving leaving(mutex, __tsan_mutex_read_lock);
  Real_ZN4absl7debian35Mutex12ReaderUnlockEv(mutex);
}
WRAP(void, _ZN4absl7debian35Mutex8LockWhenERKNS0_9ConditionE, Mutex* mutex, const Condition& condition) {
  const Taking taking(mutex);
  Real_ZN4absl7debian35Mutex8LockWhenERKNS0_9ConditionE(mutex, condition);
}
WRAP(void, _ZN4absl7debian35Mutex5AwaitERKNS0_9ConditionE, Mutex* mutex, const Condition& condition) {
  Waiting(mutex, [&] { Real_ZN4absl7debian35Mutex5AwaitERKNS0_9ConditionE(mutex, condition); });
}
WRAP(bool, _ZN4absl7debian35Mutex16AwaitWithTimeoutERKNS0_9ConditionENS0_8DurationE, Mutex* mutex, const Condition& condition,
     Duration timeout) {
  return Waiting(mutex, [&] {
    return Real_ZN4absl7debian35Mutex16AwaitWithTimeoutERKNS0_9ConditionENS0_8DurationE(mutex, condition, timeout);
  });
}
WRAP(void, _ZN4absl7debian35MutexD1Ev, Mutex* mutex) {
  __tsan_mutex_destroy(mutex, 0);
  Real_ZN4absl7debian35MutexD1Ev(mutex);
}
WRAP(void, _ZN4absl7debian37CondVar4WaitEPNS0_5MutexE, CondVar* variable, Mutex* mutex) {
  Waiting(mutex, [&] { Real_ZN4absl7debian37CondVar4WaitEPNS0_5MutexE(variable, mutex); });
}
WRAP(bool, _ZN4absl7debian37CondVar16WaitWithDeadlineEPNS0_5MutexENS0_4TimeE, CondVar* variable, Mutex* mutex, Time deadline) {
  return Waiting(
      mutex, [&] { return Real_ZN4absl7debian37CondVar16WaitWithDeadlineEPNS0_5MutexENS0_4TimeE(variable, mutex, deadline); });
}
WRAP(void, _ZN4absl7debian312Notification6NotifyEv, Notification* done) {
  __tsan_release(done);
  Real_ZN4absl7debian312Notification6NotifyEv(done);
}
WRAP(void, _ZNK4absl7debian312Notification19WaitForNotificationEv, const Notification* done) {
  Acquiring(done, [&] { Real_ZNK4absl7debian312Notification19WaitForNotificationEv(done); });
}
WRAP(bool, _ZNK4absl7debian312Notification30WaitForNotificationWithTimeoutENS0_8DurationE, const Notification* done,
     Duration timeout) {
  return Acquiring(
      done, [&] { return Real_ZNK4absl7debian312Notification30WaitForNotificationWithTimeoutENS0_8DurationE(done, timeout); });
}
