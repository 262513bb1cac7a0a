#include "cli/door.h"

#include <grpcpp/generic/generic_stub.h>

#include <chrono>
#include <cstdlib>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/synchronization/notification.h"
#include "cli/supervisor/plan.h"
#include "cli/supervisor/state_file.h"
#include "lib/base/files.h"
#include "lib/rpc/client.h"
#include "lib/rpc/status.h"

namespace millwright::cli {
namespace {

std::string Variable(const char* name) {
  const char* value = std::getenv(name);
  return value == nullptr ? "" : value;
}

std::string DefaultAddress(const Home& home) {
  const absl::StatusOr<SystemState> state = ReadState(home);
  return absl::StrCat("127.0.0.1:", kGatewayDoorPort + (state.ok() ? state->port_offset : 0));
}

}  // namespace

Door::Door(std::string address, std::string token)
    : address_(std::move(address)), has_token_(!token.empty()), channel_(rpc::ConnectWithToken(address_, token)) {}

absl::StatusOr<Door> Door::Open(const Home& home, const std::string& address, const std::string& token) {
  std::string where = address.empty() ? Variable("MILLWRIGHT_ADDRESS") : address;
  if (where.empty()) where = DefaultAddress(home);
  std::string secret = token.empty() ? Variable("MILLWRIGHT_TOKEN") : token;
  if (secret.empty()) secret = base::ReadFile(home.Secret("cli.token"), 1024).value_or("");
  secret = std::string(absl::StripAsciiWhitespace(secret));
  for (const char c : secret) {
    if (!absl::ascii_isgraph(static_cast<unsigned char>(c)))
      return absl::InvalidArgumentError("MILLWRIGHT_TOKEN is not a token: it holds blanks or control characters");
  }
  Door door(std::move(where), std::move(secret));
  door.WaitWhileConnecting();
  return door;
}

void Door::WaitWhileConnecting() const {
  const auto deadline = std::chrono::system_clock::now() + std::chrono::seconds(3);
  for (;;) {
    const grpc_connectivity_state state = channel_->GetState(/*try_to_connect=*/true);
    if (state != GRPC_CHANNEL_IDLE && state != GRPC_CHANNEL_CONNECTING) return;
    if (!channel_->WaitForStateChange(state, deadline)) return;
  }
}

absl::Status Door::Explain(const grpc::Status& status) const {
  if (status.ok()) return absl::OkStatus();
  const absl::Status plain = rpc::FromGrpc(status);
  if (status.error_code() == grpc::StatusCode::UNAVAILABLE && channel_->GetState(false) != GRPC_CHANNEL_READY) {
    return absl::UnavailableError(
        absl::StrCat("cannot reach Millwright at ", address_,
                     "; is it running? `millwright up` starts it, MILLWRIGHT_ADDRESS names another one"));
  }
  if (status.error_code() == grpc::StatusCode::UNAUTHENTICATED && !has_token_) {
    return absl::UnauthenticatedError("no token: set MILLWRIGHT_TOKEN, or run this as the user who started Millwright");
  }
  return plain;
}

absl::Status Door::Call(const google::protobuf::MethodDescriptor& method, const google::protobuf::Message& request,
                        google::protobuf::Message* reply, absl::Duration timeout) const {
  grpc::GenericStub stub(channel_);
  grpc::ClientContext context;
  rpc::Prepare(context, timeout);
  std::string bytes;
  if (!request.SerializeToString(&bytes)) return absl::InternalError("cannot encode the request");
  const grpc::Slice slice(bytes);
  const grpc::ByteBuffer question(&slice, 1);
  grpc::ByteBuffer answer;
  grpc::Status status;
  absl::Notification done;
  stub.UnaryCall(&context, absl::StrCat("/", method.service()->full_name(), "/", method.name()), {}, &question, &answer,
                 [&](grpc::Status result) {
                   status = std::move(result);
                   done.Notify();
                 });
  done.WaitForNotification();
  if (!status.ok()) return Explain(status);
  grpc::Slice whole;
  if (!answer.DumpToSingleSlice(&whole).ok() || !reply->ParseFromArray(whole.begin(), static_cast<int>(whole.size()))) {
    return absl::InternalError(absl::StrCat("the answer of ", address_, " to ", method.full_name(), " cannot be read"));
  }
  return absl::OkStatus();
}

int ExitCode(const absl::Status& status) {
  if (status.ok()) return kOk;
  return absl::IsUnavailable(status) ? kUnreachable : kRefused;
}

}  // namespace millwright::cli
