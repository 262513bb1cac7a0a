#include "scheduler/storage/pg_queue.h"

#include "absl/strings/str_cat.h"
#include "lib/base/status_macros.h"
#include "lib/pg/listener.h"
#include "scheduler/domain/study.h"
#include "scheduler/storage/run_graph.h"

namespace millwright::scheduler {
namespace {

using nlohmann::json;

/// The attempt is counted here: a worker that dies has still spent it.
constexpr pg::Statement kClaim{"claim_task", R"sql(
  WITH next AS (
    SELECT id
      FROM scheduler.tasks
     WHERE workspace_id = $1 AND state = 'waiting' AND kind = ANY($2) AND run_at <= $3
     ORDER BY seq
     LIMIT 1
       FOR UPDATE SKIP LOCKED)
  UPDATE scheduler.tasks t
     SET state = 'running', attempt = t.attempt + 1, lease_owner = $4, lease_until = $5
    FROM next
   WHERE t.id = next.id
  RETURNING t.id, t.attempt, t.kind, t.spec, t.pipeline_run_id, t.step_id, t.study_id, t.trial_number, t.metric
)sql"};

constexpr pg::Statement kTaskStepRuns{"task_step_runs", R"sql(
  UPDATE scheduler.steps
     SET state = 'running', attempt = $3, worker = $4, error = '', started_at = coalesce(started_at, $5),
         progress_done = 0, progress_total = 0, progress_unit = '', progress_message = ''
   WHERE pipeline_run_id = $1 AND step_id = $2
)sql"};

constexpr pg::Statement kStudyStepRuns{"study_step_runs", R"sql(
  UPDATE scheduler.steps
     SET state = 'running', attempt = 1, started_at = $3
   WHERE pipeline_run_id = $1 AND step_id = $2 AND state = 'waiting'
)sql"};

constexpr pg::Statement kTrialRuns{"trial_runs", R"sql(
  UPDATE scheduler.trials SET state = 'running', attempt = $3, error = '', started_at = coalesce(started_at, $4) WHERE study_id = $1 AND number = $2
)sql"};

/// What an earlier attempt reported is not of this one.
constexpr pg::Statement kForgetValues{"forget_trial_values", R"sql(
  DELETE FROM scheduler.trial_values WHERE study_id = $1 AND number = $2
)sql"};

constexpr pg::Statement kRenew{"renew_lease", R"sql(
  UPDATE scheduler.tasks
     SET lease_until = $4
   WHERE id = $1 AND attempt = $2 AND workspace_id = $3 AND state = 'running'
  RETURNING is_cancelled, pipeline_run_id, step_id, study_id, trial_number
)sql"};

constexpr pg::Statement kProgress{"step_progress", R"sql(
  UPDATE scheduler.steps
     SET progress_done = $3, progress_total = $4, progress_unit = $5, progress_message = $6
   WHERE pipeline_run_id = $1 AND step_id = $2 AND state = 'running'
)sql"};

constexpr pg::Statement kReport{"report_trial_value", R"sql(
  INSERT INTO scheduler.trial_values (study_id, number, step, value) VALUES ($1, $2, $3, $4)
  ON CONFLICT (study_id, number, step) DO UPDATE SET value = excluded.value
)sql"};

constexpr pg::Statement kRunOfTask{"run_of_task", R"sql(
  SELECT pipeline_run_id FROM scheduler.tasks WHERE id = $1 AND workspace_id = $2
)sql"};

/// Moves a running task to the history. $3 says whose write it is; empty: nobody's, the lease ran out before $7.
constexpr pg::Statement kEndTask{"end_task", R"sql(
  WITH gone AS (
    DELETE FROM scheduler.tasks
     WHERE id = $1 AND attempt = $2 AND state = 'running' AND ($3::integer IS NOT NULL OR lease_until < $7)
    RETURNING id, workspace_id, kind, spec, pipeline_run_id, step_id, study_id, trial_number, metric, attempt, lost, released, lease_owner, is_cancelled, created_at),
  kept AS (
    INSERT INTO scheduler.task_history (id, workspace_id, kind, spec, pipeline_run_id, step_id, study_id, trial_number, attempt, lost, released, lease_owner,
                                        outcome, ended_by_attempt, outputs, error, created_at, ended_at)
    SELECT id, workspace_id, kind, spec, pipeline_run_id, step_id, study_id, trial_number, attempt, lost, released, lease_owner,
           CASE WHEN is_cancelled THEN 'cancelled' ELSE $4 END, $3::integer, $5::jsonb, $6, created_at, $7
      FROM gone)
  SELECT pipeline_run_id, step_id, study_id, trial_number, metric, is_cancelled FROM gone
)sql"};

constexpr pg::Statement kTriesOfTask{"tries_of_task", R"sql(
  SELECT attempt, lost, released, max_attempts, is_cancelled, lease_owner
    FROM scheduler.tasks
   WHERE id = $1 AND attempt = $2 AND state = 'running'
     FOR UPDATE
)sql"};

constexpr pg::Statement kRequeue{"requeue_task", R"sql(
  UPDATE scheduler.tasks
     SET state = 'waiting', lost = $3, released = $4, run_at = $5, lease_owner = '', lease_until = NULL
   WHERE id = $1 AND attempt = $2 AND state = 'running'
  RETURNING pipeline_run_id, step_id, study_id, trial_number
)sql"};

constexpr pg::Statement kTaskStepWaits{"task_step_waits", R"sql(
  UPDATE scheduler.steps SET state = 'waiting', error = $3 WHERE pipeline_run_id = $1 AND step_id = $2 AND state = 'running'
)sql"};

constexpr pg::Statement kTrialWaits{"trial_waits", R"sql(
  UPDATE scheduler.trials SET state = 'waiting', error = $3 WHERE study_id = $1 AND number = $2 AND state = 'running'
)sql"};

constexpr pg::Statement kExpired{"expired_leases", R"sql(
  SELECT id, attempt, pipeline_run_id
    FROM scheduler.tasks
   WHERE state = 'running' AND lease_until < $1
   ORDER BY lease_until
   LIMIT 100
)sql"};

constexpr pg::Statement kStillExpired{"still_expired", R"sql(
  SELECT id FROM scheduler.tasks WHERE id = $1 AND attempt = $2 AND state = 'running' AND lease_until < $3 FOR UPDATE
)sql"};

constexpr pg::Statement kTaskNow{"task_now", R"sql(
  SELECT state, attempt, NULL::integer FROM scheduler.tasks WHERE id = $1 AND workspace_id = $2
  UNION ALL
  SELECT outcome, attempt, ended_by_attempt FROM scheduler.task_history WHERE id = $1 AND workspace_id = $2
  LIMIT 1
)sql"};

constexpr pg::Statement kPrune{"prune_task_history", R"sql(
  DELETE FROM scheduler.task_history WHERE id IN (SELECT id FROM scheduler.task_history WHERE ended_at < $1 ORDER BY ended_at LIMIT 1000)
)sql"};

/// Why a conditioned write found no row. OK when this very attempt had ended the task with `outcome` before: a retry after a lost
/// answer.
absl::Status Fenced(pg::Tx& tx, const Lease& lease, const std::string& outcome) {
  ASSIGN_OR_RETURN(const std::optional<pg::Row> row, tx.ZeroOrOne(kTaskNow, lease.task, lease.workspace));
  if (!row) return absl::NotFoundError(absl::StrCat("there is no task \"", lease.task.value(), "\""));
  if (row->OptionalInt(2) == lease.attempt && (row->Text(0) == outcome || row->Text(0) == "cancelled")) return absl::OkStatus();
  return absl::FailedPreconditionError(absl::StrCat("attempt ", lease.attempt, " was fenced: task ", lease.task.value(), " is ",
                                                    row->Text(0), " in attempt ", row->Int(1)));
}

/// The outcome of an ended task reaches its step or trial.
absl::Status Settle(pg::Tx& tx, const pg::Row& task, const std::optional<json>& outputs, const std::string& error,
                    absl::Time now) {
  const PipelineRunId run(task.Text(0));
  if (task.Bool(5)) return absl::OkStatus();  // its run was cancelled
  if (task.IsNull(2))
    return outputs ? SucceedStep(tx, run, task.Text(1), *outputs, now) : FailStep(tx, run, task.Text(1), error, now);
  TrialOutcome outcome{.error = error};
  if (outputs) {
    if (const auto id = outputs->find("run_id"); id != outputs->end() && id->is_string()) outcome.run_id = id->get<std::string>();
    const absl::StatusOr<double> value = TrialValue(*outputs, task.Text(4));
    if (value.ok()) outcome.value = *value;
    if (!value.ok()) outcome.error = std::string(value.status().message());
  }
  return FinishTrial(tx, run, StudyId(task.Text(2)), static_cast<int>(task.Int(3)), outcome, now);
}

absl::Status Requeue(pg::Tx& tx, const TaskId& task, const Tries& tries, const std::string& error, absl::Time run_at) {
  ASSIGN_OR_RETURN(const pg::Row row, tx.One(kRequeue, task, tries.attempt, tries.lost, tries.released, run_at));
  RETURN_IF_ERROR((row.IsNull(2) ? tx.Execute(kTaskStepWaits, row.Text(0), row.Text(1), error)
                                 : tx.Execute(kTrialWaits, row.Text(2), row.Int(3), error))
                      .status());
  RETURN_IF_ERROR(tx.Many(pg::kNotify, kTasksChannel).status());
  return tx.Many(pg::kNotify, kRunsChannel).status();
}

Tries ReadTries(const pg::Row& row) {
  return {.attempt = static_cast<int>(row.Int(0)),
          .lost = static_cast<int>(row.Int(1)),
          .released = static_cast<int>(row.Int(2)),
          .max_attempts = static_cast<int>(row.Int(3))};
}

absl::Status Reap(pg::Tx& tx, const TaskId& task, int attempt, const PipelineRunId& run, absl::Time now) {
  RETURN_IF_ERROR(LockRun(tx, run));
  ASSIGN_OR_RETURN(const std::optional<pg::Row> expired, tx.ZeroOrOne(kStillExpired, task, attempt, now));
  if (!expired) return absl::OkStatus();  // renewed or ended meanwhile
  ASSIGN_OR_RETURN(const pg::Row row, tx.One(kTriesOfTask, task, attempt));
  Tries tries = ReadTries(row);
  ++tries.lost;
  const std::string error = absl::StrCat("worker \"", row.Text(5), "\" was lost in attempt ", attempt, ": its lease ran out");
  if (!row.Bool(4) && MayRetryLostLease(tries)) return Requeue(tx, task, tries, error, now);
  ASSIGN_OR_RETURN(const std::optional<pg::Row> ended,
                   tx.ZeroOrOne(kEndTask, task, attempt, std::nullopt, "failed", std::nullopt, error, now));
  if (!ended) return absl::OkStatus();
  return Settle(tx, *ended, std::nullopt, error, now);
}

}  // namespace

absl::StatusOr<std::optional<LeasedTask>> PgQueue::Claim(const base::WorkspaceId& workspace, const std::string& worker,
                                                         const std::vector<std::string>& kinds, absl::Time now) {
  return db_.Transact([&](pg::Tx& tx) -> absl::StatusOr<std::optional<LeasedTask>> {
    ASSIGN_OR_RETURN(const std::optional<pg::Row> row, tx.ZeroOrOne(kClaim, workspace, kinds, now, worker, now + lease_));
    if (!row) return std::optional<LeasedTask>();
    LeasedTask task{.id = TaskId(row->Text(0)),
                    .attempt = static_cast<int>(row->Int(1)),
                    .kind = row->Text(2),
                    .spec = row->Json(3),
                    .pipeline_run = PipelineRunId(row->Text(4)),
                    .step_id = row->Text(5),
                    .metric = row->Text(8)};
    if (row->IsNull(6)) {
      RETURN_IF_ERROR(tx.Execute(kTaskStepRuns, task.pipeline_run, task.step_id, task.attempt, worker, now).status());
    } else {
      task.study = StudyId(row->Text(6));
      task.trial_number = static_cast<int>(row->Int(7));
      RETURN_IF_ERROR(tx.Execute(kTrialRuns, *task.study, task.trial_number, task.attempt, now).status());
      RETURN_IF_ERROR(tx.Execute(kForgetValues, *task.study, task.trial_number).status());
      RETURN_IF_ERROR(tx.Execute(kStudyStepRuns, task.pipeline_run, task.step_id, now).status());
    }
    RETURN_IF_ERROR(tx.Many(pg::kNotify, kRunsChannel).status());
    return std::optional<LeasedTask>(std::move(task));
  });
}

absl::StatusOr<bool> PgQueue::Renew(const Lease& lease, const std::optional<Progress>& progress, absl::Time now) {
  return db_.Transact([&](pg::Tx& tx) -> absl::StatusOr<bool> {
    ASSIGN_OR_RETURN(const std::optional<pg::Row> row,
                     tx.ZeroOrOne(kRenew, lease.task, lease.attempt, lease.workspace, now + lease_));
    if (!row) {
      RETURN_IF_ERROR(Fenced(tx, lease, ""));
      return true;
    }
    if (progress && row->IsNull(3))
      RETURN_IF_ERROR(
          tx.Execute(kProgress, row->Text(1), row->Text(2), progress->done, progress->total, progress->unit, progress->message)
              .status());
    return row->Bool(0);
  });
}

absl::StatusOr<bool> PgQueue::Report(const Lease& lease, std::int64_t step, double value, absl::Time now) {
  return db_.Transact([&](pg::Tx& tx) -> absl::StatusOr<bool> {
    ASSIGN_OR_RETURN(const std::optional<pg::Row> row,
                     tx.ZeroOrOne(kRenew, lease.task, lease.attempt, lease.workspace, now + lease_));
    if (!row) {
      RETURN_IF_ERROR(Fenced(tx, lease, ""));
      return true;
    }
    if (row->IsNull(3)) return absl::InvalidArgumentError(absl::StrCat("task ", lease.task.value(), " is not a trial"));
    RETURN_IF_ERROR(tx.Execute(kReport, row->Text(3), row->Int(4), step, value).status());
    return row->Bool(0);
  });
}

absl::Status PgQueue::Complete(const Lease& lease, const json& outputs, absl::Time now) {
  return db_.Transact([&](pg::Tx& tx) -> absl::Status {
    ASSIGN_OR_RETURN(const std::optional<pg::Row> run, tx.ZeroOrOne(kRunOfTask, lease.task, lease.workspace));
    if (!run) return Fenced(tx, lease, "succeeded");
    RETURN_IF_ERROR(LockRun(tx, PipelineRunId(run->Text(0))));
    ASSIGN_OR_RETURN(const std::optional<pg::Row> task,
                     tx.ZeroOrOne(kEndTask, lease.task, lease.attempt, lease.attempt, "succeeded", outputs, "", now));
    if (!task) return Fenced(tx, lease, "succeeded");
    return Settle(tx, *task, outputs, "", now);
  });
}

absl::Status PgQueue::Fail(const Lease& lease, const std::string& error, bool is_retryable, absl::Time now) {
  return db_.Transact([&](pg::Tx& tx) -> absl::Status {
    ASSIGN_OR_RETURN(const std::optional<pg::Row> run, tx.ZeroOrOne(kRunOfTask, lease.task, lease.workspace));
    if (!run) return Fenced(tx, lease, "failed");
    RETURN_IF_ERROR(LockRun(tx, PipelineRunId(run->Text(0))));
    ASSIGN_OR_RETURN(const std::optional<pg::Row> row, tx.ZeroOrOne(kTriesOfTask, lease.task, lease.attempt));
    if (!row) return Fenced(tx, lease, "failed");
    const Tries tries = ReadTries(*row);
    if (is_retryable && !row->Bool(4) && MayRetryFailure(tries))
      return Requeue(tx, lease.task, tries, error, now + Backoff(Failures(tries)));
    ASSIGN_OR_RETURN(const std::optional<pg::Row> task,
                     tx.ZeroOrOne(kEndTask, lease.task, lease.attempt, lease.attempt, "failed", std::nullopt, error, now));
    if (!task) return Fenced(tx, lease, "failed");
    return Settle(tx, *task, std::nullopt, error, now);
  });
}

absl::Status PgQueue::Release(const Lease& lease, absl::Time now) {
  return db_.Transact([&](pg::Tx& tx) -> absl::Status {
    ASSIGN_OR_RETURN(const std::optional<pg::Row> run, tx.ZeroOrOne(kRunOfTask, lease.task, lease.workspace));
    if (!run) return Fenced(tx, lease, "");
    RETURN_IF_ERROR(LockRun(tx, PipelineRunId(run->Text(0))));
    ASSIGN_OR_RETURN(const std::optional<pg::Row> row, tx.ZeroOrOne(kTriesOfTask, lease.task, lease.attempt));
    if (!row) return Fenced(tx, lease, "");
    const std::string error = absl::StrCat("worker \"", row->Text(5), "\" gave it back: it is shutting down");
    Tries tries = ReadTries(*row);
    ++tries.released;
    if (!row->Bool(4)) return Requeue(tx, lease.task, tries, error, now);
    ASSIGN_OR_RETURN(const std::optional<pg::Row> task,
                     tx.ZeroOrOne(kEndTask, lease.task, lease.attempt, lease.attempt, "failed", std::nullopt, error, now));
    return task ? Settle(tx, *task, std::nullopt, error, now) : Fenced(tx, lease, "");
  });
}

absl::StatusOr<int> PgQueue::ReapExpired(absl::Time now) {
  ASSIGN_OR_RETURN(const std::vector<pg::Row> expired, db_.Transact([&](pg::Tx& tx) { return tx.Many(kExpired, now); }));
  for (const pg::Row& row : expired) {
    RETURN_IF_ERROR(db_.Transact([&](pg::Tx& tx) {
      return Reap(tx, TaskId(row.Text(0)), static_cast<int>(row.Int(1)), PipelineRunId(row.Text(2)), now);
    }));
  }
  return static_cast<int>(expired.size());
}

absl::Status PgQueue::PruneHistory(absl::Time before) {
  return db_.Transact([&](pg::Tx& tx) { return tx.Execute(kPrune, before).status(); });
}

}  // namespace millwright::scheduler
