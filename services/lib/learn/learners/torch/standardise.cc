#include "lib/learn/learners/torch/standardise.h"

#include <algorithm>
#include <cmath>

#include "lib/learn/metrics/metrics.h"

namespace millwright::learn {

namespace {

/// Mean and sd of what is added; nothing is missing.
struct Moments {
  double count = 0;
  double mean = 0;
  double squares = 0;

  // Welford, "Note on a method for calculating corrected sums of squares and products", Technometrics 1962.
  void Add(double value) {
    ++count;
    const double away = value - mean;
    mean += away / count;
    squares += away * (value - mean);
  }
  double sd() const { return count > 0 ? std::sqrt(squares / count) : 0; }
  bool is_constant() const { return !(sd() > 1e-6 * std::abs(mean)); }
};

std::optional<double> OfClasses(std::string_view eval_metric, std::size_t classes, std::span<const double> targets,
                                std::span<const float> answers) {
  if (targets.empty()) return std::nullopt;
  double sum = 0;
  for (std::size_t row = 0; row < targets.size(); ++row) {
    const std::span<const float> of_row = answers.subspan(row * classes, classes);
    const auto truth = static_cast<std::size_t>(targets[row]);
    if (eval_metric == "accuracy") {
      sum += static_cast<std::size_t>(std::max_element(of_row.begin(), of_row.end()) - of_row.begin()) == truth ? 1 : 0;
    } else {
      sum -= std::log(std::max<double>(of_row[truth], 1e-15));
    }
  }
  return sum / static_cast<double>(targets.size());
}

}  // namespace

Standardisation Standardise(const LearningSet& training, const FeatureLayout& layout, const LearningTask& task,
                            bool standardizes_target) {
  const FeatureMatrix& matrix = *training.features;
  const FeatureLayout::Sequence sequence = layout.sequence.value_or(FeatureLayout::Sequence{});
  const std::size_t end = sequence.begin + sequence.rows * sequence.columns;
  const auto first = [&](std::size_t column) {
    const bool is_in_sequence = column >= sequence.begin && column < end;
    return is_in_sequence ? sequence.begin + (column - sequence.begin) % sequence.columns : column;
  };
  std::vector<Moments> moments(matrix.columns);
  for (std::size_t row = 0; row < matrix.rows; ++row) {
    for (std::size_t column = 0; column < matrix.columns; ++column) {
      const float value = matrix.values[row * matrix.columns + column];
      if (!std::isnan(value)) moments[first(column)].Add(value);
    }
  }
  Standardisation out;
  for (std::size_t column = 0; column < matrix.columns; ++column) {
    const Moments& of_column = moments[first(column)];
    out.input_mean.push_back(static_cast<float>(of_column.mean));
    out.input_scale.push_back(of_column.is_constant() ? 0.0F : static_cast<float>(1 / of_column.sd()));
  }
  if (task.kind != Task::kRegression || !standardizes_target) return out;
  Moments of_target;
  for (const double target : training.targets) of_target.Add(target);
  out.target_mean = static_cast<float>(of_target.mean);
  if (!of_target.is_constant()) out.target_scale = static_cast<float>(of_target.sd());
  return out;
}

std::optional<double> EvalMetricOf(std::string_view eval_metric, const LearningTask& task, std::span<const double> targets,
                                   std::span<const float> answers) {
  if (task.kind == Task::kMulticlass) return OfClasses(eval_metric, task.classes, targets, answers);
  const std::vector<double> predicted(answers.begin(), answers.end());
  if (eval_metric == "rmse") return Rmse(targets, predicted);
  if (eval_metric == "mae") return Mae(targets, predicted);
  if (eval_metric == "phm_score") return PhmScore(targets, predicted);
  if (eval_metric == "logloss") return LogLoss(targets, predicted);
  if (eval_metric == "auc") return RocAuc(targets, predicted);
  if (eval_metric == "pr_auc") return PrAuc(targets, predicted);
  Moments error;
  for (const double value : predicted) error.Add(value);
  if (predicted.empty()) return std::nullopt;
  return error.mean;
}

}  // namespace millwright::learn
