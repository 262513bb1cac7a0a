#pragma once

#include <grpcpp/grpcpp.h>

#include <functional>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "lib/auth/caller.h"

namespace millwright::rpc {

/// The one place that identifies the caller (verifies the assertion, then the method's access rule), carries the deadline, logs,
/// counts, and turns a status into gRPC. Only for servers started by RunServer or TestServer: their interceptor tells Answer the
/// method and the key; anywhere else every call is Unauthenticated.
///
/// Usage in a handler, unary and streaming alike (for streams the body reads and writes the stream itself):
///   return rpc::Answer(*context, [&](const auth::Caller& caller) -> absl::Status { … });
grpc::Status Answer(grpc::ServerContext& context, const std::function<absl::Status(const auth::Caller&)>& body);

/// Time left for the call; at most `cap` (calls without a deadline get `cap`).
absl::Duration TimeLeft(const grpc::ServerContext& context, absl::Duration cap = absl::Seconds(60));

}  // namespace millwright::rpc
