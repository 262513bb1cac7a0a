#pragma once

#include <grpcpp/grpcpp.h>

#include <string>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"

namespace millwright::rpc {

grpc::Status ToGrpc(const absl::Status& status);
absl::Status FromGrpc(const grpc::Status& status);

/// The trailing metadata that carries an error code of its own past gRPC's codes.
inline constexpr char kErrorCodeKey[] = "millwright-error-code";

/// The status with the error code that MLflow's clients are to see instead of the one its own code stands for, such as
/// "BAD_REQUEST". The status of an answer only: Answer sends the code along. Of an OK status: the same status.
absl::Status WithErrorCode(absl::Status status, absl::string_view code);
/// That code; "" when the status has none.
std::string ErrorCodeOf(const absl::Status& status);

}  // namespace millwright::rpc
