// Registered models, their tags and aliases.
#include <algorithm>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "lib/base/status_macros.h"
#include "lib/rpc/answer.h"
#include "model-registry/rpc/convert.h"
#include "model-registry/rpc/mlflow_checks.h"
#include "model-registry/rpc/mlflow_registry_service.h"

namespace millwright::registry {
namespace {

/// As MLflow lists them: by stage, each with the highest version there.
void SortByStage(std::vector<ModelVersion>& versions) {
  std::sort(versions.begin(), versions.end(), [](const ModelVersion& a, const ModelVersion& b) { return a.stage < b.stage; });
}

}  // namespace

absl::StatusOr<mlflow_pb::RegisteredModel> MlflowRegistryService::Show(const base::WorkspaceId& workspace,
                                                                       const RegisteredModel& model) {
  ASSIGN_OR_RETURN(std::vector<ModelVersion> latest, registry_.versions().LatestVersions(workspace, {model.name}, {}));
  SortByStage(latest);
  return ToMlflow(model, latest);
}

grpc::Status MlflowRegistryService::CreateRegisteredModel(grpc::ServerContext* context,
                                                          const mlflow_pb::CreateRegisteredModelRequest* request,
                                                          mlflow_pb::CreateRegisteredModelResponse* reply) {
  return rpc::Answer(*context, [&](const auth::Caller& caller) -> absl::Status {
    ASSIGN_OR_RETURN(const base::WorkspaceId workspace, WorkspaceOf(caller));
    RETURN_IF_ERROR(CheckMlflowModelName(request->name()));
    for (const auto& tag : request->tags()) RETURN_IF_ERROR(CheckMlflowModelTag(tag.key(), tag.value()));
    RETURN_IF_ERROR(CheckMlflowDescription(request->description()));
    const absl::StatusOr<RegisteredModel> model = registry_.CreateModel(
        workspace, {.name = request->name(), .description = request->description(), .tags = TagsOf(request->tags())},
        caller.subject);
    RETURN_IF_ERROR(AlreadyThere(model.status(), request->name()));
    *reply->mutable_registered_model() = ToMlflow(*model, {});
    return absl::OkStatus();
  });
}

grpc::Status MlflowRegistryService::GetRegisteredModel(grpc::ServerContext* context,
                                                       const mlflow_pb::GetRegisteredModelRequest* request,
                                                       mlflow_pb::GetRegisteredModelResponse* reply) {
  return rpc::Answer(*context, [&](const auth::Caller& caller) -> absl::Status {
    ASSIGN_OR_RETURN(const base::WorkspaceId workspace, WorkspaceOf(caller));
    RETURN_IF_ERROR(CheckMlflowModelName(request->name()));
    const absl::StatusOr<RegisteredModel> model = registry_.models().GetModel(workspace, request->name());
    RETURN_IF_ERROR(OfModel(model.status(), request->name()));
    ASSIGN_OR_RETURN(*reply->mutable_registered_model(), Show(workspace, *model));
    return absl::OkStatus();
  });
}

grpc::Status MlflowRegistryService::UpdateRegisteredModel(grpc::ServerContext* context,
                                                          const mlflow_pb::UpdateRegisteredModelRequest* request,
                                                          mlflow_pb::UpdateRegisteredModelResponse* reply) {
  return rpc::Answer(*context, [&](const auth::Caller& caller) -> absl::Status {
    ASSIGN_OR_RETURN(const base::WorkspaceId workspace, WorkspaceOf(caller));
    RETURN_IF_ERROR(CheckMlflowModelName(request->name()));
    RETURN_IF_ERROR(CheckMlflowDescription(request->description()));
    const absl::StatusOr<RegisteredModel> model =
        registry_.UpdateModel(workspace, request->name(), request->description(), caller.subject);
    RETURN_IF_ERROR(OfModel(model.status(), request->name()));
    ASSIGN_OR_RETURN(*reply->mutable_registered_model(), Show(workspace, *model));
    return absl::OkStatus();
  });
}

grpc::Status MlflowRegistryService::RenameRegisteredModel(grpc::ServerContext* context,
                                                          const mlflow_pb::RenameRegisteredModelRequest* request,
                                                          mlflow_pb::RenameRegisteredModelResponse* reply) {
  return rpc::Answer(*context, [&](const auth::Caller& caller) -> absl::Status {
    ASSIGN_OR_RETURN(const base::WorkspaceId workspace, WorkspaceOf(caller));
    RETURN_IF_ERROR(CheckMlflowModelName(request->new_name()));
    RETURN_IF_ERROR(CheckMlflowModelName(request->name()));
    const absl::StatusOr<RegisteredModel> model =
        registry_.RenameModel(workspace, request->name(), request->new_name(), caller.subject);
    RETURN_IF_ERROR(AlreadyThere(OfModel(model.status(), request->name()), request->new_name()));
    ASSIGN_OR_RETURN(*reply->mutable_registered_model(), Show(workspace, *model));
    return absl::OkStatus();
  });
}

grpc::Status MlflowRegistryService::DeleteRegisteredModel(grpc::ServerContext* context,
                                                          const mlflow_pb::DeleteRegisteredModelRequest* request,
                                                          mlflow_pb::DeleteRegisteredModelResponse*) {
  return rpc::Answer(*context, [&](const auth::Caller& caller) -> absl::Status {
    ASSIGN_OR_RETURN(const base::WorkspaceId workspace, WorkspaceOf(caller));
    RETURN_IF_ERROR(CheckMlflowModelName(request->name()));
    return OfModel(registry_.DeleteModel(workspace, request->name(), /*may_be_in_production=*/true, caller.subject),
                   request->name());
  });
}

grpc::Status MlflowRegistryService::SetRegisteredModelTag(grpc::ServerContext* context,
                                                          const mlflow_pb::SetRegisteredModelTagRequest* request,
                                                          mlflow_pb::SetRegisteredModelTagResponse*) {
  return rpc::Answer(*context, [&](const auth::Caller& caller) -> absl::Status {
    ASSIGN_OR_RETURN(const base::WorkspaceId workspace, WorkspaceOf(caller));
    RETURN_IF_ERROR(CheckMlflowModelName(request->name()));
    RETURN_IF_ERROR(CheckMlflowModelTag(request->key(), request->value()));
    return OfModel(registry_.SetModelTag(workspace, request->name(), request->key(), request->value(), caller.subject),
                   request->name());
  });
}

grpc::Status MlflowRegistryService::DeleteRegisteredModelTag(grpc::ServerContext* context,
                                                             const mlflow_pb::DeleteRegisteredModelTagRequest* request,
                                                             mlflow_pb::DeleteRegisteredModelTagResponse*) {
  return rpc::Answer(*context, [&](const auth::Caller& caller) -> absl::Status {
    ASSIGN_OR_RETURN(const base::WorkspaceId workspace, WorkspaceOf(caller));
    RETURN_IF_ERROR(CheckMlflowModelName(request->name()));
    RETURN_IF_ERROR(CheckMlflowTagKey(request->key()));
    return OfModel(registry_.DeleteModelTag(workspace, request->name(), request->key(), caller.subject), request->name());
  });
}

grpc::Status MlflowRegistryService::SetRegisteredModelAlias(grpc::ServerContext* context,
                                                            const mlflow_pb::SetRegisteredModelAliasRequest* request,
                                                            mlflow_pb::SetRegisteredModelAliasResponse*) {
  return rpc::Answer(*context, [&](const auth::Caller& caller) -> absl::Status {
    ASSIGN_OR_RETURN(const base::WorkspaceId workspace, WorkspaceOf(caller));
    RETURN_IF_ERROR(CheckMlflowModelName(request->name()));
    RETURN_IF_ERROR(CheckMlflowAlias(request->alias(), /*is_new=*/true));
    ASSIGN_OR_RETURN(const MlflowVersion version, ReadMlflowVersion(request->version()));
    return OfVersion(registry_.SetAlias(workspace, request->name(), request->alias(), version.number, caller.subject),
                     request->name(), version);
  });
}

grpc::Status MlflowRegistryService::DeleteRegisteredModelAlias(grpc::ServerContext* context,
                                                               const mlflow_pb::DeleteRegisteredModelAliasRequest* request,
                                                               mlflow_pb::DeleteRegisteredModelAliasResponse*) {
  return rpc::Answer(*context, [&](const auth::Caller& caller) -> absl::Status {
    ASSIGN_OR_RETURN(const base::WorkspaceId workspace, WorkspaceOf(caller));
    RETURN_IF_ERROR(CheckMlflowModelName(request->name()));
    RETURN_IF_ERROR(CheckMlflowAlias(request->alias(), /*is_new=*/false));
    return OfModel(registry_.DeleteAlias(workspace, request->name(), request->alias(), caller.subject), request->name());
  });
}

grpc::Status MlflowRegistryService::GetModelVersionByAlias(grpc::ServerContext* context,
                                                           const mlflow_pb::GetModelVersionByAliasRequest* request,
                                                           mlflow_pb::GetModelVersionByAliasResponse* reply) {
  return rpc::Answer(*context, [&](const auth::Caller& caller) -> absl::Status {
    ASSIGN_OR_RETURN(const base::WorkspaceId workspace, WorkspaceOf(caller));
    RETURN_IF_ERROR(CheckMlflowModelName(request->name()));
    RETURN_IF_ERROR(CheckMlflowAlias(request->alias(), /*is_new=*/false));
    RETURN_IF_ERROR(OfModel(registry_.models().GetModel(workspace, request->name()).status(), request->name()));
    if (absl::AsciiStrToLower(request->alias()) != "latest") {
      const absl::StatusOr<ModelVersion> version =
          registry_.versions().GetVersionByAlias(workspace, request->name(), request->alias());
      if (absl::IsNotFound(version.status()))
        return absl::InvalidArgumentError(absl::StrCat("Registered model alias ", request->alias(), " not found."));
      RETURN_IF_ERROR(version.status());
      *reply->mutable_model_version() = ToMlflow(*version);
      return absl::OkStatus();
    }
    ASSIGN_OR_RETURN(const std::vector<ModelVersion> versions,
                     registry_.versions().LatestVersions(workspace, {request->name()}, {}));
    if (versions.empty()) return absl::NotFoundError(absl::StrCat("Latest version not found for model ", request->name(), "."));
    *reply->mutable_model_version() = ToMlflow(*std::max_element(
        versions.begin(), versions.end(), [](const ModelVersion& a, const ModelVersion& b) { return a.version < b.version; }));
    return absl::OkStatus();
  });
}

grpc::Status MlflowRegistryService::GetLatestVersions(grpc::ServerContext* context,
                                                      const mlflow_pb::GetLatestVersionsRequest* request,
                                                      mlflow_pb::GetLatestVersionsResponse* reply) {
  return rpc::Answer(*context, [&](const auth::Caller& caller) -> absl::Status {
    ASSIGN_OR_RETURN(const base::WorkspaceId workspace, WorkspaceOf(caller));
    RETURN_IF_ERROR(CheckMlflowModelName(request->name()));
    RETURN_IF_ERROR(OfModel(registry_.models().GetModel(workspace, request->name()).status(), request->name()));
    std::vector<Stage> stages;
    for (const std::string& text : request->stages()) {
      ASSIGN_OR_RETURN(const Stage stage, ReadMlflowStage(text));
      stages.push_back(stage);
    }
    ASSIGN_OR_RETURN(std::vector<ModelVersion> versions,
                     registry_.versions().LatestVersions(workspace, {request->name()}, stages));
    SortByStage(versions);
    for (const ModelVersion& version : versions) *reply->add_model_versions() = ToMlflow(version);
    return absl::OkStatus();
  });
}

}  // namespace millwright::registry
