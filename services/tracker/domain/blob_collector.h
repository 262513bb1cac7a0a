#pragma once

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "lib/base/clock.h"
#include "tracker/domain/artifact_store.h"

namespace millwright::tracker {

/// The rows that the collector works on. Thread-safe.
class IdleBlobs {
 public:
  virtual ~IdleBlobs() = default;
  /// Drops uploads and grants that have expired.
  virtual absl::Status DropExpired(absl::Time now) = 0;
  /// Notes which blobs nothing points at as of now, and forgets it of those that something points at again.
  virtual absl::Status Mark(absl::Time now) = 0;
  /// Up to `limit` blobs that have been idle since before `until`.
  virtual absl::StatusOr<std::vector<std::string>> Idle(absl::Time until, int limit) = 0;
  /// Forgets the blob, unless something points at it after all (false). Its bytes may be removed after this only.
  virtual absl::StatusOr<bool> Forget(const std::string& sha256, absl::Time until) = 0;
  /// Runs `remove` while nobody can publish the blob, unless it is known (false).
  virtual absl::StatusOr<bool> RemoveUnknown(const std::string& sha256, const std::function<absl::Status()>& remove) = 0;
  /// Of these digests those that are not known.
  virtual absl::StatusOr<std::vector<std::string>> Unknown(const std::vector<std::string>& sha256s) = 0;
};

/// Takes blobs away that nothing has pointed at for longer than the grace, and bytes that were left by processes that died.
///
/// A crash at any moment is safe: the row goes first, so it leaves at worst bytes without a row, which the next pass removes.
class BlobCollector {
 public:
  BlobCollector(IdleBlobs& idle, BlobStore& blobs, const base::Clock& clock, absl::Duration grace)
      : idle_(idle), blobs_(blobs), clock_(clock), grace_(grace) {}

  /// One pass; how many blobs went.
  absl::StatusOr<int> Collect();

 private:
  absl::StatusOr<int> CollectIdle(absl::Time until);
  absl::StatusOr<int> CollectUnknown(absl::Time until);

  IdleBlobs& idle_;
  BlobStore& blobs_;
  const base::Clock& clock_;
  const absl::Duration grace_;
};

}  // namespace millwright::tracker
