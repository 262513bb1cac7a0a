#include "monitor/storage/log_batch.h"

#include <algorithm>
#include <map>
#include <tuple>

#include "lib/base/status_macros.h"
#include "monitor/storage/release_rows.h"

namespace millwright::monitor {
namespace {

constexpr pg::Statement kHasBatchTable{"has_batch_table", "SELECT to_regclass('pg_temp.prediction_batch') IS NOT NULL"};

// COPY cannot skip what is there already, so it goes by way of a table of the session.
constexpr pg::Statement kMakeBatchTable{"make_batch_table", R"sql(
  CREATE TEMPORARY TABLE prediction_batch (LIKE monitor.predictions) ON COMMIT DELETE ROWS
)sql"};

constexpr pg::Statement kInsertBatch{"insert_prediction_batch", R"sql(
  INSERT INTO monitor.predictions
    (prediction_id, workspace_id, model, version, revision, asset_id, event_time, at, latency_ms, outcome, "values", error)
  SELECT prediction_id, workspace_id, model, version, revision, asset_id, event_time, at, latency_ms, outcome, "values", error
    FROM pg_temp.prediction_batch
      ON CONFLICT (prediction_id, at) DO NOTHING
  RETURNING replace(prediction_id::text, '-', ''), workspace_id, model, version, revision, at, latency_ms, outcome
)sql"};

constexpr pg::Statement kLabelledBefore{"labelled_before", R"sql(
  SELECT DISTINCT workspace_id, replace(prediction_id::text, '-', '')
    FROM monitor.labels
   WHERE workspace_id = ANY($1::bigint[]) AND prediction_id = ANY($2::uuid[])
)sql"};

constexpr pg::Statement kAddCounts{"add_version_counts", R"sql(
  INSERT INTO monitor.version_counts AS c
    (workspace_id, model, version, predictions, not_finite, failed, labelled, latency_ms_sum, last_at)
  VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)
  ON CONFLICT (workspace_id, model, version) DO UPDATE
     SET predictions = c.predictions + EXCLUDED.predictions, not_finite = c.not_finite + EXCLUDED.not_finite,
         failed = c.failed + EXCLUDED.failed, labelled = c.labelled + EXCLUDED.labelled,
         latency_ms_sum = c.latency_ms_sum + EXCLUDED.latency_ms_sum, last_at = greatest(c.last_at, EXCLUDED.last_at)
)sql"};

struct Counts {
  std::int64_t predictions = 0, not_finite = 0, failed = 0, labelled = 0;
  double latency_ms_sum = 0;
  absl::Time last_at = absl::InfinitePast();
};

absl::StatusOr<std::vector<std::pair<std::string, std::string>>> LabelledBefore(pg::Tx& tx,
                                                                                const std::vector<Prediction>& added) {
  std::vector<std::int64_t> workspaces;
  std::vector<std::string> ids;
  for (const Prediction& prediction : added) {
    ids.push_back(prediction.id);
    workspaces.push_back(std::stoll(prediction.workspace.value()));
  }
  std::sort(workspaces.begin(), workspaces.end());
  workspaces.erase(std::unique(workspaces.begin(), workspaces.end()), workspaces.end());
  ASSIGN_OR_RETURN(const std::vector<pg::Row> rows, tx.Many(kLabelledBefore, workspaces, ids));
  std::vector<std::pair<std::string, std::string>> labelled;
  for (const pg::Row& row : rows) labelled.emplace_back(row.Text(0), row.Text(1));
  std::sort(labelled.begin(), labelled.end());
  return labelled;
}

}  // namespace

absl::StatusOr<std::vector<Prediction>> InsertNew(pg::Tx& tx, const std::vector<Prediction>& predictions) {
  ASSIGN_OR_RETURN(const pg::Row has, tx.One(kHasBatchTable));
  if (!has.Bool(0)) RETURN_IF_ERROR(tx.Execute(kMakeBatchTable).status());
  std::vector<std::vector<pg::Param>> lines;
  lines.reserve(predictions.size());
  for (const Prediction& p : predictions) {
    lines.push_back({p.id, p.workspace, p.model, p.version, p.revision, p.asset_id, p.event_time, p.at, p.latency_ms,
                     Text(p.outcome), nlohmann::json(p.values), p.error});
  }
  RETURN_IF_ERROR(tx.Copy("pg_temp.prediction_batch",
                          {"prediction_id", "workspace_id", "model", "version", "revision", "asset_id", "event_time", "at",
                           "latency_ms", "outcome", "\"values\"", "error"},
                          lines));
  ASSIGN_OR_RETURN(const std::vector<pg::Row> rows, tx.Many(kInsertBatch));
  std::vector<Prediction> added;
  added.reserve(rows.size());
  for (const pg::Row& row : rows) {
    added.push_back({.id = row.Text(0),
                     .workspace = base::WorkspaceId(row.Text(1)),
                     .model = row.Text(2),
                     .version = static_cast<int>(row.Int(3)),
                     .revision = row.Int(4),
                     .at = row.Time(5),
                     .latency_ms = row.Double(6),
                     .outcome = OutcomeOf(row.Text(7))});
  }
  std::sort(added.begin(), added.end(),
            [](const Prediction& a, const Prediction& b) { return std::tie(a.at, a.id) < std::tie(b.at, b.id); });
  return added;
}

absl::Status CountNew(pg::Tx& tx, const std::vector<Prediction>& added) {
  using Key = std::tuple<std::string, std::string, int>;
  ASSIGN_OR_RETURN(const auto labelled, LabelledBefore(tx, added));
  std::map<Key, Counts> counts;  // in the order of the keys, so that two batches lock rows in one order
  for (const Prediction& prediction : added) {
    Counts& count = counts[{prediction.workspace.value(), prediction.model, prediction.version}];
    ++count.predictions;
    count.not_finite += prediction.outcome == Outcome::kNotFinite;
    count.failed += prediction.outcome == Outcome::kFailed;
    count.labelled +=
        std::binary_search(labelled.begin(), labelled.end(), std::pair(prediction.workspace.value(), prediction.id));
    count.latency_ms_sum += prediction.latency_ms;
    count.last_at = std::max(count.last_at, prediction.at);
  }
  for (const auto& [key, count] : counts) {
    const auto& [workspace, model, version] = key;
    RETURN_IF_ERROR(tx.Execute(kAddCounts, workspace, model, version, count.predictions, count.not_finite, count.failed,
                               count.labelled, count.latency_ms_sum, count.last_at)
                        .status());
  }
  return absl::OkStatus();
}

absl::StatusOr<bool> GuardNew(pg::Tx& tx, const std::vector<Prediction>& added, const GuardOptions& options, absl::Time now) {
  using Key = std::tuple<std::string, std::string, std::int64_t>;
  std::map<Key, std::vector<const Prediction*>> by_release;
  for (const Prediction& prediction : added) {
    by_release[{prediction.workspace.value(), prediction.model, prediction.revision}].push_back(&prediction);
  }
  bool is_rollback_wanted = false;
  for (const auto& [key, answers] : by_release) {
    const auto& [workspace, model, revision] = key;
    ASSIGN_OR_RETURN(std::optional<Release> release, LockRelease(tx, base::WorkspaceId(workspace), model, revision));
    if (!release) continue;
    bool is_changed = false;
    for (const Prediction* answer : answers) is_changed |= Count(*release, *answer, options, now);
    if (!is_changed) continue;
    RETURN_IF_ERROR(StoreRelease(tx, *release));
    is_rollback_wanted |= release->state == ReleaseState::kRollbackWanted;
  }
  return is_rollback_wanted;
}

}  // namespace millwright::monitor
