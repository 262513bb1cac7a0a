#include "tracker/storage/run_walk.h"

#include <cmath>

#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "lib/base/status_macros.h"
#include "tracker/storage/run_order.h"

namespace millwright::tracker {
namespace {

using search::Entity;

constexpr std::size_t kMaxWalkedExperiments = 16;
constexpr char kExperiment[] = "@experiment";  // in a stretch's source: one of the searched ones

bool IsAttribute(const search::OrderKey& key, const char* name) {
  return key.field.entity == Entity::kAttribute && key.field.key == name;
}

absl::Status BadToken() { return absl::InvalidArgumentError("Invalid page token: it is none of this server's"); }

/// One stretch of the page's order: its runs, by one value.
struct Stretch {
  std::string source;    // FROM and WHERE that give run_number and value, without the order
  std::string by_value;  // ORDER BY of the index
  std::string ties;      // among equal values: behind the cursor
  bool is_ascending = true;
  bool tie_by_start = false;  // start_time DESC, run_id; else run_id
};

class Walk {
 public:
  Walk(pg::Tx& tx, const RunScope& scope, const RunSearchQuery& query, int most)
      : tx_(tx), scope_(scope), query_(query), most_(most) {}

  /// False when the walk gave up.
  absl::StatusOr<bool> Run(FoundRuns& found) {
    const std::vector<search::OrderKey>& order = query_.order;
    if (order.size() == 2 && IsAttribute(order[0], "start_time") && IsAttribute(order[1], "run_id") && order[1].is_ascending) {
      return RunByStart(order[0].is_ascending, std::nullopt, found);
    }
    const bool is_by_metric = order.size() == 3 && order[0].field.entity == Entity::kMetric &&
                              order[0].field.aggregate == search::Aggregate::kLast && IsAttribute(order[1], "start_time") &&
                              !order[1].is_ascending && IsAttribute(order[2], "run_id") && order[2].is_ascending;
    if (!is_by_metric) return false;
    const auto id = scope_.metrics.find(order[0].field.key);
    if (id == scope_.metrics.end()) return RunByStart(false, std::nullopt, found, 1);
    if (scope_.experiments.size() > kMaxWalkedExperiments) return false;
    return RunByMetric(id->second, order[0].is_ascending, found);
  }

 private:
  // Numbers, then NaN, then runs without the metric.
  absl::StatusOr<bool> RunByMetric(std::int64_t metric, bool is_ascending, FoundRuns& found) {
    const bool is_missing = query_.after && !(*query_.after)[0];
    double value = 0;
    if (query_.after && !is_missing && !absl::SimpleAtod(*(*query_.after)[0], &value)) return BadToken();
    const bool is_nan = query_.after && !is_missing && std::isnan(value);
    if (!is_missing && !is_nan) {
      ASSIGN_OR_RETURN(const bool is_done, WalkValues(metric, is_ascending, false, query_.after, found));
      if (!is_done) return false;
    }
    if (!is_missing && !IsFull(found)) {
      ASSIGN_OR_RETURN(const bool is_done, WalkValues(metric, is_ascending, true, is_nan ? query_.after : std::nullopt, found));
      if (!is_done) return false;
    }
    if (IsFull(found)) return true;
    return RunByStart(false, metric, found, 1, is_missing ? query_.after : std::nullopt);
  }

