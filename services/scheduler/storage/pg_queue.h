#pragma once

#include <optional>
#include <string>
#include <vector>

#include "lib/pg/database.h"
#include "scheduler/domain/retry.h"
#include "scheduler/domain/task.h"

namespace millwright::scheduler {

/// The task queue. Every write of a worker is conditioned on its attempt: FailedPrecondition ("… was fenced …") when it is not
/// the current one any more, and nothing is changed. Thread-safe; any number of schedulers may work on one database.
class PgQueue {
 public:
  PgQueue(pg::Database& db, absl::Duration lease) : db_(db), lease_(lease) {}

  /// The oldest runnable task of the workspace whose kind is in `kinds`.
  absl::StatusOr<std::optional<LeasedTask>> Claim(const base::WorkspaceId& workspace, const std::string& worker,
                                                  const std::vector<std::string>& kinds, absl::Time now);
  /// Whether the task was cancelled.
  absl::StatusOr<bool> Renew(const Lease& lease, const std::optional<Progress>& progress, absl::Time now);
  /// An intermediate value of a trial; renews the lease. Whether the task was cancelled.
  absl::StatusOr<bool> Report(const Lease& lease, std::int64_t step, double value, absl::Time now);
  /// Ends the task and makes every move that follows, in one transaction. The same completion again is OK and changes nothing.
  absl::Status Complete(const Lease& lease, const nlohmann::json& outputs, absl::Time now);
  absl::Status Fail(const Lease& lease, const std::string& error, bool is_retryable, absl::Time now);

  /// Puts the task back for the next worker, at once.
  absl::Status Release(const Lease& lease, absl::Time now);

  /// Requeues or ends the tasks whose lease ran out before `now`; how many.
  absl::StatusOr<int> ReapExpired(absl::Time now);
  /// Forgets tasks that ended before `before`.
  absl::Status PruneHistory(absl::Time before);

  absl::Duration lease() const { return lease_; }

 private:
  pg::Database& db_;
  absl::Duration lease_;
};

}  // namespace millwright::scheduler
