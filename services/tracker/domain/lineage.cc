#include "tracker/domain/lineage.h"

#include "lib/base/status_macros.h"

namespace millwright::tracker {

absl::Status Lineage::LogInputs(const base::WorkspaceId& workspace, const RunId& run, std::vector<DatasetInput> datasets,
                                const std::vector<std::string>& models) {
  RETURN_IF_ERROR(NormaliseDatasets(datasets));
  RETURN_IF_ERROR(CheckModelIds(models));
  return store_.LogInputs(workspace, run, datasets, models);
}

absl::Status Lineage::LogOutputs(const base::WorkspaceId& workspace, const RunId& run, const std::vector<ModelOutput>& models,
                                 bool may_be_there) {
  std::vector<std::string> ids;
  for (const ModelOutput& model : models) ids.push_back(model.model_id);
  RETURN_IF_ERROR(CheckModelIds(ids));
  return store_.LogOutputs(workspace, run, models, may_be_there);
}

absl::Status Lineage::EditTag(const base::WorkspaceId& workspace, const RunId& run, const std::string& key, const TagEdit& edit) {
  return store_.EditTag(workspace, run, key, edit);
}

absl::StatusOr<std::vector<RunLinks>> Lineage::Get(const base::WorkspaceId& workspace, const std::vector<RunId>& runs) {
  return store_.Get(workspace, runs);
}

absl::StatusOr<RunLinks> Lineage::GetOne(const base::WorkspaceId& workspace, const RunId& run) {
  return store_.GetOne(workspace, run);
}

absl::StatusOr<std::vector<DatasetSummary>> Lineage::ListDatasets(const base::WorkspaceId& workspace,
                                                                  const std::vector<ExperimentId>& experiments) {
  return store_.ListDatasets(workspace, experiments, 1000);
}

}  // namespace millwright::tracker
