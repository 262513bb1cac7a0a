#include "serving/rpc/deployment_follower.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "lib/rpc/log.h"
#include "lib/rpc/status.h"
#include "serving/cache/deployment_file.h"
#include "serving/rpc/convert.h"

namespace millwright::serving {

DeploymentFollower::DeploymentFollower(std::shared_ptr<grpc::Channel> registry, ModelLoader& loader, std::filesystem::path file)
    : registry_(registry::v1::DeploymentService::NewStub(registry)),
      loader_(loader),
      file_(std::move(file)),
      loop_([this](grpc::ClientContext& context, const std::function<void()>& reached) { return Follow(context, reached); }) {}

void DeploymentFollower::Start() {
  const absl::StatusOr<KnownDeployments> known = LoadDeployments(file_);
  if (known.ok()) {
    loader_.Replace(known->deployments);
    is_known_ = true;
  } else if (known.status().code() != absl::StatusCode::kNotFound) {
    rpc::LogWarning("the remembered deployments are unreadable; waiting for the registry",
                    {{"error", std::string(known.status().message())}});
  }
  loop_.Start();
}

absl::Status DeploymentFollower::Follow(grpc::ClientContext& context, const std::function<void()>& reached) {
  registry::v1::WatchDeploymentsRequest request;
  if (is_synced_) request.set_after_revision(revision_);
  const auto stream = registry_->WatchDeployments(&context, request);
  std::vector<Deployment> all;  // until caught up for the first time
  registry::v1::WatchDeploymentsResponse message;
  while (stream->Read(&message)) {
    reached();
    std::vector<Deployment> changed;
    for (const registry::v1::Deployment& deployment : message.deployments()) changed.push_back(FromProto(deployment));
    const bool is_caught_up = changed.empty();
    if (is_synced_ && message.revision() < revision_) {
      rpc::LogWarning("the registry's revision went back; reading all deployments again",
                      {{"had", revision_}, {"has", message.revision()}});
      is_synced_ = false;
      context.TryCancel();
      break;
    }
    if (!is_synced_ && !is_caught_up) {
      all.insert(all.end(), changed.begin(), changed.end());
    } else if (!is_synced_) {
      loader_.Replace(all);
      is_synced_ = true;
      is_known_ = true;
      revision_ = message.revision();
      Save();
    } else if (!is_caught_up) {
      loader_.Want(changed);
      revision_ = std::max(revision_, message.revision());
      for (const Deployment& deployment : changed) revision_ = std::max(revision_, deployment.revision);
      Save();
    }
  }
  return rpc::FromGrpc(stream->Finish());
}

void DeploymentFollower::Save() {
  const absl::Status status = SaveDeployments(file_, {.revision = revision_, .deployments = loader_.Wanted()});
  if (!status.ok()) rpc::LogWarning("cannot remember the deployments", {{"error", std::string(status.message())}});
}

}  // namespace millwright::serving
