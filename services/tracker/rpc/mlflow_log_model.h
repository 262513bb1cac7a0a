#pragma once

#include <string>

#include "absl/status/statusor.h"

namespace millwright::tracker {

/// The tag in which clients before MLflow 3 keep what they logged: a JSON list.
inline constexpr char kModelHistoryTag[] = "mlflow.log-model.history";

/// What that list says of a model, from the JSON form of its MLmodel. InvalidArgument in MLflow's words.
absl::StatusOr<std::string> ReadModelEntry(const std::string& model_json);

/// The tag's next value.
std::string AppendToModelHistory(const std::string& history, const std::string& entry);

}  // namespace millwright::tracker
