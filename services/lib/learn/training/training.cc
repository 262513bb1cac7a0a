#include "lib/learn/training/training.h"

#include <algorithm>
#include <cmath>

#include "lib/base/status_macros.h"
#include "lib/learn/evaluation/head_metrics.h"
#include "lib/learn/metrics/metrics.h"
#include "lib/learn/plant/random.h"
#include "lib/learn/text.h"

namespace millwright::learn {

namespace {

constexpr double kFeatureShare = 0.1;
constexpr double kTrainingShare = 0.95;
constexpr std::size_t kGoldenRows = 8;
constexpr std::size_t kGoldenReach = 400;  // rows of an asset's start that golden windows are taken from

enum Part { kTrain, kValidation, kTest, kParts };
constexpr std::string_view kPartNames[] = {"train", "validation", "test"};

/// The rows of one part of the split: assets, features, and the table row of each feature row.
struct PartData {
  std::vector<AssetRows> assets;
  BatchFeatures features;
};

/// Rows of a part whose target is known.
struct Labelled {
  FeatureMatrix features;
  std::vector<double> targets;
};

Labelled KnownRows(const PartData& part, std::span<const double> target, const std::optional<double>& cap) {
  Labelled labelled;
  labelled.features.columns = part.features.matrix.columns;
  for (std::size_t i = 0; i < part.features.rows.size(); ++i) {
    const double value = target[part.features.rows[i]];
    if (std::isnan(value)) continue;
    const std::span<const float> row = part.features.matrix.Row(i);
    labelled.features.values.insert(labelled.features.values.end(), row.begin(), row.end());
    ++labelled.features.rows;
    labelled.targets.push_back(Cut(value, cap));
  }
  return labelled;
}

class Trainer {
 public:
  Trainer(const Table& table, const TrainingSpec& spec, const TrainHooks& hooks) : table_(table), spec_(spec), hooks_(hooks) {}

  absl::StatusOr<TrainedBundle> Run();

 private:
  void Progress(std::string_view stage, double share) const {
    if (hooks_.progress) hooks_.progress(stage, share);
  }
  absl::Status SplitTable();
  absl::Status FitPipeline();
  /// Trains and measures a head; `before` is the head of the same name that a refit replaces.
  absl::Status TrainHead(std::size_t index, const BundleHead* before);
  absl::Status Report(BundleHead head, bool is_primary, std::span<const Labelled> parts, bool is_refit);
  absl::Status Refit();
  nlohmann::json References() const;
  absl::StatusOr<std::vector<GoldenRow>> GoldenRows(const Bundle& bundle) const;

