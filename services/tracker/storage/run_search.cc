#include "tracker/storage/run_search.h"

#include <algorithm>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "lib/base/status_macros.h"
#include "tracker/storage/run_order.h"
#include "tracker/storage/run_walk.h"

namespace millwright::tracker {
namespace {

using search::Entity;
using search::Expression;

constexpr int kFewMatches = 2000;

bool IsNumber(const search::Field& field) { return field.entity == Entity::kMetric; }

// Joins that give the order's keys their columns, and the keys.
struct Order {
  std::string joins;
  std::vector<std::string> columns;  // of the inner query, named k0, k1 ...
  std::vector<SqlOrderKey> keys;     // over those names of q
};

const char* MetricColumn(search::Aggregate aggregate) {
  return aggregate == search::Aggregate::kMin ? "min_value" : aggregate == search::Aggregate::kMax ? "max_value" : "value";
}

Order MakeOrder(const std::vector<search::OrderKey>& order, const RunScope& scope, const std::string& experiments,
                SqlParams& params) {
  Order made;
  for (std::size_t i = 0; i < order.size(); ++i) {
    const search::Field& field = order[i].field;
    const std::string alias = absl::StrCat("o", i);
    SqlOrderKey key;
    key.column = absl::StrCat("q.k", i);
    key.is_ascending = order[i].is_ascending;
    std::string column;
    if (field.entity == Entity::kAttribute) {
      column = RunAttributeSql(field.key);
      key.kind = field.key == "start_time" || field.key == "end_time" ? SqlOrderKey::Kind::kWhole : SqlOrderKey::Kind::kText;
      key.has_gaps = field.key == "end_time";
    } else if (IsNumber(field)) {
      key.kind = SqlOrderKey::Kind::kNumber;
      key.has_gaps = true;
      const auto id = scope.metrics.find(field.key);
      if (id == scope.metrics.end()) {
        column = "NULL::float8";
      } else {
        // The experiments are said again for the index that has them.
        absl::StrAppend(&made.joins, " LEFT JOIN tracker.latest_metrics ", alias, " ON ", alias, ".run_number = r.number AND ",
                        alias, ".key_id = ", params.Bind(id->second, "integer"), " AND ", alias, ".experiment_id = ANY (",
                        experiments, ")");
        column = absl::StrCat(alias, ".", MetricColumn(field.aggregate));
      }
    } else {
      key.has_gaps = true;
      absl::StrAppend(&made.joins, " LEFT JOIN tracker.", field.entity == Entity::kParam ? "params " : "tags ", alias, " ON ",
                      alias, ".run_number = r.number AND ", alias, ".key = ", params.Bind(field.key, "text"));
      column = absl::StrCat(alias, ".value COLLATE \"C\"");
    }
    made.columns.push_back(absl::StrCat(column, " AS k", i));
    made.keys.push_back(std::move(key));
  }
  return made;
}

// All runs of the scope, or those that `matches` finds, sorted.
absl::StatusOr<FoundRuns> SortRuns(pg::Tx& tx, const RunScope& scope, const RunSearchQuery& query, const Expression* matches) {
  SqlParams params;
  const std::string experiments = params.Bind(scope.experiments, "bigint[]");
  Order order = MakeOrder(query.order, scope, experiments, params);
  std::string from = "tracker.runs r";
  if (matches != nullptr) {
    from = absl::StrCat("(SELECT DISTINCT run_number FROM (", *MatchingRunsSql(*matches, experiments, scope.metrics, params),
                        ") found LIMIT ", 2 * kFewMatches, ") matching JOIN tracker.runs r ON r.number = matching.run_number");
  }
  std::string after = "true";
  if (query.after) {
    ASSIGN_OR_RETURN(after, AfterSql(order.keys, *query.after, params));
  }
  std::vector<std::string> outputs;
  for (const SqlOrderKey& key : order.keys) outputs.push_back(absl::StrCat(key.column, "::text"));
  // Materialized, so that the page's limit does not tempt the planner to probe run after run in the order.
  const std::string sql = absl::StrCat(
      "WITH q AS MATERIALIZED (SELECT r.number, ", absl::StrJoin(order.columns, ", "), " FROM ", from,
      " JOIN tracker.experiments e ON e.id = r.experiment_id", order.joins, " WHERE r.experiment_id = ANY (", experiments, ") AND ",
      LifecycleSql(query.view), " AND ", RunFilterSql(query.filter, "r.number", scope.metrics, params), ") SELECT number, ",
      absl::StrJoin(outputs, ", "), " FROM q WHERE ", after, " ORDER BY ", OrderBySql(order.keys), " LIMIT ", query.size + 1);
  ASSIGN_OR_RETURN(const std::vector<pg::Row> rows, tx.ManyOf({"search_runs_sorted", sql.c_str()}, params.values()));
  FoundRuns found;
  for (std::size_t i = 0; i < rows.size() && i < static_cast<std::size_t>(query.size); ++i)
    found.numbers.push_back(rows[i].Int(0));
  if (rows.size() > found.numbers.size()) {
    const pg::Row& last = rows[found.numbers.size() - 1];
    found.next.emplace();
    for (std::size_t i = 0; i < order.keys.size(); ++i) found.next->push_back(last.OptionalText(static_cast<int>(i) + 1));
  }
  return found;
}

// The part of the filter with the fewest matches, when they are few.
absl::StatusOr<const Expression*> FindRarePart(pg::Tx& tx, const RunScope& scope, const Expression& filter) {
  std::vector<const Expression*> parts;
  if (filter.kind == Expression::Kind::kAnd) {
    for (const Expression& child : filter.children) parts.push_back(&child);
  } else {
    parts.push_back(&filter);
  }
  const Expression* rarest = nullptr;
  std::int64_t fewest = kFewMatches;
  for (const Expression* part : parts) {
    SqlParams params;
    const std::string experiments = params.Bind(scope.experiments, "bigint[]");
    const std::optional<std::string> matching = MatchingRunsSql(*part, experiments, scope.metrics, params);
    if (!matching) continue;
    // The last condition only uses every parameter.
    const std::string sql = absl::StrCat("SELECT count(*) FROM (SELECT FROM (", *matching, ") matching LIMIT ", fewest,
                                         ") counted WHERE ", experiments, " IS NOT NULL");
    ASSIGN_OR_RETURN(const std::vector<pg::Row> rows, tx.ManyOf({"count_matching_runs", sql.c_str()}, params.values()));
    if (rows.front().Int(0) < fewest) {
      fewest = rows.front().Int(0);
      rarest = part;
      if (fewest <= 100) break;
    }
  }
  return rarest;
}

}  // namespace

absl::StatusOr<FoundRuns> FindRuns(pg::Tx& tx, const RunScope& scope, const RunSearchQuery& query) {
  if (scope.experiments.empty()) return FoundRuns();
  ASSIGN_OR_RETURN(std::optional<FoundRuns> walked, WalkRuns(tx, scope, query, 10 * (query.size + 1)));
  if (walked) return *std::move(walked);
  ASSIGN_OR_RETURN(const Expression* rare, FindRarePart(tx, scope, query.filter));
  if (rare != nullptr) return SortRuns(tx, scope, query, rare);
  if (query.size < 500) {
    ASSIGN_OR_RETURN(walked, WalkRuns(tx, scope, query, 50 * (query.size + 1)));
    if (walked) return *std::move(walked);
  }
  return SortRuns(tx, scope, query, nullptr);
}

}  // namespace millwright::tracker
