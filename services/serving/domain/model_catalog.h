#pragma once

#include <atomic>
#include <cstdint>
#include <map>
#include <memory>
#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "serving/domain/served_version.h"

namespace millwright::serving {

enum class LoadState { kLoading, kReady, kFailed };

/// What there is of one deployed model.
struct CatalogEntry {
  std::shared_ptr<const ServedVersion> served;  // answers now; null: none
  int wanted_version = 0;                       // 0: nothing is in Production
  std::int64_t revision = 0;
  LoadState state = LoadState::kLoading;               // of the wanted version
  std::string reason;                                  // why it failed, or what the next attempt waits for
  std::map<int, std::shared_ptr<VersionStats>> stats;  // per version that ever answered
};

/// The models that answer, as an immutable snapshot that is swapped by one atomic pointer: a request reads it once and keeps
/// its version to the end. Thread-safe.
class ModelCatalog {
 public:
  using Snapshot = std::map<ModelKey, CatalogEntry>;

  ModelCatalog() : snapshot_(std::make_shared<const Snapshot>()) {}

  std::shared_ptr<const Snapshot> snapshot() const { return snapshot_.load(std::memory_order_acquire); }
  void Publish(Snapshot snapshot) {
    snapshot_.store(std::make_shared<const Snapshot>(std::move(snapshot)), std::memory_order_release);
  }

  /// The version that answers for a model now. `version`, when not empty, must be that one. NotFound for an unknown model or
  /// another version, Unavailable while the first version is loading or after it failed; the message says which.
  absl::StatusOr<std::shared_ptr<const ServedVersion>> Find(const ModelKey& key, absl::string_view version = "") const;

 private:
  std::atomic<std::shared_ptr<const Snapshot>> snapshot_;
};

}  // namespace millwright::serving
