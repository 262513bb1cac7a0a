#pragma once

#include <filesystem>
#include <string>
#include <thread>

#include "absl/synchronization/mutex.h"
#include "trainer-worker/lease.h"
#include "trainer-worker/platform.h"
#include "trainer-worker/tasks/task.h"

namespace millwright::trainer {

/// Removes what a worker that was killed left in its tasks folder, unless another worker uses the folder too. Holds a lock on
/// `<folder>.lock` for the rest of the process. Before the first slot starts.
void RemoveLeftovers(const std::filesystem::path& folder);

/// One place for one task at a time: leases, runs and reports in a loop on a thread of its own until it is stopped.
class Slot {
 public:
  Slot(Platform& platform, std::string worker, std::filesystem::path folder, CommandPolicy commands = {})
      : platform_(platform), worker_(std::move(worker)), folder_(std::move(folder)), commands_(std::move(commands)) {}
  ~Slot() { Stop(); }

  void Start() {
    thread_ = std::thread([this] { Loop(); });
  }
  /// Leases no more. The running task is interrupted and given back, so that another worker takes it up at once.
  void Stop();

 private:
  void Loop();
  void Run(const scheduler::v1::Task& task);
  bool IsStopping();

  Platform& platform_;
  const std::string worker_;
  const std::filesystem::path folder_;
  const CommandPolicy commands_;
  absl::Mutex mutex_;
  bool is_stopping_ ABSL_GUARDED_BY(mutex_) = false;
  Lease* lease_ ABSL_GUARDED_BY(mutex_) = nullptr;
  std::thread thread_;
};

}  // namespace millwright::trainer
