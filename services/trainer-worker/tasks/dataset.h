#pragma once

#include <string>

#include "absl/status/statusor.h"
#include "lib/learn/table/table.h"
#include "nlohmann/json.hpp"
#include "trainer-worker/tasks/task.h"

namespace millwright::trainer {

/// Uploads a table and makes it a dataset version (the one that has the same content, if there is one). The outputs:
/// dataset_version_id, dataset, version, rows, assets, content_hash.
absl::StatusOr<nlohmann::json> StoreDataset(const learn::Table& table, const std::string& name, const nlohmann::json& origin,
                                            TaskContext& context);

/// A dataset version's table and what the tracker says of it.
struct LoadedDataset {
  tracker::v1::DatasetVersion version;
  learn::Table table;
};
absl::StatusOr<LoadedDataset> LoadDataset(const std::string& dataset_version_id, TaskContext& context);

}  // namespace millwright::trainer
