#include "tracker/storage/logged_model_search.h"

#include <set>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "lib/base/check.h"
#include "lib/base/status_macros.h"
#include "tracker/storage/logged_model_rows.h"
#include "tracker/storage/run_filter.h"
#include "tracker/storage/run_order.h"

namespace millwright::tracker {
namespace {

using search::Comparison;
using search::Entity;
using search::Expression;

bool IsTime(const std::string& key) { return key == "creation_timestamp_ms" || key == "last_updated_timestamp_ms"; }

std::string ColumnOf(const std::string& key) {
  if (key == "model_id") return "x.model_id";
  if (key == "name") return "x.name COLLATE \"C\"";
  if (key == "model_type") return "x.model_type COLLATE \"C\"";
  if (key == "source_run_id") return "x.source_run_id";
  if (key == "artifact_location") return "x.artifact_location COLLATE \"C\"";
  if (key == "status") return "upper(x.status) COLLATE \"C\"";
  if (key == "experiment_id") return "(CASE WHEN e.is_default THEN 0 ELSE e.id END)";
  if (key == "creation_timestamp_ms") return "(extract(epoch FROM x.created_at) * 1000000)::bigint";
  CHECK(key == "last_updated_timestamp_ms");
  return "(extract(epoch FROM x.updated_at) * 1000000)::bigint";
}

// Over tracker.logged_model_metrics m; empty when all datasets will do.
std::string DatasetsSql(const std::vector<ModelDataset>& datasets, SqlParams& params) {
  std::vector<std::string> parts;
  for (const ModelDataset& dataset : datasets) {
    std::string part = absl::StrCat("m.dataset_name = ", params.Bind(dataset.name, "text"));
    if (dataset.digest) absl::StrAppend(&part, " AND m.dataset_digest = ", params.Bind(*dataset.digest, "text"));
    parts.push_back(absl::StrCat("(", part, ")"));
  }
  return parts.empty() ? "" : absl::StrCat(" AND (", absl::StrJoin(parts, " OR "), ")");
}

std::string ComparisonSql(const Comparison& comparison, const std::vector<ModelDataset>& datasets, SqlParams& params) {
  const std::string& key = comparison.field.key;
  switch (comparison.field.entity) {
    case Entity::kMetric:
      return absl::StrCat("EXISTS (SELECT FROM tracker.logged_model_metrics m WHERE m.model_number = x.number AND m.key = ",
                          params.Bind(key, "text"), " AND ",
                          MetricComparisonSql("m.value", comparison.op, std::get<double>(comparison.value), params),
                          DatasetsSql(datasets, params), ")");
    case Entity::kParam:
    case Entity::kTag:
      return absl::StrCat("EXISTS (SELECT FROM tracker.logged_model_",
                          comparison.field.entity == Entity::kParam ? "params" : "tags",
                          " t WHERE t.model_number = x.number AND t.key = ", params.Bind(key, "text"), " AND ",
                          TextComparisonSql("t.value", comparison.op, comparison.value, params), ")");
    default:
      break;
  }
  if (IsTime(key)) {
    return absl::StrCat("(", ColumnOf(key), " / 1000) ", NumberOperatorSql(comparison.op), " ",
                        params.Bind(std::get<double>(comparison.value), "float8"));
  }
  const std::string column = key == "experiment_id" ? absl::StrCat(ColumnOf(key), "::text") : ColumnOf(key);
  return TextComparisonSql(column, comparison.op, comparison.value, params);
}

bool HasMetric(const Expression& filter) {
  std::set<std::string> names;
  CollectMetrics(filter, names);
  return !names.empty();
}

std::string FilterSql(const Expression& filter, const std::vector<ModelDataset>& datasets, SqlParams& params) {
  if (filter.kind == Expression::Kind::kComparison) return ComparisonSql(filter.comparison, datasets, params);
  if (filter.children.empty()) return "true";
  std::vector<std::string> parts;
  for (const Expression& child : filter.children) parts.push_back(FilterSql(child, datasets, params));
  return absl::StrCat("(", absl::StrJoin(parts, filter.kind == Expression::Kind::kAnd ? " AND " : " OR "), ")");
}

// The latest point of the metric, on one dataset when the key names it; NaN stands at zero, as in MLflow.
std::string MetricOrderSql(const LoggedModelOrderKey& order, SqlParams& params) {
  std::string sql = absl::StrCat(
      "(SELECT coalesce(nullif(m.value, 'NaN'), 0) FROM tracker.logged_model_metrics m WHERE m.model_number = x.number AND m.key "
      "= ",
      params.Bind(order.key.field.key, "text"));
  if (order.dataset_name) absl::StrAppend(&sql, " AND m.dataset_name = ", params.Bind(*order.dataset_name, "text"));
  if (order.dataset_digest) absl::StrAppend(&sql, " AND m.dataset_digest = ", params.Bind(*order.dataset_digest, "text"));
  return sql + " ORDER BY m.timestamp_ms DESC, m.step DESC, m.run_id LIMIT 1)";
}

}  // namespace

absl::StatusOr<SearchedPage<LoggedModel>> FindLoggedModelPage(pg::Tx& tx, const std::vector<std::int64_t>& experiments,
                                                              const LoggedModelSearchQuery& query) {
  SqlParams params;
  std::vector<SqlOrderKey> keys;
  std::vector<std::string> columns;
  std::vector<std::string> outputs;
  for (std::size_t i = 0; i < query.order.size(); ++i) {
    const search::OrderKey& order = query.order[i].key;
    const bool is_metric = order.field.entity == Entity::kMetric;
    SqlOrderKey key{absl::StrCat("q.k", i), SqlOrderKey::Kind::kText, order.is_ascending, is_metric};
    if (is_metric) {
      key.kind = SqlOrderKey::Kind::kNumber;
    } else if (IsTime(order.field.key) || order.field.key == "experiment_id") {
      key.kind = SqlOrderKey::Kind::kWhole;
    }
    keys.push_back(key);
    columns.push_back(absl::StrCat(is_metric ? MetricOrderSql(query.order[i], params) : ColumnOf(order.field.key), " AS k", i));
    outputs.push_back(absl::StrCat("q.k", i, "::text"));
  }
  std::string filter = FilterSql(query.filter, query.datasets, params);
  if (!query.datasets.empty() && !HasMetric(query.filter)) {
    absl::StrAppend(&filter, " AND EXISTS (SELECT FROM tracker.logged_model_metrics m WHERE m.model_number = x.number",
                    DatasetsSql(query.datasets, params), ")");
  }
  std::string after = "true";
  if (query.after) {
    ASSIGN_OR_RETURN(after, AfterSql(keys, *query.after, params));
  }
  const std::string sql = absl::StrCat(
      "SELECT number, ", absl::StrJoin(outputs, ", "), " FROM (SELECT x.number, ", absl::StrJoin(columns, ", "),
      " FROM tracker.logged_models x JOIN tracker.experiments e ON e.id = x.experiment_id WHERE x.experiment_id = ANY (",
      params.Bind(experiments, "bigint[]"), ") AND x.deleted_at IS NULL AND ", filter, ") q WHERE ", after, " ORDER BY ",
      OrderBySql(keys), " LIMIT ", query.size + 1);
  ASSIGN_OR_RETURN(const std::vector<pg::Row> rows, tx.ManyOf({"search_logged_models", sql.c_str()}, params.values()));
  std::vector<std::int64_t> numbers;
  for (std::size_t i = 0; i < rows.size() && i < static_cast<std::size_t>(query.size); ++i) numbers.push_back(rows[i].Int(0));
  SearchedPage<LoggedModel> page;
  if (rows.size() > numbers.size()) {
    page.next.emplace();
    for (std::size_t i = 0; i < keys.size(); ++i)
      page.next->push_back(rows[numbers.size() - 1].OptionalText(static_cast<int>(i) + 1));
  }
  ASSIGN_OR_RETURN(page.items, ReadLoggedModels(tx, numbers));
  return page;
}

}  // namespace millwright::tracker
