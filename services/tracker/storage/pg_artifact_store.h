#pragma once

#include "lib/pg/database.h"
#include "tracker/domain/artifact_store.h"

namespace millwright::tracker {

/// Blob holders, the tree of files and pins in tracker.blobs, blob_holders, artifact_files and blob_pins.
class PgArtifactStore : public ArtifactStore {
 public:
  explicit PgArtifactStore(pg::Database& db) : db_(db) {}
  absl::Status Hold(const base::WorkspaceId& workspace, const Blob& blob, BlobWriter& writer) override;
  absl::StatusOr<Blob> GetHeld(const base::WorkspaceId& workspace, const std::string& sha256) override;
  absl::StatusOr<std::string> Location(const base::WorkspaceId& workspace, const ArtifactRoot& root) override;
  absl::StatusOr<Artifact> Put(const base::WorkspaceId& workspace, const ArtifactRoot& root, const std::string& path,
                               const std::string& sha256) override;
  absl::StatusOr<Artifact> Put(const base::WorkspaceId& workspace, const ArtifactRoot& root, const std::string& path,
                               const Blob& blob, BlobWriter& writer) override;
  absl::StatusOr<Artifact> Get(const base::WorkspaceId& workspace, const ArtifactRoot& root, const std::string& path) override;
  absl::StatusOr<std::vector<Artifact>> List(const base::WorkspaceId& workspace, const ArtifactRoot& root,
                                             const std::string& path) override;
  absl::StatusOr<std::vector<ArtifactEntry>> ListFolder(const base::WorkspaceId& workspace, const ArtifactRoot& root,
                                                        const std::string& path, const std::optional<ArtifactEntry>& after,
                                                        int limit) override;
  absl::StatusOr<std::int64_t> Delete(const base::WorkspaceId& workspace, const ArtifactRoot& root,
                                      const std::string& path) override;
  absl::Status Pin(const base::WorkspaceId& workspace, const std::string& owner,
                   const std::vector<std::string>& sha256s) override;
  absl::StatusOr<std::vector<Artifact>> PinTree(const base::WorkspaceId& workspace, const std::string& owner,
                                                const ArtifactRoot& root, const std::string& path) override;
  absl::Status Unpin(const base::WorkspaceId& workspace, const std::string& owner) override;

 private:
  pg::Database& db_;
};

/// Makes a path of the tree point at a blob that is there.
absl::Status PutTreeFile(pg::Tx& tx, const base::WorkspaceId& workspace, const std::string& tree_path, const Blob& blob);

}  // namespace millwright::tracker
