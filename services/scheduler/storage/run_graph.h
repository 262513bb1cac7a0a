#pragma once

#include <string>
#include <vector>

#include "absl/status/status.h"
#include "lib/pg/database.h"
#include "scheduler/domain/pipeline_run.h"
#include "scheduler/domain/study.h"

namespace millwright::scheduler {

/// NOTIFY channels: tasks became runnable; a run changed.
inline constexpr char kTasksChannel[] = "scheduler_tasks";
inline constexpr char kRunsChannel[] = "scheduler_runs";

struct NewRun {
  base::WorkspaceId workspace;
  std::string pipeline;
  int revision = 0;
  nlohmann::json parameters;  // complete
  std::string trigger;
  std::string created_by;
  std::string request_id;  // may be empty
};

/// The transitions of a run. Each is called inside the transaction of what caused it and writes all that follows (tasks of the
/// next steps, trials, the run's end), so that a kill at any moment leaves the run before or after the transition. Lock order:
/// the run's row, then its tasks, then steps, studies and trials; a claim starts at the task and never touches the run's row. A
/// second run with the same request_id is the first one.
absl::StatusOr<PipelineRunId> StartRun(pg::Tx& tx, const Definition& definition, const NewRun& run, absl::Time now);

/// Locks the run until the transaction ends.
absl::Status LockRun(pg::Tx& tx, const PipelineRunId& run);

/// The run must be locked. No-ops for runs that have ended.
absl::Status SucceedStep(pg::Tx& tx, const PipelineRunId& run, const std::string& step_id, const nlohmann::json& outputs,
                         absl::Time now);
absl::Status FailStep(pg::Tx& tx, const PipelineRunId& run, const std::string& step_id, const std::string& error, absl::Time now);

/// What came of a trial: a value, or an error.
struct TrialOutcome {
  std::optional<double> value;
  std::string run_id;
  std::string error;
};
/// Counts the trial once, proposes the next ones, and ends the step after the last. The run must be locked.
absl::Status FinishTrial(pg::Tx& tx, const PipelineRunId& run, const StudyId& study, int number, const TrialOutcome& outcome,
                         absl::Time now);

/// The run must be locked. FailedPrecondition when it has ended.
absl::Status CancelRun(pg::Tx& tx, const PipelineRunId& run, absl::Time now);

/// Of one run, in the order of the definition.
absl::StatusOr<std::vector<Step>> LoadSteps(pg::Tx& tx, const PipelineRunId& run);

}  // namespace millwright::scheduler
