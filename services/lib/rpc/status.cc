#include "lib/rpc/status.h"

#include <string>

#include "absl/strings/cord.h"

namespace millwright::rpc {
namespace {

constexpr char kPayload[] = "millwright.dev/error-code";

}  // namespace

// Abseil took its codes from gRPC: the numbers are the same.
grpc::Status ToGrpc(const absl::Status& status) {
  return {static_cast<grpc::StatusCode>(status.code()), std::string(status.message())};
}

absl::Status FromGrpc(const grpc::Status& status) {
  return {static_cast<absl::StatusCode>(status.error_code()), status.error_message()};
}

absl::Status WithErrorCode(absl::Status status, absl::string_view code) {
  if (!status.ok()) status.SetPayload(kPayload, absl::Cord(code));
  return status;
}

std::string ErrorCodeOf(const absl::Status& status) {
  const absl::optional<absl::Cord> code = status.GetPayload(kPayload);
  return code ? std::string(*code) : "";
}

}  // namespace millwright::rpc
