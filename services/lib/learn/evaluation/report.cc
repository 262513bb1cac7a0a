#include "lib/learn/evaluation/report.h"

#include <algorithm>
#include <cmath>
#include <set>

#include "lib/base/status_macros.h"
#include "lib/learn/evaluation/alarm_rows.h"
#include "lib/learn/evaluation/calibration.h"
#include "lib/learn/evaluation/comparison.h"
#include "lib/learn/evaluation/curves.h"
#include "lib/learn/evaluation/distribution.h"
#include "lib/learn/text.h"

namespace millwright::learn {

namespace {

constexpr int kFormat = 1;
constexpr std::size_t kMaxUnscored = 100;

/// What every head's report is made from.
struct Context {
  const Table& table;
  const ScoredTable& challenger;
  const ScoredTable* champion;
  const ReportOptions& options;

  const CostMatrix* CostsOf(const HeadRows& head) const {
    const std::size_t classes = head.IsAlarmHead() ? 2 : head.labels.size();
    return options.costs && options.costs->classes == classes && head.task() != Task::kRegression ? &*options.costs : nullptr;
  }
};

std::string PrimaryMetric(const HeadRows& head, const nlohmann::json& metrics) {
  const auto is_defined = [&](const char* name) { return metrics.contains(name) && !metrics[name]["value"].is_null(); };
  for (const char* name : {"rmse_uncut", "rmse", "auc", "macro_f1", "f1"}) {
    if (is_defined(name)) return name;
  }
  return metrics.empty() ? head.name : metrics.begin().key();
}

std::size_t CountAssets(const ScoredRows& rows) {
  return std::set<std::uint32_t>(rows.asset_of.begin(), rows.asset_of.end()).size();
}

/// What the best answer that never looks at a row would score: it knows these rows' truth, so a model that does not beat it has
/// learned nothing.
nlohmann::json ConstantBaseline(const HeadRows& head, const CostMatrix* costs) {
  HeadRows constant = head;
  double mean = 0;
  for (const double y : head.truth) mean += y / static_cast<double>(head.truth.size());
  double answer = mean;
  if (head.task() == Task::kMulticlass) {
    std::vector<double> counts(head.labels.size());
    for (const double y : head.truth) {
      if (y >= 0 && y < static_cast<double>(counts.size())) counts[static_cast<std::size_t>(y)] += 1;
    }
    answer = static_cast<double>(std::max_element(counts.begin(), counts.end()) - counts.begin());
    constant.probabilities.clear();
    for (std::size_t i = 0; i < head.truth.size() && !head.probabilities.empty(); ++i) {
      for (const double count : counts) constant.probabilities.push_back(count / static_cast<double>(head.truth.size()));
    }
  }
  constant.threshold = 0.5;
  std::fill(constant.predicted.begin(), constant.predicted.end(), answer);
  return {{"name", head.task() == Task::kRegression ? "constant mean" : "constant class"},
          {"metrics", PlainMetrics(constant, costs)}};
}

/// The units of a slice's rows, numbered anew.
ResamplingUnits UnitsOf(const ResamplingUnits& all, std::span<const std::size_t> rows) {
  ResamplingUnits units{.by = all.by};
  std::vector<std::uint32_t> number(all.count, UINT32_MAX);
  for (const std::size_t row : rows) {
    std::uint32_t& place = number[all.of_row[row]];
    if (place == UINT32_MAX) place = static_cast<std::uint32_t>(units.count++);
    units.of_row.push_back(place);
  }
  return units;
}

/// The rows of `opponent` that lie in a slice, with indices into the slice's rows.
std::optional<Opponent> OpponentIn(const Opponent& opponent, std::span<const std::size_t> slice) {
  Opponent inside;
  std::vector<std::size_t> chosen;
  std::size_t next = 0;
  for (std::size_t k = 0; k < slice.size(); ++k) {
    while (next < opponent.rows.size() && opponent.rows[next] < slice[k]) ++next;
    if (next == opponent.rows.size() || opponent.rows[next] != slice[k]) continue;
    inside.rows.push_back(k);
    chosen.push_back(next);
  }
  if (chosen.empty()) return std::nullopt;
  inside.head = Select(opponent.head, chosen);
  return inside;
}

absl::StatusOr<nlohmann::json> SliceReports(const Context& context, const ScoredRows& rows, const HeadRows& head,
                                            const Opponent* opponent, const ResamplingUnits& units, const std::string& primary) {
  nlohmann::json reports = nlohmann::json::array();
  for (const SliceSpec& spec : context.options.slices) {
    ASSIGN_OR_RETURN(const std::vector<Slice> slices, CutSlices(spec, context.table, rows.table_rows));
    for (const Slice& slice : slices) {
      const std::optional<Opponent> theirs = opponent != nullptr ? OpponentIn(*opponent, slice.rows) : std::nullopt;
      const HeadRows part = Select(head, slice.rows);
      nlohmann::json metrics = CompareMetrics(part, theirs ? &*theirs : nullptr, UnitsOf(units, slice.rows),
                                              context.options.resampling, context.CostsOf(head));
      nlohmann::json report{{"by", spec.name},
                            {"value", slice.value},
                            {"rows", slice.rows.size()},
                            {"assets", CountAssets(Select(rows, slice.rows))},
                            {"primary", metrics[primary]}};
      for (const auto& [name, metric] : metrics.items()) {
        if (!metric["value"].is_null()) report["metrics"][name] = metric["value"];
        if (theirs && !metric["champion"]["value"].is_null()) report["champion_metrics"][name] = metric["champion"]["value"];
      }
      reports.push_back(std::move(report));
    }
  }
  return reports;
}

absl::StatusOr<nlohmann::json> AlarmsOf(const Context& context, const PipelineSpec& pipeline, const ScoredTable& scored,
                                        const HeadRows& head) {
  if (context.options.rows.last_row_only) return nlohmann::json();
  ASSIGN_OR_RETURN(const std::optional<AlarmJudgement> judgement,
                   JudgeAlarms(context.table, pipeline, scored.rows, head, context.options.alarms));
  return judgement ? AlarmReport(*judgement, context.options.alarms, scored.rows.assets) : nlohmann::json();
}

/// The two heads of the interval, on the rows of `known`.
struct IntervalRows {
  HeadRows low;
  HeadRows high;
  double nominal = 0;
};

std::optional<IntervalRows> QuantileInterval(const ScoredTable& scored, const HeadRows& head,
                                             std::span<const std::size_t> known) {
  const HeadRows* low = nullptr;
  const HeadRows* high = nullptr;
  for (const HeadRows& candidate : scored.heads) {
    if (!candidate.quantile || ToJson(candidate.target) != ToJson(head.target)) continue;
    if (low == nullptr || *candidate.quantile < *low->quantile) low = &candidate;
    if (high == nullptr || *candidate.quantile > *high->quantile) high = &candidate;
  }
  if (low == nullptr || *low->quantile >= *high->quantile) return std::nullopt;
  return IntervalRows{.low = Select(*low, known), .high = Select(*high, known), .nominal = *high->quantile - *low->quantile};
}

absl::StatusOr<std::optional<IntervalRows>> FindInterval(const Context& context, const HeadRows& head,
                                                         std::span<const std::size_t> known) {
  if (head.task() != Task::kRegression) return std::nullopt;
  if (!context.options.interval) return QuantileInterval(context.challenger, head, known);
  const auto find = [&](const std::string& name) -> absl::StatusOr<const HeadRows*> {
    std::vector<std::string> names;
    for (const HeadRows& candidate : context.challenger.heads) {
      if (candidate.name == name) return &candidate;
      names.push_back(candidate.name);
    }
    return absl::InvalidArgumentError(Cat("interval: there is no head \"", name, "\"; the model has ", Join(names)));
  };
  ASSIGN_OR_RETURN(const HeadRows* low, find(context.options.interval->low));
  ASSIGN_OR_RETURN(const HeadRows* high, find(context.options.interval->high));
  return IntervalRows{.low = Select(*low, known), .high = Select(*high, known), .nominal = context.options.interval->nominal};
}

absl::StatusOr<nlohmann::json> HeadReport(const Context& context, const HeadRows& scored, bool is_first) {
  nlohmann::json report{{"name", scored.name}, {"task", Name(scored.task())}, {"target", ToJson(scored.target)}};
  if (scored.threshold) report["threshold"] = *scored.threshold;
  const std::vector<std::size_t> known = KnownRows(scored);
  if (known.empty() && scored.task() == Task::kAnomaly) {
    report["rows"] = 0;
    report["metrics"] = nlohmann::json::object();
    report["scores"] = Distribution(scored.predicted);
    return report;
  }
  if (known.empty())
    return absl::FailedPreconditionError(Cat("head \"", scored.name, "\": no row has a known truth and enough history"));
  const ScoredRows rows = Select(context.challenger.rows, known);
  const HeadRows head = Select(scored, known);
  const auto undefined = std::count_if(head.predicted.begin(), head.predicted.end(), [](double p) { return std::isnan(p); });
  if (undefined > 0) {
    return absl::FailedPreconditionError(
        Cat("head \"", head.name, "\" answers ", undefined, " of ", head.predicted.size(), " rows with NaN"));
  }
  const CostMatrix* costs = context.CostsOf(head);
  const ResamplingUnits units = MakeUnits(rows, context.options.resampling);
  const std::optional<Opponent> opponent =
      context.champion != nullptr ? FindOpponent(rows, head, *context.champion) : std::nullopt;
  const Opponent* theirs = opponent ? &*opponent : nullptr;

  report["rows"] = known.size();
  report["assets"] = CountAssets(rows);
  report["resampled_by"] = Name(units.by);
  report["units"] = units.count;
  if (theirs != nullptr) report["common_rows"] = theirs->rows.size();
  report["metrics"] = CompareMetrics(head, theirs, units, context.options.resampling, costs);
  std::string primary = PrimaryMetric(head, report["metrics"]);
  if (is_first && !context.options.primary_metric.empty()) {
    primary = context.options.primary_metric;
    if (!report["metrics"].contains(primary)) {
      std::vector<std::string> names;
      for (const auto& [name, metric] : report["metrics"].items()) names.push_back(name);
      return absl::InvalidArgumentError(Cat("primary_metric: \"", primary, "\" must be one of ", Join(names)));
    }
  }
  report["primary_metric"] = primary;
  report["baselines"] = nlohmann::json::array({ConstantBaseline(head, costs)});
  ASSIGN_OR_RETURN(report["slices"], SliceReports(context, rows, head, theirs, units, primary));
  report["sample"] = SampleReport(rows, head);

  if (head.task() == Task::kRegression) {
    report["residuals"] = ResidualReport(head);
    ASSIGN_OR_RETURN(const std::optional<IntervalRows> interval, FindInterval(context, head, known));
    report["trajectories"] =
        TrajectoryReport(rows, head, interval ? &interval->low : nullptr, interval ? &interval->high : nullptr);
    // Answers are cut at the cap, so what they must cover is too.
    std::vector<double> cut;
    for (const double truth : head.truth) cut.push_back(Cut(truth, head.target.cap));
    if (interval) report["interval"] = CoverageReport(interval->low, interval->high, cut, interval->nominal);
  } else {
    report["confusion"] = ConfusionReport(head);
    report["calibration"] = CalibrationReport(head);
  }
  if (head.IsAlarmHead()) {
    report["positives"] = std::count_if(head.truth.begin(), head.truth.end(), [](double y) { return y > 0.5; });
    report["curves"] = AlarmCurves(head);
  }
  if (costs != nullptr) report["costs"] = CostReport(head, *costs);
  return report;
}

/// What a reader of the figures must know first.
void Warn(const ScoredTable& scored, nlohmann::json& report) {
  if (scored.unscored.empty()) return;
  const std::vector<std::string> shown(
      scored.unscored.begin(),
      scored.unscored.begin() + static_cast<std::ptrdiff_t>(std::min(scored.unscored.size(), kMaxUnscored)));
  report["unscored"] = {{"count", scored.unscored.size()}, {"assets", shown}, {"min_rows", scored.min_rows}};
  report["warnings"].push_back(Cat(scored.unscored.size(), " of ", scored.rows.assets.size(),
                                   " assets could not be scored: their last row has fewer than the ", scored.min_rows,
                                   " rows of history that the model needs (features.min_rows): ", Join(shown)));
}

}  // namespace

absl::StatusOr<nlohmann::json> EvaluationReport(const Table& table, const PipelineSpec& pipeline, const ScoredTable& challenger,
                                                const ScoredTable* champion, const ReportOptions& options) {
  const Context context{table, challenger, champion, options};
  nlohmann::json report{{"format", kFormat},
                        {"split", options.split},
                        {"rows", challenger.rows.table_rows.size()},
                        {"assets", CountAssets(challenger.rows)},
                        {"resampling",
                         {{"method", "percentile"},
                          {"resamples", options.resampling.resamples},
                          {"confidence", options.resampling.confidence},
                          {"seed", options.resampling.seed}}},
                        {"heads", nlohmann::json::array()}};
  Warn(challenger, report);
  for (const HeadRows& head : challenger.heads) {
    ASSIGN_OR_RETURN(nlohmann::json head_report, HeadReport(context, head, report["heads"].empty()));
    ASSIGN_OR_RETURN(nlohmann::json alarms, AlarmsOf(context, pipeline, challenger, head));
    if (!alarms.is_null()) head_report["alarms"] = std::move(alarms);
    report["heads"].push_back(std::move(head_report));
  }
  if (champion == nullptr) return report;
  for (std::size_t h = 0; h < challenger.heads.size(); ++h) {
    for (const HeadRows& head : champion->heads) {
      if (head.name != challenger.heads[h].name || !report["heads"][h].contains("common_rows")) continue;
      ASSIGN_OR_RETURN(nlohmann::json alarms, AlarmsOf(context, pipeline, *champion, head));
      if (alarms.is_null()) continue;
      alarms.erase("window_list");
      alarms.erase("episode_list");
      report["heads"][h]["champion_alarms"] = std::move(alarms);
    }
  }
  const nlohmann::json& first = report["heads"][0];
  const nlohmann::json metric = first["metrics"].value(first.value("primary_metric", ""), nlohmann::json::object());
  report["verdict"] = metric.value("verdict", "not comparable");
  return report;
}

nlohmann::json WithoutRows(nlohmann::json report) {
  for (nlohmann::json& head : report.at("heads")) {
    for (const char* part : {"sample", "trajectories"}) head.erase(part);
    if (!head.contains("alarms")) continue;
    for (const char* part : {"window_list", "episode_list"}) head["alarms"].erase(part);
  }
  return report;
}

std::map<std::string, double> DifferencesOf(const nlohmann::json& report) {
  std::map<std::string, double> differences;
  bool is_first = true;
  for (const nlohmann::json& head : report.at("heads")) {
    const std::string prefix = std::exchange(is_first, false) ? "" : head.at("name").get<std::string>() + ".";
    for (const auto& [name, metric] : head.at("metrics").items()) {
      if (!metric.contains("difference")) continue;
      for (const char* end : {"low", "high"}) {
        if (metric["difference"][end].is_number())
          differences[Cat(prefix, name, "_difference_", end)] = metric["difference"][end].get<double>();
      }
      if (!metric.contains("challenger_on_common") || !metric["challenger_on_common"].is_number()) continue;
      if (!metric["champion"]["value"].is_number()) continue;
      differences[Cat(prefix, name, "_on_common")] = metric["challenger_on_common"].get<double>();
      differences[Cat(prefix, name, "_champion_on_common")] = metric["champion"]["value"].get<double>();
    }
  }
  return differences;
}

std::map<std::string, double> MetricsOf(const nlohmann::json& report) {
  std::map<std::string, double> metrics;
  bool is_first = true;
  for (const nlohmann::json& head : report.at("heads")) {
    const std::string prefix = std::exchange(is_first, false) ? "" : head.at("name").get<std::string>() + ".";
    const auto add = [&](const std::string& name, const nlohmann::json& value) {
      if (value.is_number()) metrics[prefix + name] = value.get<double>();
    };
    for (const auto& [name, metric] : head.at("metrics").items()) add(name, metric["value"]);
    add("n", head.at("rows"));
    for (const char* name : {"threshold", "positives"}) {
      if (head.contains(name)) add(name, head[name]);
    }
    if (head.contains("alarms")) {
      const nlohmann::json& alarms = head["alarms"];
      add("alarm_episodes", alarms["episodes"]);
      add("alarm_false", alarms["false_alarms"]);
      add("alarm_windows", alarms["windows"]);
      add("alarm_detected", alarms["detected"]);
      add("alarm_precision", alarms["precision"]);
      add("alarm_recall", alarms["recall"]);
      if (alarms["lead_time"].contains("median")) add("lead_time_median", alarms["lead_time"]["median"]);
    }
    if (head.contains("calibration") && head["calibration"].is_object())
      add("calibration_error", head["calibration"]["expected_calibration_error"]);
    if (head.contains("interval")) {
      add("interval_coverage", head["interval"]["coverage"]);
      add("interval_width", head["interval"]["mean_width"]);
    }
  }
  return metrics;
}

}  // namespace millwright::learn
