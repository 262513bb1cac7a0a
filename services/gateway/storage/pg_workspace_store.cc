#include "gateway/storage/pg_workspace_store.h"

#include "absl/strings/str_cat.h"
#include "gateway/storage/identity_rows.h"
#include "lib/base/status_macros.h"

namespace millwright::gateway {
namespace {

constexpr pg::Statement kAddFirstAdmin{"add_first_admin", R"sql(
  INSERT INTO gateway.user_roles (user_id, workspace_id, role) VALUES ($1, $2, 3)
)sql"};

constexpr pg::Statement kFindMembership{"find_membership", R"sql(
  SELECT w.id, r.role
    FROM gateway.users u
    JOIN gateway.user_roles r ON r.user_id = u.id
    JOIN gateway.workspaces w ON w.id = r.workspace_id
   WHERE u.name = $1 AND w.name = $2
)sql"};

constexpr pg::Statement kFindUserId{"find_user_id", R"sql(
  SELECT id FROM gateway.users WHERE name = $1
)sql"};

constexpr pg::Statement kCreateWorkspace{"create_workspace", R"sql(
  INSERT INTO gateway.workspaces (name, created_at) VALUES ($1, $2)
  ON CONFLICT (name) DO NOTHING
  RETURNING id, name, created_at
)sql"};

constexpr pg::Statement kListWorkspaces{"list_workspaces", R"sql(
  SELECT w.id, w.name, w.created_at
    FROM gateway.workspaces w
    JOIN gateway.user_roles r ON r.workspace_id = w.id
    JOIN gateway.users u ON u.id = r.user_id
   WHERE u.name = $1
   ORDER BY w.id
)sql"};

constexpr pg::Statement kGetWorkspace{"get_workspace", R"sql(
  SELECT id, name, created_at FROM gateway.workspaces WHERE id = $1
)sql"};

Workspace ReadWorkspace(const pg::Row& row) {
  return {.id = base::WorkspaceId(row.Text(0)), .name = row.Text(1), .created_at = row.Time(2)};
}

}  // namespace

absl::StatusOr<std::pair<base::WorkspaceId, auth::Role>> PgWorkspaceStore::FindMembership(const std::string& user_name,
                                                                                          const std::string& workspace) {
  return db_.Transact([&](pg::Tx& tx) -> absl::StatusOr<std::pair<base::WorkspaceId, auth::Role>> {
    ASSIGN_OR_RETURN(const std::optional<pg::Row> row, tx.ZeroOrOne(kFindMembership, user_name, workspace));
    if (!row) return absl::NotFoundError(absl::StrCat("no workspace \"", workspace, "\" in which ", user_name, " has a role"));
    return std::pair(base::WorkspaceId(row->Text(0)), ReadRole(*row, 1));
  });
}

absl::StatusOr<Workspace> PgWorkspaceStore::CreateWorkspace(const std::string& name, const std::string& user_name,
                                                            absl::Time now) {
  return db_.Transact([&](pg::Tx& tx) -> absl::StatusOr<Workspace> {
    ASSIGN_OR_RETURN(const std::optional<pg::Row> user, tx.ZeroOrOne(kFindUserId, user_name));
    if (!user)
      return absl::FailedPreconditionError(
          absl::StrCat("\"", user_name, "\" is a token, not a user; a workspace needs a user as its admin"));
    ASSIGN_OR_RETURN(const std::optional<pg::Row> row, tx.ZeroOrOne(kCreateWorkspace, name, now));
    if (!row) return absl::AlreadyExistsError(absl::StrCat("the workspace name \"", name, "\" is taken"));
    RETURN_IF_ERROR(tx.Execute(kAddFirstAdmin, user->Int(0), row->Int(0)).status());
    return ReadWorkspace(*row);
  });
}

absl::StatusOr<std::vector<Workspace>> PgWorkspaceStore::ListWorkspaces(const std::string& user_name) {
  return db_.Transact([&](pg::Tx& tx) -> absl::StatusOr<std::vector<Workspace>> {
    ASSIGN_OR_RETURN(const std::vector<pg::Row> rows, tx.Many(kListWorkspaces, user_name));
    std::vector<Workspace> workspaces;
    for (const pg::Row& row : rows) workspaces.push_back(ReadWorkspace(row));
    return workspaces;
  });
}

absl::StatusOr<Workspace> PgWorkspaceStore::GetWorkspace(const base::WorkspaceId& id) {
  return db_.Transact([&](pg::Tx& tx) -> absl::StatusOr<Workspace> {
    ASSIGN_OR_RETURN(const std::optional<pg::Row> row, tx.ZeroOrOne(kGetWorkspace, id));
    if (!row) return absl::NotFoundError(absl::StrCat("no workspace ", id.value()));
    return ReadWorkspace(*row);
  });
}

}  // namespace millwright::gateway
