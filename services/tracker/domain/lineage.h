#pragma once

#include "tracker/domain/run_links.h"

namespace millwright::tracker {

/// The rules of what runs read and wrote, over its store. Thread-safe.
class Lineage {
 public:
  explicit Lineage(RunLinkStore& store) : store_(store) {}

  absl::Status LogInputs(const base::WorkspaceId& workspace, const RunId& run, std::vector<DatasetInput> datasets,
                         const std::vector<std::string>& models);
  absl::Status LogOutputs(const base::WorkspaceId& workspace, const RunId& run, const std::vector<ModelOutput>& models,
                          bool may_be_there = true);
  absl::Status EditTag(const base::WorkspaceId& workspace, const RunId& run, const std::string& key, const TagEdit& edit);
  absl::StatusOr<std::vector<RunLinks>> Get(const base::WorkspaceId& workspace, const std::vector<RunId>& runs);
  /// NotFound for an unknown run.
  absl::StatusOr<RunLinks> GetOne(const base::WorkspaceId& workspace, const RunId& run);
  /// At most 1000.
  absl::StatusOr<std::vector<DatasetSummary>> ListDatasets(const base::WorkspaceId& workspace,
                                                           const std::vector<ExperimentId>& experiments);

 private:
  RunLinkStore& store_;
};

}  // namespace millwright::tracker
