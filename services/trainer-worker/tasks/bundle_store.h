#pragma once

#include <string>

#include "absl/status/statusor.h"
#include "lib/learn/bundle/bundle.h"
#include "nlohmann/json.hpp"
#include "trainer-worker/tasks/task.h"

namespace millwright::trainer {

/// Uploads a bundle's files as artifacts `model/…` of a run; answers [{"path","sha256","size"}, …].
absl::StatusOr<nlohmann::json> StoreBundle(const learn::Bundle& bundle, const std::string& run_id, TaskContext& context);

/// Fetches such files into the task's folder and loads the bundle.
absl::StatusOr<learn::Bundle> LoadBundle(const nlohmann::json& files, const std::string& folder_name, TaskContext& context);

}  // namespace millwright::trainer
