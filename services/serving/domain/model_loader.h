#pragma once

#include <functional>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <thread>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/synchronization/mutex.h"
#include "absl/time/time.h"
#include "lib/base/clock.h"
#include "serving/domain/bundle_source.h"
#include "serving/domain/model_catalog.h"

namespace millwright::serving {

/// Brings the catalog to what deployments want. Loads on one low-priority thread that never serves: fetch, load (which checks
/// hashes and golden rows), warm up, publish. A failed load leaves the old version; it is tried again with backoff when the
/// cause may pass. The version before stays in memory, so a rollback is a swap. Old bundles are destroyed on this thread.
/// Thread-safe.
class ModelLoader {
 public:
  /// Hears how each load ended, on the loader's thread.
  using OnLoad = std::function<void(const Deployment&, const absl::Status&)>;

  ModelLoader(ModelCatalog& catalog, BundleSource& source, const base::Clock& clock = base::SystemClock(), OnLoad on_load = {});
  ~ModelLoader();

  void Start();
  void Stop();

  /// New states of deployments, in any order; one older than what is known is ignored. What is in memory answers at once.
  void Want(const std::vector<Deployment>& deployments);
  /// All the deployments there are, whatever was known before: others are forgotten.
  void Replace(const std::vector<Deployment>& deployments);
  /// The deployments that are wanted now.
  std::vector<Deployment> Wanted() const;

  /// Loads at most one version; false when there was nothing to do now. Called by the thread, and by tests.
  bool RunOnce();
  /// Whether no model waits for its first load.
  bool IsSettled() const;

 private:
  struct Slot {
    Deployment wanted;
    LoadState state = LoadState::kLoading;
    std::string reason;
    int attempts = 0;
    absl::Time next_try = absl::InfinitePast();
    std::shared_ptr<const ServedVersion> current;
    std::shared_ptr<const ServedVersion> previous;
    std::map<int, std::shared_ptr<VersionStats>> stats;
  };

  void Loop();
  void Apply(const Deployment& deployment) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  absl::StatusOr<learn::Bundle> Load(const Deployment& deployment);
  bool TakeResident(Slot& slot) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  void Install(Slot& slot, std::shared_ptr<const ServedVersion> served) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  void Fail(Slot& slot, const absl::Status& status) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  void Retire(std::shared_ptr<const ServedVersion> served) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  std::shared_ptr<VersionStats> StatsOf(Slot& slot, int version) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  void Publish() ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  void FreeRetired();

  ModelCatalog& catalog_;
  BundleSource& source_;
  const base::Clock& clock_;
  const OnLoad on_load_;
  mutable absl::Mutex mutex_;
  std::map<ModelKey, Slot> slots_ ABSL_GUARDED_BY(mutex_);
  std::vector<std::shared_ptr<const ServedVersion>> retired_ ABSL_GUARDED_BY(mutex_);
  bool has_work_ ABSL_GUARDED_BY(mutex_) = false;
  bool is_stopping_ ABSL_GUARDED_BY(mutex_) = false;
  std::thread thread_;
};

/// Whether loading again later may succeed.
bool MayPass(const absl::Status& status);

}  // namespace millwright::serving
