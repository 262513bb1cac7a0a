#pragma once

#include <grpcpp/grpcpp.h>

#include "absl/status/status.h"

namespace millwright::rpc {

grpc::Status ToGrpc(const absl::Status& status);
absl::Status FromGrpc(const grpc::Status& status);

}  // namespace millwright::rpc
