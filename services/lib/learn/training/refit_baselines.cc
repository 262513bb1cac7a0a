#include "lib/learn/training/refit_baselines.h"

#include <algorithm>
#include <memory>

#include "lib/base/status_macros.h"
#include "lib/learn/features/feature_choice.h"
#include "lib/learn/text.h"
#include "lib/learn/training/baselines_beside.h"
#include "lib/learn/training/training_spec.h"

namespace millwright::learn {

namespace {

constexpr std::size_t kMaxValues = 100'000'000;  // features of the training rows

/// A bundle's own training table as it was split.
struct SplitTable {
  TrainingSpec spec;
  std::vector<AssetRows> assets;
  std::vector<Part> parts;
  BatchFeatures features;
};

absl::StatusOr<SplitTable> Prepare(const Bundle& bundle, const Table& table) {
  SplitTable rows;
  ASSIGN_OR_RETURN(rows.spec, ParseTrainingSpec(bundle.training_spec()));
  const PipelineSpec& pipeline = rows.spec.pipeline;
  ASSIGN_OR_RETURN(rows.assets, GroupByAsset(table, pipeline.asset_column, pipeline.time_column));
  ASSIGN_OR_RETURN(rows.parts, SplitRows(rows.spec, table, rows.assets));
  const std::size_t values = table.rows() * bundle.pipeline().feature_names().size();
  const std::size_t stride = std::max(pipeline.stride, (values + kMaxValues - 1) / kMaxValues);
  ASSIGN_OR_RETURN(rows.features, ComputeFeatures(bundle.pipeline(), table, rows.assets, BatchOptions{.stride = stride}));
  return rows;
}

/// The baselines' heads, named "<number of the head>/<learner>", and each head's mean target.
struct TrainedBaselines {
  std::vector<BundleHead> heads;
  std::vector<double> means;
};

absl::StatusOr<TrainedBaselines> TrainAll(const Bundle& bundle, const SplitTable& rows, const Table& table) {
  TrainedBaselines trained;
  for (std::size_t h = 0; h < bundle.heads().size(); ++h) {
    const BundleHead& head = bundle.heads()[h];
    ASSIGN_OR_RETURN(const FeatureChoice choice, ChooseFeatures(bundle.pipeline().layout(), rows.spec.heads[h].features));
    ASSIGN_OR_RETURN(const std::vector<double> target, ComputeTarget(head.target, rows.spec.pipeline, table, rows.assets));
    const auto gather = [&](Part part) {
      const bool normal_only = head.target.task() == Task::kAnomaly && part == Part::kTraining;
      return GatherRows({.part = part, .normal_only = normal_only}, head, rows.features, rows.parts, target, {});
    };
    const HeadData training = gather(Part::kTraining);
    const HeadData validation = gather(Part::kValidation);
    double mean = 0;
    for (const double value : training.targets) mean += value / static_cast<double>(training.targets.size());
    trained.means.push_back(mean);
    if (training.targets.empty()) continue;
    for (const std::string& learner : BaselineLearners(head)) {
      ASSIGN_OR_RETURN(std::optional<BundleHead> baseline,
                       TrainBaseline(learner, head, choice.layout, training, validation, rows.spec.heads[h].threshold));
      if (!baseline) continue;
      baseline->name = Cat(h, "/", learner);
      trained.heads.push_back(*std::move(baseline));
    }
  }
  return trained;
}

/// What the baselines that are models answer on the rows of `scored`.
absl::StatusOr<ScoredTable> ScoreAll(const Bundle& bundle, std::vector<BundleHead> heads, const Table& table,
                                     const ScoredTable& scored, const EvaluateOptions& options) {
  if (heads.empty()) return ScoredTable();
  Bundle::Parts parts;
  parts.pipeline = std::shared_ptr<const FittedPipeline>(std::shared_ptr<void>(), &bundle.pipeline());  // the caller's
  parts.heads = std::move(heads);
  ASSIGN_OR_RETURN(const ScoredTable all, ScoreTable(Bundle(std::move(parts)), table, options));
  std::vector<bool> mask(table.rows());
  for (const std::size_t row : scored.rows.table_rows) mask[row] = true;
  return Keep(all, mask);
}

HeadRows WithAnswers(HeadRows rows, std::vector<double> answers) {
  rows.predicted = std::move(answers);
  rows.probabilities.clear();
  if (rows.IsAlarmHead()) rows.threshold = 0.5;
  return rows;
}

}  // namespace

absl::StatusOr<std::vector<std::vector<Baseline>>> RefitBaselines(const Bundle& bundle, const Table& training, const Table& table,
                                                                  const ScoredTable& scored, const EvaluateOptions& options) {
  ASSIGN_OR_RETURN(const SplitTable rows, Prepare(bundle, training));
  ASSIGN_OR_RETURN(TrainedBaselines trained, TrainAll(bundle, rows, training));
  ASSIGN_OR_RETURN(ScoredTable answers, ScoreAll(bundle, std::move(trained.heads), table, scored, options));
  const PipelineSpec& pipeline = rows.spec.pipeline;
  ASSIGN_OR_RETURN(const std::vector<AssetRows> assets, GroupByAsset(table, pipeline.asset_column, pipeline.time_column));

  std::vector<std::vector<Baseline>> baselines(bundle.heads().size());
  for (HeadRows& head : answers.heads) {
    const std::size_t slash = head.name.find('/');
    baselines[std::stoul(head.name)].push_back({.name = head.name.substr(slash + 1), .rows = std::move(head)});
  }
  for (std::size_t h = 0; h < baselines.size(); ++h) {
    const HeadRows& own = scored.heads[h];
    if (own.IsAlarmHead()) {
      baselines[h].push_back({.name = "always_positive", .rows = WithAnswers(own, std::vector<double>(own.truth.size(), 1))});
    } else if (auto last = LastValues(own.target, table, assets, scored.rows.table_rows, trained.means[h])) {
      baselines[h].push_back({.name = "last_value", .rows = WithAnswers(own, *std::move(last))});
    }
  }
  return baselines;
}

}  // namespace millwright::learn
