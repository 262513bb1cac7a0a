#include "lib/learn/training/head_data.h"

#include <algorithm>
#include <cmath>

#include "lib/base/status_macros.h"

namespace millwright::learn {

namespace {
void AppendChosen(FeatureMatrix& to, std::span<const float> row, std::span<const std::size_t> columns) {
  if (columns.empty()) {
    to.values.insert(to.values.end(), row.begin(), row.end());
  } else {
    for (const std::size_t column : columns) to.values.push_back(row[column]);
  }
  ++to.rows;
}
}  // namespace

HeadData GatherRows(const HeadRowsWanted& wanted, const BundleHead& head, const BatchFeatures& features,
                    std::span<const Part> part_of_row, std::span<const double> target, std::span<const double> weights) {
  const bool is_anomaly = head.target.task() == Task::kAnomaly;
  HeadData data;
  data.features.columns = head.columns.empty() ? features.matrix.columns : head.columns.size();
  for (std::size_t i = 0; i < features.rows.size(); ++i) {
    const std::size_t row = features.rows[i];
    if (part_of_row[row] != wanted.part) continue;
    if (is_anomaly ? wanted.normal_only && target[row] > 0.5 : std::isnan(target[row])) continue;
    if (!weights.empty() && !(weights[row] > 0)) continue;
    AppendChosen(data.features, features.matrix.Row(i), head.columns);
    data.targets.push_back(Cut(target[row], head.target.cap));
    if (!weights.empty()) data.weights.push_back(weights[row]);
    data.table_rows.push_back(row);
  }
  return data;
}

HeadData Thin(const HeadData& data, std::size_t most) {
  const std::size_t stride = std::max<std::size_t>(1, (data.features.rows + most - 1) / std::max<std::size_t>(1, most));
  if (stride == 1) return data;
  HeadData thin;
  thin.features.columns = data.features.columns;
  for (std::size_t row = 0; row < data.features.rows; row += stride) {
    AppendChosen(thin.features, data.features.Row(row), {});
    thin.targets.push_back(data.targets[row]);
    if (!data.weights.empty()) thin.weights.push_back(data.weights[row]);
    thin.table_rows.push_back(data.table_rows[row]);
  }
  return thin;
}

absl::StatusOr<HeadAnswers> AnswersOf(const BundleHead& head, const FeatureMatrix& chosen_features) {
  HeadAnswers answers;
  if (chosen_features.rows == 0) return answers;
  ASSIGN_OR_RETURN(const std::vector<float> raw, head.model->Predict(chosen_features));
  const std::size_t outputs = head.model->outputs();
  answers.values.reserve(chosen_features.rows);
  for (std::size_t row = 0; row < chosen_features.rows; ++row) {
    const HeadPrediction answer = head.Answer(std::span(raw).subspan(row * outputs, outputs));
    answers.values.push_back(answer.value);
    answers.probabilities.insert(answers.probabilities.end(), answer.probabilities.begin(), answer.probabilities.end());
  }
  return answers;
}

}  // namespace millwright::learn
