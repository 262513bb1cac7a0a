#pragma once

#include <cstdint>

#include "absl/base/thread_annotations.h"
#include "absl/status/status.h"
#include "absl/synchronization/mutex.h"
#include "absl/time/time.h"
#include "model-registry/domain/release_store.h"

namespace millwright::registry {

/// Tells any number of watchers that deployments changed, from one listener: Refresh asks the store once for all of them.
/// Thread-safe.
class DeploymentFeed {
 public:
  explicit DeploymentFeed(ReleaseStore& releases) : releases_(releases) {}

  /// After a notification and on each poll.
  void Refresh();
  /// Waits until the newest known revision is not `seen`, at most `timeout`; false when the time ran out.
  bool AwaitChange(std::int64_t seen, absl::Duration timeout);
  /// Lets every watcher go.
  void Stop();
  bool is_stopped() const;

  /// ResourceExhausted when as many watch as may; Leave after an OK.
  absl::Status Enter();
  void Leave();

 private:
  ReleaseStore& releases_;
  mutable absl::Mutex mutex_;
  std::int64_t revision_ ABSL_GUARDED_BY(mutex_) = 0;
  int watchers_ ABSL_GUARDED_BY(mutex_) = 0;
  bool is_stopped_ ABSL_GUARDED_BY(mutex_) = false;
};

}  // namespace millwright::registry
