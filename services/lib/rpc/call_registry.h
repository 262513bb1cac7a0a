#pragma once

#include <grpcpp/grpcpp.h>
#include <grpcpp/support/server_interceptor.h>

#include <memory>
#include <optional>
#include <string>

#include "lib/auth/assertion.h"

namespace millwright::rpc {

/// What a handler's context does not tell: which method is being called, and the key that its assertion is checked with.
struct CallInfo {
  std::string method;  // "/package.Service/Method"
  const auth::Signer* signer = nullptr;
};

/// The interceptor that remembers CallInfo for every running call of a server. `signer` must outlive the server.
std::unique_ptr<grpc::experimental::ServerInterceptorFactoryInterface> RememberCalls(const auth::Signer& signer);

/// Of a running call; nothing for a context that no such interceptor has seen. Thread-safe.
std::optional<CallInfo> InfoOf(const grpc::ServerContextBase& context);

}  // namespace millwright::rpc
