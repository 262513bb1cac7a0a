#include "scheduler/rpc/queue_service.h"

#include <algorithm>
#include <cmath>

#include "absl/strings/str_cat.h"
#include "lib/base/status_macros.h"
#include "lib/rpc/answer.h"
#include "lib/rpc/convert.h"
#include "scheduler/rpc/convert.h"

namespace millwright::scheduler {
namespace {

constexpr int kMaxWaitSeconds = 20;
constexpr int kMaxKinds = 100;

template <typename Request>
absl::StatusOr<Lease> LeaseOf(const auth::Caller& caller, const Request& request) {
  Lease lease{.task = TaskId(request.task_id()), .attempt = request.attempt()};
  ASSIGN_OR_RETURN(lease.workspace, WorkspaceOf(caller));
  RETURN_IF_ERROR(CheckText("task_id", request.task_id()));
  if (lease.attempt < 1) return absl::InvalidArgumentError(absl::StrCat("attempt: ", lease.attempt, " is below 1"));
  return lease;
}

}  // namespace

grpc::Status QueueService::LeaseTask(grpc::ServerContext* context, const v1::LeaseTaskRequest* request,
                                     v1::LeaseTaskResponse* reply) {
  return rpc::Answer(*context, [&](const auth::Caller& caller) -> absl::Status {
    ASSIGN_OR_RETURN(const base::WorkspaceId workspace, WorkspaceOf(caller));
    RETURN_IF_ERROR(CheckText("worker", request->worker()));
    if (request->kinds().empty() || request->kinds_size() > kMaxKinds)
      return absl::InvalidArgumentError(absl::StrCat("kinds: ", request->kinds_size(), " of them; give 1 to ", kMaxKinds));
    if (request->wait_seconds() < 0 || request->wait_seconds() > kMaxWaitSeconds)
      return absl::InvalidArgumentError(
          absl::StrCat("wait_seconds: ", request->wait_seconds(), " is outside 0 to ", kMaxWaitSeconds));
    const std::vector<std::string> kinds(request->kinds().begin(), request->kinds().end());
    // A lease that the caller can not hear of any more would only run out: stop a little before its deadline.
    const absl::Duration wait =
        std::min(absl::Seconds(request->wait_seconds()), rpc::TimeLeft(*context) - absl::Milliseconds(500));
    const absl::Time until = absl::Now() + wait;
    while (!context->IsCancelled()) {
      const std::uint64_t seen = tasks_changed_.version();
      ASSIGN_OR_RETURN(const std::optional<LeasedTask> task, queue_.Claim(workspace, request->worker(), kinds, clock_.Now()));
      if (task) {
        *reply->mutable_task() = ToProto(*task, queue_.lease());
        break;
      }
      const absl::Duration left = until - absl::Now();
      if (left <= absl::ZeroDuration() || tasks_changed_.is_stopped()) break;
      tasks_changed_.Wait(seen, std::min(left, absl::Seconds(1)));
    }
    return absl::OkStatus();
  });
}

grpc::Status QueueService::RenewLease(grpc::ServerContext* context, const v1::RenewLeaseRequest* request,
                                      v1::RenewLeaseResponse* reply) {
  return rpc::Answer(*context, [&](const auth::Caller& caller) -> absl::Status {
    ASSIGN_OR_RETURN(const Lease lease, LeaseOf(caller, *request));
    std::optional<Progress> progress;
    if (request->has_progress()) progress = FromProto(request->progress());
    ASSIGN_OR_RETURN(const bool is_cancelled, queue_.Renew(lease, progress, clock_.Now()));
    reply->set_is_cancelled(is_cancelled);
    return absl::OkStatus();
  });
}

grpc::Status QueueService::CompleteTask(grpc::ServerContext* context, const v1::CompleteTaskRequest* request,
                                        v1::CompleteTaskResponse*) {
  return rpc::Answer(*context, [&](const auth::Caller& caller) -> absl::Status {
    ASSIGN_OR_RETURN(const Lease lease, LeaseOf(caller, *request));
    if (request->outputs().ByteSizeLong() > kMaxOutputBytes)
      return absl::InvalidArgumentError(absl::StrCat("outputs: ", request->outputs().ByteSizeLong(),
                                                     " bytes is over the bound of ", kMaxOutputBytes,
                                                     "; put large results into artifacts"));
    ASSIGN_OR_RETURN(const nlohmann::json outputs, rpc::ToJson(request->outputs(), "outputs"));
    return queue_.Complete(lease, outputs, clock_.Now());
  });
}

grpc::Status QueueService::FailTask(grpc::ServerContext* context, const v1::FailTaskRequest* request, v1::FailTaskResponse*) {
  return rpc::Answer(*context, [&](const auth::Caller& caller) -> absl::Status {
    ASSIGN_OR_RETURN(const Lease lease, LeaseOf(caller, *request));
    const std::string error = request->error().empty() ? "failed without a message" : request->error().substr(0, kMaxErrorBytes);
    return queue_.Fail(lease, error, request->is_retryable(), clock_.Now());
  });
}

grpc::Status QueueService::ReleaseTask(grpc::ServerContext* context, const v1::ReleaseTaskRequest* request,
                                       v1::ReleaseTaskResponse*) {
  return rpc::Answer(*context, [&](const auth::Caller& caller) -> absl::Status {
    ASSIGN_OR_RETURN(const Lease lease, LeaseOf(caller, *request));
    return queue_.Release(lease, clock_.Now());
  });
}

grpc::Status QueueService::ReportTrial(grpc::ServerContext* context, const v1::ReportTrialRequest* request,
                                       v1::ReportTrialResponse* reply) {
  return rpc::Answer(*context, [&](const auth::Caller& caller) -> absl::Status {
    ASSIGN_OR_RETURN(const Lease lease, LeaseOf(caller, *request));
    if (request->step() < 0 || request->step() > kMaxTrialSteps)
      return absl::InvalidArgumentError(absl::StrCat("step: ", request->step(), " is outside 0 to ", kMaxTrialSteps));
    if (!std::isfinite(request->value()))
      return absl::InvalidArgumentError(absl::StrCat("value: ", request->value(), " is not a finite number"));
    ASSIGN_OR_RETURN(const bool is_cancelled, queue_.Report(lease, request->step(), request->value(), clock_.Now()));
    reply->set_is_cancelled(is_cancelled);
    return absl::OkStatus();
  });
}

}  // namespace millwright::scheduler