  const Table& table_;
  const TrainingSpec& spec_;
  const TrainHooks& hooks_;
  std::vector<AssetRows> assets_;
  AssetSplit split_;
  PartData parts_[kParts];
  Bundle::Parts made_;
  std::map<std::string, double> metrics_;
  std::map<std::string, int> best_rounds_;
  nlohmann::json prediction_statistics_ = nlohmann::json::object();
  bool was_pruned_ = false;
};

absl::Status Trainer::SplitTable() {
  if (table_.rows() == 0) return absl::FailedPreconditionError("the table has no rows");
  ASSIGN_OR_RETURN(assets_, GroupByAsset(table_, spec_.pipeline.asset_column, spec_.pipeline.time_column));
  std::vector<std::string> names;
  for (const AssetRows& asset : assets_) names.push_back(asset.asset);
  ASSIGN_OR_RETURN(split_, SplitAssets(names, spec_.split));
  // In order of name, so that the order of rows in the table changes nothing.
  std::sort(assets_.begin(), assets_.end(), [](const AssetRows& a, const AssetRows& b) { return a.asset < b.asset; });
  for (const AssetRows& asset : assets_) {
    const auto is_in = [&](const std::vector<std::string>& part) {
      return std::binary_search(part.begin(), part.end(), asset.asset);
    };
    parts_[is_in(split_.test) ? kTest : is_in(split_.validation) ? kValidation : kTrain].assets.push_back(asset);
  }
  return absl::OkStatus();
}

absl::Status Trainer::FitPipeline() {
  ASSIGN_OR_RETURN(FittedPipeline pipeline, FittedPipeline::Fit(spec_.pipeline, table_, parts_[kTrain].assets));
  made_.pipeline = std::make_shared<const FittedPipeline>(std::move(pipeline));
  for (PartData& part : parts_) {
    ASSIGN_OR_RETURN(part.features, ComputeFeatures(*made_.pipeline, table_, part.assets));
  }
  return absl::OkStatus();
}

absl::Status Trainer::TrainHead(std::size_t index, const BundleHead* before) {
  const HeadSpec& spec = spec_.heads[index];
  // A refit keeps what the first pass's rows decided.
  ASSIGN_OR_RETURN(const TargetSpec target_spec,
                   before != nullptr ? before->target : FitTarget(spec.target, spec_.pipeline, table_, parts_[kTrain].assets));
  ASSIGN_OR_RETURN(const std::vector<double> target, ComputeTarget(target_spec, spec_.pipeline, table_, assets_));
  Labelled labelled[kParts];
  for (int part = 0; part < kParts; ++part) labelled[part] = KnownRows(parts_[part], target, spec.target.cap);
  if (labelled[kTrain].targets.empty()) {
    return absl::FailedPreconditionError(Cat("head \"", spec.name, "\": no training row has both a known target and ",
                                             spec_.pipeline.min_rows, " rows of history"));
  }
  if (spec.target.task() == Task::kBinary) {
    const auto [least, most] = std::minmax_element(labelled[kTrain].targets.begin(), labelled[kTrain].targets.end());
    if (*least == *most)
      return absl::FailedPreconditionError(Cat("head \"", spec.name, "\": all ", labelled[kTrain].targets.size(),
                                               " training rows have the class ", *least, "; both classes are needed"));
  }
  ASSIGN_OR_RETURN(const LearnerEntry* entry, FindLearner(spec.learner));
  ASSIGN_OR_RETURN(const std::unique_ptr<Learner> learner,
                   entry->make(spec.params, target_spec.learning_task(), Cat("heads[", index, "].params")));
  const double passes = spec_.split.refits ? 2 : 1;
  FitOptions options{.layout = &made_.pipeline->layout()};
  if (before != nullptr) options.rounds = before->best_round + 1;
  if (hooks_.on_round || hooks_.progress) {
    options.on_round = [&](const Round& round) {
      const double share = (static_cast<double>(index) + static_cast<double>(round.number + 1) / round.total) /
                           static_cast<double>(spec_.heads.size());
      Progress(Cat(before != nullptr ? "refitting " : "training ", spec.name),
               kFeatureShare + (kTrainingShare - kFeatureShare) * (share + (before != nullptr ? 1 : 0)) / passes);
      // A refit's rounds have no validation value that could be compared with the first ones.
      return hooks_.on_round && before == nullptr ? hooks_.on_round(spec.name, round) : RoundVerdict::kContinue;
    };
  }
  const LearningSet training{&labelled[kTrain].features, labelled[kTrain].targets};
  const LearningSet validation{labelled[kValidation].targets.empty() ? nullptr : &labelled[kValidation].features,
                               labelled[kValidation].targets};
  absl::StatusOr<FitResult> fit = learner->Fit(training, validation, options);
  if (!fit.ok()) return absl::Status(fit.status().code(), Cat("head \"", spec.name, "\": ", fit.status().message()));
  was_pruned_ |= fit->was_stopped;

  BundleHead head{
      .name = spec.name, .target = target_spec, .learner = spec.learner, .params = spec.params, .best_round = fit->best_round};
  if (before != nullptr) head.threshold = before->threshold;
  head.file = index == 0 ? Cat("model", entry->file_suffix) : Cat("model_", spec.name, entry->file_suffix);
  head.model = fit->model;
  best_rounds_[spec.name] = fit->best_round;
  return Report(std::move(head), index == 0, labelled, before != nullptr);
}

absl::Status Trainer::Report(BundleHead head, bool is_primary, std::span<const Labelled> parts, bool is_refit) {
  std::vector<double> predicted[kParts];
  for (std::size_t part = 0; part < kParts; ++part) {
    ASSIGN_OR_RETURN(const std::vector<float> raw, head.model->Predict(parts[part].features));
    for (const float value : raw) predicted[part].push_back(head.Answer(value));
  }
  if (head.target.task() == Task::kBinary && !is_refit) {
    const std::size_t chosen_on = parts[kValidation].targets.empty() ? kTrain : kValidation;
    head.threshold = BestF1Threshold(parts[chosen_on].targets, predicted[chosen_on]);
  }
  for (std::size_t part = 0; part < kParts; ++part) {
    if (parts[part].targets.empty()) continue;
    for (const auto& [name, value] :
         HeadMetrics(head.target, head.threshold.value_or(0.5), parts[part].targets, predicted[part])) {
      metrics_[Cat(is_primary ? "" : Cat(head.name, "."), kPartNames[part], "_", name)] = value;
    }
  }
  prediction_statistics_[head.name] = DescribeNumbers(predicted[kTrain]);
  made_.heads.push_back(std::move(head));
  return absl::OkStatus();
}

/// The same heads with the rounds and thresholds that validation chose, trained on training and validation assets together. The
/// validation metrics stay those of the first pass; train and test metrics are of the model that is kept.
absl::Status Trainer::Refit() {
  std::vector<AssetRows>& training = parts_[kTrain].assets;
  training.insert(training.end(), parts_[kValidation].assets.begin(), parts_[kValidation].assets.end());
  std::sort(training.begin(), training.end(), [](const AssetRows& a, const AssetRows& b) { return a.asset < b.asset; });
  parts_[kValidation].assets.clear();
  RETURN_IF_ERROR(FitPipeline());
  const std::vector<BundleHead> before = std::exchange(made_.heads, {});
  for (std::size_t i = 0; i < spec_.heads.size(); ++i) RETURN_IF_ERROR(TrainHead(i, &before[i]));
  return absl::OkStatus();
}

nlohmann::json Trainer::References() const {
  std::vector<std::size_t> rows;
  for (const AssetRows& asset : parts_[kTrain].assets) rows.insert(rows.end(), asset.rows.begin(), asset.rows.end());
  nlohmann::json raw = nlohmann::json::object();
  std::vector<double> values;
  for (const std::string& input : made_.pipeline->inputs()) {
    if (input == spec_.pipeline.time_column) continue;
    const Column& column = *table_.Find(input);
    values.clear();
    for (const std::size_t row : rows) values.push_back(column.numbers[row]);
    raw[input] = DescribeNumbers(values);
  }
  nlohmann::json features = nlohmann::json::object();
  const FeatureMatrix& matrix = parts_[kTrain].features.matrix;
  for (std::size_t i = 0; i < matrix.columns; ++i) {
    values.clear();
    for (std::size_t row = 0; row < matrix.rows; ++row) values.push_back(matrix.values[row * matrix.columns + i]);
    features[made_.pipeline->feature_names()[i]] = DescribeNumbers(values);
  }
  return {{"raw", std::move(raw)}, {"features", std::move(features)}, {"predictions", prediction_statistics_}};
}

absl::StatusOr<std::vector<GoldenRow>> Trainer::GoldenRows(const Bundle& bundle) const {
  const HistoryNeed need = made_.pipeline->history();
  const PartData& part = parts_[parts_[kValidation].assets.empty() ? kTrain : kValidation];
  std::vector<std::pair<const AssetRows*, std::size_t>> candidates;
  for (const AssetRows& asset : part.assets) {
    for (std::size_t i = need.min_rows; i <= std::min(asset.rows.size(), std::max(kGoldenReach, need.rows)); ++i)
      candidates.emplace_back(&asset, i);
  }
  std::vector<GoldenRow> golden;
  for (std::size_t k = 0; k < kGoldenRows && !candidates.empty(); ++k) {
    // Evenly over the candidates, each asset's last ones among them.
    const auto& [asset, end] = candidates[(2 * k + 1) * candidates.size() / (2 * kGoldenRows)];
    const std::size_t begin = need.since_start || end < need.rows ? 0 : end - need.rows;
    GoldenRow row;
    row.window.columns.assign(made_.pipeline->inputs().begin(), made_.pipeline->inputs().end());
    for (std::size_t i = begin; i < end; ++i) {
      for (const std::string& input : row.window.columns)
        row.window.values.push_back(table_.Find(input)->numbers[asset->rows[i]]);
    }
    const absl::StatusOr<Prediction> prediction = bundle.PredictWindow(row.window);
    if (prediction.status().code() == absl::StatusCode::kFailedPrecondition) continue;  // its history restarted too recently
    RETURN_IF_ERROR(prediction.status());
    for (const HeadPrediction& head : prediction->heads) row.values.push_back(head.value);
    golden.push_back(std::move(row));
  }
  return golden;
}

absl::StatusOr<TrainedBundle> Trainer::Run() {
  Progress("features", 0);
  RETURN_IF_ERROR(SplitTable());
  RETURN_IF_ERROR(FitPipeline());
  for (const ColumnSpec& spec : table_.schema())
    made_.input.push_back({.spec = spec, .is_required = Bundle::IsRequired(*made_.pipeline, spec.name)});
  Progress("features", kFeatureShare);
  for (std::size_t i = 0; i < spec_.heads.size(); ++i) RETURN_IF_ERROR(TrainHead(i, nullptr));
  if (spec_.split.refits && !was_pruned_) RETURN_IF_ERROR(Refit());
  Progress("bundle", kTrainingShare);
  made_.reference_statistics = References();
  made_.evaluation = metrics_;
  made_.training_spec = spec_.source;
  made_.golden.clear();
  const Bundle without_golden(made_);
  ASSIGN_OR_RETURN(made_.golden, GoldenRows(without_golden));
  Progress("bundle", 1);
  return TrainedBundle{.bundle = Bundle(std::move(made_)),
                       .metrics = metrics_,
                       .best_rounds = best_rounds_,
                       .split = split_,
                       .was_pruned = was_pruned_};
}

}  // namespace

absl::StatusOr<AssetSplit> SplitAssets(std::vector<std::string> assets, const SplitSpec& split) {
  std::sort(assets.begin(), assets.end());
  plant::Random random(split.seed);
  for (std::size_t i = assets.size(); i > 1; --i) std::swap(assets[i - 1], assets[random.Below(i)]);
  const auto share = [&](double fraction) {
    return fraction > 0
               ? std::max<std::size_t>(1, static_cast<std::size_t>(std::lround(fraction * static_cast<double>(assets.size()))))
               : 0;
  };
  const std::size_t test = share(split.test);
  const std::size_t validation = share(split.validation);
  if (test + validation + 1 > assets.size()) {
    return absl::FailedPreconditionError(Cat("the data has ", assets.size(), " assets; ", validation, " for validation, ", test,
                                             " for test and at least 1 for training need ", test + validation + 1));
  }
  const auto at = [&](std::size_t i) { return assets.begin() + static_cast<std::ptrdiff_t>(i); };
  AssetSplit out{.training = {at(test + validation), assets.end()},
                 .validation = {at(test), at(test + validation)},
                 .test = {at(0), at(test)}};
  for (std::vector<std::string>* part : {&out.training, &out.validation, &out.test}) std::sort(part->begin(), part->end());
  return out;
}

absl::StatusOr<TrainedBundle> Train(const Table& table, const TrainingSpec& spec, const TrainHooks& hooks) {
  absl::StatusOr<TrainedBundle> trained = Trainer(table, spec, hooks).Run();
  // A column that the spec names and the table lacks is the caller's mistake, not a missing thing.
  if (absl::IsNotFound(trained.status())) return absl::InvalidArgumentError(trained.status().message());
  return trained;
}

}  // namespace millwright::learn
