#include "lib/learn/training/baselines_beside.h"

#include <algorithm>
#include <cmath>

#include "lib/base/status_macros.h"
#include "lib/learn/text.h"
#include "lib/learn/training/part_metrics.h"

namespace millwright::learn {

namespace {

constexpr double kMaxWork = 5e9;  // rows × features² of a closed-form fit, a few seconds
constexpr std::size_t kMaxColumns = 1500;
constexpr std::string_view kShown[] = {"rmse",   "mae", "r2",       "phm_score", "logloss", "auc",
                                       "pr_auc", "f1",  "accuracy", "macro_f1",  "pinball"};
constexpr std::string_view kOfConstantAlarms[] = {"f1", "accuracy"};

void Add(const BaselineInput& input, const std::string& baseline, std::span<const std::string_view> shown,
         const std::map<std::string, double>& from, std::map<std::string, double>& metrics) {
  for (const auto& [name, value] : from) {
    if (std::find(shown.begin(), shown.end(), name) != shown.end())
      metrics[Cat("baseline_", baseline, "_", input.part, "_", name)] = value;
  }
}

bool HasThreshold(const BundleHead& head) { return head.target.task() == Task::kBinary || head.target.task() == Task::kAnomaly; }

}  // namespace

std::vector<std::string> BaselineLearners(const BundleHead& head) {
  std::vector<std::string> names{"mean", "linear"};
  if (head.target.task() == Task::kAnomaly) names = {"pca_monitor"};
  std::erase(names, head.learner);
  return names;
}

std::optional<std::vector<double>> LastValues(const TargetSpec& target, const Table& table, std::span<const AssetRows> assets,
                                              std::span<const std::size_t> rows, double otherwise) {
  if (target.kind == TargetSpec::Kind::kChange) return std::vector<double>(rows.size(), 0);
  if (target.kind == TargetSpec::Kind::kRul && target.cap) return std::vector<double>(rows.size(), *target.cap);
  const Column* column = target.kind == TargetSpec::Kind::kColumn ? table.Find(target.column) : nullptr;
  if (column == nullptr) return std::nullopt;
  std::vector<double> before(table.rows(), otherwise);
  for (const AssetRows& asset : assets) {
    for (std::size_t i = 1; i < asset.rows.size(); ++i) {
      const double value = column->numbers[asset.rows[i - 1]];
      if (!std::isnan(value)) before[asset.rows[i]] = Cut(value, target.cap);
    }
  }
  std::vector<double> values;
  for (const std::size_t row : rows) values.push_back(before[row]);
  return values;
}

absl::StatusOr<std::optional<BundleHead>> TrainBaseline(const std::string& learner_name, const BundleHead& head,
                                                        const FeatureLayout& layout, const HeadData& training,
                                                        const HeadData& validation, const ThresholdSpec& threshold) {
  const std::size_t columns = training.features.columns;
  if (learner_name != "mean" && columns > kMaxColumns) return std::nullopt;
  const double square = learner_name == "mean" ? 1 : static_cast<double>(columns) * static_cast<double>(columns);
  const HeadData thin = Thin(training, static_cast<std::size_t>(std::max(1000.0, kMaxWork / square)));
  ASSIGN_OR_RETURN(const LearnerEntry* entry, FindLearner(learner_name));
  ASSIGN_OR_RETURN(const std::unique_ptr<Learner> learner,
                   entry->make(nlohmann::json::object(), head.target.learning_task(), learner_name));
  const absl::StatusOr<FitResult> fit = learner->Fit(thin.Set(head.target.task()), {}, {.layout = &layout});
  // A baseline that the features do not allow (all alike) is none.
  if (fit.status().code() == absl::StatusCode::kFailedPrecondition) return std::nullopt;
  RETURN_IF_ERROR(fit.status());
  BundleHead baseline = head;
  baseline.learner = learner_name;
  baseline.model = fit->model;
  if (!HasThreshold(head)) return baseline;
  const HeadData& chosen_on = validation.targets.empty() ? training : validation;
  ASSIGN_OR_RETURN(const HeadAnswers answers, AnswersOf(baseline, chosen_on.features));
  ASSIGN_OR_RETURN(baseline.threshold, ChooseThreshold(threshold, chosen_on.targets, answers.values));
  return baseline;
}

absl::StatusOr<std::map<std::string, double>> BaselineMetrics(const BaselineInput& input) {
  std::map<std::string, double> metrics;
  if (input.scored.targets.empty()) return metrics;
  for (const std::string& name : BaselineLearners(input.head)) {
    ASSIGN_OR_RETURN(const std::optional<BundleHead> baseline,
                     TrainBaseline(name, input.head, input.layout, input.training, input.validation, input.threshold));
    if (!baseline) continue;
    ASSIGN_OR_RETURN(const HeadAnswers answers, AnswersOf(*baseline, input.scored.features));
    Add(input, name, kShown, PartMetrics(*baseline, input.scored, answers), metrics);
  }
  if (HasThreshold(input.head)) {
    BundleHead always = input.head;
    always.threshold = 0.5;
    const HeadAnswers answers{.values = std::vector<double>(input.scored.targets.size(), 1)};
    Add(input, "always_positive", kOfConstantAlarms, PartMetrics(always, input.scored, answers), metrics);
    return metrics;
  }
  double mean = 0;
  for (const double value : input.training.targets) mean += value / static_cast<double>(input.training.targets.size());
  if (std::optional<std::vector<double>> last =
          LastValues(input.head.target, input.table, input.assets, input.scored.table_rows, mean)) {
    Add(input, "last_value", kShown, PartMetrics(input.head, input.scored, {.values = std::move(*last)}), metrics);
  }
  return metrics;
}

}  // namespace millwright::learn