  absl::StatusOr<bool> WalkValues(std::int64_t metric, bool is_ascending, bool nan, const std::optional<Cursor>& after,
                                  FoundRuns& found) {
    SqlParams params;
    Stretch stretch;
    stretch.is_ascending = is_ascending;
    stretch.tie_by_start = true;
    std::string bound = nan ? " AND l.value = 'NaN'" : " AND l.value < 'NaN'";
    if (after) {
      if (!(*after)[1] || !(*after)[2]) return BadToken();
      std::int64_t started = 0;
      if (!absl::SimpleAtoi(*(*after)[1], &started)) return BadToken();
      const std::string value = params.Bind(*(*after)[0], "float8");
      if (!nan) absl::StrAppend(&bound, " AND l.value ", is_ascending ? ">= " : "<= ", value);
      const std::string at = params.Bind(absl::FromUnixMicros(started), "timestamptz");
      stretch.ties = absl::StrCat(" AND (l.value <> ", value, " OR r.started_at < ", at, " OR (r.started_at = ", at,
                                  " AND r.run_id > ", params.Bind(*(*after)[2], "text"), "))");
    }
    stretch.by_value = is_ascending ? "l.value ASC, l.run_number ASC" : "l.value DESC, l.run_number DESC";
    stretch.source =
        absl::StrCat("SELECT l.run_number, l.value FROM tracker.latest_metrics l WHERE l.experiment_id = ", kExperiment,
                     " AND l.key_id = ", params.Bind(metric, "integer"), bound);
    return WalkStretch(stretch, params, 0, found);
  }

  // `gaps`: leading keys of the order that these runs lack. `metric`: only runs without it.
  absl::StatusOr<bool> RunByStart(bool is_ascending, std::optional<std::int64_t> metric, FoundRuns& found, std::size_t gaps = 0,
                                  std::optional<Cursor> after = std::nullopt) {
    if (!metric) after = query_.after;
    SqlParams params;
    Stretch stretch;
    stretch.is_ascending = is_ascending;
    stretch.by_value = is_ascending ? "l.started_at ASC, l.run_id DESC" : "l.started_at DESC, l.run_id ASC";
    std::string bound;
    if (after) {
      if (!(*after)[gaps] || !(*after)[gaps + 1] || (gaps > 0 && (*after)[0])) return BadToken();
      std::int64_t started = 0;
      if (!absl::SimpleAtoi(*(*after)[gaps], &started)) return BadToken();
      const std::string at = params.Bind(absl::FromUnixMicros(started), "timestamptz");
      bound = absl::StrCat(" AND l.started_at ", is_ascending ? ">= " : "<= ", at);
      stretch.ties = absl::StrCat(" AND (l.value <> ", at, " OR r.run_id > ", params.Bind(*(*after)[gaps + 1], "text"), ")");
    }
    const bool is_by_workspace = scope_.is_whole_workspace || scope_.experiments.size() > kMaxWalkedExperiments;
    if (is_by_workspace) {
      stretch.source =
          absl::StrCat("SELECT l.number AS run_number, l.started_at AS value FROM tracker.runs l WHERE l.workspace_id = ",
                       params.Bind(scope_.workspace, "bigint"), bound);
      if (!scope_.is_whole_workspace) {
        absl::StrAppend(&stretch.ties, " AND r.experiment_id = ANY (", params.Bind(scope_.experiments, "bigint[]"), ")");
      }
    } else {
      stretch.source = absl::StrCat(
          "SELECT l.number AS run_number, l.started_at AS value FROM tracker.runs l WHERE l.experiment_id = ", kExperiment,
          bound);
    }
    if (metric) {
      absl::StrAppend(&stretch.ties,
                      " AND NOT EXISTS (SELECT FROM tracker.latest_metrics g WHERE g.run_number = l.run_number AND g.key_id = ",
                      params.Bind(*metric, "integer"), ")");
    }
    return WalkStretch(stretch, params, gaps, found);
  }

  bool IsFull(const FoundRuns& found) const { return found.next.has_value(); }

