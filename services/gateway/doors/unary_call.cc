#include "gateway/doors/unary_call.h"

#include <grpcpp/impl/codegen/client_unary_call.h>
#include <grpcpp/support/byte_buffer.h>

#include "lib/rpc/status.h"

namespace millwright::gateway {

absl::Status StatusOf(const grpc::Status& status, const grpc::ClientContext& context) {
  const auto& trailer = context.GetServerTrailingMetadata();
  const auto code = trailer.find(rpc::kErrorCodeKey);
  if (code == trailer.end()) return rpc::FromGrpc(status);
  return rpc::WithErrorCode(rpc::FromGrpc(status), absl::string_view(code->second.data(), code->second.size()));
}

absl::StatusOr<ReplyBytes> CallUnary(grpc::Channel& channel, const std::string& method, grpc::ClientContext& context,
                                     const std::string& request) {
  // As generated stubs call: one batch of operations that this thread itself drives, instead of a queue and threads in between.
  const grpc::internal::RpcMethod rpc(method.c_str(), grpc::internal::RpcMethod::NORMAL_RPC);
  // Not copied: the request outlives the call.
  const grpc::Slice slice(request.data(), request.size(), grpc::Slice::STATIC_SLICE);
  const grpc::ByteBuffer sent(&slice, 1);
  grpc::ByteBuffer received;
  const grpc::Status status = grpc::internal::BlockingUnaryCall<grpc::ByteBuffer, grpc::ByteBuffer>(&channel, rpc, &context, sent,
                                                                                                    &received);
  if (!status.ok()) return StatusOf(status, context);
  grpc::Slice reply;
  if (!received.Valid() || received.Length() == 0) return ReplyBytes();
  if (!received.TrySingleSlice(&reply).ok() && !received.DumpToSingleSlice(&reply).ok())
    return absl::InternalError("the service's answer cannot be read");
  return ReplyBytes(std::move(reply));
}

}  // namespace millwright::gateway
