#pragma once

#include <atomic>
#include <deque>
#include <future>
#include <memory>
#include <thread>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/synchronization/mutex.h"
#include "lib/pg/database.h"
#include "tracker/storage/log_write.h"

namespace millwright::tracker {

/// Bounds of group commit.
struct CommitterOptions {
  int threads = 2;                                // each with its own share of the runs
  std::size_t max_group_calls = 512;              // in one transaction
  std::size_t max_group_bytes = 2 << 20;          // of packed points in one transaction
  std::size_t max_waiting_calls = 20'000;         // then ResourceExhausted
  std::size_t max_waiting_bytes = 64 << 20;       // of packed points
  std::int64_t max_unsettled_points = 3'000'000;  // then commits wait until settling has caught up
};

/// Group commit: what arrives while one transaction is under way goes into the next one. The order of the calls of one run is
/// kept. A group that fails as a whole is written call by call, so one bad call never fails another. Thread-safe.
class LogCommitter {
 public:
  LogCommitter(pg::Database& db, ModelMetricWriter write_model_metrics, const CommitterOptions& options = {});
  /// Writes what waits, then ends.
  ~LogCommitter();
  LogCommitter(const LogCommitter&) = delete;
  LogCommitter& operator=(const LogCommitter&) = delete;

  std::future<absl::Status> Submit(LogCall call);

  /// Points acknowledged since the last NoteSettled.
  std::int64_t unsettled_points() const { return unsettled_.load(); }
  void NoteSettled(std::int64_t points);

 private:
  struct Waiting {
    LogCall call;
    std::promise<absl::Status> done;
  };
  struct Lane {
    absl::Mutex mutex;
    std::deque<Waiting> calls ABSL_GUARDED_BY(mutex);
    std::size_t bytes ABSL_GUARDED_BY(mutex) = 0;
    bool is_closed ABSL_GUARDED_BY(mutex) = false;
    std::thread thread;
  };

  void Run(Lane& lane);
  std::vector<Waiting> Gather(Lane& lane);
  void Commit(std::vector<Waiting>& group);
  absl::Status TryCommit(const std::vector<const LogCall*>& calls, std::vector<absl::Status>& outcomes);
  void WaitUntilSettled();

  pg::Database& db_;
  const ModelMetricWriter write_model_metrics_;
  const CommitterOptions options_;
  std::atomic<std::int64_t> unsettled_{0};
  absl::Mutex settled_mutex_;
  absl::CondVar settled_;
  std::vector<std::unique_ptr<Lane>> lanes_;
};

}  // namespace millwright::tracker
