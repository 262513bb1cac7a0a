#pragma once

#include <grpcpp/grpcpp.h>

#include <functional>
#include <string>

#include "millwright/serving/v1/serving.grpc.pb.h"
#include "serving/domain/model_catalog.h"

namespace millwright::serving {

/// What is loaded, for people and pipelines.
class ServingService : public v1::ServingService::Service {
 public:
  ServingService(const ModelCatalog& catalog, std::function<bool()> is_registry_reachable, std::string inference_address)
      : catalog_(catalog),
        is_registry_reachable_(std::move(is_registry_reachable)),
        inference_address_(std::move(inference_address)) {}

  grpc::Status GetServingStatus(grpc::ServerContext* context, const v1::GetServingStatusRequest* request,
                                v1::ServingStatus* reply) override;

 private:
  const ModelCatalog& catalog_;
  const std::function<bool()> is_registry_reachable_;
  const std::string inference_address_;
};

}  // namespace millwright::serving
