#include "tracker/rpc/reset_service.h"

#include "lib/rpc/answer.h"

namespace millwright::tracker {

grpc::Status ResetService::ResetTracking(grpc::ServerContext* context, const v1::ResetTrackingRequest*,
                                         v1::ResetTrackingResponse*) {
  return rpc::Answer(*context, [&](const auth::Caller&) -> absl::Status {
    if (!is_allowed_) {
      return absl::FailedPreconditionError(
          "the tracker was not started for tests: only with testing.allow_reset (millwright up --allow-reset) may it be emptied");
    }
    return reset_.Run();
  });
}

}  // namespace millwright::tracker
