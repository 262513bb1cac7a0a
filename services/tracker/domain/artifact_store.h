#pragma once

#include <functional>
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

/// Bytes on their way into the blob store; dropped unless published. Not thread-safe.
class BlobWriter {
 public:
  virtual ~BlobWriter() = default;
  /// ResourceExhausted when the disk is full or the blob over the store's limit.
  virtual absl::Status Append(absl::string_view bytes) = 0;
  /// No more bytes: on disk when it returns, under no name yet. InvalidArgument when `expected_sha256` is set and another.
  virtual absl::StatusOr<Blob> Seal(const std::string& expected_sha256) = 0;
  /// After Seal: durable under its name when it returns. May be called again.
  virtual absl::Status Publish() = 0;
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
  /// From the byte `offset` on, which is at most the blob's size.
  virtual absl::StatusOr<std::unique_ptr<BlobReader>> Open(const Blob& blob, std::uint64_t offset = 0) = 0;
  /// OK too when there is none.
  virtual absl::Status Remove(const std::string& sha256) = 0;
  /// Calls `each` with some digests at a time, of all blobs that were last written before `until`. Bytes that died on their way
  /// in before then are removed.
  virtual absl::Status Sweep(absl::Time until, const std::function<absl::Status(const std::vector<std::string>&)>& each) = 0;
};

/// Which blobs a workspace holds, and its tree of files that point at them. Thread-safe.
///
/// Where a blob comes with its writer, the writer publishes it inside the transaction that makes the row, under the blob's lock:
/// so whoever collects blobs sees both or neither.
class ArtifactStore {
 public:
  virtual ~ArtifactStore() = default;
  /// The workspace may read the blob from now on. `writer` has sealed it.
  virtual absl::Status Hold(const base::WorkspaceId& workspace, const Blob& blob, BlobWriter& writer) = 0;
  virtual absl::StatusOr<Blob> GetHeld(const base::WorkspaceId& workspace, const std::string& sha256) = 0;

  /// The URI of the root, such as "mlflow-artifacts:/0/<run>/artifacts"; NotFound for a run or model that the workspace lacks.
  virtual absl::StatusOr<std::string> Location(const base::WorkspaceId& workspace, const ArtifactRoot& root) = 0;
  /// Makes the path point at a blob that the workspace holds, or that `writer` has sealed; overwrites. NotFound for the run,
  /// model or blob, whichever the workspace does not have.
  virtual absl::StatusOr<Artifact> Put(const base::WorkspaceId& workspace, const ArtifactRoot& root, const std::string& path,
                                       const std::string& sha256) = 0;
  virtual absl::StatusOr<Artifact> Put(const base::WorkspaceId& workspace, const ArtifactRoot& root, const std::string& path,
                                       const Blob& blob, BlobWriter& writer) = 0;
  /// NotFound `No such artifact: '<path>'`; InvalidArgument when it is a folder.
  virtual absl::StatusOr<Artifact> Get(const base::WorkspaceId& workspace, const ArtifactRoot& root, const std::string& path) = 0;
  /// The files at `path` and below; all when it is empty. At most kMaxListed, else ResourceExhausted.
  virtual absl::StatusOr<std::vector<Artifact>> List(const base::WorkspaceId& workspace, const ArtifactRoot& root,
                                                     const std::string& path) = 0;
  /// One level below the folder `path` by name, after `after` when it is set; at most `limit`. Empty for what is no folder.
  virtual absl::StatusOr<std::vector<ArtifactEntry>> ListFolder(const base::WorkspaceId& workspace, const ArtifactRoot& root,
                                                                const std::string& path,
                                                                const std::optional<ArtifactEntry>& after, int limit) = 0;
  /// The file `path` and all below it; how many there were. An empty path is the whole root.
  virtual absl::StatusOr<std::int64_t> Delete(const base::WorkspaceId& workspace, const ArtifactRoot& root,
                                              const std::string& path) = 0;

  /// Keeps blobs that the workspace holds, beyond whatever points at them, until the owner lets go: see Unpin. NotFound, and none
  /// is pinned, when it does not hold one of them. The same again changes nothing.
  virtual absl::Status Pin(const base::WorkspaceId& workspace, const std::string& owner,
                           const std::vector<std::string>& sha256s) = 0;
  /// Lists and pins in one: the files that are at `path` and below at this moment.
  virtual absl::StatusOr<std::vector<Artifact>> PinTree(const base::WorkspaceId& workspace, const std::string& owner,
                                                        const ArtifactRoot& root, const std::string& path) = 0;
  virtual absl::Status Unpin(const base::WorkspaceId& workspace, const std::string& owner) = 0;

  static constexpr int kMaxListed = 20000;
};

/// Keeps dataset versions.
class DatasetStore {
 public:
  virtual ~DatasetStore() = default;
  /// The version that has the content hash already, when there is one.
  virtual absl::StatusOr<DatasetVersion> CreateVersion(const base::WorkspaceId& workspace, const NewDatasetVersion& facts) = 0;
  virtual absl::StatusOr<DatasetVersion> Get(const base::WorkspaceId& workspace, const DatasetVersionId& id) = 0;
  /// The version before this one in its dataset; NotFound for a first version.
  virtual absl::StatusOr<DatasetVersion> GetPrevious(const base::WorkspaceId& workspace, const DatasetVersion& version) = 0;
  /// Without statistics and validation.
  virtual absl::StatusOr<PageOf<DatasetVersion>> List(const base::WorkspaceId& workspace, const std::optional<std::string>& name,
                                                      const Page& page) = 0;
  virtual absl::StatusOr<PageOf<Dataset>> ListDatasets(const base::WorkspaceId& workspace, const Page& page) = 0;
};

}  // namespace millwright::tracker
