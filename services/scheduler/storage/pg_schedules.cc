#include "scheduler/storage/pg_schedules.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "lib/base/status_macros.h"
#include "scheduler/domain/cron.h"
#include "scheduler/storage/pg_pipelines.h"
#include "scheduler/storage/pg_runs.h"

namespace millwright::scheduler {
namespace {

constexpr int kMaxTicksAtOnce = 100;

constexpr pg::Statement kInsert{"insert_schedule", R"sql(
  INSERT INTO scheduler.schedules (workspace_id, name, pipeline, parameters, cron, time_zone, next_at, created_by, created_at)
  VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)
  ON CONFLICT (workspace_id, name) DO NOTHING
)sql"};

#define SCHEDULER_SCHEDULE_COLUMNS \
  "name, pipeline, parameters, cron, time_zone, is_paused, next_at, last_at, last_pipeline_run_id"

constexpr pg::Statement kGet{
    "schedule", "SELECT " SCHEDULER_SCHEDULE_COLUMNS " FROM scheduler.schedules WHERE workspace_id = $1 AND name = $2"};

constexpr pg::Statement kList{"schedules",
                              "SELECT " SCHEDULER_SCHEDULE_COLUMNS
                              " FROM scheduler.schedules WHERE workspace_id = $1 AND name > $2 ORDER BY name LIMIT $3"};

constexpr pg::Statement kSetPaused{"pause_schedule", R"sql(
  UPDATE scheduler.schedules SET is_paused = $3, next_at = $4 WHERE workspace_id = $1 AND name = $2
)sql"};

constexpr pg::Statement kDelete{"delete_schedule", R"sql(
  DELETE FROM scheduler.schedules WHERE workspace_id = $1 AND name = $2
)sql"};

constexpr pg::Statement kDue{"due_schedule", "SELECT " SCHEDULER_SCHEDULE_COLUMNS R"sql(, id, workspace_id, created_by
    FROM scheduler.schedules
   WHERE NOT is_paused AND next_at <= $1
   ORDER BY next_at
   LIMIT 1
     FOR UPDATE SKIP LOCKED
)sql"};

constexpr pg::Statement kInsertTick{"insert_tick", R"sql(
  INSERT INTO scheduler.schedule_ticks (schedule_id, instant) VALUES ($1, $2) ON CONFLICT DO NOTHING
)sql"};

constexpr pg::Statement kSettleTick{"settle_tick", R"sql(
  UPDATE scheduler.schedule_ticks SET pipeline_run_id = $3, skipped = $4 WHERE schedule_id = $1 AND instant = $2
)sql"};

constexpr pg::Statement kMove{"move_schedule", R"sql(
  UPDATE scheduler.schedules
     SET next_at = $2, last_at = coalesce($3, last_at), last_pipeline_run_id = coalesce($4, last_pipeline_run_id)
   WHERE id = $1
)sql"};

constexpr pg::Statement kIsActive{"is_run_active", R"sql(
  SELECT 1 FROM scheduler.pipeline_runs WHERE id = $1 AND state = 'running'
)sql"};

constexpr pg::Statement kSavepoint{"savepoint_tick", "SAVEPOINT tick"};
constexpr pg::Statement kRollbackTo{"rollback_tick", "ROLLBACK TO SAVEPOINT tick"};

Schedule ReadSchedule(const pg::Row& row) {
  return {.name = row.Text(0),
          .pipeline = row.Text(1),
          .parameters = row.Json(2),
          .cron = row.Text(3),
          .time_zone = row.Text(4),
          .is_paused = row.Bool(5),
          .next_at = row.OptionalTime(6),
          .last_at = row.OptionalTime(7),
          .last_pipeline_run_id = row.Text(8)};
}

absl::StatusOr<Schedule> Find(pg::Tx& tx, const base::WorkspaceId& workspace, const std::string& name) {
  ASSIGN_OR_RETURN(const std::optional<pg::Row> row, tx.ZeroOrOne(kGet, workspace, name));
  if (!row) return absl::NotFoundError(absl::StrCat("there is no schedule \"", name, "\""));
  return ReadSchedule(*row);
}

/// The latest tick in (now - window, now], from next_at on.
std::optional<absl::Time> LatestDue(const Cron& cron, absl::Time next_at, absl::Time now) {
  std::optional<absl::Time> latest;
  std::optional<absl::Time> tick = cron.Next(std::max(next_at - absl::Microseconds(1), now - kCatchUpWindow));
  for (; tick && *tick <= now; tick = cron.Next(*tick)) latest = tick;
  return latest;
}

/// The run of a tick, or why there is none.
struct TickResult {
  std::optional<std::string> run;
  std::string skipped;
};

absl::StatusOr<TickResult> StartTick(pg::Tx& tx, const Schedule& schedule, const pg::Row& row, absl::Time now) {
  ASSIGN_OR_RETURN(const std::optional<pg::Row> active, tx.ZeroOrOne(kIsActive, schedule.last_pipeline_run_id));
  if (active) return TickResult{.skipped = absl::StrCat("pipeline run ", schedule.last_pipeline_run_id, " was still active")};
  RETURN_IF_ERROR(tx.Execute(kSavepoint).status());
  const absl::StatusOr<PipelineRunId> run = StartPipeline(tx,
                                                          {.workspace = base::WorkspaceId(row.Text(10)),
                                                           .pipeline = schedule.pipeline,
                                                           .parameters = schedule.parameters,
                                                           .trigger = absl::StrCat("schedule:", schedule.name),
                                                           .created_by = row.Text(11)},
                                                          now);
  if (run.ok()) return TickResult{.run = run->value()};
  // What the pipeline refuses now is the tick's end; everything else is tried again.
  if (!absl::IsInvalidArgument(run.status()) && !absl::IsNotFound(run.status())) return run.status();
  RETURN_IF_ERROR(tx.Execute(kRollbackTo).status());
  return TickResult{.skipped = std::string(run.status().message())};
}

/// Whether there was a due schedule.
absl::StatusOr<bool> FireOne(pg::Tx& tx, absl::Time now) {
  ASSIGN_OR_RETURN(const std::optional<pg::Row> row, tx.ZeroOrOne(kDue, now));
  if (!row) return false;
  const Schedule schedule = ReadSchedule(*row);
  const std::int64_t id = row->Int(9);
  const absl::StatusOr<Cron> cron = Cron::Parse(schedule.cron, schedule.time_zone);
  if (!cron.ok()) {  // the machine lost the time zone: it rests instead of blocking the others
    RETURN_IF_ERROR(tx.Execute(kMove, id, std::nullopt, std::nullopt, std::nullopt).status());
    return true;
  }
  const std::optional<absl::Time> tick = LatestDue(*cron, *schedule.next_at, now);
  std::optional<std::string> run;
  if (tick) {
    ASSIGN_OR_RETURN(const std::int64_t is_new, tx.Execute(kInsertTick, id, *tick));
    if (is_new == 1) {
      ASSIGN_OR_RETURN(const TickResult result, StartTick(tx, schedule, *row, now));
      RETURN_IF_ERROR(tx.Execute(kSettleTick, id, *tick, result.run, result.skipped).status());
      run = result.run;
    }
  }
  RETURN_IF_ERROR(tx.Execute(kMove, id, cron->Next(now), tick, run).status());
  return true;
}

}  // namespace

