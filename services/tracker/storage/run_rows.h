#pragma once

#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "lib/pg/database.h"
#include "tracker/domain/run_store.h"

namespace millwright::tracker {

/// The columns that ReadRun takes, of tracker.runs r and its tracker.experiments e; the first is the run's row number.
#define TRACKER_RUN_COLUMNS                                                                                                     \
  "r.number, r.run_id, CASE WHEN e.is_default THEN 0 ELSE e.id END, r.name, r.status, r.started_at, r.ended_at, r.created_by, " \
  "r.deleted_at IS NOT NULL, r.user_name, r.status_reason, r.heartbeat_grace_seconds, e.artifact_location"

/// The run without its params, metrics and tags.
Run ReadRun(const pg::Row& row);

/// Where a run of the experiment keeps its artifacts; `location` is the experiment's column.
std::string ArtifactUri(const std::string& location, const ExperimentId& experiment, const RunId& run);

}  // namespace millwright::tracker
