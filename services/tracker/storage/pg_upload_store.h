#pragma once

#include "lib/pg/database.h"
#include "tracker/domain/artifact_upload.h"

namespace millwright::tracker {

/// Uploads and grants in tracker.artifact_uploads, artifact_upload_parts and download_grants.
class PgUploadStore : public UploadStore {
 public:
  explicit PgUploadStore(pg::Database& db) : db_(db) {}
  absl::Status Create(const std::string& secret_hash, const ArtifactUpload& upload, absl::Time expires_at) override;
  absl::StatusOr<ArtifactUpload> Find(const std::string& secret_hash, absl::Time now) override;
  absl::Status PutPart(const ArtifactUpload& upload, int number, const Blob& blob, BlobWriter& writer) override;
  absl::StatusOr<std::map<int, Blob>> Parts(const ArtifactUpload& upload) override;
  absl::Status Complete(const ArtifactUpload& upload, const Blob& blob, BlobWriter& writer) override;
  absl::Status Drop(const ArtifactUpload& upload) override;
  absl::Status Grant(const std::string& token_hash, const DownloadGrant& grant, absl::Time expires_at) override;
  absl::StatusOr<DownloadGrant> FindGrant(const std::string& token_hash, absl::Time now) override;

 private:
  pg::Database& db_;
};

}  // namespace millwright::tracker
