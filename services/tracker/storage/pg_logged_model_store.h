#pragma once

#include "lib/pg/database.h"
#include "tracker/domain/logged_model_store.h"

namespace millwright::tracker {

/// Logged models in tracker.logged_models, with params, tags and metrics beside them.
class PgLoggedModelStore : public LoggedModelStore {
 public:
  explicit PgLoggedModelStore(pg::Database& db) : db_(db) {}
  absl::StatusOr<LoggedModel> Create(const base::WorkspaceId& workspace, const NewLoggedModel& model) override;
  absl::StatusOr<LoggedModel> Get(const base::WorkspaceId& workspace, const LoggedModelId& id, bool include_deleted) override;
  absl::StatusOr<PageOf<LoggedModel>> List(const base::WorkspaceId& workspace, const LoggedModelQuery& query) override;
  absl::StatusOr<std::vector<LoggedModel>> GetMany(const base::WorkspaceId& workspace,
                                                   const std::vector<std::string>& ids) override;
  absl::StatusOr<LoggedModel> SetStatus(const base::WorkspaceId& workspace, const LoggedModelId& id, LoggedModelStatus status,
                                        absl::Time at) override;
  absl::Status Delete(const base::WorkspaceId& workspace, const LoggedModelId& id, absl::Time at) override;
  absl::Status PutParams(const base::WorkspaceId& workspace, const LoggedModelId& id,
                         const std::vector<KeyValue>& params) override;
  absl::Status PutTags(const base::WorkspaceId& workspace, const LoggedModelId& id, const std::vector<KeyValue>& tags) override;
  absl::Status DeleteTag(const base::WorkspaceId& workspace, const LoggedModelId& id, const std::string& key) override;

 private:
  pg::Database& db_;
};

}  // namespace millwright::tracker
