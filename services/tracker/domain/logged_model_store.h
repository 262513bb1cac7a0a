#pragma once

#include <optional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "tracker/domain/logged_model.h"
#include "tracker/domain/run_store.h"

namespace millwright::tracker {

struct NewLoggedModel {
  LoggedModelId id;
  ExperimentId experiment_id;
  std::string name;
  std::string model_type;
  std::string source_run_id;
  std::string artifact_location;
  std::vector<KeyValue> params;
  std::vector<KeyValue> tags;
  absl::Time created_at;
};

struct LoggedModelQuery {
  std::optional<ExperimentId> experiment_id;
  std::string source_run_id;  // any when empty
  Page page;
};

/// Keeps logged models. An unknown or foreign id is NotFound; a deleted model too, where `include_deleted` is not said.
/// Thread-safe; a write has committed when it returns.
class LoggedModelStore {
 public:
  virtual ~LoggedModelStore() = default;
  /// FailedPrecondition when the experiment is deleted.
  virtual absl::StatusOr<LoggedModel> Create(const base::WorkspaceId& workspace, const NewLoggedModel& model) = 0;
  virtual absl::StatusOr<LoggedModel> Get(const base::WorkspaceId& workspace, const LoggedModelId& id, bool include_deleted) = 0;
  virtual absl::StatusOr<PageOf<LoggedModel>> List(const base::WorkspaceId& workspace, const LoggedModelQuery& query) = 0;
  /// These models, in this order; what another workspace holds is left out.
  virtual absl::StatusOr<std::vector<LoggedModel>> GetMany(const base::WorkspaceId& workspace,
                                                           const std::vector<std::string>& ids) = 0;
  virtual absl::StatusOr<LoggedModel> SetStatus(const base::WorkspaceId& workspace, const LoggedModelId& id,
                                                LoggedModelStatus status, absl::Time at) = 0;
  virtual absl::Status Delete(const base::WorkspaceId& workspace, const LoggedModelId& id, absl::Time at) = 0;
  /// Another value for a logged param is InvalidArgument.
  virtual absl::Status PutParams(const base::WorkspaceId& workspace, const LoggedModelId& id,
                                 const std::vector<KeyValue>& params) = 0;
  virtual absl::Status PutTags(const base::WorkspaceId& workspace, const LoggedModelId& id, const std::vector<KeyValue>& tags) = 0;
  /// NotFound when the model has no such tag.
  virtual absl::Status DeleteTag(const base::WorkspaceId& workspace, const LoggedModelId& id, const std::string& key) = 0;
};

}  // namespace millwright::tracker
