#pragma once

#include <functional>
#include <thread>

#include "absl/base/thread_annotations.h"
#include "absl/synchronization/mutex.h"
#include "absl/time/time.h"

namespace millwright::monitor {

/// Runs work on a thread of its own: at the start, after each Wake, and in any case each `every`. The destructor lets the work
/// that runs end.
class Periodic {
 public:
  Periodic(absl::Duration every, std::function<void()> work);
  ~Periodic();
  Periodic(const Periodic&) = delete;
  Periodic& operator=(const Periodic&) = delete;

  void Wake();

 private:
  void Loop();
  absl::Duration every_;
  std::function<void()> work_;
  absl::Mutex mutex_;
  bool is_woken_ ABSL_GUARDED_BY(mutex_) = false;
  bool is_stopped_ ABSL_GUARDED_BY(mutex_) = false;
  std::thread thread_;
};

}  // namespace millwright::monitor
