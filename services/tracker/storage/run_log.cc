#include "tracker/storage/run_log.h"

#include <limits>
#include <map>

#include "absl/strings/str_cat.h"
#include "lib/base/status_macros.h"

namespace millwright::tracker {
namespace {

constexpr pg::Statement kPutParams{"put_params", R"sql(
  INSERT INTO tracker.params (run_number, key, value)
  SELECT $1, key, value FROM unnest($2::text[], $3::text[]) AS p (key, value)
  ON CONFLICT (run_number, key) DO NOTHING
)sql"};

constexpr pg::Statement kFindOtherParam{"find_other_param", R"sql(
  SELECT key, p.value, n.value
    FROM tracker.params p JOIN unnest($2::text[], $3::text[]) AS n (key, value) USING (key)
   WHERE p.run_number = $1
     AND p.value <> n.value
   ORDER BY key
   LIMIT 1
)sql"};

constexpr pg::Statement kPutTags{"put_tags", R"sql(
  INSERT INTO tracker.tags (run_number, key, value)
  SELECT $1, key, value FROM unnest($2::text[], $3::text[]) AS t (key, value)
  ON CONFLICT (run_number, key) DO UPDATE SET value = excluded.value
)sql"};

constexpr pg::Statement kPutLatest{"put_latest_metrics", R"sql(
  INSERT INTO tracker.latest_metrics AS l (run_number, key, step, timestamp_ms, value)
  SELECT $1, key, step, timestamp_ms, value
    FROM unnest($2::text[], $3::bigint[], $4::bigint[], $5::float8[]) AS m (key, step, timestamp_ms, value)
  ON CONFLICT (run_number, key) DO UPDATE
     SET step = excluded.step, timestamp_ms = excluded.timestamp_ms, value = excluded.value
   WHERE (excluded.step, excluded.timestamp_ms, excluded.value) > (l.step, l.timestamp_ms, l.value)
)sql"};

constexpr pg::Statement kHistory{"metric_history", R"sql(
  SELECT DISTINCT step, timestamp_ms, value
    FROM tracker.metrics
   WHERE run_number = $1
     AND key = $2
     AND step >= $3
     AND ($4::bool OR (step, timestamp_ms, value) > ($3, $5, $6))
   ORDER BY step, timestamp_ms, value
   LIMIT $7
)sql"};

constexpr pg::Statement kListParams{"list_params", R"sql(
  SELECT run_number, key, value FROM tracker.params WHERE run_number = ANY ($1) ORDER BY run_number, key
)sql"};
constexpr pg::Statement kListTags{"list_tags", R"sql(
  SELECT run_number, key, value FROM tracker.tags WHERE run_number = ANY ($1) ORDER BY run_number, key
)sql"};
constexpr pg::Statement kListLatest{"list_latest_metrics", R"sql(
  SELECT run_number, key, value, step, timestamp_ms FROM tracker.latest_metrics WHERE run_number = ANY ($1) ORDER BY run_number, key
)sql"};

struct Columns {
  explicit Columns(const std::vector<KeyValue>& items) {
    for (const KeyValue& item : items) {
      keys.push_back(item.key);
      values.push_back(item.value);
    }
  }
  std::vector<std::string> keys;
  std::vector<std::string> values;
};

}  // namespace

absl::Status PutParams(pg::Tx& tx, std::int64_t run, const std::vector<KeyValue>& params) {
  if (params.empty()) return absl::OkStatus();
  const Columns columns(params);
  RETURN_IF_ERROR(tx.Execute(kPutParams, run, columns.keys, columns.values).status());
  ASSIGN_OR_RETURN(const std::optional<pg::Row> other, tx.ZeroOrOne(kFindOtherParam, run, columns.keys, columns.values));
  if (!other) return absl::OkStatus();
  return absl::InvalidArgumentError(absl::StrCat("params: \"", other->Text(0), "\" is \"", other->Text(1),
                                                 "\" already and cannot become \"", other->Text(2), "\": params are immutable"));
}

absl::Status PutTags(pg::Tx& tx, std::int64_t run, const std::vector<KeyValue>& tags) {
  if (tags.empty()) return absl::OkStatus();
  const Columns columns(tags);
  return tx.Execute(kPutTags, run, columns.keys, columns.values).status();
}

absl::Status AppendMetrics(pg::Tx& tx, std::int64_t run, const std::vector<Metric>& metrics) {
  if (metrics.empty()) return absl::OkStatus();
  std::vector<std::vector<pg::Param>> rows;
  rows.reserve(metrics.size());
  for (const Metric& metric : metrics) rows.push_back({run, metric.key, metric.step, metric.timestamp_ms, metric.value});
  RETURN_IF_ERROR(tx.Copy("tracker.metrics", {"run_number", "key", "step", "timestamp_ms", "value"}, rows));
  std::vector<std::string> keys;
  std::vector<std::int64_t> steps;
  std::vector<std::int64_t> times;
  std::vector<double> values;
  for (const Metric& metric : LatestOf(metrics)) {
    keys.push_back(metric.key);
    steps.push_back(metric.step);
    times.push_back(metric.timestamp_ms);
    values.push_back(metric.value);
  }
  return tx.Execute(kPutLatest, run, keys, steps, times, values).status();
}

absl::StatusOr<std::vector<Metric>> ReadHistory(pg::Tx& tx, std::int64_t run, const HistoryQuery& query) {
  const Metric after = query.after.value_or(Metric{"", 0, std::numeric_limits<std::int64_t>::min(), 0});
  ASSIGN_OR_RETURN(const std::vector<pg::Row> rows, tx.Many(kHistory, run, query.key, after.step, !query.after.has_value(),
                                                            after.timestamp_ms, after.value, query.size));
  std::vector<Metric> history;
  history.reserve(rows.size());
  for (const pg::Row& row : rows) history.push_back({query.key, row.Double(2), row.Int(0), row.Int(1)});
  return history;
}

absl::Status FillRuns(pg::Tx& tx, const std::vector<std::int64_t>& numbers, std::vector<Run>& runs) {
  std::map<std::int64_t, Run*> by_number;
  for (std::size_t i = 0; i < runs.size(); ++i) by_number[numbers[i]] = &runs[i];
  ASSIGN_OR_RETURN(const std::vector<pg::Row> params, tx.Many(kListParams, numbers));
  for (const pg::Row& row : params) by_number.at(row.Int(0))->params.push_back({row.Text(1), row.Text(2)});
  ASSIGN_OR_RETURN(const std::vector<pg::Row> tags, tx.Many(kListTags, numbers));
  for (const pg::Row& row : tags) by_number.at(row.Int(0))->tags.push_back({row.Text(1), row.Text(2)});
  ASSIGN_OR_RETURN(const std::vector<pg::Row> latest, tx.Many(kListLatest, numbers));
  for (const pg::Row& row : latest)
    by_number.at(row.Int(0))->metrics.push_back({row.Text(1), row.Double(2), row.Int(3), row.Int(4)});
  return absl::OkStatus();
}

}  // namespace millwright::tracker
