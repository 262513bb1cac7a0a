#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "lib/learn/evaluation/alarms.h"
#include "lib/learn/evaluation/costs.h"
#include "lib/learn/evaluation/head_rows.h"
#include "lib/learn/evaluation/resampling.h"
#include "lib/learn/evaluation/slices.h"
#include "nlohmann/json.hpp"

namespace millwright::learn {

/// Which rows are scored and what is reported of them; the README has its JSON.
struct ReportOptions {
  std::string split = "all";  // all, train, validation or test; the caller takes the rows
  EvaluateOptions rows;
  ResamplingOptions resampling;
  std::string primary_metric;  // of the first head; empty: the task's own
  std::vector<SliceSpec> slices;
  std::optional<CostMatrix> costs;
  AlarmOptions alarms;
  /// Two heads that make an interval of `nominal` coverage. Absent: the lowest and highest quantile of the same target, if any.
  struct IntervalHeads {
    std::string low;
    std::string high;
    double nominal = 0.8;
  };
  std::optional<IntervalHeads> interval;
};
/// Strict: InvalidArgument names the path of an unknown key or a bad value.
absl::StatusOr<ReportOptions> ParseReportOptions(const nlohmann::json& json, std::string_view path);

/// The machine-readable evaluation of a challenger, alone or beside a champion on the same rows; the README has its schema. Its
/// size is bounded, whatever the table's. The same input gives the same document. NotFound names a column that slices ask for and
/// the table lacks, InvalidArgument a metric or head that is not there, FailedPrecondition a head with no known truth.
absl::StatusOr<nlohmann::json> EvaluationReport(const Table& table, const PipelineSpec& pipeline, const ScoredTable& challenger,
                                                const ScoredTable* champion, const ReportOptions& options);

/// The document without its long lists of rows, for the bundle.
nlohmann::json WithoutRows(nlohmann::json report);

/// The document's plain numbers, as runs and registry keep them: the first head's names stand alone, further heads' are
/// `<head>.<name>`.
std::map<std::string, double> MetricsOf(const nlohmann::json& report);

/// For a gate: the intervals of the differences from the champion, `<metric>_difference_low` and `_high` under the same names,
/// and where the champion scored fewer rows, both values on those that both did, `<metric>_on_common` and
/// `<metric>_champion_on_common`. Empty without a champion.
std::map<std::string, double> DifferencesOf(const nlohmann::json& report);

}  // namespace millwright::learn
