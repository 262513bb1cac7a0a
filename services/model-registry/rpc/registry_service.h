#pragma once

#include "millwright/registry/v1/registry.grpc.pb.h"
#include "model-registry/domain/registry.h"
#include "model-registry/rpc/convert.h"

namespace millwright::registry {

/// registry.v1.RegistryService over the domain.
class RegistryService final : public pb::RegistryService::Service {
 public:
  explicit RegistryService(Registry& registry) : registry_(registry) {}

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

 private:
  Registry& registry_;
};

}  // namespace millwright::registry
