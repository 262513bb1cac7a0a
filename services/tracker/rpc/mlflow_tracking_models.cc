#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "lib/base/status_macros.h"
#include "lib/mlflow/text.h"
#include "lib/rpc/status.h"
#include "tracker/rpc/mlflow_tracking_service.h"
#include "tracker/rpc/mlflow_validation.h"

namespace millwright::tracker {
namespace {

// What MLflow leaves to its database.
absl::Status BadRequest(const absl::Status& status) {
  if (!absl::IsInvalidArgument(status) && !absl::IsAlreadyExists(status)) return status;
  return rpc::WithErrorCode(absl::InvalidArgumentError(status.message()), "BAD_REQUEST");
}

absl::Status CheckName(const std::string& name) {
  if (name.find_first_of("/:.%\"'") == std::string::npos) return absl::OkStatus();
  return absl::InvalidArgumentError(absl::StrCat(
      "Invalid model name (", mlflow::PythonRepr(name),
      ") provided. Model name must be a non-empty string and cannot contain the following characters: ('/', ':', '.', "
      "'%', '\"', \"'\")"));
}

}  // namespace

grpc::Status MlflowTrackingService::CreateLoggedModel(grpc::ServerContext* context, const mlpb::CreateLoggedModelRequest* request,
                                                      mlpb::CreateLoggedModelResponse* reply) {
  return AnswerIn(*context, [&](const base::WorkspaceId& workspace) -> absl::Status {
    RETURN_IF_ERROR(CheckName(request->name()));
    NewLoggedModel fresh;
    ASSIGN_OR_RETURN(fresh.experiment_id, ReadExperimentId(request->experiment_id()));
    fresh.name = request->name();
    fresh.model_type = request->model_type();
    fresh.source_run_id = request->source_run_id();
    fresh.params = KeyValuesFrom(request->params());
    fresh.tags = KeyValuesFrom(request->tags());
    RETURN_IF_ERROR(BadRequest(CheckKeysDiffer("params", fresh.params)));
    RETURN_IF_ERROR(BadRequest(CheckKeysDiffer("tags", fresh.tags)));
    const ExperimentId experiment = fresh.experiment_id;
    const absl::StatusOr<LoggedModel> model = models_.Create(workspace, std::move(fresh));
    RETURN_IF_ERROR(InMlflowWords(BadRequest(model.status()), experiment));
    *reply->mutable_model() = ToMlflow(*model);
    return absl::OkStatus();
  });
}

grpc::Status MlflowTrackingService::GetLoggedModel(grpc::ServerContext* context, const mlpb::GetLoggedModelRequest* request,
                                                   mlpb::GetLoggedModelResponse* reply) {
  return AnswerIn(*context, [&](const base::WorkspaceId& workspace) -> absl::Status {
    ASSIGN_OR_RETURN(const LoggedModel model, models_.Get(workspace, LoggedModelId(request->model_id()),
                                                          absl::EqualsIgnoreCase(request->allow_deleted(), "true")));
    *reply->mutable_model() = ToMlflow(model);
    return absl::OkStatus();
  });
}

grpc::Status MlflowTrackingService::FinalizeLoggedModel(grpc::ServerContext* context,
                                                        const mlpb::FinalizeLoggedModelRequest* request,
                                                        mlpb::FinalizeLoggedModelResponse* reply) {
  return AnswerIn(*context, [&](const base::WorkspaceId& workspace) -> absl::Status {
    LoggedModelStatus status = LoggedModelStatus::kUnspecified;
    if (mlpb::LoggedModelStatus_IsValid(request->status()))
      status = static_cast<LoggedModelStatus>(static_cast<int>(request->status()));
    ASSIGN_OR_RETURN(const LoggedModel model, models_.Finalize(workspace, LoggedModelId(request->model_id()), status));
    *reply->mutable_model() = ToMlflow(model);
    return absl::OkStatus();
  });
}

grpc::Status MlflowTrackingService::DeleteLoggedModel(grpc::ServerContext* context, const mlpb::DeleteLoggedModelRequest* request,
                                                      mlpb::DeleteLoggedModelResponse*) {
  return AnswerIn(*context, [&](const base::WorkspaceId& workspace) -> absl::Status {
    return models_.Delete(workspace, LoggedModelId(request->model_id()));
  });
}

grpc::Status MlflowTrackingService::SetLoggedModelTags(grpc::ServerContext* context,
                                                       const mlpb::SetLoggedModelTagsRequest* request,
                                                       mlpb::SetLoggedModelTagsResponse*) {
  return AnswerIn(*context, [&](const base::WorkspaceId& workspace) -> absl::Status {
    return BadRequest(models_.SetTags(workspace, LoggedModelId(request->model_id()), KeyValuesFrom(request->tags())));
  });
}

grpc::Status MlflowTrackingService::DeleteLoggedModelTag(grpc::ServerContext* context,
                                                         const mlpb::DeleteLoggedModelTagRequest* request,
                                                         mlpb::DeleteLoggedModelTagResponse*) {
  return AnswerIn(*context, [&](const base::WorkspaceId& workspace) -> absl::Status {
    const absl::Status status = models_.DeleteTag(workspace, LoggedModelId(request->model_id()), request->tag_key());
    if (!absl::IsNotFound(status) || !absl::StartsWith(status.message(), "No tag")) return status;
    return absl::NotFoundError(absl::StrCat("No tag with key ", mlflow::PythonRepr(request->tag_key()),
                                            " found for model with ID ", mlflow::PythonRepr(request->model_id()), "."));
  });
}

grpc::Status MlflowTrackingService::LogLoggedModelParams(grpc::ServerContext* context,
                                                         const mlpb::LogLoggedModelParamsRequest* request,
                                                         mlpb::LogLoggedModelParamsResponse*) {
  return AnswerIn(*context, [&](const base::WorkspaceId& workspace) -> absl::Status {
    const std::vector<KeyValue> params = KeyValuesFrom(request->params());
    RETURN_IF_ERROR(BadRequest(CheckKeysDiffer("params", params)));
    return BadRequest(models_.LogParams(workspace, LoggedModelId(request->model_id()), params));
  });
}

}  // namespace millwright::tracker
