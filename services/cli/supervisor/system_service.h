#pragma once

#include "cli/supervisor/state_file.h"
#include "cli/supervisor/supervisor.h"
#include "millwright/system/v1/system.grpc.pb.h"

namespace millwright::cli {

/// A state as SystemService tells it.
system::v1::SystemStatus ToProto(const SystemState& state, const Home& home);

/// Answers for the supervisor on its unix socket.
class SystemService final : public system::v1::SystemService::Service {
 public:
  SystemService(const Supervisor& supervisor, const Home& home) : supervisor_(supervisor), home_(home) {}
  grpc::Status GetSystemStatus(grpc::ServerContext* context, const system::v1::GetSystemStatusRequest* request,
                               system::v1::SystemStatus* reply) override;

 private:
  const Supervisor& supervisor_;
  const Home& home_;
};

}  // namespace millwright::cli
