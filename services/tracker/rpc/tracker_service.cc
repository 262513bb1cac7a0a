#include "tracker/rpc/tracker_service.h"

#include <deque>

#include "lib/base/status_macros.h"
#include "lib/rpc/answer.h"
#include "lib/rpc/convert.h"
#include "tracker/rpc/convert.h"

namespace millwright::tracker {
namespace {

// Messages of one LogMetrics stream that wait for their commit; then the stream is read no further.
constexpr std::size_t kMaxUnderWay = 16;

}  // namespace

grpc::Status TrackerService::CreateExperiment(grpc::ServerContext* context, const v1::CreateExperimentRequest* request,
                                              v1::Experiment* reply) {
  return rpc::Answer(*context, [&](const auth::Caller& caller) -> absl::Status {
    ASSIGN_OR_RETURN(const base::WorkspaceId workspace, WorkspaceOf(caller));
    ASSIGN_OR_RETURN(const Experiment experiment, tracker_.CreateExperiment(workspace, FromProto(*request)));
    *reply = ToProto(experiment);
    return absl::OkStatus();
  });
}

grpc::Status TrackerService::GetExperiment(grpc::ServerContext* context, const v1::GetExperimentRequest* request,
                                           v1::Experiment* reply) {
  return rpc::Answer(*context, [&](const auth::Caller& caller) -> absl::Status {
    ASSIGN_OR_RETURN(const base::WorkspaceId workspace, WorkspaceOf(caller));
    ASSIGN_OR_RETURN(const ExperimentId id, ParseExperimentId(request->experiment_id()));
    ASSIGN_OR_RETURN(const Experiment experiment, tracker_.GetExperiment(workspace, id));
    *reply = ToProto(experiment);
    return absl::OkStatus();
  });
}

grpc::Status TrackerService::ListExperiments(grpc::ServerContext* context, const v1::ListExperimentsRequest* request,
                                             v1::ListExperimentsResponse* reply) {
  return rpc::Answer(*context, [&](const auth::Caller& caller) -> absl::Status {
    ASSIGN_OR_RETURN(const base::WorkspaceId workspace, WorkspaceOf(caller));
    ASSIGN_OR_RETURN(const ExperimentQuery query, FromProto(*request));
    ASSIGN_OR_RETURN(const PageOf<Experiment> page, tracker_.ListExperiments(workspace, query));
    for (const Experiment& experiment : page.items) *reply->add_experiments() = ToProto(experiment);
    reply->set_next_page_token(PageToken(page.next));
    return absl::OkStatus();
  });
}

grpc::Status TrackerService::CreateRun(grpc::ServerContext* context, const v1::CreateRunRequest* request, v1::Run* reply) {
  return rpc::Answer(*context, [&](const auth::Caller& caller) -> absl::Status {
    ASSIGN_OR_RETURN(const base::WorkspaceId workspace, WorkspaceOf(caller));
    ASSIGN_OR_RETURN(NewRun fresh, FromProto(*request));
    fresh.created_by = caller.subject;
    ASSIGN_OR_RETURN(const Run run, tracker_.CreateRun(workspace, std::move(fresh)));
    *reply = ToProto(run);
    return absl::OkStatus();
  });
}

grpc::Status TrackerService::GetRun(grpc::ServerContext* context, const v1::GetRunRequest* request, v1::Run* reply) {
  return rpc::Answer(*context, [&](const auth::Caller& caller) -> absl::Status {
    ASSIGN_OR_RETURN(const base::WorkspaceId workspace, WorkspaceOf(caller));
    ASSIGN_OR_RETURN(const RunId id, ParseRunId(request->run_id()));
    ASSIGN_OR_RETURN(const Run run, tracker_.GetRun(workspace, id));
    *reply = ToProto(run);
    return absl::OkStatus();
  });
}

grpc::Status TrackerService::ListRuns(grpc::ServerContext* context, const v1::ListRunsRequest* request,
                                      v1::ListRunsResponse* reply) {
  return rpc::Answer(*context, [&](const auth::Caller& caller) -> absl::Status {
    ASSIGN_OR_RETURN(const base::WorkspaceId workspace, WorkspaceOf(caller));
    ASSIGN_OR_RETURN(const RunQuery query, FromProto(*request));
    ASSIGN_OR_RETURN(const PageOf<Run> page, tracker_.ListRuns(workspace, query));
    for (const Run& run : page.items) *reply->add_runs() = ToProto(run);
    reply->set_next_page_token(PageToken(page.next));
    return absl::OkStatus();
  });
}

grpc::Status TrackerService::LogBatch(grpc::ServerContext* context, const v1::LogBatchRequest* request, v1::LogBatchResponse*) {
  return rpc::Answer(*context, [&](const auth::Caller& caller) -> absl::Status {
    ASSIGN_OR_RETURN(const base::WorkspaceId workspace, WorkspaceOf(caller));
    ASSIGN_OR_RETURN(const RunId id, ParseRunId(request->run_id()));
    return tracker_.LogBatch(workspace, id, FromProto(*request));
  });
}

grpc::Status TrackerService::FinishRun(grpc::ServerContext* context, const v1::FinishRunRequest* request, v1::Run* reply) {
  return rpc::Answer(*context, [&](const auth::Caller& caller) -> absl::Status {
    ASSIGN_OR_RETURN(const base::WorkspaceId workspace, WorkspaceOf(caller));
    ASSIGN_OR_RETURN(const RunId id, ParseRunId(request->run_id()));
    ASSIGN_OR_RETURN(const RunStatus status, FromProto(request->status()));
    ASSIGN_OR_RETURN(const Run run, tracker_.FinishRun(workspace, id, status));
    *reply = ToProto(run);
    return absl::OkStatus();
  });
}

grpc::Status TrackerService::GetMetricHistory(grpc::ServerContext* context, const v1::GetMetricHistoryRequest* request,
                                              v1::GetMetricHistoryResponse* reply) {
  return rpc::Answer(*context, [&](const auth::Caller& caller) -> absl::Status {
    ASSIGN_OR_RETURN(const base::WorkspaceId workspace, WorkspaceOf(caller));
    ASSIGN_OR_RETURN(const RunId id, ParseRunId(request->run_id()));
    ASSIGN_OR_RETURN(const HistoryQuery query, FromProto(*request));
    ASSIGN_OR_RETURN(const std::vector<Point> history, tracker_.MetricHistory(workspace, id, query));
    for (const Point& point : history) *reply->add_metrics() = ToProto(query.key, point);
    if (static_cast<int>(history.size()) == query.size) reply->set_next_page_token(HistoryToken(history.back()));
    return absl::OkStatus();
  });
}

grpc::Status TrackerService::UpdateExperiment(grpc::ServerContext* context, const v1::UpdateExperimentRequest* request,
                                              v1::Experiment* reply) {
  return rpc::Answer(*context, [&](const auth::Caller& caller) -> absl::Status {
    ASSIGN_OR_RETURN(const base::WorkspaceId workspace, WorkspaceOf(caller));
    ASSIGN_OR_RETURN(const ExperimentId id, ParseExperimentId(request->experiment_id()));
    ASSIGN_OR_RETURN(const Experiment experiment, request->has_name() ? tracker_.RenameExperiment(workspace, id, request->name())
                                                                      : tracker_.GetExperiment(workspace, id));
    *reply = ToProto(experiment);
    return absl::OkStatus();
  });
}

grpc::Status TrackerService::SetExperimentTags(grpc::ServerContext* context, const v1::SetExperimentTagsRequest* request, v1::Experiment* reply) {
  return rpc::Answer(*context, [&](const auth::Caller& caller) -> absl::Status {
    ASSIGN_OR_RETURN(const base::WorkspaceId workspace, WorkspaceOf(caller));
    ASSIGN_OR_RETURN(const ExperimentId id, ParseExperimentId(request->experiment_id()));
    ASSIGN_OR_RETURN(const Experiment experiment, tracker_.SetExperimentTags(workspace, id, FromProto(request->tags())));
    *reply = ToProto(experiment);
    return absl::OkStatus();
  });
}

grpc::Status TrackerService::DeleteExperimentTag(grpc::ServerContext* context, const v1::DeleteExperimentTagRequest* request, v1::Experiment* reply) {
  return rpc::Answer(*context, [&](const auth::Caller& caller) -> absl::Status {
    ASSIGN_OR_RETURN(const base::WorkspaceId workspace, WorkspaceOf(caller));
    ASSIGN_OR_RETURN(const ExperimentId id, ParseExperimentId(request->experiment_id()));
    ASSIGN_OR_RETURN(const Experiment experiment, tracker_.DeleteExperimentTag(workspace, id, request->key()));
    *reply = ToProto(experiment);
    return absl::OkStatus();
  });
}

grpc::Status TrackerService::DeleteExperiment(grpc::ServerContext* context, const v1::DeleteExperimentRequest* request, v1::Experiment* reply) {
  return rpc::Answer(*context, [&](const auth::Caller& caller) -> absl::Status {
    ASSIGN_OR_RETURN(const base::WorkspaceId workspace, WorkspaceOf(caller));
    ASSIGN_OR_RETURN(const ExperimentId id, ParseExperimentId(request->experiment_id()));
    ASSIGN_OR_RETURN(const Experiment experiment, tracker_.DeleteExperiment(workspace, id));
    *reply = ToProto(experiment);
    return absl::OkStatus();
  });
}

grpc::Status TrackerService::RestoreExperiment(grpc::ServerContext* context, const v1::RestoreExperimentRequest* request, v1::Experiment* reply) {
  return rpc::Answer(*context, [&](const auth::Caller& caller) -> absl::Status {
    ASSIGN_OR_RETURN(const base::WorkspaceId workspace, WorkspaceOf(caller));
    ASSIGN_OR_RETURN(const ExperimentId id, ParseExperimentId(request->experiment_id()));
    ASSIGN_OR_RETURN(const Experiment experiment, tracker_.RestoreExperiment(workspace, id));
    *reply = ToProto(experiment);
    return absl::OkStatus();
  });
}

grpc::Status TrackerService::PurgeExperiment(grpc::ServerContext* context, const v1::PurgeExperimentRequest* request,
                                             v1::PurgeExperimentResponse* reply) {
  return rpc::Answer(*context, [&](const auth::Caller& caller) -> absl::Status {
    ASSIGN_OR_RETURN(const base::WorkspaceId workspace, WorkspaceOf(caller));
    ASSIGN_OR_RETURN(const ExperimentId id, ParseExperimentId(request->experiment_id()));
    ASSIGN_OR_RETURN(const std::int64_t runs, tracker_.PurgeExperiment(workspace, id));
    reply->set_purged_runs(runs);
    return absl::OkStatus();
  });
}

grpc::Status TrackerService::UpdateRun(grpc::ServerContext* context, const v1::UpdateRunRequest* request, v1::Run* reply) {
  return rpc::Answer(*context, [&](const auth::Caller& caller) -> absl::Status {
    ASSIGN_OR_RETURN(const base::WorkspaceId workspace, WorkspaceOf(caller));
    ASSIGN_OR_RETURN(const RunId id, ParseRunId(request->run_id()));
    ASSIGN_OR_RETURN(RunChange change, FromProto(*request));
    ASSIGN_OR_RETURN(const Run run, tracker_.UpdateRun(workspace, id, std::move(change)));
    *reply = ToProto(run);
    return absl::OkStatus();
  });
}

grpc::Status TrackerService::DeleteRunTag(grpc::ServerContext* context, const v1::DeleteRunTagRequest* request, v1::Run* reply) {
  return rpc::Answer(*context, [&](const auth::Caller& caller) -> absl::Status {
    ASSIGN_OR_RETURN(const base::WorkspaceId workspace, WorkspaceOf(caller));
    ASSIGN_OR_RETURN(const RunId id, ParseRunId(request->run_id()));
    ASSIGN_OR_RETURN(const Run run, tracker_.DeleteRunTag(workspace, id, request->key()));
    *reply = ToProto(run);
    return absl::OkStatus();
  });
}

grpc::Status TrackerService::DeleteRun(grpc::ServerContext* context, const v1::DeleteRunRequest* request, v1::Run* reply) {
  return rpc::Answer(*context, [&](const auth::Caller& caller) -> absl::Status {
    ASSIGN_OR_RETURN(const base::WorkspaceId workspace, WorkspaceOf(caller));
    ASSIGN_OR_RETURN(const RunId id, ParseRunId(request->run_id()));
    ASSIGN_OR_RETURN(const Run run, tracker_.DeleteRun(workspace, id));
    *reply = ToProto(run);
    return absl::OkStatus();
  });
}

grpc::Status TrackerService::RestoreRun(grpc::ServerContext* context, const v1::RestoreRunRequest* request, v1::Run* reply) {
  return rpc::Answer(*context, [&](const auth::Caller& caller) -> absl::Status {
    ASSIGN_OR_RETURN(const base::WorkspaceId workspace, WorkspaceOf(caller));
    ASSIGN_OR_RETURN(const RunId id, ParseRunId(request->run_id()));
    ASSIGN_OR_RETURN(const Run run, tracker_.RestoreRun(workspace, id));
    *reply = ToProto(run);
    return absl::OkStatus();
  });
}

grpc::Status TrackerService::PurgeRun(grpc::ServerContext* context, const v1::PurgeRunRequest* request, v1::PurgeRunResponse*) {
  return rpc::Answer(*context, [&](const auth::Caller& caller) -> absl::Status {
    ASSIGN_OR_RETURN(const base::WorkspaceId workspace, WorkspaceOf(caller));
    ASSIGN_OR_RETURN(const RunId id, ParseRunId(request->run_id()));
    return tracker_.PurgeRun(workspace, id);
  });
}

grpc::Status TrackerService::SendHeartbeat(grpc::ServerContext* context, const v1::SendHeartbeatRequest* request,
                                           v1::SendHeartbeatResponse* reply) {
  return rpc::Answer(*context, [&](const auth::Caller& caller) -> absl::Status {
    ASSIGN_OR_RETURN(const base::WorkspaceId workspace, WorkspaceOf(caller));
    ASSIGN_OR_RETURN(const RunId id, ParseRunId(request->run_id()));
    ASSIGN_OR_RETURN(const absl::Time lost_after, tracker_.Beat(workspace, id));
    *reply->mutable_lost_after() = rpc::ToProto(lost_after);
    return absl::OkStatus();
  });
}

grpc::Status TrackerService::GetMetricCharts(grpc::ServerContext* context, const v1::GetMetricChartsRequest* request,
                                             v1::GetMetricChartsResponse* reply) {
  return rpc::Answer(*context, [&](const auth::Caller& caller) -> absl::Status {
    ASSIGN_OR_RETURN(const base::WorkspaceId workspace, WorkspaceOf(caller));
    ASSIGN_OR_RETURN(ChartQuery query, FromProto(*request));
    ASSIGN_OR_RETURN(const std::vector<Series> charts, tracker_.MetricCharts(workspace, std::move(query)));
    for (const Series& series : charts) *reply->add_series() = ToProto(series);
    return absl::OkStatus();
  });
}

grpc::Status TrackerService::LogMetrics(grpc::ServerContext* context, grpc::ServerReader<v1::LogMetricsRequest>* reader,
                                        v1::LogMetricsResponse* reply) {
  return rpc::Answer(*context, [&](const auth::Caller& caller) -> absl::Status {
    ASSIGN_OR_RETURN(const base::WorkspaceId workspace, WorkspaceOf(caller));
    std::deque<std::future<absl::Status>> under_way;
    std::int64_t metrics = 0;
    std::string run_id;
    v1::LogMetricsRequest message;
    while (reader->Read(&message)) {
      if (!message.run_id().empty()) run_id = message.run_id();
      ASSIGN_OR_RETURN(const RunId id, ParseRunId(run_id));
      metrics += message.metrics_size();
      under_way.push_back(tracker_.StartLog(workspace, id, FromProto(message)));
      if (under_way.size() < kMaxUnderWay) continue;
      RETURN_IF_ERROR(under_way.front().get());
      under_way.pop_front();
    }
    for (std::future<absl::Status>& outcome : under_way) RETURN_IF_ERROR(outcome.get());
    // A caller that died ends the stream as one that finished does.
    if (context->IsCancelled()) return absl::CancelledError("the stream was given up");
    reply->set_metric_count(metrics);
    return absl::OkStatus();
  });
}

}  // namespace millwright::tracker
