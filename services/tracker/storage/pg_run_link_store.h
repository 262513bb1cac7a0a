#pragma once

#include "lib/pg/database.h"
#include "tracker/domain/run_links.h"

namespace millwright::tracker {

/// What runs read and wrote, in tracker.input_datasets, run_datasets, run_dataset_tags, run_model_inputs, run_model_outputs.
class PgRunLinkStore : public RunLinkStore {
 public:
  explicit PgRunLinkStore(pg::Database& db) : db_(db) {}
  absl::Status LogInputs(const base::WorkspaceId& workspace, const RunId& run, const std::vector<DatasetInput>& datasets,
                         const std::vector<std::string>& models) override;
  absl::Status LogOutputs(const base::WorkspaceId& workspace, const RunId& run, const std::vector<ModelOutput>& models,
                          bool may_be_there) override;
  absl::Status EditTag(const base::WorkspaceId& workspace, const RunId& run, const std::string& key,
                       const TagEdit& edit) override;
  absl::StatusOr<std::vector<RunLinks>> Get(const base::WorkspaceId& workspace, const std::vector<RunId>& runs) override;
  absl::StatusOr<RunLinks> GetOne(const base::WorkspaceId& workspace, const RunId& run) override;
  absl::StatusOr<std::vector<DatasetSummary>> ListDatasets(const base::WorkspaceId& workspace,
                                                           const std::vector<ExperimentId>& experiments, int limit) override;

 private:
  pg::Database& db_;
};

}  // namespace millwright::tracker
