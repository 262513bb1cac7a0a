#pragma once

#include <string>
#include <thread>

#include "absl/status/status.h"
#include "absl/synchronization/mutex.h"
#include "absl/time/time.h"
#include "millwright/scheduler/v1/scheduler.grpc.pb.h"
#include "nlohmann/json.hpp"
#include "trainer-worker/platform.h"

namespace millwright::trainer {

/// What is reported of a failure: bounded, and UTF-8 whatever was cut or quoted on the way, as the queue takes nothing else.
std::string FailureText(const std::string& error);

/// A leased task: renews by itself on a thread of its own while it lives. Thread-safe.
class Lease {
 public:
  Lease(Platform& platform, const scheduler::v1::Task& task);
  ~Lease();
  Lease(const Lease&) = delete;
  Lease& operator=(const Lease&) = delete;

  /// OK while the task is this worker's. Renews first when the last renewal is old (the process may have been paused), so an
  /// OK means that the scheduler agreed less than half a lease ago. Cancelled or FailedPrecondition when the task is gone;
  /// stays so.
  absl::Status EnsureHeld();
  /// The worker is shutting down: the task stops at its next look at the lease, to be given back.
  void Interrupt();
  bool IsInterrupted();

  /// What the next renewal tells; cheap, may be called often.
  void SetProgress(std::int64_t done, std::int64_t total, const std::string& unit, const std::string& message);
  /// An intermediate value of a trial, told now.
  absl::Status Report(std::int64_t step, double value);

  absl::Status Complete(const nlohmann::json& outputs);
  absl::Status Fail(const std::string& error, bool is_retryable);
  /// Gives the task back, for the next worker.
  absl::Status Release();

 private:
  void KeepRenewing();
  absl::Status Renew();
  // Remembers what an answer said about the lease.
  absl::Status Learn(const absl::Status& status, bool is_cancelled);

  Platform& platform_;
  const std::string task_id_;
  const int attempt_;
  const absl::Duration duration_;
  absl::Mutex mutex_;
  scheduler::v1::Progress progress_ ABSL_GUARDED_BY(mutex_);
  bool progress_changed_ ABSL_GUARDED_BY(mutex_) = false;
  bool is_over_ ABSL_GUARDED_BY(mutex_) = false;
  bool is_interrupted_ ABSL_GUARDED_BY(mutex_) = false;
  absl::Status lost_ ABSL_GUARDED_BY(mutex_);
  absl::Time renewed_at_ ABSL_GUARDED_BY(mutex_);
  std::thread renewer_;
};

}  // namespace millwright::trainer
