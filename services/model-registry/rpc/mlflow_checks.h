#pragma once

#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "model-registry/domain/model.h"

namespace millwright::registry {

// What MLflow's server refuses, in the words that its clients compare.

absl::Status CheckMlflowModelName(const std::string& name);
absl::Status CheckMlflowDescription(const std::string& description);
absl::Status CheckMlflowTagKey(const std::string& key);
/// Of a model or a version.
absl::Status CheckMlflowTag(const std::string& key, const std::string& value);
/// Of a model: MLflow's table holds less of a value than its rule says.
absl::Status CheckMlflowModelTag(const std::string& key, const std::string& value);
/// Its form; for a new one also that it is not reserved.
absl::Status CheckMlflowAlias(const std::string& alias, bool is_new);

/// A version as a client wrote it, whatever Python's int() reads.
struct MlflowVersion {
  int number = 0;    // 0: none that a version can have
  std::string text;  // as int() prints it
};
absl::StatusOr<MlflowVersion> ReadMlflowVersion(const std::string& text);
/// In any case: "production".
absl::StatusOr<Stage> ReadMlflowStage(const std::string& text);

/// NotFound of the registry in MLflow's words.
absl::Status OfModel(const absl::Status& status, const std::string& name);
absl::Status OfVersion(const absl::Status& status, const std::string& name, const MlflowVersion& version);
absl::Status AlreadyThere(const absl::Status& status, const std::string& name);

}  // namespace millwright::registry
