#include "monitor/rpc/deployment_watch.h"

#include "lib/base/status_macros.h"
#include "lib/rpc/client.h"
#include "lib/rpc/convert.h"
#include "lib/rpc/log.h"
#include "lib/rpc/status.h"

namespace millwright::monitor {
namespace {

namespace pb = millwright::registry::v1;
constexpr absl::Duration kReopen = absl::Minutes(10);  // a stream that died unseen is replaced by then
constexpr absl::Duration kRetry = absl::Milliseconds(500);

int PrimaryVersion(const pb::Deployment& deployment) {
  for (const pb::Arm& arm : deployment.arms()) {
    if (arm.role() == pb::ARM_ROLE_PRIMARY) return arm.version();
  }
  return 0;
}

}  // namespace

DeploymentWatch::DeploymentWatch(std::shared_ptr<grpc::Channel> channel, ReleaseStore& releases, std::function<void()> wake)
    : stub_(pb::DeploymentService::NewStub(channel)), releases_(releases), wake_(std::move(wake)), thread_([this] { Loop(); }) {}

DeploymentWatch::~DeploymentWatch() {
  {
    absl::MutexLock lock(&mutex_);
    is_stopped_ = true;
    if (current_ != nullptr) current_->TryCancel();
  }
  thread_.join();
}

bool DeploymentWatch::IsStopped() {
  absl::MutexLock lock(&mutex_);
  return is_stopped_;
}

void DeploymentWatch::Loop() {
  bool was_told = false;  // one line an outage, not one a try
  while (!IsStopped()) {
    const absl::Time opened = absl::Now();
    const absl::Status status = FollowOnce();
    if (IsStopped()) return;
    if (absl::Now() - opened > absl::Seconds(10)) was_told = false;
    if (!absl::IsDeadlineExceeded(status) && !was_told) {
      rpc::LogWarning("the watch of deployments broke; trying again",
                      {{"error", std::string(status.message())}, {"revision", seen_}});
      was_told = true;
    }
    absl::MutexLock lock(&mutex_);
    mutex_.AwaitWithTimeout(absl::Condition(&is_stopped_), kRetry);
  }
}

absl::Status DeploymentWatch::FollowOnce() {
  grpc::ClientContext context;
  rpc::Prepare(context, kReopen);
  pb::WatchDeploymentsRequest request;
  request.set_after_revision(seen_);
  {
    absl::MutexLock lock(&mutex_);
    if (is_stopped_) return absl::CancelledError("stopping");
    current_ = &context;
  }
  const auto reader = stub_->WatchDeployments(&context, request);
  pb::WatchDeploymentsResponse message;
  absl::Status taken;
  while (taken.ok() && reader->Read(&message)) taken = Take(message);
  if (!taken.ok()) context.TryCancel();
  const absl::Status ended = rpc::FromGrpc(reader->Finish());
  absl::MutexLock lock(&mutex_);
  current_ = nullptr;
  return taken.ok() ? ended : taken;
}

absl::Status DeploymentWatch::Take(const pb::WatchDeploymentsResponse& message) {
  for (const pb::Deployment& deployment : message.deployments()) {
    ASSIGN_OR_RETURN(const bool is_rollback_wanted, releases_.Follow({.workspace = base::WorkspaceId(deployment.workspace_id()),
                                                                      .model = deployment.name(),
                                                                      .revision = deployment.revision(),
                                                                      .version = PrimaryVersion(deployment),
                                                                      .at = rpc::FromProto(deployment.updated_at())}));
    if (is_rollback_wanted) wake_();
  }
  seen_ = message.revision();
  return absl::OkStatus();
}

}  // namespace millwright::monitor
