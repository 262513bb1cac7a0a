#pragma once

#include "millwright/tracker/v1/tracker.grpc.pb.h"
#include "tracker/domain/test_look.h"

namespace millwright::tracker {

/// Looks at test sets over gRPC.
class TestLookService : public v1::TestLookService::Service {
 public:
  explicit TestLookService(TestLookStore& looks) : looks_(looks) {}

  grpc::Status RecordTestLook(grpc::ServerContext* context, const v1::RecordTestLookRequest* request,
                              v1::TestLook* reply) override;
  grpc::Status ListTestLooks(grpc::ServerContext* context, const v1::ListTestLooksRequest* request,
                             v1::ListTestLooksResponse* reply) override;

 private:
  TestLookStore& looks_;
};

}  // namespace millwright::tracker
