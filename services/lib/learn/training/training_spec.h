#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "lib/learn/features/pipeline.h"
#include "lib/learn/features/target.h"
#include "nlohmann/json.hpp"

namespace millwright::learn {

/// Fractions of the assets; the rest trains.
struct SplitSpec {
  double validation = 0;
  double test = 0;
  std::uint64_t seed = 1;
  bool refits = false;  // after validation, train again on training and validation assets together
};

struct HeadSpec {
  std::string name;
  TargetSpec target;
  std::string learner;
  nlohmann::json params;
};

/// What to train; the README has its JSON. `source` is that JSON.
struct TrainingSpec {
  PipelineSpec pipeline;
  SplitSpec split;
  std::vector<HeadSpec> heads;
  nlohmann::json source;
};

/// Strict: InvalidArgument names the path of an unknown key or a bad value, learner parameters included.
absl::StatusOr<TrainingSpec> ParseTrainingSpec(const nlohmann::json& json);

/// The spec with values replaced: {"max_depth": 6} for all heads, {"features.window": 20, "heads.rul.params.eta": 0.1} by path.
/// InvalidArgument names a bad one.
absl::StatusOr<TrainingSpec> WithParams(const TrainingSpec& spec, const nlohmann::json& params);

}  // namespace millwright::learn
