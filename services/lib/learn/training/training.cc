#include "lib/learn/training/training.h"

#include <algorithm>
#include <cmath>
#include <set>
#include <utility>

#include "lib/base/status_macros.h"
#include "lib/learn/features/feature_choice.h"
#include "lib/learn/text.h"
#include "lib/learn/training/baselines_beside.h"
#include "lib/learn/training/drop_one.h"
#include "lib/learn/training/feature_report.h"
#include "lib/learn/training/head_data.h"
#include "lib/learn/training/part_metrics.h"

namespace millwright::learn {

namespace {

constexpr double kFeatureShare = 0.1;
constexpr double kTrainingShare = 0.95;
constexpr std::size_t kGoldenRows = 8;
constexpr std::size_t kGoldenReach = 400;       // rows of an asset's start that golden windows are taken from
constexpr std::size_t kGoldenValues = 400'000;  // raw values of all golden windows, at least two windows

constexpr std::pair<Part, std::string_view> kParts[] = {
    {Part::kTraining, "train"}, {Part::kValidation, "validation"}, {Part::kTest, "test"}};

class Trainer {
 public:
  Trainer(const Table& table, const TrainingSpec& spec, const TrainHooks& hooks) : table_(table), spec_(spec), hooks_(hooks) {}

  absl::StatusOr<TrainedBundle> Run();

 private:
  /// What the first pass chose for a head, and a refit keeps.
  struct FirstPass {
    BundleHead head;
    std::vector<int> member_rounds;
  };

  void Progress(std::string_view stage, double share) const {
    if (hooks_.progress) hooks_.progress(stage, share);
  }
  absl::Status SplitTable();
  /// Each asset's rows of that part, in order of time.
  std::vector<AssetRows> RowsOf(Part part) const;
  absl::Status FitPipeline();
  absl::Status TrainHead(std::size_t index, const FirstPass* before);
  FitOptions Options(std::size_t index, const FeatureLayout& layout, const FirstPass* before) const;
  absl::StatusOr<std::vector<double>> WeightsOf(const HeadSpec& spec) const;
  absl::Status ChooseHeadThreshold(const HeadSpec& spec, const HeadData& training, const HeadData& validation,
                                   BundleHead& head) const;
  absl::Status Report(const BundleHead& head, bool is_primary, bool is_refit, std::span<const HeadData> parts);
  absl::Status Refit();
  absl::StatusOr<nlohmann::json> References() const;
  absl::StatusOr<std::vector<GoldenRow>> GoldenRows(const Bundle& bundle) const;
  AssetSplit AssetsOfParts() const;

