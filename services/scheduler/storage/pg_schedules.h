#pragma once

#include <string>
#include <vector>

#include "lib/base/id.h"
#include "lib/pg/database.h"
#include "scheduler/domain/schedule.h"

namespace millwright::scheduler {

/// Cron schedules and their ticks. Thread-safe; any number of schedulers may fire on one database.
class PgSchedules {
 public:
  explicit PgSchedules(pg::Database& db) : db_(db) {}

  /// InvalidArgument for a bad expression, zone or parameter; NotFound for the pipeline; AlreadyExists for the name.
  absl::StatusOr<Schedule> Create(const base::WorkspaceId& workspace, const Schedule& schedule, const std::string& by,
                                  absl::Time now);
  absl::StatusOr<Schedule> Get(const base::WorkspaceId& workspace, const std::string& name);
  /// By name, those after `after`.
  absl::StatusOr<std::vector<Schedule>> List(const base::WorkspaceId& workspace, const std::string& after, int limit);
  /// Ticks that were missed while it was paused are not made up for.
  absl::StatusOr<Schedule> SetPaused(const base::WorkspaceId& workspace, const std::string& name, bool is_paused, absl::Time now);
  absl::Status Delete(const base::WorkspaceId& workspace, const std::string& name);

  /// Starts a run for each schedule that is due, once for each (schedule, instant): the tick and the run are one transaction. Of
  /// missed ticks the latest within kCatchUpWindow counts. A tick whose schedule's last run is still active starts none. How many
  /// ticks.
  absl::StatusOr<int> FireDue(absl::Time now);

 private:
  pg::Database& db_;
};

}  // namespace millwright::scheduler
