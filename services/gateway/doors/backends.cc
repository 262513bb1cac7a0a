#include "gateway/doors/backends.h"

#include <grpcpp/create_channel.h>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"

namespace millwright::gateway {
namespace {

constexpr int kMaxMessageBytes = 64 << 20;

// Plain channels: the door signs each call for its caller itself, as bytes pass through unread.
std::shared_ptr<grpc::Channel> Dial(const std::string& address) {
  grpc::ChannelArguments arguments;
  arguments.SetMaxReceiveMessageSize(kMaxMessageBytes);
  arguments.SetMaxSendMessageSize(kMaxMessageBytes);
  arguments.SetInt(GRPC_ARG_INITIAL_RECONNECT_BACKOFF_MS, 100);
  arguments.SetInt(GRPC_ARG_MIN_RECONNECT_BACKOFF_MS, 100);
  arguments.SetInt(GRPC_ARG_MAX_RECONNECT_BACKOFF_MS, 1000);
  arguments.SetInt(GRPC_ARG_ENABLE_HTTP_PROXY, 0);
  return grpc::CreateCustomChannel(address, grpc::InsecureChannelCredentials(), arguments);
}

std::string ServiceName(const std::string& backend) { return absl::StrReplaceAll(backend, {{"_", "-"}}); }

}  // namespace

Backends::Backends(const std::map<std::string, std::string>& addresses) {
  for (const auto& [name, address] : addresses) {
    if (!address.empty()) stubs_[name] = std::make_unique<grpc::GenericStub>(Dial(address));
  }
}

absl::StatusOr<grpc::GenericStub*> Backends::Find(const std::string& name) const {
  const auto it = stubs_.find(name);
  if (it != stubs_.end()) return it->second.get();
  return absl::UnavailableError(absl::StrCat("no address is configured for it (peers.", name, ")"));
}

grpc::Status NameBackend(const grpc::Status& status, const std::string& backend) {
  if (status.error_code() != grpc::StatusCode::UNAVAILABLE) return status;
  return {status.error_code(), absl::StrCat("service ", ServiceName(backend), " is unavailable: ", status.error_message()),
          status.error_details()};
}

}  // namespace millwright::gateway
