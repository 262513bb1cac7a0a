#include "absl/strings/str_cat.h"
#include "lib/base/status_macros.h"
#include "lib/rpc/answer.h"
#include "lib/rpc/status.h"
#include "tracker/rpc/convert.h"
#include "tracker/rpc/mlflow_tracking_service.h"
#include "tracker/rpc/mlflow_validation.h"

namespace millwright::tracker {

grpc::Status AnswerIn(grpc::ServerContext& context, const std::function<absl::Status(const base::WorkspaceId&)>& body) {
  return rpc::Answer(context, [&](const auth::Caller& caller) -> absl::Status {
    ASSIGN_OR_RETURN(const base::WorkspaceId workspace, WorkspaceOf(caller));
    return body(workspace);
  });
}

grpc::Status MlflowTrackingService::CreateExperiment(grpc::ServerContext* context, const mlpb::CreateExperimentRequest* request,
                                                     mlpb::CreateExperimentResponse* reply) {
  return AnswerIn(*context, [&](const base::WorkspaceId& workspace) -> absl::Status {
    NewExperiment fresh{request->name(), "", KeyValuesFrom(request->tags())};
    ASSIGN_OR_RETURN(fresh.artifact_location, ReadArtifactLocation(request->artifact_location()));
    RETURN_IF_ERROR(CheckMlflowExperimentName(fresh.name));
    for (const KeyValue& tag : fresh.tags) RETURN_IF_ERROR(CheckExperimentTag(tag));
    RETURN_IF_ERROR(CheckKeysDiffer("tags", fresh.tags));
    const absl::StatusOr<Experiment> made = tracker_.CreateExperiment(workspace, std::move(fresh));
    if (absl::IsAlreadyExists(made.status()))
      return absl::AlreadyExistsError(absl::StrCat("Experiment(name=", request->name(), ") already exists."));
    RETURN_IF_ERROR(made.status());
    reply->set_experiment_id(made->id.value());
    return absl::OkStatus();
  });
}

grpc::Status MlflowTrackingService::GetExperiment(grpc::ServerContext* context, const mlpb::GetExperimentRequest* request,
                                                  mlpb::GetExperimentResponse* reply) {
  return AnswerIn(*context, [&](const base::WorkspaceId& workspace) -> absl::Status {
    ASSIGN_OR_RETURN(const ExperimentId id, ReadExperimentId(request->experiment_id()));
    const absl::StatusOr<Experiment> experiment = tracker_.GetExperiment(workspace, id);
    RETURN_IF_ERROR(InMlflowWords(experiment.status(), id));
    *reply->mutable_experiment() = ToMlflow(*experiment);
    return absl::OkStatus();
  });
}

grpc::Status MlflowTrackingService::GetExperimentByName(grpc::ServerContext* context,
                                                        const mlpb::GetExperimentByNameRequest* request,
                                                        mlpb::GetExperimentByNameResponse* reply) {
  return AnswerIn(*context, [&](const base::WorkspaceId& workspace) -> absl::Status {
    ExperimentQuery query;
    query.name = request->experiment_name();
    query.view = LifecycleView::kAll;
    ASSIGN_OR_RETURN(const PageOf<Experiment> found, tracker_.ListExperiments(workspace, query));
    if (found.items.empty())
      return absl::NotFoundError(absl::StrCat("Could not find experiment with name '", request->experiment_name(), "'"));
    *reply->mutable_experiment() = ToMlflow(found.items.front());
    return absl::OkStatus();
  });
}

// MLflow finds no active experiment to delete, and no deleted one to restore, where our own verbs change nothing.
grpc::Status MlflowTrackingService::DeleteExperiment(grpc::ServerContext* context, const mlpb::DeleteExperimentRequest* request,
                                                     mlpb::DeleteExperimentResponse*) {
  return AnswerIn(*context, [&](const base::WorkspaceId& workspace) -> absl::Status {
    ASSIGN_OR_RETURN(const ExperimentId id, ReadExperimentId(request->experiment_id()));
    const absl::StatusOr<Experiment> experiment = tracker_.GetExperiment(workspace, id);
    RETURN_IF_ERROR(InMlflowWords(experiment.status(), id));
    if (experiment->is_deleted) return InMlflowWords(absl::NotFoundError(""), id);
    return InMlflowWords(tracker_.DeleteExperiment(workspace, id).status(), id);
  });
}

grpc::Status MlflowTrackingService::RestoreExperiment(grpc::ServerContext* context, const mlpb::RestoreExperimentRequest* request,
                                                      mlpb::RestoreExperimentResponse*) {
  return AnswerIn(*context, [&](const base::WorkspaceId& workspace) -> absl::Status {
    ASSIGN_OR_RETURN(const ExperimentId id, ReadExperimentId(request->experiment_id()));
    const absl::StatusOr<Experiment> experiment = tracker_.GetExperiment(workspace, id);
    RETURN_IF_ERROR(InMlflowWords(experiment.status(), id));
    if (!experiment->is_deleted) return InMlflowWords(absl::NotFoundError(""), id);
    return InMlflowWords(tracker_.RestoreExperiment(workspace, id).status(), id);
  });
}

grpc::Status MlflowTrackingService::UpdateExperiment(grpc::ServerContext* context, const mlpb::UpdateExperimentRequest* request,
                                                     mlpb::UpdateExperimentResponse*) {
  return AnswerIn(*context, [&](const base::WorkspaceId& workspace) -> absl::Status {
    RETURN_IF_ERROR(CheckMlflowExperimentName(request->new_name()));
    ASSIGN_OR_RETURN(const ExperimentId id, ReadExperimentId(request->experiment_id()));
    const absl::Status status = tracker_.RenameExperiment(workspace, id, request->new_name()).status();
    if (absl::IsFailedPrecondition(status)) return absl::FailedPreconditionError("Cannot rename a non-active experiment.");
    if (absl::IsAlreadyExists(status)) return rpc::WithErrorCode(absl::InvalidArgumentError(status.message()), "BAD_REQUEST");
    return InMlflowWords(status, id);
  });
}

grpc::Status MlflowTrackingService::SetExperimentTag(grpc::ServerContext* context, const mlpb::SetExperimentTagRequest* request,
                                                     mlpb::SetExperimentTagResponse*) {
  return AnswerIn(*context, [&](const base::WorkspaceId& workspace) -> absl::Status {
    const KeyValue tag{request->key(), request->value()};
    RETURN_IF_ERROR(CheckExperimentTag(tag));
    ASSIGN_OR_RETURN(const ExperimentId id, ReadExperimentId(request->experiment_id()));
    return InMlflowWords(tracker_.SetExperimentTags(workspace, id, {tag}).status(), id);
  });
}

grpc::Status MlflowTrackingService::DeleteExperimentTag(grpc::ServerContext* context,
                                                        const mlpb::DeleteExperimentTagRequest* request,
                                                        mlpb::DeleteExperimentTagResponse*) {
  return AnswerIn(*context, [&](const base::WorkspaceId& workspace) -> absl::Status {
    ASSIGN_OR_RETURN(const ExperimentId id, ReadExperimentId(request->experiment_id()));
    const absl::Status status = tracker_.DeleteExperimentTag(workspace, id, request->key()).status();
    if (absl::IsNotFound(status) && tracker_.GetExperiment(workspace, id).ok())
      return absl::NotFoundError(absl::StrCat("No tag with name: ", request->key(), " in experiment with id ", id.value()));
    return InMlflowWords(status, id);
  });
}

}  // namespace millwright::tracker
