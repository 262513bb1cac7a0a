#pragma once

#include <grpcpp/support/status_code_enum.h>

namespace millwright::gateway {

/// The HTTP status of a gRPC code, gRPC's customary ones; the body names the code itself.
int HttpStatus(grpc::StatusCode code);

}  // namespace millwright::gateway
