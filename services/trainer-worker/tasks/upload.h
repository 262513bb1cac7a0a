#pragma once

#include <string>

#include "absl/status/statusor.h"
#include "lib/learn/table/csv.h"
#include "nlohmann/json.hpp"
#include "trainer-worker/tasks/task.h"

namespace millwright::trainer {

/// Files as the caller's CLI or browser left them, as one table: {"sha256": …, "name": …}, or a list of such, taken in order of
/// their names. `path` is where they stand in the spec; the table is a mapped file in the task's folder, named after it.
absl::StatusOr<learn::CsvDataset> ReadUploads(const nlohmann::json& files, const learn::CsvOptions& options,
                                              const std::string& path, TaskContext& context);

/// The .mwt file of a table that ReadUploads has read.
std::filesystem::path TableFile(const std::string& path, const TaskContext& context);

}  // namespace millwright::trainer
