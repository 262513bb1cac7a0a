#pragma once

#include "lib/base/clock.h"
#include "tracker/domain/logged_model_store.h"

namespace millwright::tracker {

/// The rules of logged models over their store. Thread-safe.
class LoggedModels {
 public:
  LoggedModels(LoggedModelStore& store, ExperimentStore& experiments, const base::Clock& clock)
      : store_(store), experiments_(experiments), clock_(clock) {}

  /// Fills what `model` leaves open: id, name, place, time.
  absl::StatusOr<LoggedModel> Create(const base::WorkspaceId& workspace, NewLoggedModel model);
  absl::StatusOr<LoggedModel> Get(const base::WorkspaceId& workspace, const LoggedModelId& id, bool include_deleted = false);
  absl::StatusOr<PageOf<LoggedModel>> List(const base::WorkspaceId& workspace, const LoggedModelQuery& query);
  absl::StatusOr<std::vector<LoggedModel>> GetMany(const base::WorkspaceId& workspace, const std::vector<std::string>& ids);
  absl::StatusOr<LoggedModel> Finalize(const base::WorkspaceId& workspace, const LoggedModelId& id, LoggedModelStatus status);
  /// Soft: the row stays, and so do its artifacts.
  absl::Status Delete(const base::WorkspaceId& workspace, const LoggedModelId& id);
  absl::Status LogParams(const base::WorkspaceId& workspace, const LoggedModelId& id, std::vector<KeyValue> params);
  absl::Status SetTags(const base::WorkspaceId& workspace, const LoggedModelId& id, std::vector<KeyValue> tags);
  absl::Status DeleteTag(const base::WorkspaceId& workspace, const LoggedModelId& id, const std::string& key);

 private:
  LoggedModelStore& store_;
  ExperimentStore& experiments_;
  const base::Clock& clock_;
};

}  // namespace millwright::tracker
