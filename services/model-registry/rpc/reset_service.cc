#include "model-registry/rpc/reset_service.h"

#include "lib/rpc/answer.h"

namespace millwright::registry {

grpc::Status ResetService::ResetRegistry(grpc::ServerContext* context, const v1::ResetRegistryRequest*,
                                         v1::ResetRegistryResponse*) {
  return rpc::Answer(*context, [&](const auth::Caller&) -> absl::Status {
    if (!is_allowed_) {
      return absl::FailedPreconditionError(
          "the registry was not started for tests: only with testing.allow_reset (millwright up --allow-reset) may it be "
          "emptied");
    }
    return reset_.Run();
  });
}

}  // namespace millwright::registry
