#include "tracker/storage/log_write.h"

#include <algorithm>
#include <map>
#include <set>
#include <utility>

#include "lib/base/status_macros.h"
#include "tracker/domain/log_errors.h"

namespace millwright::tracker {
namespace {

// Rows that refer to the run are going to be written: it stays until the transaction ends.
constexpr pg::Statement kHoldRuns{"hold_logged_runs", R"sql(
  SELECT run_id, workspace_id, number, experiment_id, deleted_at IS NOT NULL
    FROM tracker.runs
   WHERE run_id = ANY ($1::text[])
   ORDER BY number
     FOR KEY SHARE
)sql",
                                  pg::Plan::kPrepared};

constexpr pg::Statement kFindParams{"find_params", R"sql(
  SELECT run_number, key, p.value
    FROM unnest($1::bigint[], $2::text[]) AS n (run_number, key) JOIN tracker.params p USING (run_number, key)
)sql",
                                    pg::Plan::kPrepared};

constexpr pg::Statement kPutParams{"put_params", R"sql(
  INSERT INTO tracker.params (run_number, key, value)
  SELECT run_number, key, value FROM unnest($1::bigint[], $2::text[], $3::text[]) AS p (run_number, key, value)
  ON CONFLICT (run_number, key) DO NOTHING
)sql",
                                   pg::Plan::kPrepared};

constexpr pg::Statement kPutTags{"put_tags", R"sql(
  INSERT INTO tracker.tags (run_number, key, value)
  SELECT run_number, key, value FROM unnest($1::bigint[], $2::text[], $3::text[]) AS t (run_number, key, value)
  ON CONFLICT (run_number, key) DO UPDATE SET value = excluded.value
)sql",
                                 pg::Plan::kPrepared};

constexpr pg::Statement kRename{"rename_run", R"sql(
  UPDATE tracker.runs SET name = $2 WHERE number = $1 AND name <> $2
)sql",
                                pg::Plan::kPrepared};

constexpr pg::Statement kAppend{"append_metric_log", R"sql(
  INSERT INTO tracker.metric_log (run_number, point_count, points)
  SELECT run_number, point_count, points FROM unnest($1::bigint[], $2::bigint[], $3::bytea[]) AS m (run_number, point_count, points)
)sql",
                                pg::Plan::kPrepared};

// The answer tells of all runs that are there; only active ones are written.
constexpr pg::Statement kWriteMetrics{"write_metric_log", R"sql(
  WITH found AS (
    SELECT run_id, workspace_id, number, experiment_id, deleted_at IS NOT NULL AS is_deleted
      FROM tracker.runs
     WHERE run_id = ANY ($1::text[])),
  written AS (
    INSERT INTO tracker.metric_log (run_number, point_count, points)
    SELECT f.number, b.point_count, b.points
      FROM unnest($1::text[], $2::bigint[], $3::bigint[], $4::bytea[]) AS b (run_id, workspace_id, point_count, points)
      JOIN found f USING (run_id, workspace_id)
     WHERE NOT f.is_deleted
       AND b.point_count > 0)
  SELECT run_id, workspace_id, number, experiment_id, is_deleted FROM found
)sql",
                                      pg::Plan::kPrepared};

using RunKey = std::pair<std::int64_t, std::string>;
using Values = std::map<RunKey, std::string>;

/// Rows of (run, key, value) as columns.
struct Columns {
  explicit Columns(const Values& items) {
    for (const auto& [place, value] : items) {
      runs.push_back(place.first);
      keys.push_back(place.second);
      values.push_back(value);
    }
  }
  std::vector<std::int64_t> runs;
  std::vector<std::string> keys;
  std::vector<std::string> values;
};

/// A run with whether it is deleted.
using FoundRuns = std::map<RunId, std::pair<LoggedRun, bool>>;

FoundRuns ReadRuns(const std::vector<pg::Row>& rows) {
  FoundRuns runs;
  for (const pg::Row& row : rows) {
    LoggedRun run{row.Int(2), row.Int(3), RunId(row.Text(0)), base::WorkspaceId(row.Text(1))};
    runs.emplace(run.id, std::pair(run, row.Bool(4)));
  }
  return runs;
}

absl::StatusOr<FoundRuns> FindRuns(pg::Tx& tx, const std::vector<const LogCall*>& calls) {
  std::set<std::string> ids;
  for (const LogCall* call : calls) ids.insert(call->run.value());
  ASSIGN_OR_RETURN(const std::vector<pg::Row> rows, tx.Many(kHoldRuns, std::vector<std::string>(ids.begin(), ids.end())));
  return ReadRuns(rows);
}

absl::Status Check(const LogCall& call, const FoundRuns& runs) {
  const auto found = runs.find(call.run);
  if (found == runs.end() || found->second.first.workspace != call.workspace) return NoSuchRun(call.run);
  return found->second.second ? DeletedRunError(call.run) : absl::OkStatus();
}

/// The part of a group that has found its run.
struct Accepted {
  const LogCall* call = nullptr;
  LoggedRun run;
  absl::Status* outcome = nullptr;
};

