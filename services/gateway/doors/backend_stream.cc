#include "gateway/doors/backend_stream.h"

#include <grpcpp/support/byte_buffer.h>

#include <vector>

namespace millwright::gateway {

BackendStream::BackendStream(grpc::GenericStub& stub, const std::string& method) : stub_(stub), method_(method) {}

BackendStream::~BackendStream() {
  if (call_ != nullptr && !is_finished_) {
    context_.TryCancel();
    Finish();
  }
  queue_.Shutdown();
  void* tag = nullptr;
  bool ok = false;
  while (queue_.Next(&tag, &ok)) {
  }
}

bool BackendStream::Await() {
  void* tag = nullptr;
  bool ok = false;
  return queue_.Next(&tag, &ok) && ok;
}

void BackendStream::Start(const std::string& request) {
  if (!Open()) return;
  const grpc::Slice slice(request);
  call_->WriteLast(grpc::ByteBuffer(&slice, 1), grpc::WriteOptions(), this);
  Await();
}

bool BackendStream::Open() {
  call_ = stub_.PrepareCall(&context_, method_, &queue_);
  call_->StartCall(this);
  return Await();
}

bool BackendStream::Write(const grpc::ByteBuffer& request) {
  call_->Write(request, this);
  return Await();
}

bool BackendStream::WritesDone() {
  call_->WritesDone(this);
  return Await();
}

bool BackendStream::Read(std::string* response) {
  grpc::ByteBuffer buffer;
  call_->Read(&buffer, this);
  if (!Await()) return false;
  std::vector<grpc::Slice> slices;
  if (!buffer.Dump(&slices).ok()) return false;
  response->clear();
  for (const grpc::Slice& slice : slices) response->append(reinterpret_cast<const char*>(slice.begin()), slice.size());
  return true;
}

grpc::Status BackendStream::Finish() {
  grpc::Status status;
  call_->Finish(&status, this);
  Await();
  is_finished_ = true;
  return status;
}

}  // namespace millwright::gateway
