#pragma once

#include <functional>
#include <map>
#include <string>
#include <thread>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/status/status.h"
#include "absl/synchronization/mutex.h"
#include "absl/time/time.h"
#include "cli/supervisor/plan.h"
#include "cli/supervisor/state_file.h"

namespace millwright::cli {

/// How patient the supervisor is.
struct Patience {
  absl::Duration first_backoff = absl::Milliseconds(200);
  absl::Duration longest_backoff = absl::Seconds(5);
  absl::Duration settled = absl::Seconds(30);  // a process up this long starts again at the first backoff
  absl::Duration drain = absl::Seconds(15);    // between the stop signal and SIGKILL
  absl::Duration check = absl::Seconds(1);     // between health checks once everything is ready
};

/// Runs the services of a plan: starts them, takes over those that an earlier supervisor left running, starts again what
/// ends, checks their health. When the supervisor itself is killed its services go on. Thread-safe.
class Supervisor {
 public:
  /// `taken_over`: what runs already, by name.
  Supervisor(Home home, SystemState state, std::vector<ServiceSpec> plan, std::map<std::string, ProcessId> taken_over,
             Patience patience = {});
  ~Supervisor();

  void Start();
  /// Stops every service, wave after wave, and waits until they have ended. The second call returns at once.
  void Stop();

  SystemState State() const;
  /// OK when every service is ready. Unavailable, with the end of its log, as soon as one keeps ending, or after `timeout`.
  /// `on_ready` hears of each service once.
  absl::Status AwaitReady(absl::Duration timeout, const std::function<void(const ServiceRecord&)>& on_ready) const;

 private:
  struct Managed {
    ServiceSpec spec;
    ServiceRecord record;
    int pid_fd = -1;
    bool is_child = false;  // else taken over: its exit status is not ours to know
    bool was_ready = false;
    int failures = 0;  // ends in a row without settling
    int missed_checks = 0;
    absl::Time next_start = absl::InfinitePast();
  };

  void Run();
  void CheckHealth();
  bool MayStart(const Managed& managed) const ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  void StartOne(Managed& managed) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  void NoteEnd(Managed& managed) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  bool HasEnded(const Managed& managed) const;
  void Save() ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  void StopWave(int wave);
  void Wake() const;

  const Home home_;
  const Patience patience_;
  mutable absl::Mutex mutex_;
  SystemState state_ ABSL_GUARDED_BY(mutex_);  // without `services`: those are in managed_
  std::vector<Managed> managed_ ABSL_GUARDED_BY(mutex_);
  bool is_stopping_ ABSL_GUARDED_BY(mutex_) = false;
  bool is_done_ ABSL_GUARDED_BY(mutex_) = false;
  int wake_fd_ = -1;
  std::thread runner_;
  std::thread checker_;
};

}  // namespace millwright::cli
