#pragma once

#include "millwright/mlflow/v1/registry.grpc.pb.h"
#include "model-registry/domain/registry.h"
#include "model-registry/domain/search_store.h"
#include "model-registry/rpc/mlflow_convert.h"

namespace millwright::registry {

/// MLflow's model registry over the same domain as RegistryService: its names, its words, our gates and history.
class MlflowRegistryService final : public mlflow_pb::MlflowRegistryService::Service {
 public:
  MlflowRegistryService(Registry& registry, SearchStore& search) : registry_(registry), search_(search) {}

  // mlflow_registry_models.cc
  grpc::Status CreateRegisteredModel(grpc::ServerContext* context, const mlflow_pb::CreateRegisteredModelRequest* request,
                                     mlflow_pb::CreateRegisteredModelResponse* reply) override;
  grpc::Status GetRegisteredModel(grpc::ServerContext* context, const mlflow_pb::GetRegisteredModelRequest* request,
                                  mlflow_pb::GetRegisteredModelResponse* reply) override;
  grpc::Status UpdateRegisteredModel(grpc::ServerContext* context, const mlflow_pb::UpdateRegisteredModelRequest* request,
                                     mlflow_pb::UpdateRegisteredModelResponse* reply) override;
  grpc::Status RenameRegisteredModel(grpc::ServerContext* context, const mlflow_pb::RenameRegisteredModelRequest* request,
                                     mlflow_pb::RenameRegisteredModelResponse* reply) override;
  grpc::Status DeleteRegisteredModel(grpc::ServerContext* context, const mlflow_pb::DeleteRegisteredModelRequest* request,
                                     mlflow_pb::DeleteRegisteredModelResponse* reply) override;
  grpc::Status SetRegisteredModelTag(grpc::ServerContext* context, const mlflow_pb::SetRegisteredModelTagRequest* request,
                                     mlflow_pb::SetRegisteredModelTagResponse* reply) override;
  grpc::Status DeleteRegisteredModelTag(grpc::ServerContext* context, const mlflow_pb::DeleteRegisteredModelTagRequest* request,
                                        mlflow_pb::DeleteRegisteredModelTagResponse* reply) override;
  grpc::Status SetRegisteredModelAlias(grpc::ServerContext* context, const mlflow_pb::SetRegisteredModelAliasRequest* request,
                                       mlflow_pb::SetRegisteredModelAliasResponse* reply) override;
  grpc::Status DeleteRegisteredModelAlias(grpc::ServerContext* context,
                                          const mlflow_pb::DeleteRegisteredModelAliasRequest* request,
                                          mlflow_pb::DeleteRegisteredModelAliasResponse* reply) override;
  grpc::Status GetModelVersionByAlias(grpc::ServerContext* context, const mlflow_pb::GetModelVersionByAliasRequest* request,
                                      mlflow_pb::GetModelVersionByAliasResponse* reply) override;
  grpc::Status GetLatestVersions(grpc::ServerContext* context, const mlflow_pb::GetLatestVersionsRequest* request,
                                 mlflow_pb::GetLatestVersionsResponse* reply) override;

  // mlflow_registry_versions.cc
  grpc::Status CreateModelVersion(grpc::ServerContext* context, const mlflow_pb::CreateModelVersionRequest* request,
                                  mlflow_pb::CreateModelVersionResponse* reply) override;
  grpc::Status GetModelVersion(grpc::ServerContext* context, const mlflow_pb::GetModelVersionRequest* request,
                               mlflow_pb::GetModelVersionResponse* reply) override;
  grpc::Status UpdateModelVersion(grpc::ServerContext* context, const mlflow_pb::UpdateModelVersionRequest* request,
                                  mlflow_pb::UpdateModelVersionResponse* reply) override;
  grpc::Status TransitionModelVersionStage(grpc::ServerContext* context,
                                           const mlflow_pb::TransitionModelVersionStageRequest* request,
                                           mlflow_pb::TransitionModelVersionStageResponse* reply) override;
  grpc::Status DeleteModelVersion(grpc::ServerContext* context, const mlflow_pb::DeleteModelVersionRequest* request,
                                  mlflow_pb::DeleteModelVersionResponse* reply) override;
  grpc::Status GetModelVersionDownloadUri(grpc::ServerContext* context,
                                          const mlflow_pb::GetModelVersionDownloadUriRequest* request,
                                          mlflow_pb::GetModelVersionDownloadUriResponse* reply) override;
  grpc::Status SetModelVersionTag(grpc::ServerContext* context, const mlflow_pb::SetModelVersionTagRequest* request,
                                  mlflow_pb::SetModelVersionTagResponse* reply) override;
  grpc::Status DeleteModelVersionTag(grpc::ServerContext* context, const mlflow_pb::DeleteModelVersionTagRequest* request,
                                     mlflow_pb::DeleteModelVersionTagResponse* reply) override;
  grpc::Status GetModelVersionArtifact(grpc::ServerContext* context, const mlflow_pb::GetModelVersionArtifactRequest* request,
                                       grpc::ServerWriter<mlflow_pb::ArtifactBytes>* writer) override;

  // mlflow_registry_search.cc
  grpc::Status SearchRegisteredModels(grpc::ServerContext* context, const mlflow_pb::SearchRegisteredModelsRequest* request,
                                      mlflow_pb::SearchRegisteredModelsResponse* reply) override;
  grpc::Status SearchModelVersions(grpc::ServerContext* context, const mlflow_pb::SearchModelVersionsRequest* request,
                                   mlflow_pb::SearchModelVersionsResponse* reply) override;

 private:
  absl::StatusOr<mlflow_pb::RegisteredModel> Show(const base::WorkspaceId& workspace, const RegisteredModel& model);

  Registry& registry_;
  SearchStore& search_;
};

}  // namespace millwright::registry
