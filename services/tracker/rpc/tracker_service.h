#pragma once

#include "millwright/tracker/v1/tracker.grpc.pb.h"
#include "tracker/domain/tracker.h"

namespace millwright::tracker {

/// Experiments and runs over gRPC.
class TrackerService : public v1::TrackerService::Service {
 public:
  explicit TrackerService(Tracker& tracker) : tracker_(tracker) {}

  grpc::Status CreateExperiment(grpc::ServerContext* context, const v1::CreateExperimentRequest* request,
                                v1::Experiment* reply) override;
  grpc::Status GetExperiment(grpc::ServerContext* context, const v1::GetExperimentRequest* request,
                             v1::Experiment* reply) override;
  grpc::Status ListExperiments(grpc::ServerContext* context, const v1::ListExperimentsRequest* request,
                               v1::ListExperimentsResponse* reply) override;
  grpc::Status CreateRun(grpc::ServerContext* context, const v1::CreateRunRequest* request, v1::Run* reply) override;
  grpc::Status GetRun(grpc::ServerContext* context, const v1::GetRunRequest* request, v1::Run* reply) override;
  grpc::Status ListRuns(grpc::ServerContext* context, const v1::ListRunsRequest* request, v1::ListRunsResponse* reply) override;
  grpc::Status LogBatch(grpc::ServerContext* context, const v1::LogBatchRequest* request, v1::LogBatchResponse* reply) override;
  grpc::Status FinishRun(grpc::ServerContext* context, const v1::FinishRunRequest* request, v1::Run* reply) override;
  grpc::Status GetMetricHistory(grpc::ServerContext* context, const v1::GetMetricHistoryRequest* request,
                                v1::GetMetricHistoryResponse* reply) override;

 private:
  Tracker& tracker_;
};

}  // namespace millwright::tracker
