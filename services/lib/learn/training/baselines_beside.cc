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

/// Persistence; none where the target has no value before it is known.
std::optional<std::vector<double>> LastValues(const BaselineInput& input) {
  const TargetSpec& target = input.head.target;
  const auto all = [&](double value) { return std::vector<double>(input.validation.targets.size(), value); };
  if (target.kind == TargetSpec::Kind::kChange) return all(0);
  if (target.kind == TargetSpec::Kind::kRul && target.cap) return all(*target.cap);
  if (target.kind != TargetSpec::Kind::kColumn) return std::nullopt;
  const Column* column = input.table.Find(target.column);
  double mean = 0;
  for (const double value : input.training.targets) mean += value / static_cast<double>(input.training.targets.size());
  std::vector<double> before(input.table.rows(), mean);
  for (const AssetRows& asset : input.assets) {
    for (std::size_t i = 1; i < asset.rows.size(); ++i) {
      const double value = column->numbers[asset.rows[i - 1]];
      if (!std::isnan(value)) before[asset.rows[i]] = value;
    }
  }
  std::vector<double> values;
  for (const std::size_t row : input.validation.table_rows) values.push_back(before[row]);
  return values;
}

void Add(const std::string& baseline, const std::map<std::string, double>& from, std::map<std::string, double>& metrics) {
  for (const auto& [name, value] : from) {
    if (std::find(std::begin(kShown), std::end(kShown), name) != std::end(kShown))
      metrics[Cat("baseline_", baseline, "_validation_", name)] = value;
  }
}

absl::Status AddTrained(const std::string& name, const BaselineInput& input, std::map<std::string, double>& metrics) {
  const std::size_t columns = input.training.features.columns;
  if (name != "mean" && columns > kMaxColumns) return absl::OkStatus();
  const double square = name == "mean" ? 1 : static_cast<double>(columns) * static_cast<double>(columns);
  const HeadData training = Thin(input.training, static_cast<std::size_t>(std::max(1000.0, kMaxWork / square)));
  ASSIGN_OR_RETURN(const LearnerEntry* entry, FindLearner(name));
  ASSIGN_OR_RETURN(const std::unique_ptr<Learner> learner,
                   entry->make(nlohmann::json::object(), input.head.target.learning_task(), name));
  const absl::StatusOr<FitResult> fit = learner->Fit(training.Set(input.head.target.task()), {}, {.layout = &input.layout});
  // A baseline that the features do not allow (all alike) is none.
  if (fit.status().code() == absl::StatusCode::kFailedPrecondition) return absl::OkStatus();
  RETURN_IF_ERROR(fit.status());
  BundleHead head = input.head;
  head.model = fit->model;
  ASSIGN_OR_RETURN(const HeadAnswers answers, AnswersOf(head, input.validation.features));
  if (head.target.task() == Task::kBinary || head.target.task() == Task::kAnomaly) {
    ASSIGN_OR_RETURN(head.threshold, ChooseThreshold(input.threshold, input.validation.targets, answers.values));
  }
  Add(name, PartMetrics(head, input.validation, answers), metrics);
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<std::map<std::string, double>> BaselineMetrics(const BaselineInput& input) {
  std::map<std::string, double> metrics;
  if (input.validation.targets.empty()) return metrics;
  if (input.head.target.task() == Task::kAnomaly) {
    if (input.head.learner != "pca_monitor") RETURN_IF_ERROR(AddTrained("pca_monitor", input, metrics));
    return metrics;
  }
  for (const char* name : {"mean", "linear"}) {
    if (input.head.learner != name) RETURN_IF_ERROR(AddTrained(name, input, metrics));
  }
  if (std::optional<std::vector<double>> last = LastValues(input)) {
    for (double& value : *last) value = Cut(value, input.head.target.cap);
    Add("last_value", PartMetrics(input.head, input.validation, {.values = std::move(*last)}), metrics);
  }
  return metrics;
}

}  // namespace millwright::learn
