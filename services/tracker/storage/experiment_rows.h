#pragma once

#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "lib/pg/database.h"
#include "tracker/domain/experiment.h"

namespace millwright::tracker {

/// The columns that ReadExperiment takes, of tracker.experiments; the first is its row id.
#define TRACKER_EXPERIMENT_COLUMNS "id, name, created_at, is_default, updated_at, deleted_at IS NOT NULL, artifact_location"

/// The experiment without its tags.
Experiment ReadExperiment(const pg::Row& row);

/// Adds the tags of `experiments`, whose row ids are `numbers`.
absl::Status FillExperiments(pg::Tx& tx, const std::vector<std::int64_t>& numbers, std::vector<Experiment>& experiments);

/// The whole experiment with this row id.
absl::StatusOr<Experiment> GetExperiment(pg::Tx& tx, std::int64_t number);

}  // namespace millwright::tracker
