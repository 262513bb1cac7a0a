#pragma once

#include <optional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "serving/domain/predictor.h"
#include "serving/domain/served_version.h"

namespace millwright::serving {

inline constexpr std::size_t kMaxJsonDepth = 32;
inline constexpr std::size_t kMaxWindowRows = 100'000;
inline constexpr std::size_t kMaxValues = 8'000'000;  // numbers that one request may make us hold
inline constexpr std::size_t kMaxInstances = 1'000;

/// The body of POST /v1/predict/{model}: one question, or `instances` of them.
struct PredictBody {
  bool is_batch = false;
  std::vector<absl::StatusOr<Question>> questions;  // of a batch, each may be wrong by itself
};

/// Reads {"asset_id"?, "rows": [{column: number|null, …}, …]}, {"asset_id"?, "columns": […], "window": [[…], …]} or
/// {"instances": […]}. InvalidArgument names the place and what would be right. `body` may grow by simdjson's padding.
absl::StatusOr<PredictBody> ReadPredictBody(std::string& body, const RawInput& input);

/// A head's answers, or the probabilities of a head of several classes (`<head>.probabilities`).
struct InferOutput {
  std::size_t head = 0;
  bool has_probabilities = false;
};

/// The body of POST /v2/models/{model}/infer.
struct InferBody {
  std::optional<std::string> id;
  learn::FeatureMatrix features;
  std::vector<InferOutput> outputs;  // that are asked for, in the order of the answer
};

/// Reads one tensor "features" [-1, number of features], FP32 or FP64, flat or nested; null is a missing value.
absl::StatusOr<InferBody> ReadInferBody(std::string& body, const ServedVersion& version);

}  // namespace millwright::serving
