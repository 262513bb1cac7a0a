#include "e2e/generic_call.h"

#include <google/protobuf/dynamic_message.h>
#include <google/protobuf/util/json_util.h>
#include <grpcpp/generic/generic_stub.h>
#include <gtest/gtest.h>

#include "absl/strings/str_cat.h"
#include "lib/rpc/client.h"
#include "millwright/gateway/v1/identity.pb.h"
#include "millwright/mlflow/v1/artifacts.pb.h"
#include "millwright/mlflow/v1/registry.pb.h"
#include "millwright/mlflow/v1/tracking.pb.h"
#include "millwright/monitor/v1/monitor.pb.h"
#include "millwright/registry/v1/registry.pb.h"
#include "millwright/scheduler/v1/scheduler.pb.h"
#include "millwright/serving/v1/serving.pb.h"
#include "millwright/system/v1/system.pb.h"
#include "millwright/telemetry/v1/telemetry.pb.h"
#include "millwright/tracker/v1/tracker.pb.h"

namespace millwright::e2e {
namespace {

std::string Encode(const google::protobuf::Descriptor& type, const nlohmann::json& json) {
  google::protobuf::DynamicMessageFactory factory;
  const std::unique_ptr<google::protobuf::Message> message(factory.GetPrototype(&type)->New());
  const auto status = google::protobuf::util::JsonStringToMessage(json.dump(), message.get());
  EXPECT_TRUE(status.ok()) << type.full_name() << " from " << json.dump() << ": " << status.ToString();
  return message->SerializeAsString();
}

nlohmann::json Decode(const google::protobuf::Descriptor& type, grpc::ByteBuffer& buffer) {
  std::vector<grpc::Slice> slices;
  EXPECT_TRUE(buffer.Dump(&slices).ok());
  std::string bytes;
  for (const grpc::Slice& slice : slices) bytes.append(reinterpret_cast<const char*>(slice.begin()), slice.size());
  google::protobuf::DynamicMessageFactory factory;
  const std::unique_ptr<google::protobuf::Message> message(factory.GetPrototype(&type)->New());
  EXPECT_TRUE(message->ParseFromString(bytes)) << type.full_name();
  std::string json;
  google::protobuf::util::JsonPrintOptions options;
  options.preserve_proto_field_names = true;
  EXPECT_TRUE(google::protobuf::util::MessageToJsonString(*message, &json, options).ok());
  return nlohmann::json::parse(json);
}

// One step of the call; false when it did not go through or the call's deadline came.
bool Step(grpc::CompletionQueue& queue) {
  void* tag = nullptr;
  bool ok = false;
  return queue.Next(&tag, &ok) && ok;
}

}  // namespace

std::string PathOf(const google::protobuf::MethodDescriptor& method) {
  return absl::StrCat("/", method.service()->full_name(), "/", method.name());
}

Answered Call(const std::shared_ptr<grpc::Channel>& channel, const google::protobuf::MethodDescriptor& method,
              const nlohmann::json& request, absl::Duration limit) {
  grpc::GenericStub stub(channel);
  grpc::ClientContext context;
  rpc::Prepare(context, limit);
  grpc::CompletionQueue queue;
  const auto call = stub.PrepareCall(&context, PathOf(method), &queue);
  Answered answered;
  void* const tag = &answered;
  call->StartCall(tag);
  if (Step(queue)) {
    const grpc::Slice slice(Encode(*method.input_type(), request));
    call->Write(grpc::ByteBuffer(&slice, 1), tag);
    if (Step(queue)) {
      call->WritesDone(tag);
      Step(queue);
    }
    grpc::ByteBuffer buffer;
    for (call->Read(&buffer, tag); Step(queue); call->Read(&buffer, tag)) {
      answered.messages.push_back(Decode(*method.output_type(), buffer));
      buffer.Clear();
    }
  }
  call->Finish(&answered.status, tag);
  Step(queue);
  const bool stayed_open = method.server_streaming() && answered.status.error_code() == grpc::StatusCode::DEADLINE_EXCEEDED;
  if (stayed_open) answered.status = grpc::Status::OK;
  queue.Shutdown();
  return answered;
}

std::vector<const google::protobuf::MethodDescriptor*> AllMethods() {
  const google::protobuf::FileDescriptor* files[] = {
      gateway::v1::User::descriptor()->file(),        monitor::v1::Label::descriptor()->file(),
      registry::v1::Gate::descriptor()->file(),       scheduler::v1::Task::descriptor()->file(),
      serving::v1::LoadedModel::descriptor()->file(), system::v1::SystemStatus::descriptor()->file(),
      telemetry::v1::Asset::descriptor()->file(),     tracker::v1::Run::descriptor()->file(),
      mlflow::v1::FileInfo::descriptor()->file(),     mlflow::v1::RegisteredModel::descriptor()->file(),
      mlflow::v1::Metric::descriptor()->file()};
  std::vector<const google::protobuf::MethodDescriptor*> methods;
  for (const auto* file : files) {
    for (int s = 0; s < file->service_count(); ++s) {
      for (int m = 0; m < file->service(s)->method_count(); ++m) methods.push_back(file->service(s)->method(m));
    }
  }
  return methods;
}

}  // namespace millwright::e2e
