#pragma once

#include <atomic>
#include <deque>
#include <future>
#include <thread>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/synchronization/mutex.h"
#include "lib/pg/database.h"
#include "tracker/storage/log_write.h"

namespace millwright::tracker {

/// Bounds of group commit.
struct CommitterOptions {
  int threads = 4;                                  // transactions under way at once; the server joins their flushes
  std::size_t max_group_calls = 512;                // in one transaction
  std::size_t max_group_bytes = 2 << 20;            // of packed points in one transaction
  std::size_t small_group_bytes = 32 << 10;         // what waits is less: it goes together once no transaction is under way
  absl::Duration patience = absl::Milliseconds(5);  // at most, for that
  std::size_t max_waiting_calls = 20'000;           // then ResourceExhausted
  std::size_t max_waiting_bytes = 64 << 20;         // of packed points
  std::int64_t max_unsettled_points = 3'000'000;    // then commits wait until settling has caught up
};

/// Group commit: a call is written at once while no transaction is under way, and what arrives meanwhile goes into the next one
/// together; much that waits, or that waits long, gets a transaction beside. A group that fails as a whole is written call by
/// call, so one bad call never fails another. Thread-safe.
class LogCommitter {
 public:
  LogCommitter(pg::Database& db, ModelMetricWriter write_model_metrics, const CommitterOptions& options = {});
  /// Writes what waits, then ends.
  ~LogCommitter();
  LogCommitter(const LogCommitter&) = delete;
  LogCommitter& operator=(const LogCommitter&) = delete;

  std::future<absl::Status> Submit(LogCall call);

  /// At least as many as there are acknowledged points of this program that are not settled.
  std::int64_t unsettled_points() const { return unsettled_.load(); }
  void NoteSettled(std::int64_t points);

 private:
  struct Waiting {
    LogCall call;
    std::promise<absl::Status> done;
  };
  void Run();
  std::vector<Waiting> Gather();
  void Commit(std::vector<Waiting>& group);
  absl::Status TryCommit(const std::vector<const LogCall*>& calls, std::vector<absl::Status>& outcomes);
  void WaitUntilSettled();

  pg::Database& db_;
  const ModelMetricWriter write_model_metrics_;
  const CommitterOptions options_;
  std::atomic<std::int64_t> unsettled_{0};
  absl::Mutex settled_mutex_;
  absl::CondVar settled_;
  absl::Mutex mutex_;
  std::deque<Waiting> waiting_ ABSL_GUARDED_BY(mutex_);
  std::size_t waiting_bytes_ ABSL_GUARDED_BY(mutex_) = 0;
  int writing_ ABSL_GUARDED_BY(mutex_) = 0;  // transactions under way
  bool is_closed_ ABSL_GUARDED_BY(mutex_) = false;
  std::vector<std::thread> threads_;
};

}  // namespace millwright::tracker
