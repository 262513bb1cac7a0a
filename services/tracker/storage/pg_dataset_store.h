#pragma once

#include "lib/pg/database.h"
#include "tracker/domain/artifact_store.h"

namespace millwright::tracker {

/// Dataset versions in tracker.datasets and dataset_versions.
class PgDatasetStore : public DatasetStore {
 public:
  explicit PgDatasetStore(pg::Database& db) : db_(db) {}
  absl::StatusOr<DatasetVersion> CreateVersion(const base::WorkspaceId& workspace, const NewDatasetVersion& facts) override;
  absl::StatusOr<DatasetVersion> Get(const base::WorkspaceId& workspace, const DatasetVersionId& id) override;
  absl::StatusOr<DatasetVersion> GetPrevious(const base::WorkspaceId& workspace, const DatasetVersion& version) override;
  absl::StatusOr<PageOf<DatasetVersion>> List(const base::WorkspaceId& workspace, const std::optional<std::string>& name,
                                              const Page& page) override;
  absl::StatusOr<PageOf<Dataset>> ListDatasets(const base::WorkspaceId& workspace, const Page& page) override;

 private:
  pg::Database& db_;
};

}  // namespace millwright::tracker
