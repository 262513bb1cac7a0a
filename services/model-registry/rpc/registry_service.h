#pragma once

#include "millwright/registry/v1/registry.grpc.pb.h"
#include "model-registry/domain/insight.h"
#include "model-registry/domain/registry.h"
#include "model-registry/domain/search_store.h"
#include "model-registry/rpc/convert.h"

namespace millwright::registry {

/// registry.v1.RegistryService over the domain.
class RegistryService final : public pb::RegistryService::Service {
 public:
  RegistryService(Registry& registry, SearchStore& search, Insight& insight)
      : registry_(registry), search_(search), insight_(insight) {}

  grpc::Status CreateRegisteredModel(grpc::ServerContext* context, const pb::CreateRegisteredModelRequest* request,
                                     pb::RegisteredModel* reply) override;
  grpc::Status GetRegisteredModel(grpc::ServerContext* context, const pb::GetRegisteredModelRequest* request,
                                  pb::RegisteredModel* reply) override;
  grpc::Status ListRegisteredModels(grpc::ServerContext* context, const pb::ListRegisteredModelsRequest* request,
                                    pb::ListRegisteredModelsResponse* reply) override;
  grpc::Status CreateModelVersion(grpc::ServerContext* context, const pb::CreateModelVersionRequest* request,
                                  pb::ModelVersion* reply) override;
  grpc::Status GetModelVersion(grpc::ServerContext* context, const pb::GetModelVersionRequest* request,
                               pb::ModelVersion* reply) override;
  grpc::Status ListModelVersions(grpc::ServerContext* context, const pb::ListModelVersionsRequest* request,
                                 pb::ListModelVersionsResponse* reply) override;
  grpc::Status RecordEvaluation(grpc::ServerContext* context, const pb::RecordEvaluationRequest* request,
                                pb::Evaluation* reply) override;
  grpc::Status ListEvaluations(grpc::ServerContext* context, const pb::ListEvaluationsRequest* request,
                               pb::ListEvaluationsResponse* reply) override;
  grpc::Status SetGate(grpc::ServerContext* context, const pb::SetGateRequest* request, pb::Gate* reply) override;
  grpc::Status CheckGate(grpc::ServerContext* context, const pb::CheckGateRequest* request, pb::GateDecision* reply) override;
  grpc::Status PromoteModelVersion(grpc::ServerContext* context, const pb::PromoteModelVersionRequest* request,
                                   pb::Promotion* reply) override;
  grpc::Status RollbackModel(grpc::ServerContext* context, const pb::RollbackModelRequest* request,
                             pb::Promotion* reply) override;
  grpc::Status ListPromotions(grpc::ServerContext* context, const pb::ListPromotionsRequest* request,
                              pb::ListPromotionsResponse* reply) override;
  // registry_service_edit.cc, registry_service_gates.cc
  grpc::Status UpdateRegisteredModel(grpc::ServerContext* context, const pb::UpdateRegisteredModelRequest* request,
                                     pb::RegisteredModel* reply) override;
  grpc::Status RenameRegisteredModel(grpc::ServerContext* context, const pb::RenameRegisteredModelRequest* request,
                                     pb::RegisteredModel* reply) override;
  grpc::Status DeleteRegisteredModel(grpc::ServerContext* context, const pb::DeleteRegisteredModelRequest* request,
                                     pb::DeleteRegisteredModelResponse* reply) override;
  grpc::Status SetModelTag(grpc::ServerContext* context, const pb::SetModelTagRequest* request,
                           pb::SetModelTagResponse* reply) override;
  grpc::Status DeleteModelTag(grpc::ServerContext* context, const pb::DeleteModelTagRequest* request,
                              pb::DeleteModelTagResponse* reply) override;
  grpc::Status SetModelAlias(grpc::ServerContext* context, const pb::SetModelAliasRequest* request,
                             pb::SetModelAliasResponse* reply) override;
  grpc::Status DeleteModelAlias(grpc::ServerContext* context, const pb::DeleteModelAliasRequest* request,
                                pb::DeleteModelAliasResponse* reply) override;
  grpc::Status GetModelVersionByAlias(grpc::ServerContext* context, const pb::GetModelVersionByAliasRequest* request,
                                      pb::ModelVersion* reply) override;
  grpc::Status UpdateModelVersion(grpc::ServerContext* context, const pb::UpdateModelVersionRequest* request,
                                  pb::ModelVersion* reply) override;
  grpc::Status DeleteModelVersion(grpc::ServerContext* context, const pb::DeleteModelVersionRequest* request,
                                  pb::DeleteModelVersionResponse* reply) override;
  grpc::Status SetModelVersionTag(grpc::ServerContext* context, const pb::SetModelVersionTagRequest* request,
                                  pb::SetModelVersionTagResponse* reply) override;
  grpc::Status DeleteModelVersionTag(grpc::ServerContext* context, const pb::DeleteModelVersionTagRequest* request,
                                     pb::DeleteModelVersionTagResponse* reply) override;
  grpc::Status ListGates(grpc::ServerContext* context, const pb::ListGatesRequest* request,
                         pb::ListGatesResponse* reply) override;
  grpc::Status ApproveModelVersion(grpc::ServerContext* context, const pb::ApproveModelVersionRequest* request,
                                   pb::Approval* reply) override;
  grpc::Status RejectModelVersion(grpc::ServerContext* context, const pb::RejectModelVersionRequest* request,
                                  pb::Approval* reply) override;
  grpc::Status ListApprovals(grpc::ServerContext* context, const pb::ListApprovalsRequest* request,
                             pb::ListApprovalsResponse* reply) override;
  grpc::Status RecordCheck(grpc::ServerContext* context, const pb::RecordCheckRequest* request, pb::Check* reply) override;
  grpc::Status ListChecks(grpc::ServerContext* context, const pb::ListChecksRequest* request,
                          pb::ListChecksResponse* reply) override;

  // registry_service_insight.cc
  grpc::Status SearchRegisteredModels(grpc::ServerContext* context, const pb::SearchRegisteredModelsRequest* request,
                                      pb::SearchRegisteredModelsResponse* reply) override;
  grpc::Status SearchModelVersions(grpc::ServerContext* context, const pb::SearchModelVersionsRequest* request,
                                   pb::SearchModelVersionsResponse* reply) override;
  grpc::Status GetLineage(grpc::ServerContext* context, const pb::GetLineageRequest* request, pb::Lineage* reply) override;
  grpc::Status GetModelCard(grpc::ServerContext* context, const pb::GetModelCardRequest* request, pb::ModelCard* reply) override;
  grpc::Status CompareModelVersions(grpc::ServerContext* context, const pb::CompareModelVersionsRequest* request,
                                    pb::ModelComparison* reply) override;

 private:
  Registry& registry_;
  SearchStore& search_;
  Insight& insight_;
};

}  // namespace millwright::registry
