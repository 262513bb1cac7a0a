#include "scheduler/storage/pg_runs.h"

#include "absl/strings/str_cat.h"
#include "lib/base/status_macros.h"
#include "scheduler/storage/pg_pipelines.h"
#include "scheduler/storage/run_graph.h"

namespace millwright::scheduler {
namespace {

#define SCHEDULER_RUN_SELECT                                                                                                   \
  "SELECT r.id, r.pipeline, r.revision, r.state, r.parameters, r.outputs, r.error, r.trigger, r.created_by, r.created_at, "    \
  "r.ended_at, "                                                                                                               \
  "       EXISTS (SELECT 1 FROM scheduler.steps s WHERE s.pipeline_run_id = r.id AND (s.started_at IS NOT NULL OR s.ended_at " \
  "IS NOT NULL)) "                                                                                                             \
  "  FROM scheduler.pipeline_runs r "

constexpr pg::Statement kRun{"pipeline_run", SCHEDULER_RUN_SELECT "WHERE r.workspace_id = $1 AND r.id = $2"};

constexpr pg::Statement kRuns{"pipeline_runs", SCHEDULER_RUN_SELECT
                              "WHERE r.workspace_id = $1 AND ($2 = '' OR r.pipeline = $2) AND (r.created_at, r.id) < ($3, $4) "
                              "ORDER BY r.created_at DESC, r.id DESC LIMIT $5"};

PipelineRun ReadRun(const pg::Row& row) {
  PipelineRun run{.id = PipelineRunId(row.Text(0)),
                  .pipeline = row.Text(1),
                  .revision = static_cast<int>(row.Int(2)),
                  .state = StateFromName(row.Text(3)),
                  .parameters = row.Json(4),
                  .error = row.Text(6),
                  .trigger = row.Text(7),
                  .created_by = row.Text(8),
                  .created_at = row.Time(9),
                  .ended_at = row.OptionalTime(10)};
  if (!row.IsNull(5)) run.outputs = row.Json(5);
  if (run.state == State::kRunning && !row.Bool(11)) run.state = State::kWaiting;
  return run;
}

absl::StatusOr<PipelineRun> FindRun(pg::Tx& tx, const base::WorkspaceId& workspace, const PipelineRunId& id) {
  ASSIGN_OR_RETURN(const std::optional<pg::Row> row, tx.ZeroOrOne(kRun, workspace, id));
  if (!row) return absl::NotFoundError(absl::StrCat("there is no pipeline run \"", id.value(), "\""));
  PipelineRun run = ReadRun(*row);
  ASSIGN_OR_RETURN(run.steps, LoadSteps(tx, id));
  return run;
}

}  // namespace

absl::StatusOr<PipelineRunId> StartPipeline(pg::Tx& tx, const RunRequest& request, absl::Time now) {
  ASSIGN_OR_RETURN(const Pipeline pipeline, FindPipeline(tx, request.workspace, request.pipeline));
  ASSIGN_OR_RETURN(nlohmann::json parameters, CompleteParameters(pipeline.definition, request.parameters));
  return StartRun(tx, pipeline.definition,
                  {.workspace = request.workspace,
                   .pipeline = request.pipeline,
                   .revision = pipeline.revision,
                   .parameters = std::move(parameters),
                   .trigger = request.trigger,
                   .created_by = request.created_by,
                   .request_id = request.request_id},
                  now);
}

absl::StatusOr<PipelineRun> PgRuns::Start(const RunRequest& request, absl::Time now) {
  return db_.Transact([&](pg::Tx& tx) -> absl::StatusOr<PipelineRun> {
    ASSIGN_OR_RETURN(const PipelineRunId id, StartPipeline(tx, request, now));
    return FindRun(tx, request.workspace, id);
  });
}

absl::StatusOr<PipelineRun> PgRuns::Get(const base::WorkspaceId& workspace, const PipelineRunId& id) {
  return db_.Transact([&](pg::Tx& tx) { return FindRun(tx, workspace, id); });
}

absl::StatusOr<std::vector<PipelineRun>> PgRuns::List(const base::WorkspaceId& workspace, const std::string& pipeline,
                                                      const std::optional<RunCursor>& after, int limit) {
  const RunCursor cursor = after.value_or(RunCursor{absl::FromUnixSeconds(253'402'300'000), ""});  // the year 9999
  return db_.Transact([&](pg::Tx& tx) -> absl::StatusOr<std::vector<PipelineRun>> {
    ASSIGN_OR_RETURN(const std::vector<pg::Row> rows, tx.Many(kRuns, workspace, pipeline, cursor.first, cursor.second, limit));
    std::vector<PipelineRun> result;
    for (const pg::Row& row : rows) result.push_back(ReadRun(row));
    return result;
  });
}

absl::StatusOr<PipelineRun> PgRuns::Cancel(const base::WorkspaceId& workspace, const PipelineRunId& id, absl::Time now) {
  return db_.Transact([&](pg::Tx& tx) -> absl::StatusOr<PipelineRun> {
    RETURN_IF_ERROR(FindRun(tx, workspace, id).status());
    RETURN_IF_ERROR(LockRun(tx, id));
    RETURN_IF_ERROR(CancelRun(tx, id, now));
    return FindRun(tx, workspace, id);
  });
}

}  // namespace millwright::scheduler
