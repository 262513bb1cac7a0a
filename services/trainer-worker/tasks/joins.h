#pragma once

#include <functional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "lib/learn/table/table.h"
#include "nlohmann/json.hpp"
#include "trainer-worker/tasks/task.h"

namespace millwright::trainer {

/// The platform's own events of a kind ("failure", "maintenance") with the columns asset, time and code.
using EventSource = std::function<absl::StatusOr<learn::Table>(const std::string& kind)>;

/// Joins what a step's `events` and `static` say (pipelines/README.md) to the samples: lists, or null. `source` is null where the
/// samples do not come from telemetry. The warnings, a sentence each: of labels, the events that mark no row.
absl::StatusOr<std::vector<std::string>> JoinTables(learn::Table& samples, const nlohmann::json& events,
                                                    const nlohmann::json& statics, const EventSource& source,
                                                    TaskContext& context);

}  // namespace millwright::trainer
