#include "gateway/doors/backends.h"

#include <grpcpp/create_channel.h>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "lib/base/status_macros.h"

namespace millwright::gateway {
namespace {

constexpr int kMaxMessageBytes = 64 << 20;
constexpr int kStreamWindow = 4 << 20;  // bytes on their way in one stream
constexpr int kFrame = 512 << 10;       // so that a piece of a file is one

// Plain channels: the door signs each call for its caller itself, as bytes pass through unread.
std::shared_ptr<grpc::Channel> Dial(const std::string& address) {
  grpc::ChannelArguments arguments;
  arguments.SetMaxReceiveMessageSize(kMaxMessageBytes);
  arguments.SetMaxSendMessageSize(kMaxMessageBytes);
  arguments.SetInt(GRPC_ARG_INITIAL_RECONNECT_BACKOFF_MS, 100);
  arguments.SetInt(GRPC_ARG_MIN_RECONNECT_BACKOFF_MS, 100);
  arguments.SetInt(GRPC_ARG_MAX_RECONNECT_BACKOFF_MS, 1000);
  arguments.SetInt(GRPC_ARG_ENABLE_HTTP_PROXY, 0);
  // A file that comes faster than its client takes it waits in the service.
  arguments.SetInt(GRPC_ARG_HTTP2_BDP_PROBE, 0);
  arguments.SetInt(GRPC_ARG_HTTP2_STREAM_LOOKAHEAD_BYTES, kStreamWindow);
  arguments.SetInt(GRPC_ARG_HTTP2_MAX_FRAME_SIZE, kFrame);
  return grpc::CreateCustomChannel(address, grpc::InsecureChannelCredentials(), arguments);
}

std::string ServiceName(const std::string& backend) { return absl::StrReplaceAll(backend, {{"_", "-"}}); }

}  // namespace

Backends::Backends(const std::map<std::string, std::string>& addresses) {
  for (const auto& [name, address] : addresses) {
    if (address.empty()) continue;
    const std::shared_ptr<grpc::Channel> channel = Dial(address);
    backends_[name] = {.channel = channel, .stub = std::make_unique<grpc::GenericStub>(channel)};
  }
}

absl::StatusOr<const Backends::Backend*> Backends::FindBackend(const std::string& name) const {
  const auto it = backends_.find(name);
  if (it != backends_.end()) return &it->second;
  return absl::UnavailableError(absl::StrCat("no address is configured for it (peers.", name, ")"));
}

absl::StatusOr<grpc::GenericStub*> Backends::Find(const std::string& name) const {
  ASSIGN_OR_RETURN(const Backend* backend, FindBackend(name));
  return backend->stub.get();
}

absl::StatusOr<grpc::Channel*> Backends::Channel(const std::string& name) const {
  ASSIGN_OR_RETURN(const Backend* backend, FindBackend(name));
  return backend->channel.get();
}

absl::Status NameBackend(const absl::Status& status, const std::string& backend) {
  if (!absl::IsUnavailable(status)) return status;
  return absl::UnavailableError(absl::StrCat("service ", ServiceName(backend), " is unavailable: ", status.message()));
}

grpc::Status NameBackend(const grpc::Status& status, const std::string& backend) {
  if (status.error_code() != grpc::StatusCode::UNAVAILABLE) return status;
  return {status.error_code(), absl::StrCat("service ", ServiceName(backend), " is unavailable: ", status.error_message()),
          status.error_details()};
}

}  // namespace millwright::gateway
