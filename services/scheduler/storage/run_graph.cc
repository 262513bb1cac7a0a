#include "scheduler/storage/run_graph.h"

#include "absl/strings/str_cat.h"
#include "lib/base/check.h"
#include "lib/base/random.h"
#include "lib/base/status_macros.h"
#include "lib/pg/listener.h"
#include "scheduler/domain/distribution.h"
#include "scheduler/storage/study_rows.h"

namespace millwright::scheduler {
namespace {

using nlohmann::json;

constexpr pg::Statement kInsertRun{"insert_pipeline_run", R"sql(
  INSERT INTO scheduler.pipeline_runs (id, workspace_id, pipeline, revision, state, parameters, trigger, created_by, request_id, created_at)
  VALUES ($1, $2, $3, $4, 'running', $5, $6, $7, NULLIF($8, ''), $9)
  ON CONFLICT (workspace_id, request_id) DO NOTHING
)sql"};

constexpr pg::Statement kRunOfRequest{"pipeline_run_of_request", R"sql(
  SELECT id, pipeline FROM scheduler.pipeline_runs WHERE workspace_id = $1 AND request_id = $2
)sql"};

constexpr pg::Statement kInsertStep{"insert_step", R"sql(
  INSERT INTO scheduler.steps (pipeline_run_id, position, step_id, title, kind, state)
  VALUES ($1, $2, $3, $4, $5, 'waiting')
)sql"};

constexpr pg::Statement kLockRun{"lock_pipeline_run", R"sql(
  SELECT id FROM scheduler.pipeline_runs WHERE id = $1 FOR UPDATE
)sql"};

constexpr pg::Statement kRunToAdvance{"pipeline_run_to_advance", R"sql(
  SELECT r.state, r.workspace_id, r.parameters, d.definition
    FROM scheduler.pipeline_runs r
    JOIN scheduler.pipeline_revisions d ON d.workspace_id = r.workspace_id AND d.name = r.pipeline AND d.revision = r.revision
   WHERE r.id = $1
)sql"};

constexpr pg::Statement kSteps{"pipeline_run_steps", R"sql(
  SELECT step_id, title, kind, state, is_queued, attempt, worker, progress_done, progress_total, progress_unit, progress_message,
         outputs, error, started_at, ended_at
    FROM scheduler.steps
   WHERE pipeline_run_id = $1
   ORDER BY position
)sql"};

constexpr pg::Statement kQueueStep{"queue_step", R"sql(
  UPDATE scheduler.steps SET is_queued = true WHERE pipeline_run_id = $1 AND step_id = $2 AND NOT is_queued
)sql"};

constexpr pg::Statement kEndStep{"end_step", R"sql(
  UPDATE scheduler.steps
     SET state = $3, outputs = $4, error = $5, ended_at = $6
   WHERE pipeline_run_id = $1 AND step_id = $2 AND state IN ('waiting', 'running')
)sql"};

/// The first error stays.
constexpr pg::Statement kNoteError{"note_run_error", R"sql(
  UPDATE scheduler.pipeline_runs SET error = $2 WHERE id = $1 AND error = ''
)sql"};

constexpr pg::Statement kEndRun{"end_pipeline_run", R"sql(
  UPDATE scheduler.pipeline_runs SET state = $2, outputs = $3, ended_at = $4 WHERE id = $1 AND state = 'running'
)sql"};

constexpr pg::Statement kInsertTask{"insert_task", R"sql(
  INSERT INTO scheduler.tasks (id, workspace_id, kind, spec, pipeline_run_id, step_id, study_id, trial_number, metric, max_attempts, run_at, created_at)
  VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $11)
)sql"};

constexpr pg::Statement kInsertStudy{"insert_study", R"sql(
  INSERT INTO scheduler.studies (id, workspace_id, pipeline_run_id, step_id, name, metric, maximize, sampler, seed, max_trials, parallel, space,
                                 task_kind, task_spec, max_attempts, state, created_at)
  VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, 'running', $16)
)sql"};

