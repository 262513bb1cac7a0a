#pragma once

#include "gateway/domain/workspace_store.h"
#include "lib/pg/database.h"

namespace millwright::gateway {

/// Workspaces in PostgreSQL, schema `gateway`.
class PgWorkspaceStore final : public WorkspaceStore {
 public:
  explicit PgWorkspaceStore(pg::Database& db) : db_(db) {}

  absl::StatusOr<std::pair<base::WorkspaceId, auth::Role>> FindMembership(const std::string& user_name,
                                                                          const std::string& workspace) override;
  absl::StatusOr<Workspace> CreateWorkspace(const std::string& name, const std::string& user_name, absl::Time now) override;
  absl::StatusOr<std::vector<Workspace>> ListWorkspaces(const std::string& user_name) override;
  absl::StatusOr<Workspace> GetWorkspace(const base::WorkspaceId& id) override;

 private:
  pg::Database& db_;
};

}  // namespace millwright::gateway