// Leaves out the calls that give a param another value; of two that differ in one group the first wins.
absl::Status PutParams(pg::Tx& tx, std::vector<Accepted>& calls) {
  Values asked;
  for (const Accepted& accepted : calls) {
    for (const KeyValue& param : accepted.call->params) asked.emplace(RunKey(accepted.run.number, param.key), "");
  }
  if (asked.empty()) return absl::OkStatus();
  const Columns places(asked);
  ASSIGN_OR_RETURN(const std::vector<pg::Row> rows, tx.Many(kFindParams, places.runs, places.keys));
  Values known;
  for (const pg::Row& row : rows) known.emplace(RunKey(row.Int(0), row.Text(1)), row.Text(2));
  Values fresh;
  std::vector<Accepted> good;
  for (const Accepted& accepted : calls) {
    std::vector<ParamConflict> conflicts;
    for (const KeyValue& param : accepted.call->params) {
      const auto it = known.find({accepted.run.number, param.key});
      if (it != known.end() && it->second != param.value) conflicts.push_back({param.key, it->second, param.value});
    }
    if (!conflicts.empty()) {
      *accepted.outcome = ParamConflictError(accepted.run.id, conflicts);
      continue;
    }
    for (const KeyValue& param : accepted.call->params) {
      if (known.emplace(RunKey(accepted.run.number, param.key), param.value).second)
        fresh.emplace(RunKey(accepted.run.number, param.key), param.value);
    }
    good.push_back(accepted);
  }
  calls = std::move(good);
  if (fresh.empty()) return absl::OkStatus();
  const Columns columns(fresh);
  ASSIGN_OR_RETURN(const std::int64_t added, tx.Execute(kPutParams, columns.runs, columns.keys, columns.values));
  if (added != static_cast<std::int64_t>(fresh.size())) return absl::AbortedError("another program logged one of the params");
  return absl::OkStatus();
}

absl::Status PutTags(pg::Tx& tx, const std::vector<Accepted>& calls) {
  Values tags;
  for (const Accepted& accepted : calls) {
    for (const KeyValue& tag : accepted.call->tags) tags[RunKey(accepted.run.number, tag.key)] = tag.value;
  }
  if (tags.empty()) return absl::OkStatus();
  const Columns columns(tags);
  RETURN_IF_ERROR(tx.Execute(kPutTags, columns.runs, columns.keys, columns.values).status());
  for (const auto& [place, value] : tags) {
    if (place.second == kNameTag) RETURN_IF_ERROR(tx.Execute(kRename, place.first, value).status());
  }
  return absl::OkStatus();
}

absl::Status AppendPoints(pg::Tx& tx, const std::vector<Accepted>& calls) {
  std::map<std::int64_t, std::pair<std::int64_t, std::string>> points;
  for (const Accepted& accepted : calls) {
    if (accepted.call->point_count == 0) continue;
    auto& [count, packed] = points[accepted.run.number];
    count += accepted.call->point_count;
    packed += accepted.call->points;
  }
  if (points.empty()) return absl::OkStatus();
  std::vector<std::int64_t> runs;
  std::vector<std::int64_t> counts;
  std::vector<std::string> packed;
  for (auto& [run, entry] : points) {
    runs.push_back(run);
    counts.push_back(entry.first);
    packed.push_back(std::move(entry.second));
  }
  return tx.Execute(kAppend, runs, counts, pg::BytesArray(packed)).status();
}

}  // namespace

absl::Status WriteLogs(pg::Tx& tx, const std::vector<const LogCall*>& calls, const ModelMetricWriter& write_model_metrics,
                       std::vector<absl::Status>& outcomes) {
  outcomes.assign(calls.size(), absl::OkStatus());
  ASSIGN_OR_RETURN(const auto runs, FindRuns(tx, calls));
  std::vector<Accepted> accepted;
  for (std::size_t i = 0; i < calls.size(); ++i) {
    outcomes[i] = Check(*calls[i], runs);
    if (outcomes[i].ok()) accepted.push_back({calls[i], runs.at(calls[i]->run).first, &outcomes[i]});
  }
  RETURN_IF_ERROR(PutParams(tx, accepted));
  RETURN_IF_ERROR(PutTags(tx, accepted));
  for (const Accepted& one : accepted) {
    if (!one.call->of_models.empty() && write_model_metrics)
      RETURN_IF_ERROR(write_model_metrics(tx, one.run, one.call->of_models));
  }
  return AppendPoints(tx, accepted);
}

bool AreOnlyMetrics(const std::vector<const LogCall*>& calls) {
  return std::all_of(calls.begin(), calls.end(),
                     [](const LogCall* call) { return call->params.empty() && call->tags.empty() && call->of_models.empty(); });
}

absl::Status WriteMetrics(pg::Database& db, const std::vector<const LogCall*>& calls, std::vector<absl::Status>& outcomes) {
  std::map<std::pair<RunId, base::WorkspaceId>, std::pair<std::int64_t, std::string>> points;
  for (const LogCall* call : calls) {
    auto& [count, packed] = points[{call->run, call->workspace}];
    count += call->point_count;
    packed += call->points;
  }
  std::vector<std::string> runs;
  std::vector<std::string> workspaces;
  std::vector<std::int64_t> counts;
  std::vector<std::string> packed;
  for (auto& [place, entry] : points) {
    runs.push_back(place.first.value());
    workspaces.push_back(place.second.value());
    counts.push_back(entry.first);
    packed.push_back(std::move(entry.second));
  }
  ASSIGN_OR_RETURN(const std::vector<pg::Row> rows,
                   db.RunIdempotent(kWriteMetrics, runs, workspaces, counts, pg::BytesArray(packed)));
  const FoundRuns found = ReadRuns(rows);
  outcomes.clear();
  for (const LogCall* call : calls) outcomes.push_back(Check(*call, found));
  return absl::OkStatus();
}

}  // namespace millwright::tracker
