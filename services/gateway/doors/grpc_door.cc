#include "gateway/doors/grpc_door.h"

#include <grpcpp/health_check_service_interface.h>
#include <grpcpp/resource_quota.h>
#include <grpcpp/server_builder.h>

#include "absl/strings/str_cat.h"
#include "gateway/doors/proxy_call.h"

namespace millwright::gateway {
namespace {

constexpr int kMaxMessageBytes = 64 << 20;
constexpr std::size_t kMaxMemoryBytes = 1u << 30;

}  // namespace

absl::Status GrpcDoor::Start(const std::string& address) {
  grpc::EnableDefaultHealthCheckService(true);
  grpc::ServerBuilder builder;
  builder.AddListeningPort(address, grpc::InsecureServerCredentials(), &port_);
  builder.SetMaxReceiveMessageSize(kMaxMessageBytes);
  builder.SetMaxSendMessageSize(kMaxMessageBytes);
  builder.SetResourceQuota(grpc::ResourceQuota("doors").Resize(kMaxMemoryBytes));
  builder.AddChannelArgument(GRPC_ARG_ALLOW_REUSEPORT, 0);
  builder.AddChannelArgument(GRPC_ARG_MAX_CONCURRENT_STREAMS, 1000);
  builder.RegisterCallbackGenericService(this);
  server_ = builder.BuildAndStart();
  if (server_ != nullptr) return absl::OkStatus();
  return absl::FailedPreconditionError(
      absl::StrCat("cannot listen on ", address,
                   " (doors.grpc_address): the address is taken or not ours; stop what uses it or choose another"));
}

void GrpcDoor::Stop() {
  if (server_ == nullptr) return;
  server_->Shutdown(std::chrono::system_clock::now() + std::chrono::seconds(5));
  server_.reset();
  pool_.Stop();
}

grpc::ServerGenericBidiReactor* GrpcDoor::CreateReactor(grpc::GenericCallbackServerContext* context) {
  const auto call = std::make_shared<ProxyCall>(*this, *context);
  call->Start(call);
  return call.get();
}

}  // namespace millwright::gateway
