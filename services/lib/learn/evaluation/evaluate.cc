#include "lib/learn/evaluation/evaluate.h"

#include <cmath>

#include "lib/base/status_macros.h"
#include "lib/learn/evaluation/head_metrics.h"
#include "lib/learn/text.h"

namespace millwright::learn {

namespace {

/// The metrics of one head under their evaluation names. `truth` is uncut; rows whose truth is unknown are left out.
absl::StatusOr<std::map<std::string, double>> Score(const HeadRows& scored) {
  const HeadRows head = Select(scored, KnownRows(scored));
  if (head.truth.empty())
    return absl::FailedPreconditionError(Cat("head \"", head.name, "\": no row has a known truth and enough history"));
  const double threshold = head.threshold.value_or(0.5);
  std::map<std::string, double> metrics = HeadMetrics(head.target, threshold, head.truth, head.predicted, head.probabilities);
  if (head.target.kind != TargetSpec::Kind::kRul) return metrics;
  std::vector<double> cut;
  for (const double truth : head.truth) cut.push_back(Cut(truth, head.target.cap));
  const std::map<std::string, double> of_cut = HeadMetrics(head.target, threshold, cut, head.predicted);
  metrics["rmse_uncut"] = metrics["rmse"];
  metrics.erase("rmse");
  metrics["rmse_cut"] = of_cut.at("rmse");
  metrics["phm_score_cut"] = of_cut.at("phm_score");
  return metrics;
}

absl::Status AddNumbers(Table& table, const std::string& name, ColumnRole role, std::vector<double> numbers) {
  return table.AddColumn({.spec = {.name = name, .role = role}, .numbers = std::move(numbers)});
}

absl::StatusOr<Evaluation> EvaluateTable(const Bundle& bundle, const Table& table, const EvaluateOptions& options) {
  ASSIGN_OR_RETURN(const ScoredTable scored, ScoreTable(bundle, table, options));
  Evaluation evaluation;
  for (std::size_t h = 0; h < scored.heads.size(); ++h) {
    ASSIGN_OR_RETURN(const auto metrics, Score(scored.heads[h]));
    const std::string prefix = h == 0 ? "" : Cat(scored.heads[h].name, ".");
    for (const auto& [name, value] : metrics) evaluation.metrics[prefix + name] = value;
  }
  ASSIGN_OR_RETURN(evaluation.predictions, PredictionTable(bundle.pipeline().spec(), table, scored));
  return evaluation;
}

}  // namespace

absl::StatusOr<Table> PredictionTable(const PipelineSpec& pipeline, const Table& table, const ScoredTable& scored) {
  Table predictions;
  const Table rows = table.Take(scored.rows.table_rows);
  for (const std::string& name : {pipeline.asset_column, pipeline.time_column}) {
    if (!name.empty()) RETURN_IF_ERROR(predictions.AddColumn(*rows.Find(name)));
  }
  for (std::size_t h = 0; h < scored.heads.size(); ++h) {
    const HeadRows& head = scored.heads[h];
    const std::string prefix = h == 0 ? "" : Cat(head.name, ".");
    RETURN_IF_ERROR(AddNumbers(predictions, prefix + "truth", ColumnRole::kLabel, head.truth));
    RETURN_IF_ERROR(AddNumbers(predictions, prefix + "prediction", ColumnRole::kSensor, head.predicted));
  }
  return predictions;
}

absl::StatusOr<Evaluation> Evaluate(const Bundle& bundle, const Table& table, const EvaluateOptions& options) {
  absl::StatusOr<Evaluation> evaluation = EvaluateTable(bundle, table, options);
  if (absl::IsNotFound(evaluation.status())) return absl::InvalidArgumentError(evaluation.status().message());
  return evaluation;
}

}  // namespace millwright::learn
