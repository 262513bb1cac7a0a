#pragma once

#include "lib/pg/database.h"
#include "tracker/domain/blob_collector.h"

namespace millwright::tracker {

/// The collector's view of tracker.blobs and all that points at them.
class PgIdleBlobs : public IdleBlobs {
 public:
  explicit PgIdleBlobs(pg::Database& db) : db_(db) {}
  absl::Status DropExpired(absl::Time now) override;
  absl::Status Mark(absl::Time now) override;
  absl::StatusOr<std::vector<std::string>> Idle(absl::Time until, int limit) override;
  absl::StatusOr<bool> Forget(const std::string& sha256, absl::Time until) override;
  absl::StatusOr<bool> RemoveUnknown(const std::string& sha256, const std::function<absl::Status()>& remove) override;
  absl::StatusOr<std::vector<std::string>> Unknown(const std::vector<std::string>& sha256s) override;

 private:
  pg::Database& db_;
};

}  // namespace millwright::tracker
