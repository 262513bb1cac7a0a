#include "lib/learn/training/part_metrics.h"

#include <cmath>

#include "lib/base/status_macros.h"
#include "lib/learn/evaluation/head_metrics.h"
#include "lib/learn/metrics/metrics.h"

namespace millwright::learn {

std::map<std::string, double> PartMetrics(const BundleHead& head, const HeadData& data, const HeadAnswers& answers) {
  if (answers.values.empty()) return {};
  const std::size_t classes = answers.probabilities.size() / answers.values.size();
  std::vector<double> truth;
  HeadAnswers known;
  double alarms = 0;
  for (std::size_t i = 0; i < data.targets.size(); ++i) {
    if (head.threshold && answers.values[i] >= *head.threshold) ++alarms;
    if (std::isnan(data.targets[i])) continue;
    truth.push_back(data.targets[i]);
    known.values.push_back(answers.values[i]);
    for (std::size_t c = 0; c < classes; ++c) known.probabilities.push_back(answers.probabilities[i * classes + c]);
  }
  std::map<std::string, double> metrics;
  if (!truth.empty()) metrics = HeadMetrics(head.target, head.threshold.value_or(0.5), truth, known.values, known.probabilities);
  if (head.target.task() == Task::kAnomaly) {
    metrics["alarm_share"] = alarms / static_cast<double>(answers.values.size());
    if (head.threshold) metrics["threshold"] = *head.threshold;
  }
  if (head.quantile && !truth.empty()) {
    metrics["pinball"] = PinballLoss(truth, known.values, *head.quantile).value();
    double below = 0;
    for (std::size_t i = 0; i < truth.size(); ++i) below += truth[i] <= known.values[i] ? 1 : 0;
    metrics["share_below"] = below / static_cast<double>(truth.size());
  }
  return metrics;
}

MainMetric MainMetricOf(const BundleHead& head) {
  if (head.quantile) return {"pinball"};
  switch (head.target.task()) {
    case Task::kRegression:
      return {"rmse"};
    case Task::kMulticlass:
    case Task::kBinary:
      return {"logloss"};
    case Task::kAnomaly:
      return {"pr_auc", true};
  }
  return {"rmse"};
}

absl::StatusOr<std::optional<double>> LossOf(const BundleHead& head, const HeadData& data) {
  const MainMetric main = MainMetricOf(head);
  ASSIGN_OR_RETURN(const HeadAnswers answers, AnswersOf(head, data.features));
  const std::map<std::string, double> metrics = PartMetrics(head, data, answers);
  const auto it = metrics.find(main.name);
  if (it == metrics.end()) return std::nullopt;
  return main.is_more_better ? -it->second : it->second;
}

}  // namespace millwright::learn
