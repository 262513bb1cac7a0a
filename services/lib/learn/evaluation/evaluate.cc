#include "lib/learn/evaluation/evaluate.h"

#include <cmath>

#include "lib/base/status_macros.h"
#include "lib/learn/evaluation/head_metrics.h"
#include "lib/learn/text.h"

namespace millwright::learn {

namespace {

/// The metrics of one head under their evaluation names. `truth` is uncut; rows whose truth is unknown are left out.
absl::StatusOr<std::map<std::string, double>> Score(const BundleHead& head, std::span<const double> truth,
                                                    std::span<const double> predicted) {
  std::vector<double> known;
  std::vector<double> cut;
  std::vector<double> answers;
  for (std::size_t i = 0; i < truth.size(); ++i) {
    if (std::isnan(truth[i])) continue;
    known.push_back(truth[i]);
    cut.push_back(Cut(truth[i], head.target.cap));
    answers.push_back(predicted[i]);
  }
  if (known.empty())
    return absl::FailedPreconditionError(Cat("head \"", head.name, "\": no row has a known truth and enough history"));
  std::map<std::string, double> metrics = HeadMetrics(head.target, head.threshold.value_or(0.5), known, answers);
  if (head.target.kind != TargetSpec::Kind::kRul) return metrics;
  const std::map<std::string, double> of_cut = HeadMetrics(head.target, 0.5, cut, answers);
  metrics["rmse_uncut"] = metrics["rmse"];
  metrics.erase("rmse");
  metrics["rmse_cut"] = of_cut.at("rmse");
  metrics["phm_score_cut"] = of_cut.at("phm_score");
  return metrics;
}

absl::Status AddNumbers(Table& table, const std::string& name, ColumnRole role, std::vector<double> numbers) {
  return table.AddColumn({.spec = {.name = name, .role = role}, .numbers = std::move(numbers)});
}

/// The first asset whose last row was not scored.
absl::Status RequireEveryAsset(const Bundle& bundle, std::span<const AssetRows> assets, std::span<const std::size_t> scored) {
  std::size_t next = 0;
  for (const AssetRows& asset : assets) {
    if (next < scored.size() && scored[next] == asset.rows.back()) {
      ++next;
      continue;
    }
    return absl::FailedPreconditionError(Cat("asset \"", asset.asset, "\" has ", asset.rows.size(), " rows and the model needs ",
                                             bundle.history().min_rows, " since its history last restarted"));
  }
  return absl::OkStatus();
}

absl::StatusOr<Evaluation> EvaluateTable(const Bundle& bundle, const Table& table, const EvaluateOptions& options) {
  const PipelineSpec& pipeline = bundle.pipeline().spec();
  ASSIGN_OR_RETURN(const std::vector<AssetRows> assets, GroupByAsset(table, pipeline.asset_column, pipeline.time_column));
  ASSIGN_OR_RETURN(const BatchFeatures features, ComputeFeatures(bundle.pipeline(), table, assets, options.last_row_only));
  if (options.last_row_only) RETURN_IF_ERROR(RequireEveryAsset(bundle, assets, features.rows));
  if (features.rows.empty())
    return absl::FailedPreconditionError(
        Cat("no row has the ", bundle.history().min_rows, " rows of history that the model needs"));
  ASSIGN_OR_RETURN(const std::vector<Prediction> predictions, bundle.PredictFeatures(features.matrix));

  Evaluation evaluation;
  evaluation.predictions = Table();
  const Table rows = table.Take(features.rows);
  for (const std::string& name : {pipeline.asset_column, pipeline.time_column}) {
    if (!name.empty()) RETURN_IF_ERROR(evaluation.predictions.AddColumn(*rows.Find(name)));
  }
  for (std::size_t h = 0; h < bundle.heads().size(); ++h) {
    const BundleHead& head = bundle.heads()[h];
    TargetSpec target = head.target;
    if (!options.truth_column.empty() && target.kind == TargetSpec::Kind::kRul) {
      target.truth = options.truth_column;
      RETURN_IF_ERROR(table.GetNumber(target.truth).status());
    }
    ASSIGN_OR_RETURN(const std::vector<double> all, ComputeTarget(target, pipeline, table, assets));
    std::vector<double> truth;
    std::vector<double> predicted;
    for (std::size_t i = 0; i < features.rows.size(); ++i) {
      truth.push_back(all[features.rows[i]]);
      predicted.push_back(predictions[i].heads[h].value);
    }
    ASSIGN_OR_RETURN(const auto metrics, Score(head, truth, predicted));
    const std::string prefix = h == 0 ? "" : Cat(head.name, ".");
    for (const auto& [name, value] : metrics) evaluation.metrics[prefix + name] = value;
    RETURN_IF_ERROR(AddNumbers(evaluation.predictions, prefix + "truth", ColumnRole::kLabel, std::move(truth)));
    RETURN_IF_ERROR(AddNumbers(evaluation.predictions, prefix + "prediction", ColumnRole::kSensor, std::move(predicted)));
  }
  return evaluation;
}

}  // namespace

absl::StatusOr<Evaluation> Evaluate(const Bundle& bundle, const Table& table, const EvaluateOptions& options) {
  absl::StatusOr<Evaluation> evaluation = EvaluateTable(bundle, table, options);
  if (absl::IsNotFound(evaluation.status())) return absl::InvalidArgumentError(evaluation.status().message());
  return evaluation;
}

}  // namespace millwright::learn
