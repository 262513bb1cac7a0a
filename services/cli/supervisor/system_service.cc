#include "cli/supervisor/system_service.h"

#include "lib/rpc/answer.h"
#include "lib/rpc/convert.h"

namespace millwright::cli {
namespace {

system::v1::ServiceState ToProto(ServiceState state) {
  switch (state) {
    case ServiceState::kStarting:
      return system::v1::SERVICE_STATE_STARTING;
    case ServiceState::kReady:
      return system::v1::SERVICE_STATE_READY;
    case ServiceState::kUnhealthy:
      return system::v1::SERVICE_STATE_UNHEALTHY;
    case ServiceState::kRestarting:
      return system::v1::SERVICE_STATE_RESTARTING;
    case ServiceState::kStopped:
      return system::v1::SERVICE_STATE_STOPPED;
  }
  return system::v1::SERVICE_STATE_UNSPECIFIED;
}

}  // namespace

system::v1::SystemStatus ToProto(const SystemState& state, const Home& home) {
  system::v1::SystemStatus status;
  status.set_home(home.root());
  status.set_version(MILLWRIGHT_VERSION);
  for (const ServiceRecord& record : state.services) {
    system::v1::ServiceStatus& service = *status.add_services();
    service.set_name(record.name);
    service.set_state(ToProto(record.state));
    service.set_pid(record.process.pid);
    service.set_address(record.address);
    service.set_version(record.version);
    if (record.process.pid != 0) *service.mutable_started_at() = rpc::ToProto(record.started_at);
    service.set_restarts(record.restarts);
    service.set_last_exit(record.last_exit);
  }
  return status;
}

grpc::Status SystemService::GetSystemStatus(grpc::ServerContext* context, const system::v1::GetSystemStatusRequest*,
                                            system::v1::SystemStatus* reply) {
  return rpc::Answer(*context, [&](const auth::Caller&) -> absl::Status {
    *reply = ToProto(supervisor_.State(), home_);
    return absl::OkStatus();
  });
}

}  // namespace millwright::cli
