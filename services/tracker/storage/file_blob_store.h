#pragma once

#include <filesystem>

#include "tracker/domain/artifact_store.h"

namespace millwright::tracker {

struct FileBlobOptions {
  std::filesystem::path folder;                           // made when it is missing, mode 0700
  std::uint64_t max_bytes = std::uint64_t{20} << 30;      // of one blob
  std::uint64_t reserve_bytes = std::uint64_t{64} << 20;  // left free on the disk, which the database may share
};

/// Blobs as files `ab/cd/abcd…` named by their content. A writer's bytes are a temporary file until they are sealed
/// (flushed, checked) and published (renamed), so a crash at any moment leaves whole blobs only.
class FileBlobStore : public BlobStore {
 public:
  static absl::StatusOr<std::unique_ptr<FileBlobStore>> Create(FileBlobOptions options);

  absl::StatusOr<std::unique_ptr<BlobWriter>> Create() override;
  /// DataLoss when the file is gone or has another size.
  absl::StatusOr<std::unique_ptr<BlobReader>> Open(const Blob& blob, std::uint64_t offset = 0) override;
  absl::Status Remove(const std::string& sha256) override;
  absl::Status Sweep(absl::Time until, const std::function<absl::Status(const std::vector<std::string>&)>& each) override;

 private:
  explicit FileBlobStore(FileBlobOptions options) : options_(std::move(options)) {}
  FileBlobOptions options_;
};

}  // namespace millwright::tracker
