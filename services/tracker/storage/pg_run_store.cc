#include "tracker/storage/pg_run_store.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "lib/base/status_macros.h"
#include "tracker/domain/log_errors.h"
#include "tracker/storage/default_experiment.h"
#include "tracker/storage/find_run.h"
#include "tracker/storage/metric_history.h"
#include "tracker/storage/metric_points.h"
#include "tracker/storage/page.h"
#include "tracker/storage/purge_runs.h"
#include "tracker/storage/run_page.h"
#include "tracker/storage/run_rows.h"
#include "tracker/storage/settle_metrics.h"

namespace millwright::tracker {
namespace {

// One statement: the run, its tags, and what the answer needs of its experiment. No row: the experiment is not there or deleted,
// the request was answered before, or the statement ran twice.
constexpr pg::Statement kCreate{"create_run", R"sql(
  WITH made AS (
    INSERT INTO tracker.runs (run_id, workspace_id, experiment_id, name, status, started_at, created_by, user_name, request_id,
                              heartbeat_grace_seconds, lost_after)
    SELECT $1, e.workspace_id, e.id, $4, 'running', $5::timestamptz, $6, $7, $8, $9::integer, $10::timestamptz
      FROM tracker.experiments e
     WHERE e.workspace_id = $2::bigint
       AND CASE WHEN $3::bigint = 0 THEN e.is_default ELSE e.id = $3::bigint AND NOT e.is_default END
       AND e.deleted_at IS NULL
    ON CONFLICT DO NOTHING
    RETURNING number, experiment_id),
  tagged AS (
    INSERT INTO tracker.tags (run_number, key, value)
    SELECT made.number, t.key, t.value FROM made, unnest($11::text[], $12::text[]) AS t (key, value))
  SELECT e.artifact_location FROM made JOIN tracker.experiments e ON e.id = made.experiment_id
)sql",
                                pg::Plan::kPrepared};

constexpr pg::Statement kFindRequest{"find_run_request", R"sql(
  SELECT number FROM tracker.runs WHERE workspace_id = $1 AND request_id = $2
)sql"};

constexpr pg::Statement kList{"list_runs", "SELECT " TRACKER_RUN_COLUMNS R"sql(
    FROM tracker.runs r JOIN tracker.experiments e ON e.id = r.experiment_id
   WHERE r.workspace_id = $1
     AND r.number < $2
     AND ($3::bigint IS NULL OR r.experiment_id = $3)
     AND ($4::bool IS NULL OR (r.deleted_at IS NOT NULL) = $4)
     AND (cardinality($5::text[]) = 0
          OR r.number IN (SELECT t.run_number FROM tracker.tags t JOIN unnest($5::text[], $6::text[]) AS f (key, value) USING (key, value)
                           GROUP BY t.run_number HAVING count(*) = cardinality($5::text[])))
   ORDER BY r.number DESC
   LIMIT $7
)sql"};

constexpr pg::Statement kFinish{"finish_run", R"sql(
  UPDATE tracker.runs
     SET status = $2, ended_at = $3, lost_after = NULL
   WHERE number = $1
     AND status IN ('scheduled', 'running')
     AND deleted_at IS NULL
)sql",
                                pg::Plan::kPrepared};

// A status that does not end the run takes its end away; a run that is resumed is not lost any more.
constexpr pg::Statement kUpdate{"update_run", R"sql(
  WITH r AS (
    UPDATE tracker.runs
       SET name = coalesce($3, name),
           status = coalesce($4, status),
           ended_at = CASE WHEN $5::bool THEN NULL ELSE coalesce($6::timestamptz, ended_at) END,
           status_reason = CASE WHEN $4 IS NULL THEN status_reason ELSE '' END,
           lost_after = CASE WHEN $4 IS NULL THEN lost_after
                             WHEN $4 = 'running' THEN $7::timestamptz + heartbeat_grace_seconds * interval '1 second' END
     WHERE run_id = $1
       AND workspace_id = $2::bigint
       AND deleted_at IS NULL
    RETURNING number, run_id, experiment_id, name, status, started_at, ended_at, created_by, deleted_at, user_name, status_reason,
              heartbeat_grace_seconds)
  SELECT )sql" TRACKER_RUN_COLUMNS R"sql( FROM r JOIN tracker.experiments e ON e.id = r.experiment_id
)sql",
                                pg::Plan::kPrepared};

