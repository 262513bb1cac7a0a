#include "tracker/storage/experiment_search.h"

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "lib/base/check.h"
#include "lib/base/status_macros.h"
#include "tracker/storage/experiment_rows.h"
#include "tracker/storage/run_filter.h"
#include "tracker/storage/run_order.h"

namespace millwright::tracker {
namespace {

using search::Comparison;
using search::Entity;
using search::Expression;
using search::Operator;

constexpr char kId[] = "(CASE WHEN x.is_default THEN 0 ELSE x.id END)";

bool IsTime(const std::string& key) { return key == "creation_time" || key == "last_update_time"; }

std::string ColumnOf(const std::string& key) {
  if (key == "name") return "x.name COLLATE \"C\"";
  if (key == "experiment_id") return kId;
  if (key == "creation_time") return "(extract(epoch FROM x.created_at) * 1000000)::bigint";
  CHECK(key == "last_update_time");
  return "(extract(epoch FROM x.updated_at) * 1000000)::bigint";
}

std::string ComparisonSql(const Comparison& comparison, SqlParams& params) {
  const std::string& key = comparison.field.key;
  if (comparison.field.entity == Entity::kTag) {
    std::string condition = absl::StrCat(
        comparison.op == Operator::kIsNull ? "NOT " : "",
        "EXISTS (SELECT FROM tracker.experiment_tags t WHERE t.experiment_id = x.id AND t.key = ", params.Bind(key, "text"));
    if (comparison.op != Operator::kIsNull && comparison.op != Operator::kIsNotNull) {
      absl::StrAppend(&condition, " AND ", TextComparisonSql("t.value", comparison.op, comparison.value, params));
    }
    return condition + ")";
  }
  if (IsTime(key)) {  // in milliseconds, as clients see them
    return absl::StrCat("(", ColumnOf(key), " / 1000) ", NumberOperatorSql(comparison.op), " ",
                        params.Bind(std::get<std::int64_t>(comparison.value), "bigint"));
  }
  const std::string column = key == "experiment_id" ? absl::StrCat(kId, "::text") : ColumnOf(key);
  return TextComparisonSql(column, comparison.op, comparison.value, params);
}

std::string FilterSql(const Expression& filter, SqlParams& params) {
  if (filter.kind == Expression::Kind::kComparison) return ComparisonSql(filter.comparison, params);
  if (filter.children.empty()) return "true";
  std::vector<std::string> parts;
  for (const Expression& child : filter.children) parts.push_back(FilterSql(child, params));
  return absl::StrCat("(", absl::StrJoin(parts, filter.kind == Expression::Kind::kAnd ? " AND " : " OR "), ")");
}

const char* ViewSql(LifecycleView view) {
  switch (view) {
    case LifecycleView::kActive:
      return "x.deleted_at IS NULL";
    case LifecycleView::kDeleted:
      return "x.deleted_at IS NOT NULL";
    case LifecycleView::kAll:
      return "true";
  }
  return "";
}

}  // namespace

absl::StatusOr<SearchedPage<Experiment>> FindExperimentPage(pg::Tx& tx, const base::WorkspaceId& workspace,
                                                            const ExperimentSearchQuery& query) {
  SqlParams params;
  std::vector<SqlOrderKey> keys;
  std::vector<std::string> columns;
  std::vector<std::string> outputs;
  for (std::size_t i = 0; i < query.order.size(); ++i) {
    const std::string& key = query.order[i].field.key;
    keys.push_back({absl::StrCat("q.k", i), key == "name" ? SqlOrderKey::Kind::kText : SqlOrderKey::Kind::kWhole,
                    query.order[i].is_ascending, false});
    columns.push_back(absl::StrCat(ColumnOf(key), " AS k", i));
    outputs.push_back(absl::StrCat("q.k", i, "::text"));
  }
  std::string after = "true";
  if (query.after) {
    ASSIGN_OR_RETURN(after, AfterSql(keys, *query.after, params));
  }
  const std::string sql = absl::StrCat("SELECT " TRACKER_EXPERIMENT_COLUMNS ", ", absl::StrJoin(outputs, ", "),
                                       " FROM (SELECT x.*, ", absl::StrJoin(columns, ", "),
                                       " FROM tracker.experiments x WHERE x.workspace_id = ", params.Bind(workspace, "bigint"),
                                       " AND ", ViewSql(query.view), " AND ", FilterSql(query.filter, params), ") q WHERE ",
                                       after, " ORDER BY ", OrderBySql(keys), " LIMIT ", query.size + 1);
  ASSIGN_OR_RETURN(const std::vector<pg::Row> rows, tx.ManyOf({"search_experiments", sql.c_str()}, params.values()));
  SearchedPage<Experiment> page;
  std::vector<std::int64_t> numbers;
  for (std::size_t i = 0; i < rows.size() && i < static_cast<std::size_t>(query.size); ++i) {
    numbers.push_back(rows[i].Int(0));
    page.items.push_back(ReadExperiment(rows[i]));
  }
  constexpr int kFirstKey = 7;  // behind TRACKER_EXPERIMENT_COLUMNS
  if (rows.size() > numbers.size()) {
    page.next.emplace();
    for (std::size_t i = 0; i < keys.size(); ++i) {
      page.next->push_back(rows[numbers.size() - 1].OptionalText(kFirstKey + static_cast<int>(i)));
    }
  }
  RETURN_IF_ERROR(FillExperiments(tx, numbers, page.items));
  return page;
}

}  // namespace millwright::tracker