  const Table& table_;
  const TrainingSpec& spec_;
  const TrainHooks& hooks_;
  std::vector<AssetRows> assets_;
  std::vector<Part> part_of_row_;
  BatchFeatures features_;
  Bundle::Parts made_;
  std::vector<FirstPass> first_;
  std::map<std::string, double> metrics_;
  std::map<std::string, int> best_rounds_;
  nlohmann::json prediction_statistics_ = nlohmann::json::object();
  nlohmann::json feature_report_;
  bool was_pruned_ = false;
};

absl::Status Trainer::SplitTable() {
  if (table_.rows() == 0) return absl::FailedPreconditionError("the table has no rows");
  ASSIGN_OR_RETURN(assets_, GroupByAsset(table_, spec_.pipeline.asset_column, spec_.pipeline.time_column));
  // In order of name, so that the order of rows in the table changes nothing.
  std::sort(assets_.begin(), assets_.end(), [](const AssetRows& a, const AssetRows& b) { return a.asset < b.asset; });
  ASSIGN_OR_RETURN(part_of_row_, SplitRows(spec_, table_, assets_));
  return absl::OkStatus();
}

std::vector<AssetRows> Trainer::RowsOf(Part part) const {
  std::vector<AssetRows> chosen;
  for (const AssetRows& asset : assets_) {
    AssetRows rows{.asset = asset.asset};
    for (const std::size_t row : asset.rows) {
      if (part_of_row_[row] == part) rows.rows.push_back(row);
    }
    if (!rows.rows.empty()) chosen.push_back(std::move(rows));
  }
  return chosen;
}

absl::Status Trainer::FitPipeline() {
  const std::vector<AssetRows> training = RowsOf(Part::kTraining);
  ASSIGN_OR_RETURN(FittedPipeline pipeline, FittedPipeline::Fit(spec_.pipeline, table_, training));
  made_.pipeline = std::make_shared<const FittedPipeline>(std::move(pipeline));
  // Over whole assets: a validation row may look back on training rows, as it will when it is served.
  ASSIGN_OR_RETURN(features_, ComputeFeatures(*made_.pipeline, table_, assets_, BatchOptions{.stride = spec_.pipeline.stride}));
  return absl::OkStatus();
}

FitOptions Trainer::Options(std::size_t index, const FeatureLayout& layout, const FirstPass* before) const {
  const std::string& name = spec_.heads[index].name;
  FitOptions options{.layout = &layout};
  if (before != nullptr) {
    options.rounds = before->head.best_round + 1;
    options.member_rounds = before->member_rounds;
  }
  if (hooks_.checkpoints) options.checkpoints = hooks_.checkpoints(before != nullptr ? name + ".refit" : name);
  if (!hooks_.on_round && !hooks_.progress) return options;
  const double passes = spec_.split.refits ? 2 : 1;
  options.on_round = [this, &name, index, passes, is_refit = before != nullptr](const Round& round) {
    const double share = (static_cast<double>(index) + static_cast<double>(round.number + 1) / round.total) /
                         static_cast<double>(spec_.heads.size());
    Progress(Cat(is_refit ? "refitting " : "training ", name),
             kFeatureShare + (kTrainingShare - kFeatureShare) * (share + (is_refit ? 1 : 0)) / passes);
    // A refit's rounds have no validation value that could be compared with the first ones.
    return hooks_.on_round && !is_refit ? hooks_.on_round(name, round) : RoundVerdict::kContinue;
  };
  return options;
}

absl::Status RequireClasses(const BundleHead& head, std::span<const double> targets) {
  if (head.target.task() != Task::kBinary && head.target.task() != Task::kMulticlass) return absl::OkStatus();
  const auto [least, most] = std::minmax_element(targets.begin(), targets.end());
  if (*least != *most) return absl::OkStatus();
  return absl::FailedPreconditionError(
      Cat("head \"", head.name, "\": all ", targets.size(), " training rows have the class ", *least,
          head.target.task() == Task::kBinary ? "; both classes are needed" : "; two are needed"));
}

absl::Status Trainer::TrainHead(std::size_t index, const FirstPass* before) {
  const HeadSpec& spec = spec_.heads[index];
  BundleHead head{.name = spec.name,
                  .target = spec.target,
                  .learner = spec.learner,
                  .params = spec.params,
                  .quantile = QuantileLevel(spec.params)};
  const auto of_head = [&](const absl::Status& status) {
    return absl::Status(status.code(), Cat("head \"", spec.name, "\": ", status.message()));
  };
  if (before != nullptr) {
    // Thresholds of classes and of scores stay as the first pass found them.
    head.target = before->head.target;
    head.threshold = before->head.threshold;
  } else if (absl::StatusOr<TargetSpec> fitted = FitTarget(spec.target, spec_.pipeline, table_, RowsOf(Part::kTraining));
             fitted.ok()) {
    head.target = *std::move(fitted);
  } else {
    return of_head(fitted.status());
  }
  absl::StatusOr<FeatureChoice> choice = ChooseFeatures(made_.pipeline->layout(), spec.features);
  if (!choice.ok()) return absl::InvalidArgumentError(Cat("heads[", index, "].features: ", choice.status().message()));
  head.columns = choice->columns;
  ASSIGN_OR_RETURN(const LearnerEntry* entry, FindLearner(spec.learner));
  if (entry->needs_sequence && !choice->layout.sequence)
    return absl::InvalidArgumentError(Cat("heads[", index, "].learner: ", spec.learner,
                                          " needs a sequence step in features.steps (and in the head's features)"));

  ASSIGN_OR_RETURN(const std::vector<double> target, ComputeTarget(head.target, spec_.pipeline, table_, assets_));
  ASSIGN_OR_RETURN(const std::vector<double> weights, WeightsOf(spec));
  const auto gather = [&](Part part, bool normal_only) {
    return GatherRows({.part = part, .normal_only = normal_only}, head, features_, part_of_row_, target,
                      part == Part::kTraining ? std::span<const double>(weights) : std::span<const double>());
  };
  const bool is_anomaly = head.target.task() == Task::kAnomaly;
  std::vector<HeadData> parts;
  for (const auto& [part, name] : kParts) parts.push_back(gather(part, is_anomaly && part == Part::kTraining));
  const HeadData& training = parts[0];
  const HeadData& validation = parts[1];
  if (training.targets.empty()) {
    return absl::FailedPreconditionError(Cat("head \"", spec.name, "\": no training row has both ",
                                             is_anomaly ? "normal running" : "a known target", " and ", spec_.pipeline.min_rows,
                                             " rows of history"));
  }
  RETURN_IF_ERROR(RequireClasses(head, training.targets));
  ASSIGN_OR_RETURN(const std::unique_ptr<Learner> learner,
                   entry->make(spec.params, head.target.learning_task(), Cat("heads[", index, "].params")));
  const HeadData normal = is_anomaly ? gather(Part::kValidation, true) : HeadData();
  const absl::StatusOr<FitResult> fit =
      learner->Fit(training.Set(head.target.task()), (is_anomaly ? normal : validation).Set(head.target.task()),
                   Options(index, choice->layout, before));
  if (!fit.ok()) return of_head(fit.status());
  was_pruned_ |= fit->was_stopped;
  head.best_round = fit->best_round;
  head.file = index == 0 ? Cat("model", entry->file_suffix) : Cat("model_", spec.name, entry->file_suffix);
  head.model = fit->model;
  best_rounds_[spec.name] = fit->best_round;
  if (before == nullptr) {
    RETURN_IF_ERROR(ChooseHeadThreshold(spec, training, validation, head));
    first_.push_back({.head = head, .member_rounds = fit->member_rounds});
  }
  RETURN_IF_ERROR(Report(head, index == 0, before != nullptr, parts));
  if (before == nullptr && spec_.trains_baselines && !was_pruned_) {
    // Where validation has no row, or no positive one, the test rows say what is better than nothing, as part of the same look.
    const bool is_alarm = is_anomaly || head.target.task() == Task::kBinary;
    const bool has_positive = std::any_of(validation.targets.begin(), validation.targets.end(), [](double y) { return y > 0.5; });
    const std::size_t scored = validation.targets.empty() || (is_alarm && !has_positive) ? 2 : 1;
    ASSIGN_OR_RETURN(const auto baselines, BaselineMetrics({.head = head,
                                                            .layout = choice->layout,
                                                            .training = training,
                                                            .validation = validation,
                                                            .scored = parts[scored],
                                                            .part = kParts[scored].second,
                                                            .threshold = spec.threshold,
                                                            .table = table_,
                                                            .assets = assets_}));
    for (const auto& [name, value] : baselines) metrics_[Cat(index == 0 ? "" : head.name + ".", name)] = value;
  }
  if (before == nullptr && spec_.reports_features && !was_pruned_) {
    ASSIGN_OR_RETURN(const FeatureCosts costs, MeasureCosts(*made_.pipeline, table_, assets_));
    ASSIGN_OR_RETURN(feature_report_["heads"][head.name],
                     FeatureReport(head, choice->layout, costs, validation.targets.empty() ? training : validation));
    ASSIGN_OR_RETURN(nlohmann::json drop_one, DropOneEffects(head, choice->layout, training, validation));
    if (!drop_one.is_null()) feature_report_["heads"][head.name]["drop_one"] = std::move(drop_one);
  }
  made_.heads.push_back(std::move(head));
  return absl::OkStatus();
}

/// One a table row; empty: all the same.
absl::StatusOr<std::vector<double>> Trainer::WeightsOf(const HeadSpec& spec) const {
  std::vector<double> weights;
  if (!spec.weight_column.empty()) {
    ASSIGN_OR_RETURN(const Column* column, table_.GetNumber(spec.weight_column));
    weights.assign(column->numbers.begin(), column->numbers.end());
  }
  if (!spec.weighs_assets_equally) return weights;
  if (weights.empty()) weights.assign(table_.rows(), 1.0);
  std::vector<double> rows_of_asset;
  double assets = 0;
  double rows = 0;
  for (const AssetRows& asset : assets_) {
    const auto count = static_cast<double>(std::count_if(asset.rows.begin(), asset.rows.end(),
                                                         [&](std::size_t row) { return part_of_row_[row] == Part::kTraining; }));
    rows_of_asset.push_back(count);
    rows += count;
    if (count > 0) assets += 1;
  }
  for (std::size_t i = 0; i < assets_.size(); ++i) {
    for (const std::size_t row : assets_[i].rows) weights[row] *= rows_of_asset[i] > 0 ? rows / assets / rows_of_asset[i] : 0.0;
  }
  return weights;
}

absl::Status Trainer::ChooseHeadThreshold(const HeadSpec& spec, const HeadData& training, const HeadData& validation,
                                          BundleHead& head) const {
  if (head.target.task() != Task::kBinary && head.target.task() != Task::kAnomaly) return absl::OkStatus();
  const HeadData& chosen_on = validation.targets.empty() ? training : validation;
  ASSIGN_OR_RETURN(const HeadAnswers answers, AnswersOf(head, chosen_on.features));
  ASSIGN_OR_RETURN(head.threshold, ChooseThreshold(spec.threshold, chosen_on.targets, answers.values));
  return absl::OkStatus();
}

/// `parts` as kParts has them. A refit keeps the validation metrics of the first pass.
absl::Status Trainer::Report(const BundleHead& head, bool is_primary, bool is_refit, std::span<const HeadData> parts) {
  for (std::size_t i = 0; i < parts.size(); ++i) {
    ASSIGN_OR_RETURN(const HeadAnswers answers, AnswersOf(head, parts[i].features));
    if (i == 0) prediction_statistics_[head.name] = DescribeNumbers(answers.values);
    if (is_refit && kParts[i].first == Part::kValidation) continue;
    for (const auto& [name, value] : PartMetrics(head, parts[i], answers))
      metrics_[Cat(is_primary ? "" : head.name + ".", kParts[i].second, "_", name)] = value;
  }
  return absl::OkStatus();
}

/// The same heads with the rounds and thresholds that validation chose, trained on training and validation rows together. The
/// validation metrics stay those of the first pass; train and test metrics are of the model that is kept.
absl::Status Trainer::Refit() {
  for (Part& part : part_of_row_) part = part == Part::kValidation ? Part::kTraining : part;
  RETURN_IF_ERROR(FitPipeline());
  made_.heads.clear();
  for (std::size_t i = 0; i < spec_.heads.size(); ++i) RETURN_IF_ERROR(TrainHead(i, &first_[i]));
  return absl::OkStatus();
}

absl::StatusOr<nlohmann::json> Trainer::References() const {
  nlohmann::json raw = nlohmann::json::object();
  std::vector<double> values;
  for (const std::string& input : made_.pipeline->inputs()) {
    const Column& column = *table_.Find(input);
    if (input == spec_.pipeline.time_column || column.spec.type != ColumnType::kNumber) continue;
    values.clear();
    for (const AssetRows& asset : RowsOf(Part::kTraining)) {
      for (const std::size_t row : asset.rows) values.push_back(column.numbers[row]);
    }
    raw[input] = DescribeNumbers(values);
  }
  nlohmann::json features = nlohmann::json::object();
  const FeatureMatrix& matrix = features_.matrix;
  for (std::size_t i = 0; i < matrix.columns; ++i) {
    values.clear();
    for (std::size_t row = 0; row < matrix.rows; ++row) {
      if (part_of_row_[features_.rows[row]] == Part::kTraining) values.push_back(matrix.values[row * matrix.columns + i]);
    }
    features[made_.pipeline->feature_names()[i]] = DescribeNumbers(values);
  }
  return nlohmann::json{{"raw", std::move(raw)}, {"features", std::move(features)}, {"predictions", prediction_statistics_}};
}

absl::StatusOr<std::vector<GoldenRow>> Trainer::GoldenRows(const Bundle& bundle) const {
  const FittedPipeline& pipeline = *made_.pipeline;
  const HistoryNeed need = pipeline.history();
  const bool has_validation = std::find(part_of_row_.begin(), part_of_row_.end(), Part::kValidation) != part_of_row_.end();
  std::vector<std::pair<const AssetRows*, std::size_t>> candidates;
  for (const AssetRows& asset : assets_) {
    for (std::size_t i = need.min_rows; i <= std::min(asset.rows.size(), std::max(kGoldenReach, need.rows)); ++i) {
      if (part_of_row_[asset.rows[i - 1]] == (has_validation ? Part::kValidation : Part::kTraining))
        candidates.emplace_back(&asset, i);
    }
  }
  // A split by time validates late rows; the first ones that can be scored stand in for them.
  for (const AssetRows& asset : assets_) {
    for (std::size_t i = need.min_rows; candidates.size() < kGoldenRows && i <= asset.rows.size(); ++i)
      candidates.emplace_back(&asset, i);
  }
  const std::size_t count =
      std::clamp(kGoldenValues / std::max<std::size_t>(1, need.rows * pipeline.inputs().size()), std::size_t{2}, kGoldenRows);
  std::vector<GoldenRow> golden;
  for (std::size_t k = 0; k < count && !candidates.empty(); ++k) {
    // Evenly over the candidates, each asset's last ones among them.
    const auto& [asset, end] = candidates[(2 * k + 1) * candidates.size() / (2 * count)];
    const std::size_t begin = need.since_start || end < need.rows ? 0 : end - need.rows;
    GoldenRow row;
    row.window = RawWindowOf(pipeline, table_, std::span(asset->rows).subspan(begin, end - begin));
    const absl::StatusOr<Prediction> prediction = bundle.PredictWindow(row.window);
    if (prediction.status().code() == absl::StatusCode::kFailedPrecondition) continue;  // its history restarted too recently
    RETURN_IF_ERROR(prediction.status());
    for (const HeadPrediction& head : prediction->heads) row.values.push_back(GoldenValues(head));
    golden.push_back(std::move(row));
  }
  return golden;
}

AssetSplit Trainer::AssetsOfParts() const {
  AssetSplit split;
  for (const AssetRows& asset : assets_) {
    std::set<Part> parts;
    for (const std::size_t row : asset.rows) parts.insert(part_of_row_[row]);
    if (parts.contains(Part::kTraining)) split.training.push_back(asset.asset);
    if (parts.contains(Part::kValidation)) split.validation.push_back(asset.asset);
    if (parts.contains(Part::kTest)) split.test.push_back(asset.asset);
  }
  return split;
}

absl::StatusOr<TrainedBundle> Trainer::Run() {
  Progress("features", 0);
  RETURN_IF_ERROR(SplitTable());
  const AssetSplit split = AssetsOfParts();
  RETURN_IF_ERROR(FitPipeline());
  for (const ColumnSpec& spec : table_.schema())
    made_.input.push_back({.spec = spec, .is_required = Bundle::IsRequired(*made_.pipeline, spec.name)});
  Progress("features", kFeatureShare);
  for (std::size_t i = 0; i < spec_.heads.size(); ++i) RETURN_IF_ERROR(TrainHead(i, nullptr));
  if (spec_.split.refits && !was_pruned_) RETURN_IF_ERROR(Refit());
  Progress("bundle", kTrainingShare);
  ASSIGN_OR_RETURN(made_.reference_statistics, References());
  made_.evaluation = metrics_;
  made_.training_spec = spec_.source;
  made_.golden.clear();
  const Bundle without_golden(made_);
  ASSIGN_OR_RETURN(made_.golden, GoldenRows(without_golden));
  Progress("bundle", 1);
  return TrainedBundle{.bundle = Bundle(std::move(made_)),
                       .metrics = metrics_,
                       .best_rounds = best_rounds_,
                       .split = split,
                       .feature_report = std::move(feature_report_),
                       .was_pruned = was_pruned_};
}

}  // namespace

absl::StatusOr<TrainedBundle> Train(const Table& table, const TrainingSpec& spec, const TrainHooks& hooks) {
  absl::StatusOr<TrainedBundle> trained = Trainer(table, spec, hooks).Run();
  // A column that the spec names and the table lacks is the caller's mistake, not a missing thing.
  if (absl::IsNotFound(trained.status())) return absl::InvalidArgumentError(trained.status().message());
  return trained;
}

}  // namespace millwright::learn
