#pragma once

#include <grpcpp/grpcpp.h>

#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

namespace millwright::gateway {

/// The bytes of an answer, without a copy where gRPC has them in one piece.
class ReplyBytes {
 public:
  ReplyBytes() = default;
  explicit ReplyBytes(grpc::Slice slice) : slice_(std::move(slice)) {}
  absl::string_view view() const { return {reinterpret_cast<const char*>(slice_.begin()), slice_.size()}; }

 private:
  grpc::Slice slice_;
};

/// Makes a call with one request and one answer, both as bytes, on the calling thread. Deadline and metadata stand in `context`.
/// A failed call's status has the error code that its service sent (rpc::ErrorCodeOf).
absl::StatusOr<ReplyBytes> CallUnary(grpc::Channel& channel, const std::string& method, grpc::ClientContext& context,
                                     const std::string& request);

/// A failed call's status with the error code of its trailing metadata.
absl::Status StatusOf(const grpc::Status& status, const grpc::ClientContext& context);

}  // namespace millwright::gateway
