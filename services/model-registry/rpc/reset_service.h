#pragma once

#include "millwright/registry/v1/registry.grpc.pb.h"
#include "model-registry/domain/reset.h"

namespace millwright::registry {

/// registry.v1.RegistryResetService; refuses unless the server was started for tests.
class ResetService final : public v1::RegistryResetService::Service {
 public:
  ResetService(Reset& reset, bool is_allowed) : reset_(reset), is_allowed_(is_allowed) {}
  grpc::Status ResetRegistry(grpc::ServerContext* context, const v1::ResetRegistryRequest* request,
                             v1::ResetRegistryResponse* reply) override;

 private:
  Reset& reset_;
  const bool is_allowed_;
};

}  // namespace millwright::registry
