#include "lib/rpc/status.h"

#include <string>

namespace millwright::rpc {

// Abseil took its codes from gRPC: the numbers are the same.
grpc::Status ToGrpc(const absl::Status& status) {
  return {static_cast<grpc::StatusCode>(status.code()), std::string(status.message())};
}

absl::Status FromGrpc(const grpc::Status& status) {
  return {static_cast<absl::StatusCode>(status.error_code()), status.error_message()};
}

}  // namespace millwright::rpc
