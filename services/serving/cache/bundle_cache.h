#pragma once

#include <filesystem>
#include <functional>
#include <set>
#include <string>

#include "absl/base/thread_annotations.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/synchronization/mutex.h"
#include "serving/domain/bundle_source.h"

namespace millwright::serving {

/// Where the bytes of a bundle's files are: the tracker.
class BlobReader {
 public:
  virtual ~BlobReader() = default;
  /// Hands the blob's bytes to `sink` in order; ends with the sink's error if it has one.
  virtual absl::Status Read(const base::WorkspaceId& workspace, const std::string& sha256,
                            const std::function<absl::Status(absl::string_view)>& sink) = 0;
};

/// Bundles on the local disk, one folder per BundleId: complete and durable once it has its name. Bounded by count: the ones
/// longest unused go first, never those that must be kept. Used by one loader thread; Keep from any.
class BundleCache : public BundleSource {
 public:
  /// Makes the folder, and removes what an interrupted download left.
  static absl::Status Prepare(const std::filesystem::path& root);

  BundleCache(std::filesystem::path root, BlobReader& blobs, std::size_t max_bundles, std::uint64_t max_bundle_bytes)
      : root_(std::move(root)), blobs_(blobs), max_bundles_(max_bundles), max_bundle_bytes_(max_bundle_bytes) {}

  absl::StatusOr<std::filesystem::path> Fetch(const base::WorkspaceId& workspace, const Arm& arm) override;
  void Keep(const std::set<std::string>& bundle_ids) override;

 private:
  absl::Status Download(const base::WorkspaceId& workspace, const Arm& arm, const std::filesystem::path& target);
  void Prune();

  const std::filesystem::path root_;
  BlobReader& blobs_;
  const std::size_t max_bundles_;
  const std::uint64_t max_bundle_bytes_;
  absl::Mutex mutex_;
  std::set<std::string> kept_ ABSL_GUARDED_BY(mutex_);
};

}  // namespace millwright::serving
