// Model versions, their stages and tags.
#include <algorithm>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "lib/base/relative_path.h"
#include "lib/base/status_macros.h"
#include "lib/mlflow/content_disposition.h"
#include "lib/mlflow/media_type.h"
#include "lib/rpc/answer.h"
#include "lib/rpc/status.h"
#include "model-registry/rpc/convert.h"
#include "model-registry/rpc/mlflow_checks.h"
#include "model-registry/rpc/mlflow_registry_service.h"
#include "model-registry/rpc/mlflow_source.h"
#include "model-registry/rpc/mlflow_uri.h"

namespace millwright::registry {
namespace {

bool IsPrompt(const Tags& tags) {
  const auto tag = tags.find("mlflow.prompt.is_prompt");
  return tag != tags.end() && absl::AsciiStrToLower(tag->second) == "true";
}

// Where MLflow's store has a file of the version.
std::string StoredPath(const ModelVersion& version, absl::string_view path) {
  absl::string_view folder = version.storage_uri.empty() ? version.source : version.storage_uri;
  if (!absl::ConsumePrefix(&folder, "mlflow-artifacts:")) return std::string(path);
  while (absl::ConsumePrefix(&folder, "/")) {
  }
  return absl::StrCat(folder, absl::EndsWith(folder, "/") ? "" : "/", path);
}

}  // namespace

grpc::Status MlflowRegistryService::CreateModelVersion(grpc::ServerContext* context,
                                                       const mlflow_pb::CreateModelVersionRequest* request,
                                                       mlflow_pb::CreateModelVersionResponse* reply) {
  return rpc::Answer(*context, [&](const auth::Caller& caller) -> absl::Status {
    ASSIGN_OR_RETURN(const base::WorkspaceId workspace, WorkspaceOf(caller));
    NewVersion version{.run_id = request->run_id(),
                       .description = request->description(),
                       .source = request->source(),
                       .run_link = request->run_link(),
                       .logged_model_id = request->model_id(),
                       .tags = TagsOf(request->tags())};
    if (IsPrompt(version.tags)) {
      if (version.source != "dummy-source" && version.source != "prompt-template") {
        return absl::InvalidArgumentError(
            absl::StrCat("Invalid prompt source: '", version.source, "'. Prompt sources must use an MLflow placeholder."));
      }
    } else {
      MlflowSource given{.source = request->source()};
      if (request->has_run_id()) given.run_id = request->run_id();
      if (request->has_model_id()) given.model_id = request->model_id();
      ASSIGN_OR_RETURN(ResolvedSource resolved, ResolveSource(workspace, given, registry_));
      version.source = std::move(resolved.source);
      version.storage_uri = std::move(resolved.storage_uri);
      version.run_id = std::move(resolved.run_id);
      version.logged_model_id = std::move(resolved.model_id);
    }
    RETURN_IF_ERROR(CheckMlflowModelName(request->name()));
    for (const auto& tag : request->tags()) RETURN_IF_ERROR(CheckMlflowTag(tag.key(), tag.value()));
    RETURN_IF_ERROR(CheckMlflowDescription(request->description()));
    const absl::StatusOr<ModelVersion> made = registry_.CreateVersion(workspace, request->name(), version, caller.subject);
    RETURN_IF_ERROR(OfModel(made.status(), request->name()));
    if (!version.logged_model_id.empty()) {
      // The version stands; the note on the logged model is only for who looks there.
      (void)registry_.tracker().NoteVersion(workspace, version.logged_model_id, made->name, made->version);
    }
    *reply->mutable_model_version() = ToMlflow(*made);
    return absl::OkStatus();
  });
}

grpc::Status MlflowRegistryService::GetModelVersion(grpc::ServerContext* context,
                                                    const mlflow_pb::GetModelVersionRequest* request,
                                                    mlflow_pb::GetModelVersionResponse* reply) {
  return rpc::Answer(*context, [&](const auth::Caller& caller) -> absl::Status {
    ASSIGN_OR_RETURN(const base::WorkspaceId workspace, WorkspaceOf(caller));
    RETURN_IF_ERROR(CheckMlflowModelName(request->name()));
    ASSIGN_OR_RETURN(const MlflowVersion version, ReadMlflowVersion(request->version()));
    const absl::StatusOr<ModelVersion> found = registry_.versions().GetVersion(workspace, request->name(), version.number);
    RETURN_IF_ERROR(OfVersion(found.status(), request->name(), version));
    *reply->mutable_model_version() = ToMlflow(*found);
    return absl::OkStatus();
  });
}

grpc::Status MlflowRegistryService::UpdateModelVersion(grpc::ServerContext* context,
                                                       const mlflow_pb::UpdateModelVersionRequest* request,
                                                       mlflow_pb::UpdateModelVersionResponse* reply) {
  return rpc::Answer(*context, [&](const auth::Caller& caller) -> absl::Status {
    ASSIGN_OR_RETURN(const base::WorkspaceId workspace, WorkspaceOf(caller));
    RETURN_IF_ERROR(CheckMlflowModelName(request->name()));
    ASSIGN_OR_RETURN(const MlflowVersion version, ReadMlflowVersion(request->version()));
    RETURN_IF_ERROR(CheckMlflowDescription(request->description()));
    VersionEdit edit;
    if (request->has_description()) {
      edit.description = request->description();
    } else {
      edit.takes_description_away = true;
    }
    const absl::StatusOr<ModelVersion> edited =
        registry_.UpdateVersion(workspace, request->name(), version.number, edit, caller.subject);
    RETURN_IF_ERROR(OfVersion(edited.status(), request->name(), version));
    *reply->mutable_model_version() = ToMlflow(*edited);
    return absl::OkStatus();
  });
}

grpc::Status MlflowRegistryService::TransitionModelVersionStage(grpc::ServerContext* context,
                                                                const mlflow_pb::TransitionModelVersionStageRequest* request,
                                                                mlflow_pb::TransitionModelVersionStageResponse* reply) {
  return rpc::Answer(*context, [&](const auth::Caller& caller) -> absl::Status {
    ASSIGN_OR_RETURN(const base::WorkspaceId workspace, WorkspaceOf(caller));
    ASSIGN_OR_RETURN(const Stage stage, ReadMlflowStage(request->stage()));
    if (request->archive_existing_versions() && stage != Stage::kStaging && stage != Stage::kProduction) {
      return rpc::WithErrorCode(absl::InvalidArgumentError(absl::StrCat(
                                    "Model version transition cannot archive existing model versions because '", request->stage(),
                                    "' is not an Active stage. Valid stages are ['Staging', 'Production']")),
                                "INTERNAL_ERROR");
    }
    RETURN_IF_ERROR(CheckMlflowModelName(request->name()));
    ASSIGN_OR_RETURN(const MlflowVersion version, ReadMlflowVersion(request->version()));
    const absl::StatusOr<Promotion> promotion =
        registry_.Promote(workspace, {.name = request->name(),
                                      .version = version.number,
                                      .stage = stage,
                                      .reason = "asked for by an MLflow client",
                                      .archive_existing_versions = request->archive_existing_versions(),
                                      .actor = caller.subject});
    // Of what the state forbids MLflow's clients try again for minutes when it is answered with 500: a gate's no is final.
    if (absl::IsFailedPrecondition(promotion.status())) return rpc::WithErrorCode(promotion.status(), "INVALID_PARAMETER_VALUE");
    RETURN_IF_ERROR(OfVersion(promotion.status(), request->name(), version));
    ASSIGN_OR_RETURN(const ModelVersion moved, registry_.versions().GetVersion(workspace, request->name(), version.number));
    *reply->mutable_model_version() = ToMlflow(moved);
    return absl::OkStatus();
  });
}

grpc::Status MlflowRegistryService::DeleteModelVersion(grpc::ServerContext* context,
                                                       const mlflow_pb::DeleteModelVersionRequest* request,
                                                       mlflow_pb::DeleteModelVersionResponse*) {
  return rpc::Answer(*context, [&](const auth::Caller& caller) -> absl::Status {
    ASSIGN_OR_RETURN(const base::WorkspaceId workspace, WorkspaceOf(caller));
    ASSIGN_OR_RETURN(const MlflowVersion version, ReadMlflowVersion(request->version()));
    RETURN_IF_ERROR(CheckMlflowModelName(request->name()));
    return OfVersion(
        registry_.DeleteVersion(workspace, request->name(), version.number, /*may_be_in_production=*/true, caller.subject),
        request->name(), version);
  });
}

grpc::Status MlflowRegistryService::GetModelVersionDownloadUri(grpc::ServerContext* context,
                                                               const mlflow_pb::GetModelVersionDownloadUriRequest* request,
                                                               mlflow_pb::GetModelVersionDownloadUriResponse* reply) {
  return rpc::Answer(*context, [&](const auth::Caller& caller) -> absl::Status {
    ASSIGN_OR_RETURN(const base::WorkspaceId workspace, WorkspaceOf(caller));
    RETURN_IF_ERROR(CheckMlflowModelName(request->name()));
    ASSIGN_OR_RETURN(const MlflowVersion version, ReadMlflowVersion(request->version()));
    const absl::StatusOr<ModelVersion> found = registry_.versions().GetVersion(workspace, request->name(), version.number);
    RETURN_IF_ERROR(OfVersion(found.status(), request->name(), version));
    reply->set_artifact_uri(found->storage_uri.empty() ? ToMlflow(*found).source() : found->storage_uri);
    return absl::OkStatus();
  });
}

grpc::Status MlflowRegistryService::SetModelVersionTag(grpc::ServerContext* context,
                                                       const mlflow_pb::SetModelVersionTagRequest* request,
                                                       mlflow_pb::SetModelVersionTagResponse*) {
  return rpc::Answer(*context, [&](const auth::Caller& caller) -> absl::Status {
    ASSIGN_OR_RETURN(const base::WorkspaceId workspace, WorkspaceOf(caller));
    RETURN_IF_ERROR(CheckMlflowModelName(request->name()));
    ASSIGN_OR_RETURN(const MlflowVersion version, ReadMlflowVersion(request->version()));
    RETURN_IF_ERROR(CheckMlflowTag(request->key(), request->value()));
    return OfVersion(
        registry_.SetVersionTag(workspace, request->name(), version.number, request->key(), request->value(), caller.subject),
        request->name(), version);
  });
}

grpc::Status MlflowRegistryService::DeleteModelVersionTag(grpc::ServerContext* context,
                                                          const mlflow_pb::DeleteModelVersionTagRequest* request,
                                                          mlflow_pb::DeleteModelVersionTagResponse*) {
  return rpc::Answer(*context, [&](const auth::Caller& caller) -> absl::Status {
    ASSIGN_OR_RETURN(const base::WorkspaceId workspace, WorkspaceOf(caller));
    RETURN_IF_ERROR(CheckMlflowModelName(request->name()));
    ASSIGN_OR_RETURN(const MlflowVersion version, ReadMlflowVersion(request->version()));
    RETURN_IF_ERROR(CheckMlflowTagKey(request->key()));
    return OfVersion(registry_.DeleteVersionTag(workspace, request->name(), version.number, request->key(), caller.subject),
                     request->name(), version);
  });
}

grpc::Status MlflowRegistryService::GetModelVersionArtifact(grpc::ServerContext* context,
                                                            const mlflow_pb::GetModelVersionArtifactRequest* request,
                                                            grpc::ServerWriter<mlflow_pb::ArtifactBytes>* writer) {
  return rpc::Answer(*context, [&](const auth::Caller& caller) -> absl::Status {
    ASSIGN_OR_RETURN(const base::WorkspaceId workspace, WorkspaceOf(caller));
    RETURN_IF_ERROR(CheckMlflowModelName(request->name()));
    ASSIGN_OR_RETURN(const MlflowVersion version, ReadMlflowVersion(request->version()));
    const std::string path = Unquoted(request->path(), /*plus=*/false);
    if (base::RelativePathFault(path) != nullptr) return absl::InvalidArgumentError("Invalid path");
    const absl::StatusOr<ModelVersion> found = registry_.versions().GetVersion(workspace, request->name(), version.number);
    RETURN_IF_ERROR(OfVersion(found.status(), request->name(), version));
    for (const BundleFile& file : found->files) {
      if (file.path != path) continue;
      mlflow_pb::ArtifactBytes message;
      message.set_content_length(static_cast<std::int64_t>(file.size));
      message.set_content_type(mlflow::MediaTypeOf(path));
      message.set_content_disposition(mlflow::AttachmentNamed(path));
      message.set_accept_ranges("bytes");
      message.set_etag(absl::StrCat("\"", file.sha256, "\""));
      if (!writer->Write(message)) return absl::CancelledError("the caller went away");
      return registry_.tracker().ReadBlob(workspace, file.sha256, [&](absl::string_view bytes) -> absl::Status {
        mlflow_pb::ArtifactBytes part;
        part.set_data(bytes.data(), bytes.size());
        return writer->Write(part) ? absl::OkStatus() : absl::CancelledError("the caller went away");
      });
    }
    return absl::NotFoundError(absl::StrCat("No such artifact: '", StoredPath(*found, path), "'"));
  });
}

}  // namespace millwright::registry