constexpr pg::Statement kPutTag{"put_run_tag", R"sql(
  INSERT INTO tracker.tags (run_number, key, value)
  VALUES ($1, $2, $3)
  ON CONFLICT (run_number, key) DO UPDATE SET value = excluded.value
)sql",
                                pg::Plan::kPrepared};

constexpr pg::Statement kDropTag{"drop_run_tag", R"sql(
  DELETE FROM tracker.tags WHERE run_number = $1 AND key = $2
)sql"};

constexpr pg::Statement kDelete{"delete_run", R"sql(
  UPDATE tracker.runs SET deleted_at = $2 WHERE number = $1 AND deleted_at IS NULL
)sql"};

constexpr pg::Statement kRestore{"restore_run", R"sql(
  UPDATE tracker.runs SET deleted_at = NULL WHERE number = $1 AND deleted_at IS NOT NULL
)sql"};

constexpr pg::Statement kHoldDeleted{"hold_deleted_run", R"sql(
  SELECT deleted_at IS NOT NULL FROM tracker.runs WHERE number = $1 FOR UPDATE
)sql"};

constexpr pg::Statement kBeat{"beat", R"sql(
  UPDATE tracker.runs
     SET lost_after = $2::timestamptz + heartbeat_grace_seconds * interval '1 second'
   WHERE number = $1
     AND status = 'running'
     AND heartbeat_grace_seconds IS NOT NULL
     AND deleted_at IS NULL
  RETURNING lost_after
)sql"};

constexpr pg::Statement kFailLost{"fail_lost_runs", R"sql(
  UPDATE tracker.runs
     SET status = 'failed', ended_at = $1, status_reason = 'lost', lost_after = NULL
   WHERE number IN (SELECT number FROM tracker.runs
                     WHERE status = 'running' AND lost_after < $1
                     ORDER BY number
                       FOR UPDATE SKIP LOCKED)
)sql"};

std::future<absl::Status> Done(absl::Status status) {
  std::promise<absl::Status> promise;
  promise.set_value(std::move(status));
  return promise.get_future();
}

// The run as it was made: it has logged nothing yet.
Run MadeRun(const NewRun& made, const std::string& location) {
  Run run;
  run.id = made.id;
  run.experiment_id = made.experiment_id;
  run.name = made.name;
  run.status = RunStatus::kRunning;
  run.started_at = *made.started_at;
  run.created_by = made.created_by;
  run.tags = made.tags;
  run.user = made.user;
  run.artifact_uri = ArtifactUri(location, made.experiment_id, made.id);
  run.heartbeat_grace = made.heartbeat_grace;
  return run;
}

}  // namespace

/// Folds the metric log now and then, so that it stays short.
class PgRunStore::Settler {
 public:
  Settler(pg::Database& db, LogCommitter& committer, absl::Duration every)
      : db_(db), committer_(committer), every_(every), thread_([this] { Run(); }) {}
  ~Settler() {
    {
      absl::MutexLock lock(&mutex_);
      is_stopped_ = true;
    }
    thread_.join();
  }

 private:
  void Run() {
    // Another program's points, and those from before a restart, are looked for more seldom.
    for (int round = 0; !IsStopped(every_); ++round) {
      const std::int64_t known = committer_.unsettled_points();
      if (known == 0 && round % 10 != 0) continue;
      const auto settled = SettleMetrics(db_, [this](std::int64_t points) { committer_.NoteSettled(points); });
      if (!settled.ok()) continue;
      if (*settled < known) committer_.NoteSettled(known - *settled);  // a search was faster
    }
  }
  bool IsStopped(absl::Duration wait) {
    absl::MutexLock lock(&mutex_);
    return mutex_.AwaitWithTimeout(absl::Condition(&is_stopped_), wait);
  }
  pg::Database& db_;
  LogCommitter& committer_;
  const absl::Duration every_;
  absl::Mutex mutex_;
  bool is_stopped_ ABSL_GUARDED_BY(mutex_) = false;
  std::thread thread_;
};

PgRunStore::PgRunStore(pg::Database& db, RunStoreOptions options)
    : db_(db), keys_(db), committer_(db, std::move(options.write_model_metrics), options.committer) {
  if (options.settle_every > absl::ZeroDuration()) settler_ = std::make_unique<Settler>(db_, committer_, options.settle_every);
}

