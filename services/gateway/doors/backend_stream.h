#pragma once

#include <grpcpp/generic/generic_stub.h>

#include <memory>
#include <string>

namespace millwright::gateway {

/// One call, driven by the thread that writes its requests and then reads its responses. Not thread-safe.
class BackendStream {
 public:
  BackendStream(grpc::GenericStub& stub, const std::string& method);
  /// Cancels what is still running.
  ~BackendStream();

  /// Deadline and metadata are set here before Start.
  grpc::ClientContext& context() { return context_; }
  void Start(const std::string& request);
  /// Instead of Start, for any number of requests: each waits until gRPC has taken the one before. False when the call has ended:
  /// then Read and Finish tell how.
  bool Open();
  bool Write(const grpc::ByteBuffer& request);
  bool WritesDone();
  /// The next response; false when there is none any more: see Finish.
  bool Read(std::string* response);
  /// The call's outcome. Once, after Read answered false or to give up after Cancel.
  grpc::Status Finish();
  void Cancel() { context_.TryCancel(); }

 private:
  bool Await();

  grpc::GenericStub& stub_;
  const std::string method_;
  grpc::ClientContext context_;
  grpc::CompletionQueue queue_;
  std::unique_ptr<grpc::GenericClientAsyncReaderWriter> call_;
  bool is_finished_ = false;
};

}  // namespace millwright::gateway
