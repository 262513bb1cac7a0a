#pragma once

#include <grpcpp/grpcpp.h>

#include <functional>
#include <memory>
#include <thread>

#include "absl/base/thread_annotations.h"
#include "absl/synchronization/mutex.h"
#include "millwright/registry/v1/registry.grpc.pb.h"
#include "monitor/domain/release_store.h"

namespace millwright::monitor {

/// Follows the registry's deployments on a thread of its own, from the first at the start and from the last seen after a break,
/// and tells the store of each. `wake` is called when a rollback is wanted at once.
class DeploymentWatch {
 public:
  DeploymentWatch(std::shared_ptr<grpc::Channel> channel, ReleaseStore& releases, std::function<void()> wake);
  ~DeploymentWatch();
  DeploymentWatch(const DeploymentWatch&) = delete;
  DeploymentWatch& operator=(const DeploymentWatch&) = delete;

 private:
  void Loop();
  absl::Status FollowOnce();
  absl::Status Take(const registry::v1::WatchDeploymentsResponse& message);
  bool IsStopped();

  std::unique_ptr<registry::v1::DeploymentService::Stub> stub_;
  ReleaseStore& releases_;
  std::function<void()> wake_;
  std::int64_t seen_ = 0;
  absl::Mutex mutex_;
  bool is_stopped_ ABSL_GUARDED_BY(mutex_) = false;
  grpc::ClientContext* current_ ABSL_GUARDED_BY(mutex_) = nullptr;
  std::thread thread_;
};

}  // namespace millwright::monitor