constexpr pg::Statement kLockStudy{"lock_study", R"sql(
  SELECT workspace_id, task_kind, task_spec, max_attempts FROM scheduler.studies WHERE id = $1 FOR UPDATE
)sql"};

constexpr pg::Statement kStudy{"study_with_counts", SCHEDULER_STUDY_SELECT "WHERE s.id = $1"};

constexpr pg::Statement kInsertTrial{"insert_trial", R"sql(
  INSERT INTO scheduler.trials (study_id, number, state, params) VALUES ($1, $2, 'waiting', $3)
)sql"};

constexpr pg::Statement kEndTrial{"end_trial", R"sql(
  UPDATE scheduler.trials
     SET state = $3, value = $4, run_id = $5, error = $6, ended_at = $7
   WHERE study_id = $1 AND number = $2 AND state IN ('waiting', 'running')
)sql"};

constexpr pg::Statement kEndStudy{"end_study", R"sql(
  UPDATE scheduler.studies SET state = $2, ended_at = $3 WHERE id = $1
)sql"};

constexpr pg::Statement kStudyProgress{"study_progress", R"sql(
  UPDATE scheduler.steps
     SET progress_done = $3, progress_total = $4, progress_unit = 'trials', progress_message = $5
   WHERE pipeline_run_id = $1 AND step_id = $2
)sql"};

constexpr pg::Statement kFirstTrialError{"first_trial_error", R"sql(
  SELECT error FROM scheduler.trials WHERE study_id = $1 AND state = 'failed' ORDER BY number LIMIT 1
)sql"};

constexpr pg::Statement kCancelRun{"cancel_pipeline_run", R"sql(
  UPDATE scheduler.pipeline_runs SET state = 'cancelled', ended_at = $2 WHERE id = $1 AND state = 'running'
)sql"};

constexpr pg::Statement kRunState{"pipeline_run_state", R"sql(
  SELECT state FROM scheduler.pipeline_runs WHERE id = $1
)sql"};

constexpr pg::Statement kCancelWaitingTasks{"cancel_waiting_tasks", R"sql(
  WITH gone AS (
    DELETE FROM scheduler.tasks
     WHERE pipeline_run_id = $1 AND state = 'waiting'
    RETURNING id, workspace_id, kind, spec, pipeline_run_id, step_id, study_id, trial_number, attempt, lost, lease_owner, created_at)
  INSERT INTO scheduler.task_history (id, workspace_id, kind, spec, pipeline_run_id, step_id, study_id, trial_number, attempt, lost, lease_owner,
                                      outcome, error, created_at, ended_at)
  SELECT id, workspace_id, kind, spec, pipeline_run_id, step_id, study_id, trial_number, attempt, lost, lease_owner,
         'cancelled', 'the pipeline run was cancelled', created_at, $2
    FROM gone
)sql"};

constexpr pg::Statement kCancelRunningTasks{"cancel_running_tasks", R"sql(
  UPDATE scheduler.tasks SET is_cancelled = true WHERE pipeline_run_id = $1 AND state = 'running'
)sql"};

constexpr pg::Statement kCancelSteps{"cancel_steps", R"sql(
  UPDATE scheduler.steps SET state = 'cancelled', ended_at = $2 WHERE pipeline_run_id = $1 AND state IN ('waiting', 'running')
)sql"};

constexpr pg::Statement kCancelStudies{"cancel_studies", R"sql(
  UPDATE scheduler.studies SET state = 'cancelled', ended_at = $2 WHERE pipeline_run_id = $1 AND state = 'running'
)sql"};

constexpr pg::Statement kCancelTrials{"cancel_trials", R"sql(
  UPDATE scheduler.trials t
     SET state = 'failed', error = 'the pipeline run was cancelled', ended_at = $2
    FROM scheduler.studies s
   WHERE s.pipeline_run_id = $1 AND t.study_id = s.id AND t.state IN ('waiting', 'running')
)sql"};