PgRunStore::~PgRunStore() = default;

absl::StatusOr<Run> PgRunStore::Create(const base::WorkspaceId& workspace, const NewRun& run) {
  std::vector<std::string> keys;
  std::vector<std::string> values;
  for (const KeyValue& tag : run.tags) {
    keys.push_back(tag.key);
    values.push_back(tag.value);
  }
  std::optional<std::int64_t> grace;
  std::optional<absl::Time> lost_after;
  if (run.heartbeat_grace) {
    grace = absl::ToInt64Seconds(*run.heartbeat_grace);
    lost_after = *run.started_at + *run.heartbeat_grace;
  }
  const auto create = [&](auto&& run_statement) {
    return run_statement(kCreate, run.id, workspace, run.experiment_id, run.name, *run.started_at, run.created_by, run.user,
                         run.request_id, grace, lost_after, keys, values);
  };
  ASSIGN_OR_RETURN(const std::vector<pg::Row> rows, create([&](auto&&... args) { return db_.RunIdempotent(args...); }));
  if (!rows.empty()) return MadeRun(run, rows.front().Text(0));
  return db_.Transact([&](pg::Tx& tx) -> absl::StatusOr<Run> {
    for (bool is_last = false;; is_last = true) {
      ASSIGN_OR_RETURN(const std::optional<pg::Row> made, create([&](auto&&... args) { return tx.ZeroOrOne(args...); }));
      if (made) return MadeRun(run, made->Text(0));
      if (run.request_id) {
        ASSIGN_OR_RETURN(const std::optional<pg::Row> earlier, tx.ZeroOrOne(kFindRequest, workspace, run.request_id));
        if (earlier) return GetRun(tx, keys_, earlier->Int(0));
      }
      if (const absl::StatusOr<std::int64_t> twice = FindRun(tx, workspace, run.id); !absl::IsNotFound(twice.status())) {
        RETURN_IF_ERROR(twice.status());
        return GetRun(tx, keys_, *twice);
      }
      // Of a workspace's Default this is the first use; of another experiment it is the error.
      RETURN_IF_ERROR(FindActiveExperiment(tx, workspace, run.experiment_id).status());
      if (is_last) return absl::AbortedError("the experiment changed meanwhile; try again");
    }
  });
}

absl::StatusOr<Run> PgRunStore::Get(const base::WorkspaceId& workspace, const RunId& id) {
  return db_.Read([&](pg::Tx& tx) { return GetRun(tx, keys_, workspace, id); });
}

absl::StatusOr<PageOf<Run>> PgRunStore::List(const base::WorkspaceId& workspace, const RunQuery& query) {
  return db_.Transact([&](pg::Tx& tx) -> absl::StatusOr<PageOf<Run>> {
    std::optional<std::int64_t> experiment;
    if (query.experiment_id) {
      ASSIGN_OR_RETURN(experiment, FindExperiment(tx, workspace, *query.experiment_id));
    }
    std::vector<std::string> keys;
    std::vector<std::string> values;
    for (const KeyValue& tag : query.tags) {
      keys.push_back(tag.key);
      values.push_back(tag.value);
    }
    ASSIGN_OR_RETURN(const std::vector<pg::Row> rows, tx.Many(kList, workspace, Before(query.page), experiment,
                                                              IsDeleted(query.view), keys, values, query.page.size + 1));
    std::vector<Run> runs;
    std::vector<std::int64_t> numbers;
    for (const pg::Row& row : rows) {
      runs.push_back(ReadRun(row));
      numbers.push_back(row.Int(0));
    }
    PageOf<Run> page = Cut(std::move(runs), numbers, query.page);
    numbers.resize(page.items.size());
    RETURN_IF_ERROR(FillRuns(tx, keys_, numbers, page.items));
    return page;
  });
}

