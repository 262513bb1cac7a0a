#pragma once

#include <functional>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "lib/learn/bundle/bundle.h"
#include "lib/learn/learners/learner.h"
#include "lib/learn/table/table.h"
#include "lib/learn/training/training_spec.h"

namespace millwright::learn {

/// What a caller hears while training runs, on the calling thread. Any of them may be empty.
struct TrainHooks {
  /// A stage ("features", "training rul", "evaluation") and the share done, 0 to 1, over all.
  std::function<void(std::string_view stage, double share)> progress;
  /// After every round of a head. kStop ends the training as pruned.
  std::function<RoundVerdict(std::string_view head, const Round& round)> on_round;
};

/// The assets of each part, sorted by name.
struct AssetSplit {
  std::vector<std::string> training;
  std::vector<std::string> validation;
  std::vector<std::string> test;
};

/// The same names and seed give the same split, in whatever order the names come. FailedPrecondition when there are too few
/// assets.
absl::StatusOr<AssetSplit> SplitAssets(std::vector<std::string> assets, const SplitSpec& split);

struct TrainedBundle {
  Bundle bundle;
  std::map<std::string, double> metrics;   // "validation_rmse" …, also kept in the bundle's evaluation
  std::map<std::string, int> best_rounds;  // per head
  AssetSplit split;
  bool was_pruned = false;  // on_round said stop; the bundle is what there was by then
};

/// Trains every head of the spec. InvalidArgument for a table that does not fit the spec (the column is named),
/// FailedPrecondition for too little data. Deterministic: the same table, spec and thread count give the same content hash.
absl::StatusOr<TrainedBundle> Train(const Table& table, const TrainingSpec& spec, const TrainHooks& hooks = {});

}  // namespace millwright::learn
