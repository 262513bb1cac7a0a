#pragma once

#include "lib/pg/database.h"
#include "tracker/domain/artifact_store.h"

namespace millwright::tracker {

/// Blob holders and artifacts in tracker.blobs, blob_holders and artifacts.
class PgArtifactStore : public ArtifactStore {
 public:
  explicit PgArtifactStore(pg::Database& db) : db_(db) {}
  absl::Status Hold(const base::WorkspaceId& workspace, const Blob& blob) override;
  absl::StatusOr<Blob> GetHeld(const base::WorkspaceId& workspace, const std::string& sha256) override;
  absl::StatusOr<Artifact> Put(const base::WorkspaceId& workspace, const RunId& run, const std::string& path,
                               const std::string& sha256) override;
  absl::StatusOr<std::vector<Artifact>> List(const base::WorkspaceId& workspace, const RunId& run,
                                             const std::string& path) override;

 private:
  pg::Database& db_;
};

/// A blob of the workspace that stays until the transaction ends; NotFound.
absl::StatusOr<Blob> KeepHeldBlob(pg::Tx& tx, const base::WorkspaceId& workspace, const std::string& sha256);

}  // namespace millwright::tracker
