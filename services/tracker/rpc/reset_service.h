#pragma once

#include "millwright/tracker/v1/tracker.grpc.pb.h"
#include "tracker/domain/reset.h"

namespace millwright::tracker {

/// Answers TrackerResetService; refuses unless the server was started for tests.
class ResetService final : public v1::TrackerResetService::Service {
 public:
  ResetService(Reset& reset, bool is_allowed) : reset_(reset), is_allowed_(is_allowed) {}
  grpc::Status ResetTracking(grpc::ServerContext*, const v1::ResetTrackingRequest*, v1::ResetTrackingResponse*) override;

 private:
  Reset& reset_;
  const bool is_allowed_;
};

}  // namespace millwright::tracker
