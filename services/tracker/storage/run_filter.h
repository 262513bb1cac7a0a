#pragma once

#include <map>
#include <optional>
#include <set>
#include <string>

#include "lib/search/ast.h"
#include "tracker/storage/sql_params.h"

namespace millwright::tracker {

/// Numbers of metrics by name, of those that exist.
using MetricIds = std::map<std::string, std::int64_t>;

/// A filter of runs as a condition on tracker.runs r (and its tracker.experiments e). `run_number` is how the statement names the
/// run's row number: where that is not r's own column, conditions on params, metrics and tags are tried before r is read. Each of
/// them is a probe of a primary key, so a plan that walks an order costs the same whatever the filter.
std::string RunFilterSql(const search::Expression& filter, const std::string& run_number, const MetricIds& ids,
                         SqlParams& params);

/// A query for the row numbers of all runs that a part of the filter can hold for, when an index has them; absent when none has.
/// Numbers may repeat and runs of other experiments may be among them. `experiments` names an array of row ids.
std::optional<std::string> MatchingRunsSql(const search::Expression& part, const std::string& experiments, const MetricIds& ids,
                                           SqlParams& params);

/// The names of all metrics that the filter looks at.
void CollectMetrics(const search::Expression& filter, std::set<std::string>& names);

/// The column of a run's attribute; times are in microseconds since 1970.
std::string RunAttributeSql(const std::string& key);

/// A metric's column against a number; NaN holds for "not equal" alone.
std::string MetricComparisonSql(const std::string& column, search::Operator op, double bound, SqlParams& params);

/// "=", "LIKE" ... with their operands, as SQL.
std::string TextComparisonSql(const std::string& column, search::Operator op, const search::Value& value, SqlParams& params);
const char* NumberOperatorSql(search::Operator op);

}  // namespace millwright::tracker
