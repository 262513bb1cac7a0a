#include "lib/learn/learners/eval_metric.h"

#include <algorithm>
#include <vector>

#include "lib/learn/metrics/metrics.h"
#include "lib/learn/text.h"

namespace millwright::learn {

namespace {

struct Known {
  std::string_view name;
  Task task;
  bool is_more_better = false;
};
// The first of a task is its own.
constexpr Known kKnown[] = {
    {"rmse", Task::kRegression},
    {"mae", Task::kRegression},
    {"r2", Task::kRegression, true},
    {"phm_score", Task::kRegression},
    {"weighted_rmse", Task::kRegression},
    {"pinball", Task::kRegression},
    {"logloss", Task::kBinary},
    {"auc", Task::kBinary, true},
    {"pr_auc", Task::kBinary, true},
    {"f1", Task::kBinary, true},
    {"accuracy", Task::kBinary, true},
    {"mlogloss", Task::kMulticlass},
    {"accuracy", Task::kMulticlass, true},
    {"f1", Task::kMulticlass, true},
};

std::optional<double> OfClasses(const EvalMetric& metric, std::size_t classes, std::span<const double> targets,
                                std::span<const float> outputs) {
  if (metric.name == "mlogloss") return ClassLogLoss(targets, std::vector<double>(outputs.begin(), outputs.end()), classes);
  std::vector<double> likeliest;
  likeliest.reserve(targets.size());
  for (std::size_t row = 0; row < targets.size(); ++row) {
    const std::span<const float> p = outputs.subspan(row * classes, classes);
    likeliest.push_back(static_cast<double>(std::max_element(p.begin(), p.end()) - p.begin()));
  }
  const std::vector<double> counts = CountClasses(targets, likeliest, classes);
  return metric.name == "accuracy" ? ClassAccuracy(counts, classes) : MacroF1(counts, classes);
}

}  // namespace

absl::StatusOr<EvalMetric> FindEvalMetric(std::string_view name, Task task) {
  std::vector<std::string_view> names;
  for (const Known& known : kKnown) {
    if (known.task != task) continue;
    if (name.empty() || known.name == name)
      return EvalMetric{.name = std::string(known.name), .is_more_better = known.is_more_better};
    names.push_back(known.name);
  }
  return absl::InvalidArgumentError(Cat("\"", name, "\" does not fit a ", Name(task), " target; there are: ", Join(names)));
}

std::optional<double> MetricValue(const EvalMetric& metric, const LearningTask& task, std::span<const double> targets,
                                  std::span<const float> outputs) {
  if (targets.empty()) return std::nullopt;
  if (task.kind == Task::kMulticlass) return OfClasses(metric, task.classes, targets, outputs);
  const std::vector<double> predicted(outputs.begin(), outputs.end());
  if (metric.name == "rmse") return Rmse(targets, predicted);
  if (metric.name == "mae") return Mae(targets, predicted);
  if (metric.name == "r2") return R2(targets, predicted);
  if (metric.name == "phm_score") return PhmScore(targets, predicted);
  if (metric.name == "weighted_rmse") return WeightedRmse(targets, predicted, metric.late_weight);
  if (metric.name == "pinball") return PinballLoss(targets, predicted, metric.quantile);
  if (metric.name == "logloss") return LogLoss(targets, predicted);
  if (metric.name == "auc") return RocAuc(targets, predicted);
  if (metric.name == "pr_auc") return PrAuc(targets, predicted);
  const Confusion confusion = Count(targets, predicted, 0.5);
  return metric.name == "accuracy" ? Accuracy(confusion) : F1(confusion).value_or(0);
}

}  // namespace millwright::learn
