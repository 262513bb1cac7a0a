#pragma once

#include <thread>

#include "absl/synchronization/mutex.h"
#include "lib/base/clock.h"
#include "scheduler/storage/pg_queue.h"
#include "scheduler/storage/pg_schedules.h"

namespace millwright::scheduler {

/// What time brings about, each second on a thread of its own: due schedules fire, expired leases go back to the queue, old
/// history goes. Any number of schedulers may do this at once; none of it needs a leader.
class Chores {
 public:
  Chores(PgQueue& queue, PgSchedules& schedules, absl::Duration history, const base::Clock& clock);
  ~Chores() { Stop(); }

  void Start();
  void Stop();

 private:
  void Run();
  /// One round; Unavailable while the database is away.
  absl::Status Round();

  PgQueue& queue_;
  PgSchedules& schedules_;
  const absl::Duration history_;
  const base::Clock& clock_;
  absl::Time reap_from_;  // workers that could not reach us while we were away get half a lease to renew
  absl::Time prune_at_;
  absl::Mutex mutex_;
  bool is_stopped_ ABSL_GUARDED_BY(mutex_) = false;
  std::thread thread_;
};

}  // namespace millwright::scheduler
