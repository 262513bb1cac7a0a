#pragma once

#include <optional>
#include <span>
#include <vector>

#include "lib/learn/bundle/bundle.h"
#include "lib/learn/features/matrix.h"
#include "lib/learn/features/pipeline.h"
#include "lib/learn/learners/learner.h"
#include "lib/learn/training/split.h"

namespace millwright::learn {

/// The rows of one part as a head's learner takes them.
struct HeadData {
  FeatureMatrix features;
  std::vector<double> targets;          // of anomalies: 1, 0, or NaN where unknown
  std::vector<double> weights;          // empty: all the same
  std::vector<std::size_t> table_rows;  // one a row

  /// For a learner; of anomalies without targets.
  LearningSet Set(Task task) const {
    return {.features = features.rows == 0 ? nullptr : &features,
            .targets = task == Task::kAnomaly ? std::span<const double>() : std::span(targets),
            .weights = weights};
  }
};

/// Which rows to gather.
struct HeadRowsWanted {
  Part part = Part::kTraining;
  bool normal_only = false;  // of anomalies: without the rows that are known to be none
};

/// The rows of the part whose target is known (of anomalies: all), with the head's columns. `weights` has one a table row or is
/// empty; a row without a weight above 0 is left out.
HeadData GatherRows(const HeadRowsWanted& wanted, const BundleHead& head, const BatchFeatures& features,
                    std::span<const Part> part_of_row, std::span<const double> target, std::span<const double> weights);

/// Every so many rows, so that at most `most` are left.
HeadData Thin(const HeadData& data, std::size_t most);

/// The head's answers for the rows: values, and the probabilities of several classes row after row.
struct HeadAnswers {
  std::vector<double> values;
  std::vector<double> probabilities;
};
absl::StatusOr<HeadAnswers> AnswersOf(const BundleHead& head, const FeatureMatrix& chosen_features);

}  // namespace millwright::learn