absl::Status EndStep(pg::Tx& tx, const PipelineRunId& run, const std::string& step_id, State state,
                     const std::optional<json>& outputs, const std::string& error, absl::Time now) {
  RETURN_IF_ERROR(tx.Execute(kEndStep, run, step_id, Name(state), outputs, error, now).status());
  if (state == State::kFailed) RETURN_IF_ERROR(tx.Execute(kNoteError, run, absl::StrCat(step_id, ": ", error)).status());
  return absl::OkStatus();
}

/// Proposes what the study may have more of. The study's row must be locked.
absl::Status ProposeTrials(pg::Tx& tx, const Study& study, const pg::Row& locked, absl::Time now) {
  const int count = TrialsToPropose(study);
  if (count == 0) return absl::OkStatus();
  ASSIGN_OR_RETURN(std::vector<Trial> trials, LoadTrials(tx, study.id));
  for (int i = 0; i < count; ++i) {
    const int number = study.created_trials + i;
    Trial trial{.study = study.id, .number = number, .params = Propose(study, number, trials)};
    RETURN_IF_ERROR(tx.Execute(kInsertTrial, study.id, number, trial.params).status());
    json spec = locked.Json(2);
    if (!spec.contains("params") || !spec["params"].is_object()) spec["params"] = json::object();
    spec["params"].update(trial.params);
    RETURN_IF_ERROR(tx.Execute(kInsertTask, base::RandomHex(16), locked.Int(0), locked.Text(1), spec, study.pipeline_run,
                               study.step_id, study.id, number, study.metric, locked.Int(3), now)
                        .status());
    trials.push_back(std::move(trial));
  }
  return tx.Many(pg::kNotify, kTasksChannel).status();
}

absl::Status StartStudy(pg::Tx& tx, const PipelineRunId& run, std::int64_t workspace, const Definition& definition,
                        const StepDefinition& step, const Advance::Start& start, absl::Time now) {
  const StudySpec& spec = *start.study;
  const StudyId id(base::RandomHex(16));
  RETURN_IF_ERROR(tx.Execute(kInsertStudy, id, workspace, run, step.id, absl::StrCat(definition.name, "/", step.id), spec.metric,
                             spec.maximize, spec.sampler, spec.seed, spec.trials, spec.parallel, spec.space, step.task,
                             start.with, step.attempts, now)
                      .status());
  RETURN_IF_ERROR(tx.Execute(kStudyProgress, run, step.id, 0, spec.trials, "").status());
  ASSIGN_OR_RETURN(const pg::Row locked, tx.One(kLockStudy, id));
  ASSIGN_OR_RETURN(const pg::Row row, tx.One(kStudy, id));
  return ProposeTrials(tx, ReadStudy(row), locked, now);
}

absl::Status StartTask(pg::Tx& tx, const PipelineRunId& run, std::int64_t workspace, const StepDefinition& step, const json& with,
                       absl::Time now) {
  RETURN_IF_ERROR(tx.Execute(kInsertTask, base::RandomHex(16), workspace, step.task, with, run, step.id, std::nullopt,
                             std::nullopt, "", step.attempts, now)
                      .status());
  return tx.Many(pg::kNotify, kTasksChannel).status();
}

