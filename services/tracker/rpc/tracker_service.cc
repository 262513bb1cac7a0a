#include "tracker/rpc/tracker_service.h"

#include "lib/base/status_macros.h"
#include "lib/rpc/answer.h"
#include "tracker/rpc/convert.h"

namespace millwright::tracker {

grpc::Status TrackerService::CreateExperiment(grpc::ServerContext* context, const v1::CreateExperimentRequest* request,
                                              v1::Experiment* reply) {
  return rpc::Answer(*context, [&](const auth::Caller& caller) -> absl::Status {
    ASSIGN_OR_RETURN(const base::WorkspaceId workspace, WorkspaceOf(caller));
    ASSIGN_OR_RETURN(const Experiment experiment, tracker_.CreateExperiment(workspace, request->name()));
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
    ASSIGN_OR_RETURN(const std::vector<Metric> history, tracker_.MetricHistory(workspace, id, query));
    for (const Metric& metric : history) *reply->add_metrics() = ToProto(metric);
    if (static_cast<int>(history.size()) == query.size) reply->set_next_page_token(HistoryToken(history.back()));
    return absl::OkStatus();
  });
}

}  // namespace millwright::tracker
