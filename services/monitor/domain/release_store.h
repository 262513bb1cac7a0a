#pragma once

#include <vector>

#include "absl/status/statusor.h"
#include "monitor/domain/release.h"

namespace millwright::monitor {

/// The verdicts, one row a release. Every mutation is one transaction.
class ReleaseStore {
 public:
  virtual ~ReleaseStore() = default;
  /// Begins to watch what was deployed, counting what is logged of it already, and ends the watch of what it replaced. A
  /// deployment that is known changes nothing. True when a rollback is wanted at once.
  virtual absl::StatusOr<bool> Follow(const Deployed& deployed) = 0;
  /// Releases to ask the registry about now: decided ones, and those whose rollback failed and that stayed bad. At most 100.
  virtual absl::StatusOr<std::vector<Release>> WantedRollbacks(absl::Time now) = 0;
  /// Ends an attempt. A kRollbackFailed release is wanted again from `next_attempt` on, if it stays bad.
  virtual absl::Status Conclude(const Release& release, absl::Time next_attempt) = 0;
  /// Passes watched releases whose first request is older than `first_before`.
  virtual absl::Status PassQuiet(absl::Time first_before, absl::Time now) = 0;
};

}  // namespace millwright::monitor
