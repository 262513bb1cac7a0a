#pragma once

#include "lib/pg/database.h"
#include "tracker/domain/run_store.h"

namespace millwright::tracker {

/// Experiments in tracker.experiments, with their tags beside them.
class PgExperimentStore : public ExperimentStore {
 public:
  explicit PgExperimentStore(pg::Database& db) : db_(db) {}
  absl::StatusOr<Experiment> Create(const base::WorkspaceId& workspace, const NewExperiment& experiment, absl::Time at) override;
  absl::StatusOr<Experiment> Get(const base::WorkspaceId& workspace, const ExperimentId& id) override;
  absl::StatusOr<PageOf<Experiment>> List(const base::WorkspaceId& workspace, const ExperimentQuery& query) override;
  absl::StatusOr<Experiment> Rename(const base::WorkspaceId& workspace, const ExperimentId& id, const std::string& name,
                                    absl::Time at) override;
  absl::StatusOr<Experiment> SetTags(const base::WorkspaceId& workspace, const ExperimentId& id,
                                     const std::vector<KeyValue>& tags) override;
  absl::StatusOr<Experiment> DeleteTag(const base::WorkspaceId& workspace, const ExperimentId& id,
                                       const std::string& key) override;
  absl::StatusOr<Experiment> Delete(const base::WorkspaceId& workspace, const ExperimentId& id, absl::Time at) override;
  absl::StatusOr<Experiment> Restore(const base::WorkspaceId& workspace, const ExperimentId& id, absl::Time at) override;
  absl::StatusOr<std::int64_t> Purge(const base::WorkspaceId& workspace, const ExperimentId& id) override;

 private:
  pg::Database& db_;
};

}  // namespace millwright::tracker
