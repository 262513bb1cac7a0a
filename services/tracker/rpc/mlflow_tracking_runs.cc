#include "absl/strings/str_cat.h"
#include "lib/base/status_macros.h"
#include "lib/base/utf8.h"
#include "lib/rpc/answer.h"
#include "lib/rpc/status.h"
#include "tracker/rpc/convert.h"
#include "tracker/rpc/mlflow_tracking_service.h"
#include "tracker/rpc/mlflow_validation.h"

namespace millwright::tracker {
namespace {

absl::Status BadRequest(const std::string& message) {
  return rpc::WithErrorCode(absl::InvalidArgumentError(message), "BAD_REQUEST");
}

// What MLflow leaves to the widths of its columns.
absl::Status CheckWidth(const char* field, const std::string& text, std::size_t most) {
  const std::size_t count = base::CountCharacters(text);
  if (count <= most) return absl::OkStatus();
  return BadRequest(absl::StrCat(field, ": has ", count, " characters; at most ", most));
}

// What the database knows as a time: until the year 294276.
absl::StatusOr<absl::Time> ReadTime(const char* field, std::int64_t milliseconds) {
  if (milliseconds >= -210'866'803'200'000 && milliseconds < 9'224'318'016'000'000) return absl::FromUnixMillis(milliseconds);
  return absl::InvalidArgumentError(absl::StrCat(field, ": ", milliseconds, " ms is no time from 4713 BC to the year 294276"));
}

absl::Status CheckNewRun(const mlpb::CreateRunRequest& request, const NewRun& run) {
  for (const KeyValue& tag : run.tags) {
    if (tag.key == kNameTag && !tag.value.empty() && !run.name.empty() && tag.value != run.name) {
      return absl::InvalidArgumentError(
          absl::StrCat("Both 'run_name' argument and 'mlflow.runName' tag are specified, but with different values (run_name='",
                       run.name, "', mlflow.runName='", tag.value, "')."));
    }
  }
  RETURN_IF_ERROR(CheckWidth("run_name", run.name, 250));
  RETURN_IF_ERROR(CheckWidth("user_id", request.user_id(), 256));
  for (const KeyValue& tag : run.tags) {
    RETURN_IF_ERROR(CheckWidth("tags.key", tag.key, 250));
    RETURN_IF_ERROR(CheckWidth("tags.value", tag.value, 8000));
  }
  const absl::Status differ = CheckKeysDiffer("tags", run.tags);
  return differ.ok() ? differ : BadRequest(std::string(differ.message()));
}

}  // namespace

grpc::Status MlflowTrackingService::CreateRun(grpc::ServerContext* context, const mlpb::CreateRunRequest* request,
                                              mlpb::CreateRunResponse* reply) {
  return rpc::Answer(*context, [&](const auth::Caller& caller) -> absl::Status {
    ASSIGN_OR_RETURN(const base::WorkspaceId workspace, WorkspaceOf(caller));
    NewRun fresh;
    if (request->experiment_id().empty()) return BadRequest("experiment_id: is empty; \"0\" is the default experiment");
    ASSIGN_OR_RETURN(fresh.experiment_id, ReadExperimentId(request->experiment_id()));
    fresh.name = request->run_name();
    fresh.tags = KeyValuesFrom(request->tags());
    fresh.created_by = caller.subject;
    fresh.user = request->user_id();
    ASSIGN_OR_RETURN(fresh.started_at, ReadTime("start_time", request->start_time()));
    RETURN_IF_ERROR(CheckNewRun(*request, fresh));
    const ExperimentId experiment = fresh.experiment_id;
    const absl::StatusOr<Run> run = tracker_.CreateRun(workspace, std::move(fresh));
    RETURN_IF_ERROR(InMlflowWords(run.status(), experiment));
    *reply->mutable_run() = ToMlflow(*run);
    reply->mutable_run()->mutable_inputs();
    return absl::OkStatus();
  });
}

grpc::Status MlflowTrackingService::UpdateRun(grpc::ServerContext* context, const mlpb::UpdateRunRequest* request,
                                              mlpb::UpdateRunResponse* reply) {
  return AnswerIn(*context, [&](const base::WorkspaceId& workspace) -> absl::Status {
    ASSIGN_OR_RETURN(const RunId id, ReadRunId(request->run_id().empty() ? request->run_uuid() : request->run_id()));
    RunChange change;
    if (!request->run_name().empty()) change.name = request->run_name();
    if (request->status() != mlpb::RUN_STATUS_UNSPECIFIED) change.status = FromMlflow(request->status());
    if (request->has_end_time()) {
      ASSIGN_OR_RETURN(change.ended_at, ReadTime("end_time", request->end_time()));
    }
    change.keeps_end = true;
    const absl::StatusOr<Run> run = tracker_.UpdateRun(workspace, id, std::move(change), RunDetail::kFacts);
    RETURN_IF_ERROR(InMlflowWords(run.status(), id));
    *reply->mutable_run_info() = InfoToMlflow(*run);
    return absl::OkStatus();
  });
}

grpc::Status MlflowTrackingService::DeleteRun(grpc::ServerContext* context, const mlpb::DeleteRunRequest* request,
                                              mlpb::DeleteRunResponse*) {
  return AnswerIn(*context, [&](const base::WorkspaceId& workspace) -> absl::Status {
    ASSIGN_OR_RETURN(const RunId id, ReadRunId(request->run_id()));
    return InMlflowWords(tracker_.DeleteRun(workspace, id).status(), id);
  });
}

grpc::Status MlflowTrackingService::RestoreRun(grpc::ServerContext* context, const mlpb::RestoreRunRequest* request,
                                               mlpb::RestoreRunResponse*) {
  return AnswerIn(*context, [&](const base::WorkspaceId& workspace) -> absl::Status {
    ASSIGN_OR_RETURN(const RunId id, ReadRunId(request->run_id()));
    return InMlflowWords(tracker_.RestoreRun(workspace, id).status(), id);
  });
}

grpc::Status MlflowTrackingService::GetRun(grpc::ServerContext* context, const mlpb::GetRunRequest* request,
                                           mlpb::GetRunResponse* reply) {
  return AnswerIn(*context, [&](const base::WorkspaceId& workspace) -> absl::Status {
    ASSIGN_OR_RETURN(const RunId id, ReadRunId(request->run_id().empty() ? request->run_uuid() : request->run_id()));
    const absl::StatusOr<Run> run = tracker_.GetRun(workspace, id);
    RETURN_IF_ERROR(InMlflowWords(run.status(), id));
    const absl::StatusOr<RunLinks> links = lineage_.GetOne(workspace, id);
    RETURN_IF_ERROR(InMlflowWords(links.status(), id));
    *reply->mutable_run() = ToMlflow(*run);
    InputsToMlflow(*links, reply->mutable_run()->mutable_inputs());
    OutputsToMlflow(*links, reply->mutable_run()->mutable_outputs());
    return absl::OkStatus();
  });
}

}  // namespace millwright::tracker
