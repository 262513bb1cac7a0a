#pragma once

#include "millwright/tracker/v1/tracker.grpc.pb.h"
#include "tracker/domain/search.h"
#include "tracker/domain/tracker.h"

namespace millwright::tracker {

/// Experiments and runs over gRPC.
class TrackerService : public v1::TrackerService::Service {
 public:
  TrackerService(Tracker& tracker, Search& search) : tracker_(tracker), search_(search) {}

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
  grpc::Status UpdateExperiment(grpc::ServerContext* context, const v1::UpdateExperimentRequest* request, v1::Experiment* reply) override;
  grpc::Status SetExperimentTags(grpc::ServerContext* context, const v1::SetExperimentTagsRequest* request, v1::Experiment* reply) override;
  grpc::Status DeleteExperimentTag(grpc::ServerContext* context, const v1::DeleteExperimentTagRequest* request, v1::Experiment* reply) override;
  grpc::Status DeleteExperiment(grpc::ServerContext* context, const v1::DeleteExperimentRequest* request, v1::Experiment* reply) override;
  grpc::Status RestoreExperiment(grpc::ServerContext* context, const v1::RestoreExperimentRequest* request, v1::Experiment* reply) override;
  grpc::Status PurgeExperiment(grpc::ServerContext* context, const v1::PurgeExperimentRequest* request, v1::PurgeExperimentResponse* reply) override;
  grpc::Status UpdateRun(grpc::ServerContext* context, const v1::UpdateRunRequest* request, v1::Run* reply) override;
  grpc::Status DeleteRunTag(grpc::ServerContext* context, const v1::DeleteRunTagRequest* request, v1::Run* reply) override;
  grpc::Status DeleteRun(grpc::ServerContext* context, const v1::DeleteRunRequest* request, v1::Run* reply) override;
  grpc::Status RestoreRun(grpc::ServerContext* context, const v1::RestoreRunRequest* request, v1::Run* reply) override;
  grpc::Status PurgeRun(grpc::ServerContext* context, const v1::PurgeRunRequest* request, v1::PurgeRunResponse* reply) override;
  grpc::Status SendHeartbeat(grpc::ServerContext* context, const v1::SendHeartbeatRequest* request, v1::SendHeartbeatResponse* reply) override;
  grpc::Status GetMetricCharts(grpc::ServerContext* context, const v1::GetMetricChartsRequest* request, v1::GetMetricChartsResponse* reply) override;
  grpc::Status LogMetrics(grpc::ServerContext* context, grpc::ServerReader<v1::LogMetricsRequest>* reader,
                          v1::LogMetricsResponse* reply) override;

  // tracker_search.cc
  grpc::Status SearchExperiments(grpc::ServerContext* context, const v1::SearchExperimentsRequest* request,
                                 v1::SearchExperimentsResponse* reply) override;
  grpc::Status SearchRuns(grpc::ServerContext* context, const v1::SearchRunsRequest* request, v1::SearchRunsResponse* reply) override;

 private:
  Tracker& tracker_;
  Search& search_;
};

}  // namespace millwright::tracker
