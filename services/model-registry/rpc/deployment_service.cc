#include "model-registry/rpc/deployment_service.h"

#include <algorithm>

#include "absl/cleanup/cleanup.h"
#include "absl/strings/str_cat.h"
#include "lib/base/status_macros.h"
#include "lib/rpc/answer.h"
#include "lib/rpc/convert.h"
#include "lib/rpc/server.h"

namespace millwright::registry {
namespace {

constexpr int kPage = 100;
constexpr int kMaxPage = 1000;
constexpr int kDeploymentsPerMessage = 100;
constexpr absl::Duration kLook = absl::Milliseconds(250);  // how soon a stream notices that it was cancelled or is drained

}  // namespace

grpc::Status DeploymentService::GetDeployment(grpc::ServerContext* context, const pb::GetDeploymentRequest* request,
                                              pb::Deployment* reply) {
  return rpc::Answer(*context, [&](const auth::Caller& caller) -> absl::Status {
    ASSIGN_OR_RETURN(const base::WorkspaceId workspace, WorkspaceOf(caller));
    ASSIGN_OR_RETURN(const Deployment deployment, releases_.GetDeployment(workspace, request->name()));
    *reply = ToProto(deployment);
    return absl::OkStatus();
  });
}

grpc::Status DeploymentService::ListDeployments(grpc::ServerContext* context, const pb::ListDeploymentsRequest* request,
                                                pb::ListDeploymentsResponse* reply) {
  return rpc::Answer(*context, [&](const auth::Caller& caller) -> absl::Status {
    ASSIGN_OR_RETURN(const base::WorkspaceId workspace, WorkspaceOf(caller));
    ASSIGN_OR_RETURN(const int size, rpc::PageSize(request->page_size(), kPage, kMaxPage));
    ASSIGN_OR_RETURN(const std::string after, TextAfter(request->page_token()));
    ASSIGN_OR_RETURN(const std::vector<Deployment> deployments, releases_.ListDeployments(workspace, after, size + 1));
    for (int i = 0; i < std::min<int>(size, deployments.size()); ++i) *reply->add_deployments() = ToProto(deployments[i]);
    if (static_cast<int>(deployments.size()) > size)
      reply->set_next_page_token(rpc::EncodePageToken({deployments[size - 1].name}));
    return absl::OkStatus();
  });
}

grpc::Status DeploymentService::WatchDeployments(grpc::ServerContext* context, const pb::WatchDeploymentsRequest* request,
                                                 grpc::ServerWriter<pb::WatchDeploymentsResponse>* writer) {
  return rpc::Answer(*context, [&](const auth::Caller&) -> absl::Status {
    if (request->after_revision() < 0) {
      return absl::InvalidArgumentError(
          absl::StrCat("after_revision: ", request->after_revision(), " is below 0, which asks for everything"));
    }
    RETURN_IF_ERROR(feed_.Enter());
    const auto leave = absl::MakeCleanup([this] { feed_.Leave(); });
    return Follow(*context, request->after_revision(), *writer);
  });
}

absl::Status DeploymentService::Follow(grpc::ServerContext& context, std::int64_t after,
                                       grpc::ServerWriter<pb::WatchDeploymentsResponse>& writer) {
  absl::Time last_message = absl::InfinitePast();
  bool must_look = true;
  while (!context.IsCancelled()) {
    if (rpc::IsDraining() || feed_.is_stopped()) return absl::UnavailableError("the registry is stopping; watch again");
    if (must_look) {
      const absl::StatusOr<DeploymentChanges> changes = releases_.ChangedDeployments(after, kDeploymentsPerMessage);
      if (!changes.ok()) {  // without the database nothing changes either: silent until it is back
        absl::SleepFor(kLook);
        continue;
      }
      if (changes->revision < after) {
        after = 0;
        continue;
      }
      after = changes->revision;
      if (!changes->deployments.empty()) {
        pb::WatchDeploymentsResponse message;
        message.set_revision(after);
        for (const Deployment& deployment : changes->deployments) *message.add_deployments() = ToProto(deployment);
        if (!writer.Write(message)) break;
        last_message = absl::InfinitePast();
        if (static_cast<int>(changes->deployments.size()) == kDeploymentsPerMessage) continue;
      }
    }
    const absl::Time now = absl::Now();
    if (now - last_message >= heartbeat_) {
      pb::WatchDeploymentsResponse caught_up;
      caught_up.set_revision(after);
      if (!writer.Write(caught_up)) break;
      last_message = now;
    }
    must_look = feed_.AwaitChange(after, std::min(kLook, heartbeat_));
  }
  return absl::CancelledError("the watcher is gone");
}

}  // namespace millwright::registry
