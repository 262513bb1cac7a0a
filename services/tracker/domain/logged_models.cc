#include "tracker/domain/logged_models.h"

#include "absl/strings/str_cat.h"
#include "lib/base/status_macros.h"

namespace millwright::tracker {

absl::StatusOr<LoggedModel> LoggedModels::Create(const base::WorkspaceId& workspace, NewLoggedModel model) {
  if (model.name.empty()) model.name = MakeUpName();
  RETURN_IF_ERROR(CheckLoggedModelName(model.name));
  for (const auto& [field, text] : {std::pair{"model_type", &model.model_type}, {"source_run_id", &model.source_run_id}}) {
    if (text->size() > 500)
      return absl::InvalidArgumentError(absl::StrCat(field, ": has ", text->size(), " bytes; at most 500"));
  }
  RETURN_IF_ERROR(NormaliseModelTags("params", model.params));
  RETURN_IF_ERROR(NormaliseModelTags("tags", model.tags));
  model.id = NewLoggedModelId();
  model.created_at = clock_.Now();
  ASSIGN_OR_RETURN(const Experiment experiment, experiments_.Get(workspace, model.experiment_id));
  model.artifact_location = PlaceBelow(experiment.artifact_location, absl::StrCat("models/", model.id.value(), "/artifacts"));
  return store_.Create(workspace, model);
}

absl::StatusOr<LoggedModel> LoggedModels::Get(const base::WorkspaceId& workspace, const LoggedModelId& id,
                                              bool include_deleted) {
  return store_.Get(workspace, id, include_deleted);
}

absl::StatusOr<PageOf<LoggedModel>> LoggedModels::List(const base::WorkspaceId& workspace, const LoggedModelQuery& query) {
  return store_.List(workspace, query);
}

absl::StatusOr<std::vector<LoggedModel>> LoggedModels::GetMany(const base::WorkspaceId& workspace,
                                                               const std::vector<std::string>& ids) {
  return store_.GetMany(workspace, ids);
}

absl::StatusOr<LoggedModel> LoggedModels::Finalize(const base::WorkspaceId& workspace, const LoggedModelId& id,
                                                   LoggedModelStatus status) {
  return store_.SetStatus(workspace, id, status, clock_.Now());
}

absl::Status LoggedModels::Delete(const base::WorkspaceId& workspace, const LoggedModelId& id) {
  return store_.Delete(workspace, id, clock_.Now());
}

absl::Status LoggedModels::LogParams(const base::WorkspaceId& workspace, const LoggedModelId& id, std::vector<KeyValue> params) {
  RETURN_IF_ERROR(NormaliseModelTags("params", params));
  return store_.PutParams(workspace, id, params);
}

absl::Status LoggedModels::SetTags(const base::WorkspaceId& workspace, const LoggedModelId& id, std::vector<KeyValue> tags) {
  RETURN_IF_ERROR(NormaliseModelTags("tags", tags));
  return store_.PutTags(workspace, id, tags);
}

absl::Status LoggedModels::DeleteTag(const base::WorkspaceId& workspace, const LoggedModelId& id, const std::string& key) {
  return store_.DeleteTag(workspace, id, key);
}

}  // namespace millwright::tracker
