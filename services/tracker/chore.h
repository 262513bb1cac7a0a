#pragma once

#include <functional>
#include <string>
#include <thread>

#include "absl/status/status.h"
#include "absl/synchronization/mutex.h"
#include "absl/time/time.h"

namespace millwright::tracker {

/// Work that comes round again, on a thread of its own. A failure is logged once, until it goes well again.
class Chore {
 public:
  Chore(std::string name, absl::Duration period, std::function<absl::Status()> work);
  ~Chore() { Stop(); }
  Chore(const Chore&) = delete;
  Chore& operator=(const Chore&) = delete;

  void Start();
  /// Waits for the round that is running.
  void Stop();

 private:
  void Run();

  const std::string name_;
  const absl::Duration period_;
  const std::function<absl::Status()> work_;
  absl::Mutex mutex_;
  bool is_stopped_ ABSL_GUARDED_BY(mutex_) = false;
  std::thread thread_;
};

}  // namespace millwright::tracker
