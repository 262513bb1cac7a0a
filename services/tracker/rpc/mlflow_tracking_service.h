#pragma once

#include <functional>

#include "millwright/mlflow/v1/tracking.grpc.pb.h"
#include "tracker/domain/lineage.h"
#include "tracker/domain/logged_models.h"
#include "tracker/domain/search.h"
#include "tracker/domain/tracker.h"
#include "tracker/rpc/mlflow_convert.h"

namespace millwright::tracker {

/// MLflow's tracking surface over the domains of TrackerService and LoggedModelService: the same rules, MLflow's words. Its parts
/// stand in the mlflow_tracking_*.cc beside.
class MlflowTrackingService final : public mlpb::MlflowTrackingService::Service {
 public:
  MlflowTrackingService(Tracker& tracker, LoggedModels& models, Lineage& lineage, Search& search)
      : tracker_(tracker), models_(models), lineage_(lineage), search_(search) {}

#define MLFLOW_RPC(name) grpc::Status name(grpc::ServerContext*, const mlpb::name##Request*, mlpb::name##Response*) override
  // mlflow_tracking_experiments.cc
  MLFLOW_RPC(CreateExperiment);
  MLFLOW_RPC(GetExperiment);
  MLFLOW_RPC(GetExperimentByName);
  MLFLOW_RPC(DeleteExperiment);
  MLFLOW_RPC(RestoreExperiment);
  MLFLOW_RPC(UpdateExperiment);
  MLFLOW_RPC(SetExperimentTag);
  MLFLOW_RPC(DeleteExperimentTag);
  // mlflow_tracking_runs.cc
  MLFLOW_RPC(CreateRun);
  MLFLOW_RPC(UpdateRun);
  MLFLOW_RPC(DeleteRun);
  MLFLOW_RPC(RestoreRun);
  MLFLOW_RPC(GetRun);
  // mlflow_tracking_log.cc
  MLFLOW_RPC(LogMetric);
  MLFLOW_RPC(LogParam);
  MLFLOW_RPC(SetTag);
  MLFLOW_RPC(DeleteTag);
  MLFLOW_RPC(LogBatch);
  MLFLOW_RPC(LogInputs);
  MLFLOW_RPC(LogOutputs);
  MLFLOW_RPC(LogModel);
  // mlflow_tracking_metrics.cc
  MLFLOW_RPC(GetMetricHistory);
  MLFLOW_RPC(GetMetricHistoryBulk);
  MLFLOW_RPC(GetMetricHistoryBulkInterval);
  // mlflow_tracking_search.cc
  MLFLOW_RPC(SearchExperiments);
  MLFLOW_RPC(SearchRuns);
  MLFLOW_RPC(SearchLoggedModels);
  MLFLOW_RPC(SearchDatasets);
  // mlflow_tracking_models.cc
  MLFLOW_RPC(CreateLoggedModel);
  MLFLOW_RPC(GetLoggedModel);
  MLFLOW_RPC(FinalizeLoggedModel);
  MLFLOW_RPC(DeleteLoggedModel);
  MLFLOW_RPC(SetLoggedModelTags);
  MLFLOW_RPC(DeleteLoggedModelTag);
  MLFLOW_RPC(LogLoggedModelParams);
#undef MLFLOW_RPC

 private:
  /// Logs what has passed MLflow's checks.
  absl::Status Log(const base::WorkspaceId& workspace, const std::string& run_id, Batch batch);

  Tracker& tracker_;
  LoggedModels& models_;
  Lineage& lineage_;
  Search& search_;
};

/// rpc::Answer for what needs no more of the caller than the workspace.
grpc::Status AnswerIn(grpc::ServerContext& context, const std::function<absl::Status(const base::WorkspaceId&)>& body);

}  // namespace millwright::tracker
