#pragma once

#include <filesystem>
#include <functional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "lib/learn/table/table.h"
#include "nlohmann/json.hpp"
#include "trainer-worker/tasks/task.h"

namespace millwright::trainer {

/// A table on its way to a dataset version.
struct NewDataset {
  learn::Table table;
  std::filesystem::path file;  // where the table stands already; empty: nowhere
  std::string name;
  nlohmann::json origin;
  std::vector<std::string> warnings;  // of reading and joining, a sentence each; kept in the origin
  /// `with.validation`: null, {"rules": [...]}, or {"rules": "previous"}: the rules of the version before, or those inferred from
  /// it.
  nlohmann::json validation;
  std::function<std::string(std::size_t row)> describe_row;  // "train.csv: row 17"; may be empty
};

/// Checks a table, uploads it and makes it a dataset version (the one that has the same content, if there is one). A batch that
/// breaks a rule of severity error is InvalidArgument and names row, column and rule. The outputs: dataset_version_id, dataset,
/// version, rows, assets, content_hash, warnings (a list of sentences: `dataset.warnings`, then the rules of severity warning
/// that failed).
absl::StatusOr<nlohmann::json> StoreDataset(const NewDataset& dataset, TaskContext& context);

/// A dataset version's table and what the tracker says of it.
struct LoadedDataset {
  tracker::v1::DatasetVersion version;
  learn::Table table;
};
absl::StatusOr<LoadedDataset> LoadDataset(const std::string& dataset_version_id, TaskContext& context);

}  // namespace millwright::trainer
