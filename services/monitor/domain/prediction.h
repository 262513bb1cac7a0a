#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "lib/base/id.h"
#include "nlohmann/json.hpp"

namespace millwright::monitor {

/// How a model answered. A caller's bad request is no prediction.
enum class Outcome { kOk, kNotFinite, kFailed };

/// One answer of serving.
struct Prediction {
  std::string id;  // 32 lower-case hex digits
  base::WorkspaceId workspace;
  std::string model;
  int version = 0;
  std::int64_t revision = 0;  // of the deployment that answered
  std::string asset_id;       // may be empty
  std::optional<absl::Time> event_time;
  absl::Time at;
  double latency_ms = 0;
  Outcome outcome = Outcome::kOk;
  std::map<std::string, double> values;  // per head; finite ones only
  std::map<std::string, double> labels;  // per head, when they have come
  std::string error;
};

/// A truth that came later.
struct Label {
  std::string prediction_id;
  std::string head;  // empty: the primary one
  double value = 0;
};

/// What became of labels: `pending` ones wait for their prediction.
struct LabelReceipt {
  int matched = 0;
  int pending = 0;
};

/// InvalidArgument names the field, the value and what would be right.
absl::Status CheckPredictionId(const std::string& id);
absl::Status CheckPrediction(const Prediction& prediction, absl::Time now);
absl::Status CheckLabel(const Label& label);

/// Labels of a prediction by head. One without a head belongs to the only head when there is one, else it stands as "primary".
std::map<std::string, double> LabelsByHead(const std::map<std::string, double>& values, std::map<std::string, double> labels);

}  // namespace millwright::monitor
