#pragma once

#include "absl/time/time.h"
#include "millwright/registry/v1/registry.grpc.pb.h"
#include "model-registry/domain/release_store.h"
#include "model-registry/rpc/convert.h"
#include "model-registry/rpc/deployment_feed.h"

namespace millwright::registry {

/// registry.v1.DeploymentService: what serving follows.
class DeploymentService final : public pb::DeploymentService::Service {
 public:
  DeploymentService(ReleaseStore& releases, DeploymentFeed& feed, absl::Duration heartbeat = absl::Seconds(5))
      : releases_(releases), feed_(feed), heartbeat_(heartbeat) {}

  grpc::Status GetDeployment(grpc::ServerContext* context, const pb::GetDeploymentRequest* request,
                             pb::Deployment* reply) override;
  grpc::Status ListDeployments(grpc::ServerContext* context, const pb::ListDeploymentsRequest* request,
                               pb::ListDeploymentsResponse* reply) override;
  /// A watcher whose revision is above the newest (the database was restored from an older backup) gets everything again.
  grpc::Status WatchDeployments(grpc::ServerContext* context, const pb::WatchDeploymentsRequest* request,
                                grpc::ServerWriter<pb::WatchDeploymentsResponse>* writer) override;

 private:
  absl::Status Follow(grpc::ServerContext& context, std::int64_t after, grpc::ServerWriter<pb::WatchDeploymentsResponse>& writer);
  ReleaseStore& releases_;
  DeploymentFeed& feed_;
  absl::Duration heartbeat_;
};

}  // namespace millwright::registry
