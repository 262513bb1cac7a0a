#include "gateway/storage/pg_user_store.h"

#include "absl/strings/str_cat.h"
#include "gateway/storage/identity_rows.h"
#include "lib/base/status_macros.h"

namespace millwright::gateway {
namespace {

constexpr pg::Statement kFindPassword{"find_password", R"sql(
  SELECT u.password_hash, u.name, r.workspace_id, r.role
    FROM gateway.users u
    JOIN gateway.user_roles r ON r.user_id = u.id
   WHERE u.name = $1
     AND NOT u.is_disabled
     AND u.password_hash IS NOT NULL
   ORDER BY r.workspace_id
   LIMIT 1
)sql"};

constexpr pg::Statement kCreateUser{"create_user", R"sql(
  INSERT INTO gateway.users (name, created_at) VALUES ($1, $2)
  ON CONFLICT (name) DO NOTHING
  RETURNING id
)sql"};

constexpr pg::Statement kAddRole{"add_role", R"sql(
  INSERT INTO gateway.user_roles (user_id, workspace_id, role) VALUES ($1, $2, $3)
)sql"};

constexpr pg::Statement kGetUser{"get_user", R"sql(
  SELECT u.name, r.role, u.is_disabled, u.password_hash IS NOT NULL, u.created_at
    FROM gateway.users u
    JOIN gateway.user_roles r ON r.user_id = u.id
   WHERE r.workspace_id = $1
     AND u.name = $2
)sql"};

constexpr pg::Statement kListUsers{"list_users", R"sql(
  SELECT u.name, r.role, u.is_disabled, u.password_hash IS NOT NULL, u.created_at
    FROM gateway.users u
    JOIN gateway.user_roles r ON r.user_id = u.id
   WHERE r.workspace_id = $1
     AND u.name > $2
   ORDER BY u.name
   LIMIT $3
)sql"};

constexpr pg::Statement kLockWorkspace{"lock_workspace", R"sql(
  SELECT id FROM gateway.workspaces WHERE id = $1 FOR UPDATE
)sql"};

constexpr pg::Statement kSetRole{"set_role", R"sql(
  UPDATE gateway.user_roles r SET role = $3
    FROM gateway.users u
   WHERE u.name = $2 AND r.user_id = u.id AND r.workspace_id = $1
)sql"};

constexpr pg::Statement kSetDisabled{"set_disabled", R"sql(
  UPDATE gateway.users SET is_disabled = $2 WHERE name = $1
)sql"};

constexpr pg::Statement kRevokeTokensOfUser{"revoke_tokens_of_user", R"sql(
  UPDATE gateway.tokens t SET revoked_at = $2
    FROM gateway.users u
   WHERE u.name = $1 AND t.user_id = u.id AND t.revoked_at IS NULL AND NOT t.is_platform
)sql"};

constexpr pg::Statement kCountAdmins{"count_admins", R"sql(
  SELECT count(*)
    FROM gateway.user_roles r
    JOIN gateway.users u ON u.id = r.user_id
   WHERE r.workspace_id = $1 AND r.role = 3 AND NOT u.is_disabled
)sql"};

constexpr pg::Statement kGetPasswordHash{"get_password_hash", R"sql(
  SELECT coalesce(password_hash, '') FROM gateway.users WHERE name = $1
)sql"};

constexpr pg::Statement kSetPasswordHash{"set_password_hash", R"sql(
  UPDATE gateway.users SET password_hash = $3 WHERE name = $1 AND coalesce(password_hash, '') = $2
)sql"};

constexpr pg::Statement kEndOtherSessions{"end_other_sessions", R"sql(
  UPDATE gateway.tokens t SET revoked_at = $3
    FROM gateway.users u
   WHERE u.name = $1 AND t.user_id = u.id AND t.kind = 'session' AND t.id <> $2 AND t.revoked_at IS NULL
)sql"};

// A user gets their first role when they are made and others only in workspaces that they make later.
constexpr pg::Statement kFindHome{"find_home", R"sql(
  SELECT r.workspace_id
    FROM gateway.users u
    JOIN gateway.user_roles r ON r.user_id = u.id
   WHERE u.name = $1
   ORDER BY r.workspace_id
   LIMIT 1
)sql"};

constexpr pg::Statement kHasSignedIn{"has_signed_in", R"sql(
  SELECT last_signed_in_at IS NOT NULL FROM gateway.users WHERE name = $1
)sql"};

User ReadUser(const pg::Row& row) {
  return {.name = row.Text(0),
          .role = ReadRole(row, 1),
          .is_disabled = row.Bool(2),
          .has_password = row.Bool(3),
          .created_at = row.Time(4)};
}

absl::StatusOr<User> FindUser(pg::Tx& tx, const base::WorkspaceId& workspace, const std::string& name) {
  ASSIGN_OR_RETURN(const std::optional<pg::Row> row, tx.ZeroOrOne(kGetUser, workspace, name));
  if (!row) return NoUser(name);
  return ReadUser(*row);
}

}  // namespace

absl::StatusOr<User> PgUserStore::CreateUser(const base::WorkspaceId& workspace, const std::string& name, auth::Role role,
                                             absl::Time now) {
  return db_.Transact([&](pg::Tx& tx) -> absl::StatusOr<User> {
    ASSIGN_OR_RETURN(const std::optional<pg::Row> row, tx.ZeroOrOne(kCreateUser, name, now));
    if (!row) return absl::AlreadyExistsError(absl::StrCat("the user name \"", name, "\" is taken"));
    RETURN_IF_ERROR(tx.Execute(kAddRole, row->Int(0), workspace, static_cast<int>(role)).status());
    return FindUser(tx, workspace, name);
  });
}

absl::StatusOr<User> PgUserStore::GetUser(const base::WorkspaceId& workspace, const std::string& name) {
  return db_.Transact([&](pg::Tx& tx) { return FindUser(tx, workspace, name); });
}

absl::StatusOr<std::vector<User>> PgUserStore::ListUsers(const base::WorkspaceId& workspace, const std::string& after,
                                                         int limit) {
  return db_.Transact([&](pg::Tx& tx) -> absl::StatusOr<std::vector<User>> {
    ASSIGN_OR_RETURN(const std::vector<pg::Row> rows, tx.Many(kListUsers, workspace, after, limit));
    std::vector<User> users;
    for (const pg::Row& row : rows) users.push_back(ReadUser(row));
    return users;
  });
}

absl::StatusOr<User> PgUserStore::UpdateUser(const base::WorkspaceId& workspace, const std::string& name,
                                             const UserChange& change, absl::Time now) {
  return db_.Transact([&](pg::Tx& tx) -> absl::StatusOr<User> {
    // Two admins who demote each other at once must not both succeed.
    RETURN_IF_ERROR(tx.One(kLockWorkspace, workspace).status());
    RETURN_IF_ERROR(FindUser(tx, workspace, name).status());
    if (change.role) RETURN_IF_ERROR(tx.Execute(kSetRole, workspace, name, static_cast<int>(*change.role)).status());
    if (change.is_disabled) RETURN_IF_ERROR(tx.Execute(kSetDisabled, name, *change.is_disabled).status());
    if (change.is_disabled.value_or(false)) RETURN_IF_ERROR(tx.Execute(kRevokeTokensOfUser, name, now).status());
    ASSIGN_OR_RETURN(const pg::Row admins, tx.One(kCountAdmins, workspace));
    if (admins.Int(0) == 0) {
      return absl::FailedPreconditionError(
          absl::StrCat("\"", name, "\" is the last admin of the workspace; make another one first"));
    }
    RETURN_IF_ERROR(TellOfTokens(tx));
    return FindUser(tx, workspace, name);
  });
}

absl::StatusOr<std::optional<PasswordRecord>> PgUserStore::FindPassword(const std::string& user_name) {
  return db_.Transact([&](pg::Tx& tx) -> absl::StatusOr<std::optional<PasswordRecord>> {
    ASSIGN_OR_RETURN(const std::optional<pg::Row> row, tx.ZeroOrOne(kFindPassword, user_name));
    if (!row) return std::nullopt;
    return PasswordRecord{row->Text(0), MakeIdentity(0, "", row->Text(1), row->Text(2), ReadRole(*row, 3), std::nullopt)};
  });
}

absl::StatusOr<std::string> PgUserStore::GetPasswordHash(const std::string& user_name) {
  return db_.Transact([&](pg::Tx& tx) -> absl::StatusOr<std::string> {
    ASSIGN_OR_RETURN(const std::optional<pg::Row> row, tx.ZeroOrOne(kGetPasswordHash, user_name));
    if (!row)
      return absl::FailedPreconditionError(absl::StrCat("\"", user_name, "\" is a token, not a user, and has no password"));
    return row->Text(0);
  });
}

absl::Status PgUserStore::SetPasswordHash(const std::string& user_name, const std::string& old_hash, const std::string& new_hash,
                                          std::int64_t kept_token, absl::Time now) {
  return db_.Transact([&](pg::Tx& tx) -> absl::Status {
    ASSIGN_OR_RETURN(const std::int64_t changed, tx.Execute(kSetPasswordHash, user_name, old_hash, new_hash));
    if (changed == 0) return absl::AbortedError("the password was changed at the same time elsewhere; try again");
    RETURN_IF_ERROR(tx.Execute(kEndOtherSessions, user_name, kept_token, now).status());
    return TellOfTokens(tx);
  });
}

absl::StatusOr<base::WorkspaceId> PgUserStore::FindHome(const std::string& user_name) {
  return db_.Transact([&](pg::Tx& tx) -> absl::StatusOr<base::WorkspaceId> {
    ASSIGN_OR_RETURN(const std::optional<pg::Row> row, tx.ZeroOrOne(kFindHome, user_name));
    if (!row) return absl::NotFoundError(absl::StrCat("no user \"", user_name, "\""));
    return base::WorkspaceId(row->Text(0));
  });
}

absl::StatusOr<bool> PgUserStore::HasSignedIn(const std::string& user_name) {
  return db_.Transact([&](pg::Tx& tx) -> absl::StatusOr<bool> {
    ASSIGN_OR_RETURN(const std::optional<pg::Row> row, tx.ZeroOrOne(kHasSignedIn, user_name));
    return row && row->Bool(0);
  });
}

}  // namespace millwright::gateway
