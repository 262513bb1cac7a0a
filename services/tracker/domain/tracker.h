#pragma once

#include "lib/base/clock.h"
#include "tracker/domain/run_store.h"

namespace millwright::tracker {

/// The rules of experiments and runs over their stores. Thread-safe.
class Tracker {
 public:
  Tracker(ExperimentStore& experiments, RunStore& runs, const base::Clock& clock)
      : experiments_(experiments), runs_(runs), clock_(clock) {}

  absl::StatusOr<Experiment> CreateExperiment(const base::WorkspaceId& workspace, NewExperiment experiment);
  absl::StatusOr<Experiment> GetExperiment(const base::WorkspaceId& workspace, const ExperimentId& id);
  absl::StatusOr<PageOf<Experiment>> ListExperiments(const base::WorkspaceId& workspace, const ExperimentQuery& query);
  absl::StatusOr<Experiment> RenameExperiment(const base::WorkspaceId& workspace, const ExperimentId& id,
                                              const std::string& name);
  absl::StatusOr<Experiment> SetExperimentTags(const base::WorkspaceId& workspace, const ExperimentId& id,
                                               std::vector<KeyValue> tags);
  absl::StatusOr<Experiment> DeleteExperimentTag(const base::WorkspaceId& workspace, const ExperimentId& id,
                                                 const std::string& key);
  absl::StatusOr<Experiment> DeleteExperiment(const base::WorkspaceId& workspace, const ExperimentId& id);
  absl::StatusOr<Experiment> RestoreExperiment(const base::WorkspaceId& workspace, const ExperimentId& id);
  absl::StatusOr<std::int64_t> PurgeExperiment(const base::WorkspaceId& workspace, const ExperimentId& id);

  /// Fills what `run` leaves open (id, name, start) and begins it. Its name and the tag kNameTag must not differ.
  absl::StatusOr<Run> CreateRun(const base::WorkspaceId& workspace, NewRun run);
  absl::StatusOr<Run> GetRun(const base::WorkspaceId& workspace, const RunId& id);
  absl::StatusOr<PageOf<Run>> ListRuns(const base::WorkspaceId& workspace, RunQuery query);
  absl::StatusOr<Run> UpdateRun(const base::WorkspaceId& workspace, const RunId& id, RunChange change,
                                RunDetail detail = RunDetail::kAll);
  absl::StatusOr<Run> FinishRun(const base::WorkspaceId& workspace, const RunId& id, RunStatus status);
  absl::StatusOr<Run> DeleteRunTag(const base::WorkspaceId& workspace, const RunId& id, const std::string& key);
  absl::StatusOr<Run> DeleteRun(const base::WorkspaceId& workspace, const RunId& id);
  absl::StatusOr<Run> RestoreRun(const base::WorkspaceId& workspace, const RunId& id);
  absl::Status PurgeRun(const base::WorkspaceId& workspace, const RunId& id);

  absl::Status LogBatch(const base::WorkspaceId& workspace, const RunId& id, Batch batch);
  /// For streams, which send the next batch before the answer to the last: up to kMaxStreamedMetrics metrics.
  std::future<absl::Status> StartLog(const base::WorkspaceId& workspace, const RunId& id, Batch batch);

  /// Notes a heartbeat; when the run counts as lost without another.
  absl::StatusOr<absl::Time> Beat(const base::WorkspaceId& workspace, const RunId& id);
  /// Fails the runs whose heartbeats stopped, in all workspaces; how many.
  absl::StatusOr<std::int64_t> FailLostRuns();

  absl::StatusOr<std::vector<Point>> MetricHistory(const base::WorkspaceId& workspace, const RunId& id,
                                                   const HistoryQuery& query);
  absl::StatusOr<std::vector<Series>> MetricCharts(const base::WorkspaceId& workspace, ChartQuery query);

 private:
  ExperimentStore& experiments_;
  RunStore& runs_;
  const base::Clock& clock_;
};

}  // namespace millwright::tracker
