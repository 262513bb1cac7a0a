#include "serving/rpc/serving_service.h"

#include "lib/rpc/answer.h"
#include "serving/rpc/convert.h"

namespace millwright::serving {

grpc::Status ServingService::GetServingStatus(grpc::ServerContext* context, const v1::GetServingStatusRequest*,
                                              v1::ServingStatus* reply) {
  return rpc::Answer(*context, [&](const auth::Caller& caller) -> absl::Status {
    for (const auto& [key, entry] : *catalog_.snapshot()) {
      if (key.workspace == caller.workspace) *reply->add_models() = ToProto(key, entry);
    }
    reply->set_is_registry_reachable(is_registry_reachable_());
    reply->set_inference_address(inference_address_);
    return absl::OkStatus();
  });
}

}  // namespace millwright::serving
