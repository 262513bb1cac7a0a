#pragma once

#include <map>
#include <memory>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "lib/base/clock.h"
#include "tracker/domain/artifact_store.h"

namespace millwright::tracker {

/// A file that comes in parts.
struct ArtifactUpload {
  std::int64_t number = 0;  // of its row
  base::WorkspaceId workspace;
  std::string path;  // below the tree's root
  int part_count = 0;
  bool is_completed = false;
};

/// Leave to read one blob until a moment, for whoever has the token.
struct DownloadGrant {
  base::WorkspaceId workspace;
  Blob blob;
  std::string name;  // of the file
};

/// Keeps uploads, their parts, and grants. Secrets come as their SHA-256. What has expired by `now` is NotFound. Thread-safe.
class UploadStore {
 public:
  virtual ~UploadStore() = default;
  virtual absl::Status Create(const std::string& secret_hash, const ArtifactUpload& upload, absl::Time expires_at) = 0;
  virtual absl::StatusOr<ArtifactUpload> Find(const std::string& secret_hash, absl::Time now) = 0;
  /// The part's number may come again: the last one counts. FailedPrecondition once the upload is complete.
  virtual absl::Status PutPart(const ArtifactUpload& upload, int number, const Blob& blob, BlobWriter& writer) = 0;
  virtual absl::StatusOr<std::map<int, Blob>> Parts(const ArtifactUpload& upload) = 0;
  /// Puts the whole at the upload's path and drops the parts. OK when it had been done before.
  virtual absl::Status Complete(const ArtifactUpload& upload, const Blob& blob, BlobWriter& writer) = 0;
  virtual absl::Status Drop(const ArtifactUpload& upload) = 0;

  virtual absl::Status Grant(const std::string& token_hash, const DownloadGrant& grant, absl::Time expires_at) = 0;
  virtual absl::StatusOr<DownloadGrant> FindGrant(const std::string& token_hash, absl::Time now) = 0;
};

/// Uploads in parts, in any order and in parallel, and downloads by token. Thread-safe.
class ArtifactUploads {
 public:
  static constexpr int kMaxParts = 10000;
  static constexpr absl::Duration kUploadLasts = absl::Hours(24);
  static constexpr absl::Duration kGrantLasts = absl::Minutes(15);

  ArtifactUploads(UploadStore& uploads, BlobStore& blobs, const base::Clock& clock)
      : uploads_(uploads), blobs_(blobs), clock_(clock) {}

  /// The upload's id: a secret with which anyone may send parts.
  absl::StatusOr<std::string> Create(const base::WorkspaceId& workspace, const std::string& path, std::int64_t part_count);
  /// NotFound for an id that is none or has expired, InvalidArgument for a number outside the upload's.
  absl::StatusOr<ArtifactUpload> FindForPart(const std::string& upload_id, std::int64_t number);
  absl::Status PutPart(const ArtifactUpload& upload, std::int64_t number, const Blob& blob, BlobWriter& writer);
  /// Joins the parts into one file. `etags` are the digests that PutPart answered, by number, all of them; InvalidArgument when
  /// one is missing or another. NotFound when the upload is not of this workspace and path.
  absl::Status Complete(const base::WorkspaceId& workspace, const std::string& path, const std::string& upload_id,
                        const std::map<std::int64_t, std::string>& etags);
  absl::Status Abort(const base::WorkspaceId& workspace, const std::string& path, const std::string& upload_id);

  /// A token to read the blob with.
  absl::StatusOr<std::string> Grant(const DownloadGrant& grant);
  absl::StatusOr<DownloadGrant> FindGrant(const std::string& token);

 private:
  absl::StatusOr<ArtifactUpload> FindOf(const base::WorkspaceId& workspace, const std::string& path,
                                        const std::string& upload_id);

  UploadStore& uploads_;
  BlobStore& blobs_;
  const base::Clock& clock_;
};

}  // namespace millwright::tracker
