#pragma once

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "lib/learn/features/pipeline.h"
#include "lib/learn/features/target.h"
#include "lib/learn/training/split.h"
#include "lib/learn/training/threshold.h"
#include "nlohmann/json.hpp"

namespace millwright::learn {

struct HeadSpec {
  std::string name;
  TargetSpec target;
  std::string learner;
  nlohmann::json params;
  std::vector<std::string> features;  // patterns of names; empty: all
  ThresholdSpec threshold;
  std::string weight_column;           // of training rows; empty: all the same
  bool weighs_assets_equally = false;  // a row weighs less the more training rows its asset has
};

/// What to train; the README has its JSON. `source` is that JSON.
struct TrainingSpec {
  PipelineSpec pipeline;
  SplitSpec split;
  std::vector<HeadSpec> heads;
  bool trains_baselines = true;  // beside each head
  bool reports_features = true;
  nlohmann::json source;
};

/// Strict: InvalidArgument names the path of an unknown key or a bad value, learner parameters included.
absl::StatusOr<TrainingSpec> ParseTrainingSpec(const nlohmann::json& json);

/// The part of every row of a table, as the spec splits it; `assets` are the table's by the spec's columns.
absl::StatusOr<std::vector<Part>> SplitRows(const TrainingSpec& spec, const Table& table, std::span<const AssetRows> assets);

/// The spec with values replaced: {"max_depth": 6} for all heads, {"features.window": 20, "heads.rul.params.eta": 0.1} by path
/// (an item of a list by its place from 0). InvalidArgument names a bad one.
absl::StatusOr<TrainingSpec> WithParams(const TrainingSpec& spec, const nlohmann::json& params);

}  // namespace millwright::learn
