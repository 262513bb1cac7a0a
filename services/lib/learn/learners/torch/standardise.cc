#include "lib/learn/learners/torch/standardise.h"

#include <algorithm>
#include <cmath>

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

}  // namespace millwright::learn
