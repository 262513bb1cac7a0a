#pragma once

#include <grpcpp/grpcpp.h>

#include <memory>
#include <string>

#include "absl/time/time.h"
#include "lib/auth/assertion.h"

namespace millwright::rpc {

/// A channel to a peer service ("host:port" or "unix:/path"), with the platform's message limits, keep-alive and reconnect
/// backoff (at most 1 s). Signs an assertion into every call by itself through `signer` (as the service itself unless the
/// call's context was made by ForCaller). `signer` must outlive the channel.
std::shared_ptr<grpc::Channel> Connect(const std::string& address, const auth::Signer& signer);

/// Like Connect, and every call is made as `caller` unless its context says otherwise.
std::shared_ptr<grpc::Channel> ConnectAs(const std::string& address, const auth::Signer& signer, const auth::Caller& caller);

/// A channel to the gateway's gRPC door that sends "authorization: Bearer <token>" with every call.
std::shared_ptr<grpc::Channel> ConnectWithToken(const std::string& address, const std::string& token);

/// Sets the deadline, and the request id when there is one.
void Prepare(grpc::ClientContext& context, absl::Duration timeout, const std::string& request_id = "");

/// Like Prepare, and the call is made as `caller` (a person's work goes on under their name and workspace).
void PrepareFor(grpc::ClientContext& context, absl::Duration timeout, const auth::Caller& caller);

}  // namespace millwright::rpc
