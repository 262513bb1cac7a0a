#pragma once

#include <vector>

#include "lib/pg/database.h"
#include "monitor/domain/release_store.h"

namespace millwright::monitor {

/// ReleaseStore over the schema `monitor`. Thread-safe.
class PgReleaseStore : public ReleaseStore {
 public:
  PgReleaseStore(pg::Database& db, GuardOptions guard) : db_(db), guard_(guard) {}

  absl::StatusOr<bool> Follow(const Deployed& deployed) override;
  absl::StatusOr<std::vector<Release>> WantedRollbacks(absl::Time now) override;
  absl::Status Conclude(const Release& release, absl::Time next_attempt) override;
  absl::Status PassQuiet(absl::Time first_before, absl::Time now) override;

 private:
  pg::Database& db_;
  GuardOptions guard_;
};

}  // namespace millwright::monitor
