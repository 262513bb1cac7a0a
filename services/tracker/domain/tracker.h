#pragma once

#include "lib/base/clock.h"
#include "tracker/domain/run_store.h"

namespace millwright::tracker {

/// The rules of experiments and runs over their stores. Thread-safe.
class Tracker {
 public:
  Tracker(ExperimentStore& experiments, RunStore& runs, const base::Clock& clock)
      : experiments_(experiments), runs_(runs), clock_(clock) {}

  absl::StatusOr<Experiment> CreateExperiment(const base::WorkspaceId& workspace, const std::string& name);
  absl::StatusOr<Experiment> GetExperiment(const base::WorkspaceId& workspace, const ExperimentId& id);
  absl::StatusOr<PageOf<Experiment>> ListExperiments(const base::WorkspaceId& workspace, const ExperimentQuery& query);

  /// Fills what `run` leaves open (id, name, start) and begins it.
  absl::StatusOr<Run> CreateRun(const base::WorkspaceId& workspace, NewRun run);
  absl::StatusOr<Run> GetRun(const base::WorkspaceId& workspace, const RunId& id);
  absl::StatusOr<PageOf<Run>> ListRuns(const base::WorkspaceId& workspace, RunQuery query);
  absl::Status LogBatch(const base::WorkspaceId& workspace, const RunId& id, Batch batch);
  absl::StatusOr<Run> FinishRun(const base::WorkspaceId& workspace, const RunId& id, RunStatus status);
  absl::StatusOr<std::vector<Metric>> MetricHistory(const base::WorkspaceId& workspace, const RunId& id,
                                                    const HistoryQuery& query);

 private:
  ExperimentStore& experiments_;
  RunStore& runs_;
  const base::Clock& clock_;
};

}  // namespace millwright::tracker