absl::StatusOr<Schedule> PgSchedules::Create(const base::WorkspaceId& workspace, const Schedule& schedule, const std::string& by,
                                             absl::Time now) {
  ASSIGN_OR_RETURN(const Cron cron, Cron::Parse(schedule.cron, schedule.time_zone));
  const std::optional<absl::Time> next = cron.Next(now);
  if (!next) return absl::InvalidArgumentError(absl::StrCat("cron: \"", schedule.cron, "\" never matches a day"));
  return db_.Transact([&](pg::Tx& tx) -> absl::StatusOr<Schedule> {
    ASSIGN_OR_RETURN(const Pipeline pipeline, FindPipeline(tx, workspace, schedule.pipeline));
    RETURN_IF_ERROR(CompleteParameters(pipeline.definition, schedule.parameters).status());
    ASSIGN_OR_RETURN(const std::int64_t inserted,
                     tx.Execute(kInsert, workspace, schedule.name, schedule.pipeline, schedule.parameters, schedule.cron,
                                schedule.time_zone.empty() ? "UTC" : schedule.time_zone, *next, by, now));
    if (inserted == 0) return absl::AlreadyExistsError(absl::StrCat("there is already a schedule \"", schedule.name, "\""));
    return Find(tx, workspace, schedule.name);
  });
}

absl::StatusOr<Schedule> PgSchedules::Get(const base::WorkspaceId& workspace, const std::string& name) {
  return db_.Transact([&](pg::Tx& tx) { return Find(tx, workspace, name); });
}

absl::StatusOr<std::vector<Schedule>> PgSchedules::List(const base::WorkspaceId& workspace, const std::string& after, int limit) {
  return db_.Transact([&](pg::Tx& tx) -> absl::StatusOr<std::vector<Schedule>> {
    ASSIGN_OR_RETURN(const std::vector<pg::Row> rows, tx.Many(kList, workspace, after, limit));
    std::vector<Schedule> result;
    for (const pg::Row& row : rows) result.push_back(ReadSchedule(row));
    return result;
  });
}

absl::StatusOr<Schedule> PgSchedules::SetPaused(const base::WorkspaceId& workspace, const std::string& name, bool is_paused,
                                                absl::Time now) {
  return db_.Transact([&](pg::Tx& tx) -> absl::StatusOr<Schedule> {
    ASSIGN_OR_RETURN(const Schedule schedule, Find(tx, workspace, name));
    if (schedule.is_paused == is_paused) return schedule;
    std::optional<absl::Time> next;
    if (!is_paused) {
      ASSIGN_OR_RETURN(const Cron cron, Cron::Parse(schedule.cron, schedule.time_zone));
      next = cron.Next(now);
    }
    RETURN_IF_ERROR(tx.Execute(kSetPaused, workspace, name, is_paused, next).status());
    return Find(tx, workspace, name);
  });
}

absl::Status PgSchedules::Delete(const base::WorkspaceId& workspace, const std::string& name) {
  return db_.Transact([&](pg::Tx& tx) -> absl::Status {
    ASSIGN_OR_RETURN(const std::int64_t deleted, tx.Execute(kDelete, workspace, name));
    if (deleted == 0) return absl::NotFoundError(absl::StrCat("there is no schedule \"", name, "\""));
    return absl::OkStatus();
  });
}

absl::StatusOr<int> PgSchedules::FireDue(absl::Time now) {
  int fired = 0;
  for (; fired < kMaxTicksAtOnce; ++fired) {
    ASSIGN_OR_RETURN(const bool found, db_.Transact([&](pg::Tx& tx) { return FireOne(tx, now); }));
    if (!found) break;
  }
  return fired;
}

}  // namespace millwright::scheduler