std::future<absl::Status> PgRunStore::StartLog(const base::WorkspaceId& workspace, const RunId& id, Batch batch) {
  LogCall call{.workspace = workspace, .run = id, .params = std::move(batch.params), .tags = std::move(batch.tags)};
  if (!batch.metrics.empty()) {
    std::vector<std::string> keys;
    keys.reserve(batch.metrics.size());
    for (const Metric& metric : batch.metrics) keys.push_back(metric.key);
    const auto ids = keys_.IdsOf(keys);
    if (!ids.ok()) return Done(ids.status());
    std::vector<KeyedPoint> points;
    points.reserve(batch.metrics.size());
    for (std::size_t i = 0; i < batch.metrics.size(); ++i) {
      Metric& metric = batch.metrics[i];
      points.push_back({(*ids)[i], {metric.step, metric.timestamp_ms, metric.value}});
      if (!metric.model.model_id.empty()) call.of_models.push_back(std::move(metric));
    }
    call.point_count = static_cast<int>(points.size());
    call.points = PackBatch(std::move(points));
  }
  return committer_.Submit(std::move(call));
}

absl::StatusOr<Run> PgRunStore::Finish(const base::WorkspaceId& workspace, const RunId& id, RunStatus status, absl::Time at) {
  return db_.Transact([&](pg::Tx& tx) -> absl::StatusOr<Run> {
    ASSIGN_OR_RETURN(const std::int64_t number, FindRun(tx, workspace, id));
    ASSIGN_OR_RETURN(const std::int64_t moved, tx.Execute(kFinish, number, Name(status), at));
    ASSIGN_OR_RETURN(Run run, GetRun(tx, keys_, number));
    if (run.is_deleted) return DeletedRunError(id);
    if (moved == 0 && !CanMove(run.status, status)) {
      return absl::FailedPreconditionError(
          absl::StrCat("run ", id.value(), " is ", Name(run.status), " already and cannot become ", Name(status)));
    }
    return run;
  });
}

absl::StatusOr<Run> PgRunStore::Update(const base::WorkspaceId& workspace, const RunId& id, const RunChange& change,
                                       absl::Time at, RunDetail detail) {
  std::optional<std::string> status;
  std::optional<absl::Time> ended_at = change.ended_at;
  if (change.status) {
    status = Name(*change.status);
    if (IsFinal(*change.status) && !ended_at && !change.keeps_end) ended_at = at;
  }
  const bool is_resumed = change.status && !IsFinal(*change.status) && !change.keeps_end;
  const auto update = [&](auto&& run_statement) {
    return run_statement(kUpdate, id, workspace, change.name, status, is_resumed, ended_at, at);
  };
  if (change.tags.empty() && detail == RunDetail::kFacts) {
    ASSIGN_OR_RETURN(const std::vector<pg::Row> rows, update([&](auto&&... args) { return db_.RunIdempotent(args...); }));
    if (!rows.empty()) return ReadRun(rows.front());
  }
  return db_.Transact([&](pg::Tx& tx) -> absl::StatusOr<Run> {
    ASSIGN_OR_RETURN(const std::int64_t number, FindRun(tx, workspace, id));
    // Tags before the run's row, as batches lock them.
    for (const KeyValue& tag : change.tags) RETURN_IF_ERROR(tx.Execute(kPutTag, number, tag.key, tag.value).status());
    ASSIGN_OR_RETURN(const std::optional<pg::Row> row, update([&](auto&&... args) { return tx.ZeroOrOne(args...); }));
    if (!row) return DeletedRunError(id);
    std::vector<Run> runs = {ReadRun(*row)};
    if (detail == RunDetail::kAll) RETURN_IF_ERROR(FillRuns(tx, keys_, {number}, runs));
    return std::move(runs.front());
  });
}

absl::StatusOr<Run> PgRunStore::DeleteTag(const base::WorkspaceId& workspace, const RunId& id, const std::string& key) {
  return db_.Transact([&](pg::Tx& tx) -> absl::StatusOr<Run> {
    ASSIGN_OR_RETURN(const std::int64_t number, FindRun(tx, workspace, id));
    ASSIGN_OR_RETURN(const std::int64_t dropped, tx.Execute(kDropTag, number, key));
    ASSIGN_OR_RETURN(Run run, GetRun(tx, keys_, number));
    if (run.is_deleted) return DeletedRunError(id);
    if (dropped == 0) return absl::NotFoundError(absl::StrCat("run ", id.value(), " has no tag \"", key, "\""));
    return run;
  });
}

