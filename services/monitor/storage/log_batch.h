#pragma once

#include <vector>

#include "absl/status/statusor.h"
#include "lib/pg/database.h"
#include "monitor/domain/hard_guard.h"
#include "monitor/domain/prediction.h"

namespace millwright::monitor {

/// Writes with COPY what is not logged yet; answers the new predictions (without values and labels), oldest first.
absl::StatusOr<std::vector<Prediction>> InsertNew(pg::Tx& tx, const std::vector<Prediction>& predictions);

/// Adds new predictions to the counts of their versions, with the labels that came before them.
absl::Status CountNew(pg::Tx& tx, const std::vector<Prediction>& added);

/// Lets the guard see new predictions, oldest first. True when a rollback became wanted.
absl::StatusOr<bool> GuardNew(pg::Tx& tx, const std::vector<Prediction>& added, const GuardOptions& options, absl::Time now);

}  // namespace millwright::monitor
