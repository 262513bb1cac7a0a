#pragma once

#include <optional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "lib/learn/bundle/bundle.h"
#include "lib/learn/evaluation/head_rows.h"
#include "lib/learn/table/table.h"
#include "trainer-worker/tasks/dataset.h"
#include "trainer-worker/tasks/task.h"

namespace millwright::trainer {

/// The rows that an evaluation scores: those of one part of a bundle's own split, or all.
struct Sample {
  learn::Table table;
  std::optional<std::vector<bool>> mask;  // of the table's rows, where history may come from the other parts
  tracker::v1::DatasetVersion dataset;

  /// FailedPrecondition when no row has enough history.
  absl::StatusOr<learn::ScoredTable> Score(const learn::Bundle& bundle, const learn::EvaluateOptions& options) const;
};

/// `split` is all, train, validation or test; InvalidArgument when the bundle's split has no such part.
absl::StatusOr<Sample> TakeSample(const std::string& dataset_version_id, const std::string& split, const learn::Bundle& bundle,
                                  TaskContext& context);

/// The dataset version that a bundle was trained on; none where it is not known any more.
absl::StatusOr<std::optional<LoadedDataset>> LoadTraining(const learn::Bundle& bundle, TaskContext& context);

/// Which of the sample's rows a bundle was trained on or chosen by; empty where LoadTraining has none.
absl::StatusOr<std::vector<bool>> SeenOf(const Sample& sample, const learn::Bundle& bundle, TaskContext& context);

}  // namespace millwright::trainer
