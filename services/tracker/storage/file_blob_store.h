#pragma once

#include <filesystem>

#include "tracker/domain/artifact_store.h"

namespace millwright::tracker {

struct FileBlobOptions {
  std::filesystem::path folder;                           // made when it is missing, mode 0700
  std::uint64_t max_bytes = std::uint64_t{20} << 30;      // of one blob
  std::uint64_t reserve_bytes = std::uint64_t{64} << 20;  // left free on the disk, which the database may share
};

/// Blobs as files `ab/cd/abcd…` named by their content. A writer's bytes are a temporary file until Commit has flushed,
/// checked and renamed it, so a crash at any moment leaves whole blobs only.
class FileBlobStore : public BlobStore {
 public:
  /// Also removes temporary files of writers that died more than a day ago.
  static absl::StatusOr<std::unique_ptr<FileBlobStore>> Create(FileBlobOptions options);

  absl::StatusOr<std::unique_ptr<BlobWriter>> Create() override;
  /// DataLoss when the file is gone or has another size.
  absl::StatusOr<std::unique_ptr<BlobReader>> Open(const Blob& blob) override;

 private:
  explicit FileBlobStore(FileBlobOptions options) : options_(std::move(options)) {}
  FileBlobOptions options_;
};

}  // namespace millwright::tracker
