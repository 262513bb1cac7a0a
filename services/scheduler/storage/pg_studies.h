#pragma once

#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "lib/base/id.h"
#include "lib/pg/database.h"
#include "scheduler/domain/study.h"

namespace millwright::scheduler {

/// Studies and trials, for readers: the queue writes them. Thread-safe.
class PgStudies {
 public:
  explicit PgStudies(pg::Database& db) : db_(db) {}

  absl::StatusOr<Study> Get(const base::WorkspaceId& workspace, const StudyId& id);
  /// Newest first.
  absl::StatusOr<std::vector<Study>> List(const base::WorkspaceId& workspace,
                                          const std::optional<std::pair<absl::Time, std::string>>& after, int limit);
  /// By number, those above `after` (-1: from the first), with their intermediate values.
  absl::StatusOr<std::vector<Trial>> Trials(const base::WorkspaceId& workspace, const StudyId& id, int after, int limit);

 private:
  pg::Database& db_;
};

}  // namespace millwright::scheduler
