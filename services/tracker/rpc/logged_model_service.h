#pragma once

#include "millwright/tracker/v1/tracker.grpc.pb.h"
#include "tracker/domain/lineage.h"
#include "tracker/domain/logged_models.h"

namespace millwright::tracker {

/// Answers LoggedModelService.
class LoggedModelService final : public v1::LoggedModelService::Service {
 public:
  LoggedModelService(LoggedModels& models, Lineage& lineage) : models_(models), lineage_(lineage) {}
  grpc::Status CreateLoggedModel(grpc::ServerContext*, const v1::CreateLoggedModelRequest*, v1::LoggedModel*) override;
  grpc::Status GetLoggedModel(grpc::ServerContext*, const v1::GetLoggedModelRequest*, v1::LoggedModel*) override;
  grpc::Status ListLoggedModels(grpc::ServerContext*, const v1::ListLoggedModelsRequest*, v1::ListLoggedModelsResponse*) override;
  grpc::Status FinalizeLoggedModel(grpc::ServerContext*, const v1::FinalizeLoggedModelRequest*, v1::LoggedModel*) override;
  grpc::Status DeleteLoggedModel(grpc::ServerContext*, const v1::DeleteLoggedModelRequest*, v1::DeleteLoggedModelResponse*) override;
  grpc::Status SetLoggedModelTags(grpc::ServerContext*, const v1::SetLoggedModelTagsRequest*, v1::LoggedModel*) override;
  grpc::Status LogRunLinks(grpc::ServerContext*, const v1::LogRunLinksRequest*, v1::RunLinks*) override;
  grpc::Status GetRunLinks(grpc::ServerContext*, const v1::GetRunLinksRequest*, v1::RunLinks*) override;

 private:
  LoggedModels& models_;
  Lineage& lineage_;
};

}  // namespace millwright::tracker
