#include "contracts/contracts.h"

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

namespace millwright::contracts {

std::vector<const google::protobuf::FileDescriptor*> Files() {
  // Naming a message links its file; FindFileByName alone would find nothing in a static library.
  return {
      gateway::v1::SignInRequest::descriptor()->file(),           monitor::v1::GetPredictionRequest::descriptor()->file(),
      registry::v1::RegisteredModel::descriptor()->file(),        scheduler::v1::GetPipelineRunRequest::descriptor()->file(),
      serving::v1::GetServingStatusRequest::descriptor()->file(), system::v1::GetSystemStatusRequest::descriptor()->file(),
      telemetry::v1::GetAssetRequest::descriptor()->file(),       tracker::v1::GetRunRequest::descriptor()->file(),
      mlflow::v1::GetRunRequest::descriptor()->file(),            mlflow::v1::ListArtifactsRequest::descriptor()->file(),
      mlflow::v1::GetModelVersionRequest::descriptor()->file(),
  };
}

std::vector<const google::protobuf::MethodDescriptor*> Methods() {
  std::vector<const google::protobuf::MethodDescriptor*> methods;
  for (const google::protobuf::FileDescriptor* file : Files()) {
    for (int s = 0; s < file->service_count(); ++s) {
      for (int m = 0; m < file->service(s)->method_count(); ++m) methods.push_back(file->service(s)->method(m));
    }
  }
  return methods;
}

}  // namespace millwright::contracts
