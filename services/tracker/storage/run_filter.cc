#include "tracker/storage/run_filter.h"

#include <cmath>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "lib/base/check.h"

namespace millwright::tracker {
namespace {

using search::Comparison;
using search::Entity;
using search::Expression;
using search::Operator;
using search::Value;

// What a param's text is as a number; null for what is none, or is longer than any that was meant as one.
constexpr char kParamNumber[] =
    "CASE WHEN length(p.value) < 100 AND p.value ~ '^\\s*[-+]?(\\d+\\.?\\d*|\\.\\d+)([eE][-+]?\\d{1,3})?\\s*$' "
    "THEN p.value::numeric END";

double NumberOf(const Value& value) {
  return std::holds_alternative<std::int64_t>(value) ? static_cast<double>(std::get<std::int64_t>(value))
                                                     : std::get<double>(value);
}

const char* MetricColumn(search::Aggregate aggregate) {
  switch (aggregate) {
    case search::Aggregate::kLast:
      return "m.value";
    case search::Aggregate::kMin:
      return "m.min_value";
    case search::Aggregate::kMax:
      return "m.max_value";
  }
  return "";
}

std::string KeyValueCondition(const Comparison& comparison, const char* table, const std::string& run_number, SqlParams& params) {
  const bool is_missing = comparison.op == Operator::kIsNull;
  const bool is_present = comparison.op == Operator::kIsNotNull;
  std::string condition =
      absl::StrCat(is_missing ? "NOT " : "", "EXISTS (SELECT FROM ", table, " p WHERE p.run_number = ", run_number,
                   " AND p.key = ", params.Bind(comparison.field.key, "text"));
  if (std::holds_alternative<double>(comparison.value)) {
    absl::StrAppend(&condition, " AND ", kParamNumber, " ", NumberOperatorSql(comparison.op), " ",
                    params.Bind(NumberOf(comparison.value), "float8"), "::numeric");
  } else if (!is_missing && !is_present) {
    absl::StrAppend(&condition, " AND ", TextComparisonSql("p.value", comparison.op, comparison.value, params));
  }
  return condition + ")";
}

std::string DatasetCondition(const Comparison& comparison, const std::string& run_number, SqlParams& params) {
  if (comparison.field.key == "context") {
    return absl::StrCat("EXISTS (SELECT FROM tracker.run_dataset_tags t WHERE t.run_number = ", run_number,
                        " AND t.key = 'mlflow.data.context' AND ",
                        TextComparisonSql("t.value", comparison.op, comparison.value, params), ")");
  }
  const std::string column = absl::StrCat("d.", comparison.field.key);
  return absl::StrCat(
      "EXISTS (SELECT FROM tracker.run_datasets u JOIN tracker.input_datasets d ON d.id = u.dataset_id WHERE u.run_number = ",
      run_number, " AND ", TextComparisonSql(column, comparison.op, comparison.value, params), ")");
}

// Times are asked for in milliseconds, as clients see them.
std::string AttributeCondition(const Comparison& comparison, SqlParams& params) {
  const std::string& key = comparison.field.key;
  if (key != "start_time" && key != "end_time")
    return TextComparisonSql(RunAttributeSql(key), comparison.op, comparison.value, params);
  return absl::StrCat("(", RunAttributeSql(key), " / 1000) ", NumberOperatorSql(comparison.op), " ",
                      params.Bind(NumberOf(comparison.value), "float8"));
}

std::string ComparisonSql(const Comparison& comparison, const std::string& run_number, const MetricIds& ids, SqlParams& params) {
  switch (comparison.field.entity) {
    case Entity::kAttribute:
      return AttributeCondition(comparison, params);
    case Entity::kMetric: {
      const auto id = ids.find(comparison.field.key);
      if (id == ids.end()) return "false";
      return absl::StrCat(
          "EXISTS (SELECT FROM tracker.latest_metrics m WHERE m.run_number = ", run_number,
          " AND m.key_id = ", params.Bind(id->second, "integer"), " AND ",
          MetricComparisonSql(MetricColumn(comparison.field.aggregate), comparison.op, NumberOf(comparison.value), params), ")");
    }
    case Entity::kParam:
      return KeyValueCondition(comparison, "tracker.params", run_number, params);
    case Entity::kTag:
      return KeyValueCondition(comparison, "tracker.tags", run_number, params);
    case Entity::kDataset:
      return DatasetCondition(comparison, run_number, params);
  }
  return "false";
}

// A backslash takes the meaning from what follows; a last one has nothing to take it from and stands for itself.
std::string PatternOf(std::string pattern) {
  std::size_t slashes = 0;
  while (slashes < pattern.size() && pattern[pattern.size() - 1 - slashes] == '\\') ++slashes;
  if (slashes % 2 == 1) pattern += '\\';
  return pattern;
}

std::string EqualText(const char* table, const std::string& key, const std::string& value, SqlParams& params) {
  const std::string bound = params.Bind(value, "text");
  return absl::StrCat("SELECT p.run_number FROM ", table, " p WHERE p.key = ", params.Bind(key, "text"),
                      " AND left(p.value, 64) = left(", bound, ", 64) AND p.value = ", bound);
}

std::optional<std::string> MatchingRuns(const Comparison& comparison, const std::string& experiments, const MetricIds& ids,
                                        SqlParams& params) {
  const search::Field& field = comparison.field;
  const bool is_equal = comparison.op == Operator::kEqual && std::holds_alternative<std::string>(comparison.value);
  if (field.entity == Entity::kMetric && field.aggregate == search::Aggregate::kLast && comparison.op != Operator::kNotEqual) {
    const auto id = ids.find(field.key);
    if (id == ids.end()) return "SELECT 0::bigint AS run_number WHERE false";
    return absl::StrCat(
        "SELECT m.run_number FROM tracker.latest_metrics m WHERE m.experiment_id = ANY (", experiments,
        ") AND m.key_id = ", params.Bind(id->second, "integer"), " AND ",
        MetricComparisonSql(MetricColumn(comparison.field.aggregate), comparison.op, NumberOf(comparison.value), params));
  }
  if (field.entity == Entity::kParam && is_equal) {
    return EqualText("tracker.params", field.key, std::get<std::string>(comparison.value), params);
  }
  if (field.entity == Entity::kTag && is_equal) {
    return EqualText("tracker.tags", field.key, std::get<std::string>(comparison.value), params);
  }
  if (field.entity == Entity::kAttribute && field.key == "run_name" && is_equal) {
    return EqualText("tracker.tags", "mlflow.runName", std::get<std::string>(comparison.value), params);
  }
  if (field.entity == Entity::kAttribute && field.key == "run_id" && (is_equal || comparison.op == Operator::kIn)) {
    const std::string runs = is_equal ? params.Bind(std::vector<std::string>{std::get<std::string>(comparison.value)}, "text[]")
                                      : params.Bind(std::get<std::vector<std::string>>(comparison.value), "text[]");
    return absl::StrCat("SELECT number AS run_number FROM tracker.runs WHERE run_id = ANY (", runs, ")");
  }
  return std::nullopt;
}

}  // namespace

const char* NumberOperatorSql(Operator op) {
  CHECK(op <= Operator::kGreaterEqual);
  return op == Operator::kNotEqual ? "<>" : search::Name(op);
}

std::string MetricComparisonSql(const std::string& column, Operator op, double bound, SqlParams& params) {
  // Behind every number that a metric can have: clients that log an infinity read the largest double back.
  if (std::isinf(bound)) {
    const bool is_below = op == Operator::kLess || op == Operator::kLessEqual;
    const bool is_above = op == Operator::kGreater || op == Operator::kGreaterEqual;
    if (op == Operator::kNotEqual) return absl::StrCat(column, " IS NOT NULL");
    return (bound > 0 ? is_below : is_above) ? absl::StrCat(column, " < 'NaN'") : "false";
  }
  // NaN, which PostgreSQL sorts above all, is neither less nor greater than a number to us.
  const bool is_above = op == Operator::kGreater || op == Operator::kGreaterEqual;
  return absl::StrCat(column, " ", NumberOperatorSql(op), " ", params.Bind(bound, "float8"),
                      is_above ? absl::StrCat(" AND ", column, " < 'NaN'") : "");
}

std::string TextComparisonSql(const std::string& column, Operator op, const Value& value, SqlParams& params) {
  switch (op) {
    case Operator::kIn:
      return absl::StrCat(column, " = ANY (", params.Bind(std::get<std::vector<std::string>>(value), "text[]"), ")");
    case Operator::kNotIn:
      return absl::StrCat(column, " <> ALL (", params.Bind(std::get<std::vector<std::string>>(value), "text[]"), ")");
    case Operator::kLike:
    case Operator::kILike:
      return absl::StrCat(column, " ", search::Name(op), " ", params.Bind(PatternOf(std::get<std::string>(value)), "text"));
    case Operator::kEqual:
      return absl::StrCat(column, " = ", params.Bind(std::get<std::string>(value), "text"));
    default:
      CHECK(op == Operator::kNotEqual);
      return absl::StrCat(column, " <> ", params.Bind(std::get<std::string>(value), "text"));
  }
}

std::string RunAttributeSql(const std::string& key) {
  if (key == "run_id") return "r.run_id";
  if (key == "run_name") return "r.name COLLATE \"C\"";
  if (key == "status") return "upper(r.status) COLLATE \"C\"";
  if (key == "user_id") return "r.user_name COLLATE \"C\"";
  if (key == "start_time") return "(extract(epoch FROM r.started_at) * 1000000)::bigint";
  if (key == "end_time") return "(extract(epoch FROM r.ended_at) * 1000000)::bigint";
  CHECK(key == "artifact_uri");  // as ArtifactUri (run_rows.h) makes it
  return "(CASE WHEN e.artifact_location = '' THEN 'mlflow-artifacts:/' || CASE WHEN e.is_default THEN 0 ELSE e.id END "
         "ELSE regexp_replace(e.artifact_location, '/$', '') END || '/' || r.run_id || '/artifacts') COLLATE \"C\"";
}

std::string RunFilterSql(const Expression& filter, const std::string& run_number, const MetricIds& ids, SqlParams& params) {
  if (filter.kind == Expression::Kind::kComparison) return ComparisonSql(filter.comparison, run_number, ids, params);
  if (filter.children.empty()) return "true";
  std::vector<std::string> parts;
  for (const Expression& child : filter.children) parts.push_back(RunFilterSql(child, run_number, ids, params));
  return absl::StrCat("(", absl::StrJoin(parts, filter.kind == Expression::Kind::kAnd ? " AND " : " OR "), ")");
}

std::optional<std::string> MatchingRunsSql(const Expression& part, const std::string& experiments, const MetricIds& ids,
                                           SqlParams& params) {
  if (part.kind == Expression::Kind::kComparison) return MatchingRuns(part.comparison, experiments, ids, params);
  if (part.kind == Expression::Kind::kAnd) return std::nullopt;
  std::vector<std::string> sides;
  for (const Expression& child : part.children) {
    const std::optional<std::string> side = MatchingRunsSql(child, experiments, ids, params);
    if (!side) return std::nullopt;
    sides.push_back(*side);
  }
  return absl::StrJoin(sides, " UNION ALL ");
}

void CollectMetrics(const Expression& filter, std::set<std::string>& names) {
  if (filter.kind == Expression::Kind::kComparison && filter.comparison.field.entity == Entity::kMetric) {
    names.insert(filter.comparison.field.key);
  }
  for (const Expression& child : filter.children) CollectMetrics(child, names);
}

}  // namespace millwright::tracker
