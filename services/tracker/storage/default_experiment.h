#pragma once

#include "absl/status/statusor.h"
#include "lib/base/id.h"
#include "lib/pg/database.h"
#include "tracker/domain/experiment.h"

namespace millwright::tracker {

/// The row id of the workspace's Default, which is made on first use.
absl::StatusOr<std::int64_t> DefaultExperiment(pg::Tx& tx, const base::WorkspaceId& workspace);

/// The row id of an experiment of the workspace; NotFound.
absl::StatusOr<std::int64_t> FindExperiment(pg::Tx& tx, const base::WorkspaceId& workspace, const ExperimentId& id);

/// The same of one that is not deleted; FailedPrecondition.
absl::StatusOr<std::int64_t> FindActiveExperiment(pg::Tx& tx, const base::WorkspaceId& workspace, const ExperimentId& id);

absl::Status NoSuchExperiment(const ExperimentId& id);

}  // namespace millwright::tracker