absl::StatusOr<Run> PgRunStore::Delete(const base::WorkspaceId& workspace, const RunId& id, absl::Time at) {
  return db_.Transact([&](pg::Tx& tx) -> absl::StatusOr<Run> {
    ASSIGN_OR_RETURN(const std::int64_t number, FindRun(tx, workspace, id));
    RETURN_IF_ERROR(tx.Execute(kDelete, number, at).status());
    return GetRun(tx, keys_, number);
  });
}

absl::StatusOr<Run> PgRunStore::Restore(const base::WorkspaceId& workspace, const RunId& id) {
  return db_.Transact([&](pg::Tx& tx) -> absl::StatusOr<Run> {
    ASSIGN_OR_RETURN(const std::int64_t number, FindRun(tx, workspace, id));
    RETURN_IF_ERROR(tx.Execute(kRestore, number).status());
    return GetRun(tx, keys_, number);
  });
}

absl::Status PgRunStore::Purge(const base::WorkspaceId& workspace, const RunId& id) {
  return db_.Transact([&](pg::Tx& tx) -> absl::Status {
    ASSIGN_OR_RETURN(const std::int64_t number, FindRun(tx, workspace, id));
    ASSIGN_OR_RETURN(const std::optional<pg::Row> held, tx.ZeroOrOne(kHoldDeleted, number));
    if (!held) return NoSuchRun(id);
    if (!held->Bool(0))
      return absl::FailedPreconditionError(absl::StrCat("run ", id.value(), " is active; only a deleted run is purged"));
    return PurgeRuns(tx, {number});
  });
}

absl::StatusOr<absl::Time> PgRunStore::Beat(const base::WorkspaceId& workspace, const RunId& id, absl::Time at) {
  return db_.Transact([&](pg::Tx& tx) -> absl::StatusOr<absl::Time> {
    ASSIGN_OR_RETURN(const std::int64_t number, FindRun(tx, workspace, id));
    ASSIGN_OR_RETURN(const std::optional<pg::Row> beaten, tx.ZeroOrOne(kBeat, number, at));
    if (beaten) return beaten->Time(0);
    ASSIGN_OR_RETURN(const Run run, GetRun(tx, keys_, number));
    if (run.is_deleted) return DeletedRunError(id);
    if (!run.heartbeat_grace)
      return absl::FailedPreconditionError(
          absl::StrCat("run ", id.value(), " was created without a heartbeat_grace and does not beat"));
    return absl::FailedPreconditionError(absl::StrCat("run ", id.value(), " is ", Name(run.status),
                                                      run.status_reason.empty() ? "" : absl::StrCat(" (", run.status_reason, ")"),
                                                      " and not running; update its status to resume it"));
  });
}

absl::StatusOr<std::int64_t> PgRunStore::FailLost(absl::Time at) {
  return db_.Transact([&](pg::Tx& tx) { return tx.Execute(kFailLost, at); });
}

absl::StatusOr<std::vector<Point>> PgRunStore::History(const base::WorkspaceId& workspace, const RunId& id,
                                                       const HistoryQuery& query) {
  ASSIGN_OR_RETURN(const std::optional<std::int64_t> key, keys_.Find(query.key));
  return db_.Transact([&](pg::Tx& tx) -> absl::StatusOr<std::vector<Point>> {
    ASSIGN_OR_RETURN(const std::int64_t number, FindRun(tx, workspace, id));
    if (!key) return std::vector<Point>();
    return ReadHistory(tx, number, *key, query);
  });
}

absl::StatusOr<std::vector<Series>> PgRunStore::Charts(const base::WorkspaceId& workspace, const ChartQuery& query) {
  std::vector<KnownKey> keys;
  for (const std::string& key : query.keys) {
    ASSIGN_OR_RETURN(const std::optional<std::int64_t> id, keys_.Find(key));
    if (id) keys.push_back({*id, key});
  }
  return db_.Transact([&](pg::Tx& tx) -> absl::StatusOr<std::vector<Series>> {
    std::vector<std::int64_t> runs;
    for (const RunId& run : query.runs) {
      ASSIGN_OR_RETURN(const std::int64_t number, FindRun(tx, workspace, run));
      runs.push_back(number);
    }
    if (keys.empty()) return std::vector<Series>();
    return ReadCharts(tx, runs, keys, query);
  });
}

}  // namespace millwright::tracker
