#include "lib/learn/evaluation/head_metrics.h"

#include "lib/learn/metrics/metrics.h"

namespace millwright::learn {

std::map<std::string, double> HeadMetrics(const TargetSpec& target, double threshold, std::span<const double> truth,
                                          std::span<const double> predicted, std::span<const double> probabilities) {
  std::map<std::string, double> metrics{{"n", static_cast<double>(truth.size())}};
  const auto add = [&](const char* name, std::optional<double> value) {
    if (value) metrics[name] = *value;
  };
  if (target.task() == Task::kRegression) {
    add("rmse", Rmse(truth, predicted));
    add("mae", Mae(truth, predicted));
    add("r2", R2(truth, predicted));
    if (target.kind == TargetSpec::Kind::kRul) {
      add("phm_score", PhmScore(truth, predicted));
      add("weighted_rmse", WeightedRmse(truth, predicted));
    }
    return metrics;
  }
  if (target.task() == Task::kMulticlass) {
    const std::size_t classes = target.learning_task().classes;
    const std::vector<double> counts = CountClasses(truth, predicted, classes);
    add("accuracy", ClassAccuracy(counts, classes));
    add("macro_f1", MacroF1(counts, classes));
    add("balanced_accuracy", BalancedAccuracy(counts, classes));
    add("logloss", ClassLogLoss(truth, probabilities, classes));
    return metrics;
  }
  const Confusion confusion = Count(truth, predicted, threshold);
  add("auc", RocAuc(truth, predicted));
  add("pr_auc", PrAuc(truth, predicted));
  if (target.task() == Task::kBinary) {
    add("logloss", LogLoss(truth, predicted));
    add("brier", Brier(truth, predicted));
  }
  add("f1", F1(confusion));
  add("precision", Precision(confusion));
  add("recall", Recall(confusion));
  add("accuracy", Accuracy(confusion));
  add("mcc", Mcc(confusion));
  add("far", FalseAlarmRate(confusion));
  add("mar", MissedAlarmRate(confusion));
  metrics["threshold"] = threshold;
  metrics["positives"] = confusion.true_positives + confusion.false_negatives;
  return metrics;
}

}  // namespace millwright::learn
