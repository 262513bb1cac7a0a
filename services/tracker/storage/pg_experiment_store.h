#pragma once

#include "lib/pg/database.h"
#include "tracker/domain/run_store.h"

namespace millwright::tracker {

/// Experiments in tracker.experiments.
class PgExperimentStore : public ExperimentStore {
 public:
  explicit PgExperimentStore(pg::Database& db) : db_(db) {}
  absl::StatusOr<Experiment> Create(const base::WorkspaceId& workspace, const std::string& name) override;
  absl::StatusOr<Experiment> Get(const base::WorkspaceId& workspace, const ExperimentId& id) override;
  absl::StatusOr<PageOf<Experiment>> List(const base::WorkspaceId& workspace, const ExperimentQuery& query) override;

 private:
  pg::Database& db_;
};

}  // namespace millwright::tracker