/// Makes the moves that follow from the states of the run's steps.
absl::Status AdvanceRun(pg::Tx& tx, const PipelineRunId& run, absl::Time now) {
  ASSIGN_OR_RETURN(const pg::Row row, tx.One(kRunToAdvance, run));
  if (row.Text(0) != "running") return absl::OkStatus();
  const std::int64_t workspace = row.Int(1);
  const json parameters = row.Json(2);
  absl::StatusOr<Definition> parsed = ParseDefinition(row.Text(3));
  if (!parsed.ok()) {  // stored by another release, with other rules
    RETURN_IF_ERROR(
        tx.Execute(kNoteError, run, absl::StrCat("the definition is not valid any more: ", parsed.status().message())).status());
    return tx.Execute(kEndRun, run, Name(State::kFailed), std::nullopt, now).status();
  }
  const Definition& definition = *parsed;
  ASSIGN_OR_RETURN(const std::vector<Step> steps, LoadSteps(tx, run));
  const Advance advance = NextMoves(definition, parameters, steps);
  for (const Advance::Failure& failure : advance.failures)
    RETURN_IF_ERROR(EndStep(tx, run, definition.steps[failure.step].id, State::kFailed, std::nullopt, failure.error, now));
  for (const std::size_t skip : advance.skips)
    RETURN_IF_ERROR(EndStep(tx, run, definition.steps[skip].id, State::kSkipped, std::nullopt, "", now));
  for (const std::size_t omission : advance.omissions)
    RETURN_IF_ERROR(EndStep(tx, run, definition.steps[omission].id, State::kSkipped, json::object(), "", now));
  for (const Advance::Start& start : advance.starts) {
    const StepDefinition& step = definition.steps[start.step];
    ASSIGN_OR_RETURN(const std::int64_t queued, tx.Execute(kQueueStep, run, step.id));
    CHECK(queued == 1);
    RETURN_IF_ERROR(start.study ? StartStudy(tx, run, workspace, definition, step, start, now)
                                : StartTask(tx, run, workspace, step, start.with, now));
  }
  if (advance.end) {
    if (!advance.error.empty()) RETURN_IF_ERROR(tx.Execute(kNoteError, run, advance.error).status());
    RETURN_IF_ERROR(tx.Execute(kEndRun, run, Name(*advance.end), advance.outputs, now).status());
  }
  return tx.Many(pg::kNotify, kRunsChannel).status();
}

}  // namespace

absl::StatusOr<PipelineRunId> StartRun(pg::Tx& tx, const Definition& definition, const NewRun& run, absl::Time now) {
  const PipelineRunId id(base::RandomHex(16));
  ASSIGN_OR_RETURN(const std::int64_t inserted, tx.Execute(kInsertRun, id, run.workspace, run.pipeline, run.revision,
                                                           run.parameters, run.trigger, run.created_by, run.request_id, now));
  if (inserted == 0) {
    ASSIGN_OR_RETURN(const pg::Row first, tx.One(kRunOfRequest, run.workspace, run.request_id));
    if (first.Text(1) != run.pipeline)
      return absl::AlreadyExistsError(
          absl::StrCat("request_id \"", run.request_id, "\" already started a run of pipeline \"", first.Text(1), "\""));
    return PipelineRunId(first.Text(0));
  }
  for (std::size_t i = 0; i < definition.steps.size(); ++i) {
    const StepDefinition& step = definition.steps[i];
    RETURN_IF_ERROR(tx.Execute(kInsertStep, id, i, step.id, step.title, step.kind()).status());
  }
  RETURN_IF_ERROR(AdvanceRun(tx, id, now));
  return id;
}

absl::Status LockRun(pg::Tx& tx, const PipelineRunId& run) { return tx.One(kLockRun, run).status(); }

absl::Status SucceedStep(pg::Tx& tx, const PipelineRunId& run, const std::string& step_id, const json& outputs, absl::Time now) {
  RETURN_IF_ERROR(EndStep(tx, run, step_id, State::kSucceeded, outputs, "", now));
  return AdvanceRun(tx, run, now);
}

absl::Status FailStep(pg::Tx& tx, const PipelineRunId& run, const std::string& step_id, const std::string& error,
                      absl::Time now) {
  RETURN_IF_ERROR(EndStep(tx, run, step_id, State::kFailed, std::nullopt, error, now));
  return AdvanceRun(tx, run, now);
}

