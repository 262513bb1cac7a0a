#pragma once

#include <memory>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "lib/base/id.h"
#include "tracker/domain/artifact.h"
#include "tracker/domain/dataset.h"
#include "tracker/domain/run_store.h"

namespace millwright::tracker {

/// Bytes on their way into the blob store; dropped unless committed. Not thread-safe.
class BlobWriter {
 public:
  virtual ~BlobWriter() = default;
  /// ResourceExhausted when the disk is full or the blob over the store's limit.
  virtual absl::Status Append(absl::string_view bytes) = 0;
  /// Durable when it returns. InvalidArgument when `expected_sha256` is set and another.
  virtual absl::StatusOr<Blob> Commit(const std::string& expected_sha256) = 0;
};

/// Bytes of one blob in order. Not thread-safe.
class BlobReader {
 public:
  virtual ~BlobReader() = default;
  /// The next bytes, at most `most`; empty at the end.
  virtual absl::StatusOr<std::string> Read(std::size_t most) = 0;
};

/// Content-addressed bytes. Thread-safe.
class BlobStore {
 public:
  virtual ~BlobStore() = default;
  virtual absl::StatusOr<std::unique_ptr<BlobWriter>> Create() = 0;
  virtual absl::StatusOr<std::unique_ptr<BlobReader>> Open(const Blob& blob) = 0;
};

/// Which blobs a workspace holds, and the artifacts of runs that point at them.
class ArtifactStore {
 public:
  virtual ~ArtifactStore() = default;
  virtual absl::Status Hold(const base::WorkspaceId& workspace, const Blob& blob) = 0;
  virtual absl::StatusOr<Blob> GetHeld(const base::WorkspaceId& workspace, const std::string& sha256) = 0;
  /// NotFound for the run or for the blob, whichever the workspace does not have.
  virtual absl::StatusOr<Artifact> Put(const base::WorkspaceId& workspace, const RunId& run, const std::string& path,
                                       const std::string& sha256) = 0;
  /// Those at `path` and below; all when it is empty. At most kMaxListed, else ResourceExhausted.
  virtual absl::StatusOr<std::vector<Artifact>> List(const base::WorkspaceId& workspace, const RunId& run,
                                                     const std::string& path) = 0;

  static constexpr int kMaxListed = 20000;
};

/// Keeps dataset versions.
class DatasetStore {
 public:
  virtual ~DatasetStore() = default;
  /// The version that has the content hash already, when there is one.
  virtual absl::StatusOr<DatasetVersion> CreateVersion(const base::WorkspaceId& workspace, const NewDatasetVersion& facts) = 0;
  virtual absl::StatusOr<DatasetVersion> Get(const base::WorkspaceId& workspace, const DatasetVersionId& id) = 0;
  virtual absl::StatusOr<PageOf<DatasetVersion>> List(const base::WorkspaceId& workspace, const std::optional<std::string>& name,
                                                      const Page& page) = 0;
};

}  // namespace millwright::tracker