  // Adds the stretch's runs to the page. False when it gave up: the runs that it may look at were not enough.
  absl::StatusOr<bool> WalkStretch(const Stretch& stretch, SqlParams& params, std::size_t gaps, FoundRuns& found) {
    const std::size_t wanted = static_cast<std::size_t>(query_.size) + 1 - found.numbers.size();
    const std::string source = Limited(stretch, params, absl::StrCat("LIMIT ", most_));
    const std::string beyond = Limited(stretch, params, absl::StrCat("OFFSET ", most_, " LIMIT 1"));
    const char* direction = stretch.is_ascending ? " ASC" : " DESC";
    const std::string filter = RunFilterSql(query_.filter, "l.run_number", scope_.metrics, params);
    const std::string tie_break = stretch.tie_by_start ? ", w.started_at DESC" : "";
    const std::string sql = absl::StrCat(
        "SELECT w.number, w.value::text, (extract(epoch FROM w.started_at) * 1000000)::bigint, w.run_id, (b.value = w.value) IS "
        "TRUE, "
        "b.value IS NOT NULL FROM (SELECT (SELECT value FROM (",
        beyond,
        ") beyond) AS value OFFSET 0) b LEFT JOIN ("
        "SELECT r.number, r.started_at, r.run_id, l.value FROM (",
        source,
        ") l CROSS JOIN LATERAL (SELECT r.number, r.started_at, r.run_id FROM tracker.runs r JOIN tracker.experiments e ON e.id "
        "= r.experiment_id "
        "WHERE r.number = l.run_number AND ",
        LifecycleSql(query_.view), " AND ", filter, stretch.ties, " OFFSET 0) r ORDER BY l.value", direction, " FETCH FIRST ",
        wanted, " ROWS WITH TIES) w ON true ORDER BY w.value", direction, tie_break, ", w.run_id LIMIT ", wanted);
    ASSIGN_OR_RETURN(std::vector<pg::Row> rows, tx_.ManyOf(scope_.texts->Prepared("search_runs_walked", sql), params.values()));
    const bool is_cut = rows.front().Bool(5);  // there are more runs than were looked at
    if (rows.front().IsNull(0)) rows.clear();
    // The last one's equals may go on behind the last run that was looked at.
    if (rows.size() < wanted ? is_cut : rows.back().Bool(4)) return false;
    for (const pg::Row& row : rows) {
      if (found.numbers.size() == static_cast<std::size_t>(query_.size)) {
        found.next = last_;
        return true;
      }
      found.numbers.push_back(row.Int(0));
      last_.assign(gaps, std::nullopt);
      if (stretch.tie_by_start) last_.push_back(row.Text(1));
      last_.push_back(row.Text(2));
      last_.push_back(row.Text(3));
    }
    return true;
  }

  // The source in its order, cut; of several experiments each is cut by itself first.
  std::string Limited(const Stretch& stretch, SqlParams& params, const std::string& limit) const {
    const bool has_experiment = absl::StrContains(stretch.source, kExperiment);
    if (!has_experiment || scope_.experiments.size() == 1) {
      const std::string source =
          has_experiment ? Replaced(stretch.source, params.Bind(scope_.experiments.front(), "bigint")) : stretch.source;
      return absl::StrCat(source, " ORDER BY ", stretch.by_value, " ", limit);
    }
    return absl::StrCat("SELECT run_number, value FROM unnest(", params.Bind(scope_.experiments, "bigint[]"),
                        ") x (id) CROSS JOIN LATERAL (", Replaced(stretch.source, "x.id"), " ORDER BY ", stretch.by_value,
                        " LIMIT ", most_ + 1, ") each_one ORDER BY value", stretch.is_ascending ? " ASC " : " DESC ", limit);
  }

  static std::string Replaced(absl::string_view source, const std::string& experiment) {
    return absl::StrReplaceAll(source, {{kExperiment, experiment}});
  }

  pg::Tx& tx_;
  const RunScope& scope_;
  const RunSearchQuery& query_;
  int most_;
  Cursor last_;
};

}  // namespace

const char* LifecycleSql(LifecycleView view) {
  switch (view) {
    case LifecycleView::kActive:
      return "r.deleted_at IS NULL";
    case LifecycleView::kDeleted:
      return "r.deleted_at IS NOT NULL";
    case LifecycleView::kAll:
      return "true";
  }
  return "";
}

absl::StatusOr<std::optional<FoundRuns>> WalkRuns(pg::Tx& tx, const RunScope& scope, const RunSearchQuery& query, int most) {
  FoundRuns found;
  ASSIGN_OR_RETURN(const bool is_done, Walk(tx, scope, query, most).Run(found));
  return is_done ? std::optional(std::move(found)) : std::nullopt;
}

}  // namespace millwright::tracker
