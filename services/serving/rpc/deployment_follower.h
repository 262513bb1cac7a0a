#pragma once

#include <grpcpp/grpcpp.h>

#include <atomic>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <vector>

#include "millwright/registry/v1/registry.grpc.pb.h"
#include "serving/domain/model_loader.h"
#include "serving/rpc/follow_loop.h"

namespace millwright::serving {

/// Tells the loader what the registry deploys, and keeps the last known deployments on disk. The first stream of a process
/// reads all of them; later ones resume by revision. A registry whose revision went back (a restored database) is read anew.
class DeploymentFollower {
 public:
  DeploymentFollower(std::shared_ptr<grpc::Channel> registry, ModelLoader& loader, std::filesystem::path file);

  /// What the disk remembers goes to the loader first; then follows.
  void Start();
  void Stop() { loop_.Stop(); }

  bool is_reachable() const { return loop_.is_reachable(); }
  /// Whether the deployments are known, from the registry or the disk.
  bool is_known() const { return is_known_; }

 private:
  absl::Status Follow(grpc::ClientContext& context, const std::function<void()>& reached);
  void Save();

  const std::unique_ptr<registry::v1::DeploymentService::StubInterface> registry_;
  ModelLoader& loader_;
  const std::filesystem::path file_;
  std::atomic<bool> is_known_{false};
  std::int64_t revision_ = 0;  // seen so far; the loop's thread only
  bool is_synced_ = false;     // all of them were read once
  FollowLoop loop_;
};

}  // namespace millwright::serving
