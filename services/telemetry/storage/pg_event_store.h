#pragma once

#include "lib/pg/database.h"
#include "telemetry/domain/stores.h"

namespace millwright::telemetry {

/// Events in telemetry.events.
class PgEventStore : public EventStore {
 public:
  explicit PgEventStore(pg::Database& db) : db_(db) {}
  absl::Status Record(const base::WorkspaceId& workspace, const std::vector<Event>& events) override;
  absl::StatusOr<std::vector<Event>> List(const base::WorkspaceId& workspace, const EventQuery& query) override;

 private:
  pg::Database& db_;
};

}  // namespace millwright::telemetry
