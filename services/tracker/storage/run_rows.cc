#include "tracker/storage/run_rows.h"

#include <algorithm>
#include <map>
#include <set>

#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "lib/base/status_macros.h"
#include "tracker/domain/log_errors.h"
#include "tracker/storage/metric_points.h"

namespace millwright::tracker {
namespace {

constexpr pg::Statement kGet{"get_run", "SELECT " TRACKER_RUN_COLUMNS R"sql(
    FROM tracker.runs r JOIN tracker.experiments e ON e.id = r.experiment_id
   WHERE r.number = $1
)sql",
                             pg::Plan::kPrepared};

constexpr pg::Statement kGetById{"get_run_by_id", "SELECT " TRACKER_RUN_COLUMNS R"sql(
    FROM tracker.runs r JOIN tracker.experiments e ON e.id = r.experiment_id
   WHERE r.run_id = $1
     AND r.workspace_id = $2::bigint
)sql",
                                 pg::Plan::kPrepared};

// Read before latest_metrics: what is settled between the two is then seen twice rather than not at all.
constexpr pg::Statement kLog{"metric_log_of_filled_runs", R"sql(
  SELECT run_number, points FROM tracker.metric_log WHERE run_number = ANY ($1::bigint[])
)sql",
                             pg::Plan::kPrepared};
constexpr pg::Statement kKeys{"metric_keys_by_id", R"sql(
  SELECT id, key FROM tracker.metric_keys WHERE id = ANY ($1::bigint[])
)sql",
                              pg::Plan::kPrepared};
constexpr pg::Statement kListLatest{"list_latest_metrics", R"sql(
  SELECT run_number, key_id, value, step, timestamp_ms FROM tracker.latest_metrics WHERE run_number = ANY ($1::bigint[])
)sql",
                                    pg::Plan::kPrepared};
constexpr pg::Statement kListParams{"list_params", R"sql(
  SELECT run_number, key, value FROM tracker.params WHERE run_number = ANY ($1::bigint[]) ORDER BY run_number, key
)sql",
                                    pg::Plan::kPrepared};
constexpr pg::Statement kListTags{"list_tags", R"sql(
  SELECT run_number, key, value FROM tracker.tags WHERE run_number = ANY ($1::bigint[]) ORDER BY run_number, key
)sql",
                                  pg::Plan::kPrepared};

using Latest = std::map<std::int64_t, std::map<std::int64_t, Point>>;  // by run and number of the key

void Keep(std::map<std::int64_t, Point>& latest, std::int64_t key_id, const Point& point) {
  const auto [kept, is_new] = latest.try_emplace(key_id, point);
  if (!is_new && IsEarlier(kept->second, point)) kept->second = point;
}

absl::StatusOr<Latest> ReadLatest(pg::Tx& tx, const std::vector<std::int64_t>& numbers) {
  Latest latest;
  ASSIGN_OR_RETURN(const std::vector<pg::Row> log, tx.Many(kLog, numbers));
  std::vector<KeyedPoint> points;
  for (const pg::Row& row : log) {
    points.clear();
    RETURN_IF_ERROR(UnpackBatches(row.Bytes(1), points));
    auto& of_run = latest[row.Int(0)];
    for (const KeyedPoint& keyed : points) Keep(of_run, keyed.key_id, keyed.point);
  }
  ASSIGN_OR_RETURN(const std::vector<pg::Row> settled, tx.Many(kListLatest, numbers));
  for (const pg::Row& row : settled) Keep(latest[row.Int(0)], row.Int(1), {row.Int(3), row.Int(4), row.Double(2)});
  return latest;
}

absl::StatusOr<std::map<std::int64_t, std::string>> KeysOf(pg::Tx& tx, const Latest& latest) {
  std::set<std::int64_t> ids;
  for (const auto& [run, metrics] : latest) {
    for (const auto& [id, point] : metrics) ids.insert(id);
  }
  std::map<std::int64_t, std::string> keys;
  if (ids.empty()) return keys;
  ASSIGN_OR_RETURN(const std::vector<pg::Row> rows, tx.Many(kKeys, std::vector<std::int64_t>(ids.begin(), ids.end())));
  for (const pg::Row& row : rows) keys.emplace(row.Int(0), row.Text(1));
  return keys;
}

absl::StatusOr<Run> ReadWhole(pg::Tx& tx, const pg::Row& row) {
  std::vector<Run> runs = {ReadRun(row)};
  RETURN_IF_ERROR(FillRuns(tx, {row.Int(0)}, runs));
  return std::move(runs.front());
}

}  // namespace

std::string ArtifactUri(const std::string& location, const ExperimentId& experiment, const RunId& run) {
  const std::string root = location.empty() ? DefaultArtifactLocation(experiment) : location;
  return absl::StrCat(absl::StripSuffix(root, "/"), "/", run.value(), "/artifacts");
}

Run ReadRun(const pg::Row& row) {
  Run run;
  run.id = RunId(row.Text(1));
  run.experiment_id = ExperimentId(row.Text(2));
  run.name = row.Text(3);
  run.status = ParseRunStatus(row.Text(4));
  run.started_at = row.Time(5);
  run.ended_at = row.OptionalTime(6);
  run.created_by = row.Text(7);
  run.is_deleted = row.Bool(8);
  run.user = row.Text(9);
  run.status_reason = row.Text(10);
  if (const auto seconds = row.OptionalInt(11)) run.heartbeat_grace = absl::Seconds(*seconds);
  run.artifact_uri = ArtifactUri(row.Text(12), run.experiment_id, run.id);
  return run;
}

absl::Status FillRuns(pg::Tx& tx, const std::vector<std::int64_t>& numbers, std::vector<Run>& runs) {
  if (numbers.empty()) return absl::OkStatus();
  std::map<std::int64_t, Run*> by_number;
  for (std::size_t i = 0; i < runs.size(); ++i) by_number[numbers[i]] = &runs[i];
  ASSIGN_OR_RETURN(const Latest latest, ReadLatest(tx, numbers));
  ASSIGN_OR_RETURN(const auto keys, KeysOf(tx, latest));
  for (const auto& [number, metrics] : latest) {
    std::vector<Metric>& shown = by_number.at(number)->metrics;
    for (const auto& [id, point] : metrics) shown.push_back({keys.at(id), point.value, point.step, point.timestamp_ms});
    std::sort(shown.begin(), shown.end(), [](const Metric& a, const Metric& b) { return a.key < b.key; });
  }
  ASSIGN_OR_RETURN(const std::vector<pg::Row> params, tx.Many(kListParams, numbers));
  for (const pg::Row& row : params) by_number.at(row.Int(0))->params.push_back({row.Text(1), row.Text(2)});
  ASSIGN_OR_RETURN(const std::vector<pg::Row> tags, tx.Many(kListTags, numbers));
  for (const pg::Row& row : tags) by_number.at(row.Int(0))->tags.push_back({row.Text(1), row.Text(2)});
  return absl::OkStatus();
}

absl::StatusOr<Run> GetRun(pg::Tx& tx, std::int64_t number) {
  ASSIGN_OR_RETURN(const pg::Row row, tx.One(kGet, number));
  return ReadWhole(tx, row);
}

absl::StatusOr<Run> GetRun(pg::Tx& tx, const base::WorkspaceId& workspace, const RunId& id) {
  ASSIGN_OR_RETURN(const std::optional<pg::Row> row, tx.ZeroOrOne(kGetById, id, workspace));
  if (!row) return NoSuchRun(id);
  return ReadWhole(tx, *row);
}

}  // namespace millwright::tracker
