#pragma once

#include "absl/status/statusor.h"
#include "lib/base/id.h"
#include "lib/pg/database.h"
#include "tracker/domain/run.h"

namespace millwright::tracker {

/// The row number of a run of the workspace; NotFound.
absl::StatusOr<std::int64_t> FindRun(pg::Tx& tx, const base::WorkspaceId& workspace, const RunId& id);

/// The same, for a write: the run stays until the transaction ends.
absl::StatusOr<std::int64_t> HoldRun(pg::Tx& tx, const base::WorkspaceId& workspace, const RunId& id);

}  // namespace millwright::tracker
