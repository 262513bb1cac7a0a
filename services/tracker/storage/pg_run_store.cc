#include "tracker/storage/pg_run_store.h"

#include <limits>
#include <map>

#include "absl/strings/str_cat.h"
#include "lib/base/status_macros.h"
#include "tracker/storage/default_experiment.h"
#include "tracker/storage/find_run.h"
#include "tracker/storage/page.h"
#include "tracker/storage/run_log.h"

namespace millwright::tracker {
namespace {

#define RUN_COLUMNS \
  "r.number, r.run_id, CASE WHEN e.is_default THEN 0 ELSE e.id END, r.name, r.status, r.started_at, r.ended_at, r.created_by"

constexpr pg::Statement kCreate{"create_run", R"sql(
  INSERT INTO tracker.runs (run_id, workspace_id, experiment_id, name, status, started_at, created_by, request_id)
  VALUES ($1, $2, $3, $4, 'running', $5, $6, $7)
  ON CONFLICT (workspace_id, request_id) DO NOTHING
  RETURNING number
)sql"};

constexpr pg::Statement kFindRequest{"find_run_request", R"sql(
  SELECT number FROM tracker.runs WHERE workspace_id = $1 AND request_id = $2
)sql"};

constexpr pg::Statement kGet{"get_run", "SELECT " RUN_COLUMNS R"sql(
    FROM tracker.runs r JOIN tracker.experiments e ON e.id = r.experiment_id
   WHERE r.number = $1
)sql"};

constexpr pg::Statement kList{"list_runs", "SELECT " RUN_COLUMNS R"sql(
    FROM tracker.runs r JOIN tracker.experiments e ON e.id = r.experiment_id
   WHERE r.workspace_id = $1
     AND r.number < $2
     AND ($3::bigint IS NULL OR r.experiment_id = $3)
     AND (cardinality($4::text[]) = 0
          OR cardinality($4::text[]) = (SELECT count(*) FROM tracker.tags t JOIN unnest($4::text[], $5::text[]) AS f (key, value) USING (key, value)
                                         WHERE t.run_number = r.number))
   ORDER BY r.number DESC
   LIMIT $6
)sql"};

constexpr pg::Statement kFinish{"finish_run", R"sql(
  UPDATE tracker.runs
     SET status = $2, ended_at = $3
   WHERE number = $1
     AND status IN ('scheduled', 'running')
)sql"};

#undef RUN_COLUMNS

Run ReadRun(const pg::Row& row) {
  Run run;
  run.id = RunId(row.Text(1));
  run.experiment_id = ExperimentId(row.Text(2));
  run.name = row.Text(3);
  run.status = ParseRunStatus(row.Text(4));
  run.started_at = row.Time(5);
  run.ended_at = row.OptionalTime(6);
  run.created_by = row.Text(7);
  return run;
}

absl::StatusOr<Run> GetRun(pg::Tx& tx, std::int64_t number) {
  ASSIGN_OR_RETURN(const pg::Row row, tx.One(kGet, number));
  std::vector<Run> runs = {ReadRun(row)};
  RETURN_IF_ERROR(FillRuns(tx, {number}, runs));
  return std::move(runs.front());
}

}  // namespace

absl::StatusOr<Run> PgRunStore::Create(const base::WorkspaceId& workspace, const NewRun& run) {
  return db_.Transact([&](pg::Tx& tx) -> absl::StatusOr<Run> {
    ASSIGN_OR_RETURN(const std::int64_t experiment, FindExperiment(tx, workspace, run.experiment_id));
    ASSIGN_OR_RETURN(const std::optional<pg::Row> made, tx.ZeroOrOne(kCreate, run.id, workspace, experiment, run.name,
                                                                     run.started_at, run.created_by, run.request_id));
    if (made) {
      RETURN_IF_ERROR(PutTags(tx, made->Int(0), run.tags));
      return GetRun(tx, made->Int(0));
    }
    ASSIGN_OR_RETURN(const pg::Row earlier, tx.One(kFindRequest, workspace, run.request_id));
    return GetRun(tx, earlier.Int(0));
  });
}

absl::StatusOr<Run> PgRunStore::Get(const base::WorkspaceId& workspace, const RunId& id) {
  return db_.Transact([&](pg::Tx& tx) -> absl::StatusOr<Run> {
    ASSIGN_OR_RETURN(const std::int64_t number, FindRun(tx, workspace, id));
    return GetRun(tx, number);
  });
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
    ASSIGN_OR_RETURN(const std::vector<pg::Row> rows,
                     tx.Many(kList, workspace, Before(query.page), experiment, keys, values, query.page.size + 1));
    std::vector<Run> runs;
    std::vector<std::int64_t> numbers;
    for (const pg::Row& row : rows) {
      runs.push_back(ReadRun(row));
      numbers.push_back(row.Int(0));
    }
    PageOf<Run> page = Cut(std::move(runs), numbers, query.page);
    numbers.resize(page.items.size());
    RETURN_IF_ERROR(FillRuns(tx, numbers, page.items));
    return page;
  });
}

absl::Status PgRunStore::Log(const base::WorkspaceId& workspace, const RunId& id, const Batch& batch) {
  return db_.Transact([&](pg::Tx& tx) -> absl::Status {
    ASSIGN_OR_RETURN(const std::int64_t number, HoldRun(tx, workspace, id));
    // Always in this order, each by key: two batches for one run wait for each other and never deadlock.
    RETURN_IF_ERROR(PutParams(tx, number, batch.params));
    RETURN_IF_ERROR(PutTags(tx, number, batch.tags));
    return AppendMetrics(tx, number, batch.metrics);
  });
}

absl::StatusOr<Run> PgRunStore::Finish(const base::WorkspaceId& workspace, const RunId& id, RunStatus status, absl::Time at) {
  return db_.Transact([&](pg::Tx& tx) -> absl::StatusOr<Run> {
    ASSIGN_OR_RETURN(const std::int64_t number, FindRun(tx, workspace, id));
    ASSIGN_OR_RETURN(const std::int64_t moved, tx.Execute(kFinish, number, Name(status), at));
    ASSIGN_OR_RETURN(Run run, GetRun(tx, number));
    if (moved == 0 && !CanMove(run.status, status)) {
      return absl::FailedPreconditionError(
          absl::StrCat("run ", id.value(), " is ", Name(run.status), " already and cannot become ", Name(status)));
    }
    return run;
  });
}

absl::StatusOr<std::vector<Metric>> PgRunStore::History(const base::WorkspaceId& workspace, const RunId& id,
                                                        const HistoryQuery& query) {
  return db_.Transact([&](pg::Tx& tx) -> absl::StatusOr<std::vector<Metric>> {
    ASSIGN_OR_RETURN(const std::int64_t number, FindRun(tx, workspace, id));
    return ReadHistory(tx, number, query);
  });
}

}  // namespace millwright::tracker