absl::Status FinishTrial(pg::Tx& tx, const PipelineRunId& run, const StudyId& id, int number, const TrialOutcome& outcome,
                         absl::Time now) {
  ASSIGN_OR_RETURN(const pg::Row locked, tx.One(kLockStudy, id));
  ASSIGN_OR_RETURN(const std::int64_t ended,
                   tx.Execute(kEndTrial, id, number, Name(outcome.value ? TrialState::kComplete : TrialState::kFailed),
                              outcome.value, outcome.run_id, outcome.error, now));
  if (ended == 0) return absl::OkStatus();  // counted already
  ASSIGN_OR_RETURN(const pg::Row row, tx.One(kStudy, id));
  const Study study = ReadStudy(row);
  if (study.state != State::kRunning) return absl::OkStatus();
  const int finished = study.complete_trials + study.failed_trials;
  const std::string best = study.best_trial ? absl::StrCat("best ", study.metric, " ", *study.best_trial->value, " in trial ",
                                                           study.best_trial->number)
                                            : "";
  RETURN_IF_ERROR(tx.Execute(kStudyProgress, run, study.step_id, finished, study.max_trials, best).status());
  if (finished < study.max_trials) {
    RETURN_IF_ERROR(ProposeTrials(tx, study, locked, now));
    return tx.Many(pg::kNotify, kRunsChannel).status();
  }
  RETURN_IF_ERROR(tx.Execute(kEndStudy, id, Name(study.best_trial ? State::kSucceeded : State::kFailed), now).status());
  if (!study.best_trial) {
    ASSIGN_OR_RETURN(const pg::Row error, tx.One(kFirstTrialError, id));
    return FailStep(tx, run, study.step_id, absl::StrCat("all ", finished, " trials failed; the first: ", error.Text(0)), now);
  }
  const Trial& trial = *study.best_trial;
  return SucceedStep(tx, run, study.step_id,
                     {{"study_id", id.value()},
                      {"best_params", trial.params},
                      {"best_value", *trial.value},
                      {"best_run_id", trial.run_id},
                      {"trials", study.complete_trials}},
                     now);
}

absl::Status CancelRun(pg::Tx& tx, const PipelineRunId& run, absl::Time now) {
  ASSIGN_OR_RETURN(const std::int64_t cancelled, tx.Execute(kCancelRun, run, now));
  if (cancelled == 0) {
    ASSIGN_OR_RETURN(const pg::Row row, tx.One(kRunState, run));
    return absl::FailedPreconditionError(absl::StrCat("pipeline run ", run.value(), " has ended: it is ", row.Text(0)));
  }
  RETURN_IF_ERROR(tx.Execute(kCancelWaitingTasks, run, now).status());
  RETURN_IF_ERROR(tx.Execute(kCancelRunningTasks, run).status());
  RETURN_IF_ERROR(tx.Execute(kCancelSteps, run, now).status());
  RETURN_IF_ERROR(tx.Execute(kCancelStudies, run, now).status());
  RETURN_IF_ERROR(tx.Execute(kCancelTrials, run, now).status());
  return tx.Many(pg::kNotify, kRunsChannel).status();
}

absl::StatusOr<std::vector<Step>> LoadSteps(pg::Tx& tx, const PipelineRunId& run) {
  ASSIGN_OR_RETURN(const std::vector<pg::Row> rows, tx.Many(kSteps, run));
  std::vector<Step> steps;
  for (const pg::Row& row : rows) {
    Step step{.step_id = row.Text(0),
              .title = row.Text(1),
              .kind = row.Text(2),
              .state = StateFromName(row.Text(3)),
              .is_queued = row.Bool(4),
              .attempt = static_cast<int>(row.Int(5)),
              .progress = {row.Int(7), row.Int(8), row.Text(9), row.Text(10)},
              .error = row.Text(12),
              .worker = row.Text(6),
              .started_at = row.OptionalTime(13),
              .ended_at = row.OptionalTime(14)};
    if (!row.IsNull(11)) step.outputs = row.Json(11);
    steps.push_back(std::move(step));
  }
  return steps;
}

}  // namespace millwright::scheduler
