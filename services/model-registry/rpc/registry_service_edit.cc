// The handlers that change what people say of models and versions, and take them away.
#include "lib/base/status_macros.h"
#include "lib/rpc/answer.h"
#include "model-registry/rpc/registry_service.h"

namespace millwright::registry {

grpc::Status RegistryService::UpdateRegisteredModel(grpc::ServerContext* context, const pb::UpdateRegisteredModelRequest* request,
                                                    pb::RegisteredModel* reply) {
  return rpc::Answer(*context, [&](const auth::Caller& caller) -> absl::Status {
    ASSIGN_OR_RETURN(const base::WorkspaceId workspace, WorkspaceOf(caller));
    ASSIGN_OR_RETURN(const RegisteredModel model,
                     registry_.UpdateModel(workspace, request->name(), request->description(), caller.subject));
    *reply = ToProto(model);
    return absl::OkStatus();
  });
}

grpc::Status RegistryService::RenameRegisteredModel(grpc::ServerContext* context, const pb::RenameRegisteredModelRequest* request,
                                                    pb::RegisteredModel* reply) {
  return rpc::Answer(*context, [&](const auth::Caller& caller) -> absl::Status {
    ASSIGN_OR_RETURN(const base::WorkspaceId workspace, WorkspaceOf(caller));
    ASSIGN_OR_RETURN(const RegisteredModel model,
                     registry_.RenameModel(workspace, request->name(), request->new_name(), caller.subject));
    *reply = ToProto(model);
    return absl::OkStatus();
  });
}

grpc::Status RegistryService::DeleteRegisteredModel(grpc::ServerContext* context, const pb::DeleteRegisteredModelRequest* request,
                                                    pb::DeleteRegisteredModelResponse*) {
  return rpc::Answer(*context, [&](const auth::Caller& caller) -> absl::Status {
    ASSIGN_OR_RETURN(const base::WorkspaceId workspace, WorkspaceOf(caller));
    return registry_.DeleteModel(workspace, request->name(), request->allow_production(), caller.subject);
  });
}

grpc::Status RegistryService::SetModelTag(grpc::ServerContext* context, const pb::SetModelTagRequest* request,
                                          pb::SetModelTagResponse*) {
  return rpc::Answer(*context, [&](const auth::Caller& caller) -> absl::Status {
    ASSIGN_OR_RETURN(const base::WorkspaceId workspace, WorkspaceOf(caller));
    return registry_.SetModelTag(workspace, request->name(), request->key(), request->value(), caller.subject);
  });
}

grpc::Status RegistryService::DeleteModelTag(grpc::ServerContext* context, const pb::DeleteModelTagRequest* request,
                                             pb::DeleteModelTagResponse*) {
  return rpc::Answer(*context, [&](const auth::Caller& caller) -> absl::Status {
    ASSIGN_OR_RETURN(const base::WorkspaceId workspace, WorkspaceOf(caller));
    return registry_.DeleteModelTag(workspace, request->name(), request->key(), caller.subject);
  });
}

grpc::Status RegistryService::SetModelAlias(grpc::ServerContext* context, const pb::SetModelAliasRequest* request,
                                            pb::SetModelAliasResponse*) {
  return rpc::Answer(*context, [&](const auth::Caller& caller) -> absl::Status {
    ASSIGN_OR_RETURN(const base::WorkspaceId workspace, WorkspaceOf(caller));
    ASSIGN_OR_RETURN(const int version, VersionOf(request->version()));
    return registry_.SetAlias(workspace, request->name(), request->alias(), version, caller.subject);
  });
}

grpc::Status RegistryService::DeleteModelAlias(grpc::ServerContext* context, const pb::DeleteModelAliasRequest* request,
                                               pb::DeleteModelAliasResponse*) {
  return rpc::Answer(*context, [&](const auth::Caller& caller) -> absl::Status {
    ASSIGN_OR_RETURN(const base::WorkspaceId workspace, WorkspaceOf(caller));
    return registry_.DeleteAlias(workspace, request->name(), request->alias(), caller.subject);
  });
}

grpc::Status RegistryService::GetModelVersionByAlias(grpc::ServerContext* context,
                                                     const pb::GetModelVersionByAliasRequest* request, pb::ModelVersion* reply) {
  return rpc::Answer(*context, [&](const auth::Caller& caller) -> absl::Status {
    ASSIGN_OR_RETURN(const base::WorkspaceId workspace, WorkspaceOf(caller));
    ASSIGN_OR_RETURN(const ModelVersion version,
                     registry_.versions().GetVersionByAlias(workspace, request->name(), request->alias()));
    *reply = ToProto(version);
    return absl::OkStatus();
  });
}

grpc::Status RegistryService::UpdateModelVersion(grpc::ServerContext* context, const pb::UpdateModelVersionRequest* request,
                                                 pb::ModelVersion* reply) {
  return rpc::Answer(*context, [&](const auth::Caller& caller) -> absl::Status {
    ASSIGN_OR_RETURN(const base::WorkspaceId workspace, WorkspaceOf(caller));
    ASSIGN_OR_RETURN(const int version, VersionOf(request->version()));
    VersionEdit edit;
    if (request->has_description()) edit.description = request->description();
    if (request->has_card_text()) edit.card_text = request->card_text();
    ASSIGN_OR_RETURN(const ModelVersion edited,
                     registry_.UpdateVersion(workspace, request->name(), version, edit, caller.subject));
    *reply = ToProto(edited);
    return absl::OkStatus();
  });
}

grpc::Status RegistryService::DeleteModelVersion(grpc::ServerContext* context, const pb::DeleteModelVersionRequest* request,
                                                 pb::DeleteModelVersionResponse*) {
  return rpc::Answer(*context, [&](const auth::Caller& caller) -> absl::Status {
    ASSIGN_OR_RETURN(const base::WorkspaceId workspace, WorkspaceOf(caller));
    ASSIGN_OR_RETURN(const int version, VersionOf(request->version()));
    return registry_.DeleteVersion(workspace, request->name(), version, request->allow_production(), caller.subject);
  });
}

grpc::Status RegistryService::SetModelVersionTag(grpc::ServerContext* context, const pb::SetModelVersionTagRequest* request,
                                                 pb::SetModelVersionTagResponse*) {
  return rpc::Answer(*context, [&](const auth::Caller& caller) -> absl::Status {
    ASSIGN_OR_RETURN(const base::WorkspaceId workspace, WorkspaceOf(caller));
    ASSIGN_OR_RETURN(const int version, VersionOf(request->version()));
    return registry_.SetVersionTag(workspace, request->name(), version, request->key(), request->value(), caller.subject);
  });
}

grpc::Status RegistryService::DeleteModelVersionTag(grpc::ServerContext* context, const pb::DeleteModelVersionTagRequest* request,
                                                    pb::DeleteModelVersionTagResponse*) {
  return rpc::Answer(*context, [&](const auth::Caller& caller) -> absl::Status {
    ASSIGN_OR_RETURN(const base::WorkspaceId workspace, WorkspaceOf(caller));
    ASSIGN_OR_RETURN(const int version, VersionOf(request->version()));
    return registry_.DeleteVersionTag(workspace, request->name(), version, request->key(), caller.subject);
  });
}

}  // namespace millwright::registry
