#include "gateway/doors/proxy_call.h"

#include <google/protobuf/message.h>

#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "lib/rpc/status.h"

namespace millwright::gateway {
namespace {

std::string Metadata(const grpc::GenericCallbackServerContext& context, const char* key) {
  const auto it = context.client_metadata().find(key);
  return it == context.client_metadata().end() ? "" : std::string(it->second.data(), it->second.size());
}

std::string BearerToken(const std::string& authorization) {
  return absl::StartsWithIgnoreCase(authorization, "bearer ") ? authorization.substr(7) : "";
}

// "ipv4:127.0.0.1:5000" → "127.0.0.1"
std::string AddressOf(const std::string& peer) {
  const std::size_t scheme = peer.find(':');
  const std::size_t port = peer.rfind(':');
  if (scheme == std::string::npos || port <= scheme) return peer;
  return peer.substr(scheme + 1, port - scheme - 1);
}

std::string ResourceOf(const Method& method, const grpc::ByteBuffer& bytes) {
  if (method.rule.resource().empty()) return "";
  std::vector<grpc::Slice> slices;
  if (!bytes.Dump(&slices).ok()) return "";
  std::string flat;
  for (const grpc::Slice& slice : slices) flat.append(reinterpret_cast<const char*>(slice.begin()), slice.size());
  const std::unique_ptr<google::protobuf::Message> message(
      google::protobuf::MessageFactory::generated_factory()->GetPrototype(method.descriptor->input_type())->New());
  return message->ParseFromString(flat) ? FieldText(*message, method.rule.resource()) : "";
}

}  // namespace

ProxyCall::ProxyCall(GrpcDoor& door, grpc::GenericCallbackServerContext& context) : door_(door), context_(context) {}

void ProxyCall::Start(std::shared_ptr<ProxyCall> self) {
  self_ = std::move(self);
  visit_.method = door_.methods_.Find(context_.method());
  if (visit_.method == nullptr) return Refuse(absl::UnimplementedError(absl::StrCat("no RPC ", context_.method())));
  if (visit_.method->rule.public_()) return Admit(nullptr);
  token_ = BearerToken(Metadata(context_, "authorization"));
  if (token_.empty()) return Refuse(absl::UnauthenticatedError("send an API token as metadata: authorization: Bearer <token>"));
  if (const std::optional<Identity> identity = door_.authenticator_.Cached(token_)) return Admit(&*identity);
  Block([this] { Identify(); });
}

void ProxyCall::Identify() {
  const absl::StatusOr<Identity> identity = door_.authenticator_.Authenticate(token_);
  if (!identity.ok()) return Refuse(identity.status());
  Admit(&*identity);
}

void ProxyCall::Admit(const Identity* identity) {
  absl::StatusOr<Visit> visit = door_.doorkeeper_.Admit(
      *visit_.method, identity, RequestIdOr(Metadata(context_, auth::kRequestIdKey)), AddressOf(context_.peer()));
  if (!visit.ok()) return Refuse(visit.status());
  visit_ = *std::move(visit);
  if (!visit_.method->is_audited) return Connect();
  if (visit_.method->descriptor->client_streaming()) return Block([this] { BeginAudit(); });
  // The first message names the resource.
  waits_for_first_message_ = true;
  StartRead(&request_);
}

void ProxyCall::BeginAudit() {
  const absl::Status status = door_.doorkeeper_.Begin(visit_, has_first_message_ ? ResourceOf(*visit_.method, request_) : "");
  if (!status.ok()) return Refuse(status);
  Connect();
}

void ProxyCall::Connect() {
  const absl::StatusOr<grpc::GenericStub*> stub = door_.backends_.Find(visit_.method->backend);
  if (!stub.ok()) return OnBackendDone(rpc::ToGrpc(stub.status()));
  backend_context_.set_deadline(context_.deadline());
  door_.doorkeeper_.Prepare(backend_context_, visit_);
  (*stub)->PrepareBidiStreamingCall(&backend_context_, visit_.method->path, {}, &backend_);
  // One for each direction, as operations start from the client's reactions too.
  backend_.AddMultipleHolds(2);
  const bool is_stream = visit_.method->descriptor->client_streaming() || visit_.method->descriptor->server_streaming();
  if (is_stream && !token_.empty()) {
    door_.streams_.Add(self_, visit_.caller,
                       [&authenticator = door_.authenticator_, token = token_] { return authenticator.Authenticate(token); });
  }
  bool is_cancelled = false;
  {
    absl::MutexLock lock(&mutex_);
    is_connected_ = true;
    is_cancelled = is_cancelled_;
    is_writing_ = has_first_message_;
  }
  if (is_cancelled) backend_context_.TryCancel();
  // What is started now runs from StartCall on; it comes last, as the call may then end, and this object with it, at any time.
  backend_.StartRead(&response_);
  if (has_first_message_) {
    backend_.StartWrite(&request_);
  } else {
    StartRead(&request_);
  }
  backend_.StartCall();
}

void ProxyCall::OnReadDone(bool ok) {
  if (waits_for_first_message_) {
    waits_for_first_message_ = false;
    if (!ok) return Refuse(absl::InvalidArgumentError("the call ended before its request"));
    has_first_message_ = true;
    return Block([this] { BeginAudit(); });
  }
  {
    absl::MutexLock lock(&mutex_);
    if (has_request_end_) return;
    is_writing_ = true;
  }
  if (ok) return backend_.StartWrite(&request_);
  backend_.StartWritesDone();
  if (StopRequests(/*write_has_ended=*/true)) backend_.RemoveHold();
}

void ProxyCall::OnBackendWriteDone(bool ok) {
  bool goes_on = false;
  {
    absl::MutexLock lock(&mutex_);
    is_writing_ = false;
    goes_on = ok && !has_request_end_;
  }
  if (goes_on) return StartRead(&request_);
  if (StopRequests(/*write_has_ended=*/true)) backend_.RemoveHold();
}

bool ProxyCall::StopRequests(bool write_has_ended) {
  absl::MutexLock lock(&mutex_);
  if (write_has_ended) is_writing_ = false;
  has_request_end_ = true;
  // While a write is being started its own end removes the hold.
  if (is_writing_ || !has_request_hold_) return false;
  has_request_hold_ = false;
  return true;
}

void ProxyCall::OnBackendReadDone(bool ok) {
  if (ok) return StartWrite(&response_);
  if (StopRequests(/*write_has_ended=*/false)) backend_.RemoveHold();
  backend_.RemoveHold();
}

void ProxyCall::OnWriteDone(bool ok) {
  if (ok) return backend_.StartRead(&response_);
  backend_context_.TryCancel();
  if (StopRequests(/*write_has_ended=*/false)) backend_.RemoveHold();
  backend_.RemoveHold();
}

void ProxyCall::OnBackendDone(const grpc::Status& status) {
  grpc::Status outcome = NameBackend(status, visit_.method->backend);
  {
    absl::MutexLock lock(&mutex_);
    if (!end_.ok()) outcome = rpc::ToGrpc(end_);
  }
  if (visit_.audit_id == 0) {
    door_.doorkeeper_.End(visit_, outcome.error_code());
    return Finish(outcome);
  }
  const bool is_queued = door_.pool_.Run([this, outcome] {
    door_.doorkeeper_.End(visit_, outcome.error_code());
    Finish(outcome);
  });
  if (!is_queued) Finish(outcome);
}

void ProxyCall::OnCancel() { Cancel(absl::OkStatus()); }

void ProxyCall::End(const absl::Status& why) { Cancel(why); }

void ProxyCall::Cancel(const absl::Status& why) {
  bool is_connected = false;
  {
    absl::MutexLock lock(&mutex_);
    is_cancelled_ = true;
    if (end_.ok()) end_ = why;
    is_connected = is_connected_;
  }
  if (is_connected) backend_context_.TryCancel();
}

void ProxyCall::Block(std::function<void()> work) {
  if (!door_.pool_.Run(std::move(work))) Refuse(absl::ResourceExhaustedError("the gateway is busy; try again in a moment"));
}

void ProxyCall::Refuse(const absl::Status& status) { Finish(rpc::ToGrpc(status)); }

}  // namespace millwright::gateway
