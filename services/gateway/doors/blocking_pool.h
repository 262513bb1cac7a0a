#pragma once

#include <deque>
#include <functional>
#include <thread>
#include <vector>

#include "absl/synchronization/mutex.h"

namespace millwright::gateway {

/// A fixed number of threads for work that blocks, behind a bounded queue. Runs what is queued before its destructor returns.
class BlockingPool {
 public:
  BlockingPool(int threads, std::size_t max_queue);
  ~BlockingPool();

  /// False, with nothing run, when the queue is full or the pool is stopping.
  [[nodiscard]] bool Run(std::function<void()> work);
  /// Runs what is queued and joins the threads. Idempotent.
  void Stop();

 private:
  void Work();

  const std::size_t max_queue_;
  absl::Mutex mutex_;
  std::deque<std::function<void()>> queue_ ABSL_GUARDED_BY(mutex_);
  bool is_stopping_ ABSL_GUARDED_BY(mutex_) = false;
  std::vector<std::thread> threads_;
};

}  // namespace millwright::gateway
