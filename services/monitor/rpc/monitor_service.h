#pragma once

#include "millwright/monitor/v1/monitor.grpc.pb.h"
#include "monitor/domain/monitor.h"
#include "monitor/rpc/convert.h"

namespace millwright::monitor {

/// monitor.v1.MonitorService over the domain.
class MonitorService final : public pb::MonitorService::Service {
 public:
  explicit MonitorService(Monitor& monitor) : monitor_(monitor) {}

  grpc::Status LogPredictions(grpc::ServerContext* context, const pb::LogPredictionsRequest* request,
                              pb::LogPredictionsResponse* reply) override;
  grpc::Status CreateLabels(grpc::ServerContext* context, const pb::CreateLabelsRequest* request,
                            pb::CreateLabelsResponse* reply) override;
  grpc::Status GetPrediction(grpc::ServerContext* context, const pb::GetPredictionRequest* request,
                             pb::Prediction* reply) override;
  grpc::Status ListPredictions(grpc::ServerContext* context, const pb::ListPredictionsRequest* request,
                               pb::ListPredictionsResponse* reply) override;
  grpc::Status GetModelHealth(grpc::ServerContext* context, const pb::GetModelHealthRequest* request,
                              pb::ModelHealth* reply) override;

 private:
  Monitor& monitor_;
};

}  // namespace millwright::monitor
