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
#include "lib/learn/training/split.h"
#include "lib/learn/training/training_spec.h"

namespace millwright::learn {

/// What a caller hears while training runs, on the calling thread. Any of them may be empty.
struct TrainHooks {
  /// A stage ("features", "training rul", "evaluation") and the share done, 0 to 1, over all.
  std::function<void(std::string_view stage, double share)> progress;
  /// After every round of a head. kStop ends the training as pruned.
  std::function<RoundVerdict(std::string_view head, const Round& round)> on_round;
  /// Where a head's training is kept for a later attempt; `pass` is "rul", and "rul.refit" when it is trained again.
  std::function<Checkpoints(std::string_view pass)> checkpoints;
};

struct TrainedBundle {
  Bundle bundle;
  std::map<std::string, double> metrics;   // "validation_rmse" …, also kept in the bundle's evaluation
  std::map<std::string, int> best_rounds;  // per head
  AssetSplit split;                        // the assets with a row in each part
  nlohmann::json feature_report;           // {"heads": {name: FeatureReport}}; null when not asked for
  bool was_pruned = false;                 // on_round said stop; the bundle is what there was by then
};

/// Trains every head of the spec. InvalidArgument for a table that does not fit the spec (the column is named),
/// FailedPrecondition for too little data. Deterministic: the same table, spec and thread count give the same content hash.
absl::StatusOr<TrainedBundle> Train(const Table& table, const TrainingSpec& spec, const TrainHooks& hooks = {});

}  // namespace millwright::learn
