#include "gateway/storage/pg_identity_store.h"

#include "absl/strings/str_cat.h"
#include "lib/base/status_macros.h"
#include "lib/pg/listener.h"

namespace millwright::gateway {
namespace {

constexpr pg::Statement kFindToken{"find_token", R"sql(
  SELECT id, name, user_name, workspace_id, role, expires_at
    FROM gateway.live_tokens
   WHERE token_hash = $1
     AND (expires_at IS NULL OR expires_at > $2)
)sql"};

constexpr pg::Statement kListGrants{"list_grants", R"sql(
  SELECT id, name, user_name, workspace_id, role, expires_at, token_hash
    FROM gateway.live_tokens
   WHERE kind = 'api'
     AND (expires_at IS NULL OR expires_at > $1)
   ORDER BY id
)sql"};

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

// A session is stored as admin: what it may do is its user's role, whatever that becomes.
constexpr pg::Statement kStartSessionByCode{"start_session_by_code", R"sql(
  WITH code AS (
    UPDATE gateway.sign_in_codes c
       SET used_at = $5
      FROM gateway.users u
      JOIN gateway.user_roles r ON r.user_id = u.id
     WHERE c.code_hash = $1
       AND c.used_at IS NULL
       AND c.expires_at > $5
       AND u.id = c.user_id
       AND NOT u.is_disabled
       AND r.workspace_id = c.workspace_id
    RETURNING c.user_id, c.workspace_id, u.name, r.role
  ), signed_in AS (
    UPDATE gateway.users u SET last_signed_in_at = $5 FROM code WHERE u.id = code.user_id
  ), session AS (
    INSERT INTO gateway.tokens (kind, token_hash, name, user_id, workspace_id, role, created_at, expires_at)
    SELECT 'session', $2, $3, user_id, workspace_id, 3, $5, $4 FROM code
    RETURNING id, name, expires_at
  )
  SELECT session.id, session.name, code.name, code.workspace_id, code.role, session.expires_at FROM session, code
)sql"};

constexpr pg::Statement kStartSessionByPassword{"start_session_by_password", R"sql(
  WITH person AS (
    UPDATE gateway.users
       SET last_signed_in_at = $6
     WHERE name = $1
       AND password_hash = $2
       AND NOT is_disabled
    RETURNING id, name
  ), place AS (
    SELECT person.id, person.name, r.workspace_id, r.role
      FROM person
      JOIN gateway.user_roles r ON r.user_id = person.id
     ORDER BY r.workspace_id
     LIMIT 1
  ), session AS (
    INSERT INTO gateway.tokens (kind, token_hash, name, user_id, workspace_id, role, created_at, expires_at)
    SELECT 'session', $3, $4, id, workspace_id, 3, $6, $5 FROM place
    RETURNING id, name, expires_at
  )
  SELECT session.id, session.name, place.name, place.workspace_id, place.role, session.expires_at FROM session, place
)sql"};

constexpr pg::Statement kForgetOldSessions{"forget_old_sessions", R"sql(
  DELETE FROM gateway.tokens WHERE kind = 'session' AND expires_at < $1
)sql"};

constexpr pg::Statement kIsSession{"is_session", R"sql(
  SELECT EXISTS (
    SELECT FROM gateway.tokens t
      JOIN gateway.users u ON u.id = t.user_id
     WHERE t.id = $1 AND t.kind = 'session' AND t.revoked_at IS NULL AND u.name = $2)
)sql"};

constexpr pg::Statement kEndSession{"end_session", R"sql(
  UPDATE gateway.tokens SET revoked_at = $2 WHERE id = $1 AND kind = 'session' AND revoked_at IS NULL
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

constexpr pg::Statement kCreateSignInCode{"create_sign_in_code", R"sql(
  INSERT INTO gateway.sign_in_codes (code_hash, user_id, workspace_id, created_at, expires_at)
  SELECT $3, u.id, r.workspace_id, $4, $5
    FROM gateway.users u
    JOIN gateway.user_roles r ON r.user_id = u.id
   WHERE r.workspace_id = $1 AND u.name = $2
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

constexpr pg::Statement kIsCodeUsable{"is_code_usable", R"sql(
  SELECT EXISTS (SELECT FROM gateway.sign_in_codes WHERE code_hash = $1 AND used_at IS NULL AND expires_at > $2)
)sql"};

constexpr pg::Statement kFindMembership{"find_membership", R"sql(
  SELECT w.id, r.role
    FROM gateway.users u
    JOIN gateway.user_roles r ON r.user_id = u.id
    JOIN gateway.workspaces w ON w.id = r.workspace_id
   WHERE u.name = $1 AND w.name = $2
)sql"};

constexpr pg::Statement kCreateApiToken{"create_api_token", R"sql(
  INSERT INTO gateway.tokens (kind, token_hash, name, user_id, workspace_id, role, created_at, expires_at)
  SELECT 'api', $4, $5, u.id, $1, $3, $6, $7 FROM gateway.users u WHERE u.name = $2
  RETURNING id, name, role, created_at, expires_at
)sql"};

constexpr pg::Statement kListApiTokens{"list_api_tokens", R"sql(
  SELECT t.id, t.name, t.role, t.created_at, t.expires_at, coalesce(u.name, '')
    FROM gateway.tokens t
    LEFT JOIN gateway.users u ON u.id = t.user_id
   WHERE t.workspace_id = $1
     AND t.kind = 'api'
     AND t.revoked_at IS NULL
     AND ($2 = '' OR u.name = $2)
     AND t.id > $3
   ORDER BY t.id
   LIMIT $4
)sql"};

constexpr pg::Statement kRevokeApiToken{"revoke_api_token", R"sql(
  UPDATE gateway.tokens t SET revoked_at = $4
   WHERE t.workspace_id = $1
     AND t.id = $3
     AND t.kind = 'api'
     AND t.revoked_at IS NULL
     AND ($2 = '' OR t.user_id = (SELECT id FROM gateway.users WHERE name = $2))
)sql"};

constexpr pg::Statement kEnsurePlatformToken{"ensure_platform_token", R"sql(
  INSERT INTO gateway.tokens (kind, token_hash, name, is_platform, user_id, workspace_id, role, created_at)
  VALUES ('api', $1, $2, true, (SELECT id FROM gateway.users WHERE name = $3), 1, $4, $5)
  ON CONFLICT (token_hash) DO NOTHING
)sql"};

constexpr pg::Statement kRevokeFormerPlatformToken{"revoke_former_platform_token", R"sql(
  UPDATE gateway.tokens SET revoked_at = $3
   WHERE is_platform AND name = $2 AND token_hash <> $1 AND revoked_at IS NULL
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

auth::Role ReadRole(const pg::Row& row, int column) { return static_cast<auth::Role>(row.Int(column)); }

Identity MakeIdentity(std::int64_t token_id, const std::string& token_name, const std::string& user_name,
                      const std::string& workspace, auth::Role role, std::optional<absl::Time> expires_at) {
  std::string subject = user_name;
  if (role == auth::Role::kWorker) {
    subject = absl::StrCat("worker:", token_name);
  } else if (user_name.empty()) {
    subject = absl::StrCat("token:", token_name);
  }
  return {.subject = subject,
          .user_name = user_name,
          .role = role,
          .workspace = base::WorkspaceId(workspace),
          .token_id = token_id,
          .expires_at = expires_at};
}

// id, name, user_name, workspace_id, role, expires_at
Identity ReadIdentity(const pg::Row& row) {
  return MakeIdentity(row.Int(0), row.Text(1), row.Text(2), row.Text(3), ReadRole(row, 4), row.OptionalTime(5));
}

User ReadUser(const pg::Row& row) {
  return {.name = row.Text(0),
          .role = ReadRole(row, 1),
          .is_disabled = row.Bool(2),
          .has_password = row.Bool(3),
          .created_at = row.Time(4)};
}

Workspace ReadWorkspace(const pg::Row& row) {
  return {.id = base::WorkspaceId(row.Text(0)), .name = row.Text(1), .created_at = row.Time(2)};
}

absl::Status NoUser(const std::string& name) {
  return absl::NotFoundError(absl::StrCat("no user \"", name, "\" in this workspace"));
}

absl::Status Tell(pg::Tx& tx) { return tx.Execute(pg::kNotify, IdentityStore::kTokensChannel).status(); }

absl::StatusOr<User> FindUser(pg::Tx& tx, const base::WorkspaceId& workspace, const std::string& name) {
  ASSIGN_OR_RETURN(const std::optional<pg::Row> row, tx.ZeroOrOne(kGetUser, workspace, name));
  if (!row) return NoUser(name);
  return ReadUser(*row);
}

}  // namespace

absl::StatusOr<std::optional<Identity>> PgIdentityStore::FindToken(const std::string& hash, absl::Time now) {
  return db_.Transact([&](pg::Tx& tx) -> absl::StatusOr<std::optional<Identity>> {
    ASSIGN_OR_RETURN(const std::optional<pg::Row> row, tx.ZeroOrOne(kFindToken, pg::Bytes(hash), now));
    if (!row) return std::nullopt;
    return ReadIdentity(*row);
  });
}

absl::StatusOr<std::optional<PasswordRecord>> PgIdentityStore::FindPassword(const std::string& user_name) {
  return db_.Transact([&](pg::Tx& tx) -> absl::StatusOr<std::optional<PasswordRecord>> {
    ASSIGN_OR_RETURN(const std::optional<pg::Row> row, tx.ZeroOrOne(kFindPassword, user_name));
    if (!row) return std::nullopt;
    return PasswordRecord{row->Text(0), MakeIdentity(0, "", row->Text(1), row->Text(2), ReadRole(*row, 3), std::nullopt)};
  });
}

absl::StatusOr<std::vector<TokenGrant>> PgIdentityStore::ListGrants(absl::Time now) {
  return db_.Transact([&](pg::Tx& tx) -> absl::StatusOr<std::vector<TokenGrant>> {
    ASSIGN_OR_RETURN(const std::vector<pg::Row> rows, tx.Many(kListGrants, now));
    std::vector<TokenGrant> grants;
    for (const pg::Row& row : rows) grants.push_back({row.Bytes(6), ReadIdentity(row)});
    return grants;
  });
}

absl::StatusOr<std::optional<Identity>> PgIdentityStore::StartSessionByCode(const std::string& code_hash, const NewToken& session,
                                                                            absl::Time now) {
  return db_.Transact([&](pg::Tx& tx) -> absl::StatusOr<std::optional<Identity>> {
    RETURN_IF_ERROR(tx.Execute(kForgetOldSessions, now - absl::Hours(24)).status());
    ASSIGN_OR_RETURN(
        const std::optional<pg::Row> row,
        tx.ZeroOrOne(kStartSessionByCode, pg::Bytes(code_hash), pg::Bytes(session.hash), session.name, session.expires_at, now));
    if (!row) return std::nullopt;
    return ReadIdentity(*row);
  });
}

absl::StatusOr<std::optional<Identity>> PgIdentityStore::StartSessionByPassword(const std::string& user_name,
                                                                                const std::string& password_hash,
                                                                                const NewToken& session, absl::Time now) {
  return db_.Transact([&](pg::Tx& tx) -> absl::StatusOr<std::optional<Identity>> {
    RETURN_IF_ERROR(tx.Execute(kForgetOldSessions, now - absl::Hours(24)).status());
    ASSIGN_OR_RETURN(const std::optional<pg::Row> row,
                     tx.ZeroOrOne(kStartSessionByPassword, user_name, password_hash, pg::Bytes(session.hash), session.name,
                                  session.expires_at, now));
    if (!row) return std::nullopt;
    return ReadIdentity(*row);
  });
}

absl::StatusOr<bool> PgIdentityStore::IsSession(std::int64_t token_id, const std::string& user_name) {
  return db_.Transact([&](pg::Tx& tx) -> absl::StatusOr<bool> {
    ASSIGN_OR_RETURN(const pg::Row row, tx.One(kIsSession, token_id, user_name));
    return row.Bool(0);
  });
}

absl::Status PgIdentityStore::EndSession(std::int64_t token_id, absl::Time now) {
  return db_.Transact([&](pg::Tx& tx) -> absl::Status {
    ASSIGN_OR_RETURN(const std::int64_t ended, tx.Execute(kEndSession, token_id, now));
    if (ended == 0) return absl::NotFoundError("no such session");
    return Tell(tx);
  });
}

absl::StatusOr<User> PgIdentityStore::CreateUser(const base::WorkspaceId& workspace, const std::string& name, auth::Role role,
                                                 absl::Time now) {
  return db_.Transact([&](pg::Tx& tx) -> absl::StatusOr<User> {
    ASSIGN_OR_RETURN(const std::optional<pg::Row> row, tx.ZeroOrOne(kCreateUser, name, now));
    if (!row) return absl::AlreadyExistsError(absl::StrCat("the user name \"", name, "\" is taken"));
    RETURN_IF_ERROR(tx.Execute(kAddRole, row->Int(0), workspace, static_cast<int>(role)).status());
    return FindUser(tx, workspace, name);
  });
}

absl::StatusOr<User> PgIdentityStore::GetUser(const base::WorkspaceId& workspace, const std::string& name) {
  return db_.Transact([&](pg::Tx& tx) { return FindUser(tx, workspace, name); });
}

absl::StatusOr<std::vector<User>> PgIdentityStore::ListUsers(const base::WorkspaceId& workspace, const std::string& after,
                                                             int limit) {
  return db_.Transact([&](pg::Tx& tx) -> absl::StatusOr<std::vector<User>> {
    ASSIGN_OR_RETURN(const std::vector<pg::Row> rows, tx.Many(kListUsers, workspace, after, limit));
    std::vector<User> users;
    for (const pg::Row& row : rows) users.push_back(ReadUser(row));
    return users;
  });
}

absl::StatusOr<User> PgIdentityStore::UpdateUser(const base::WorkspaceId& workspace, const std::string& name,
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
    RETURN_IF_ERROR(Tell(tx));
    return FindUser(tx, workspace, name);
  });
}

absl::StatusOr<std::string> PgIdentityStore::GetPasswordHash(const std::string& user_name) {
  return db_.Transact([&](pg::Tx& tx) -> absl::StatusOr<std::string> {
    ASSIGN_OR_RETURN(const std::optional<pg::Row> row, tx.ZeroOrOne(kGetPasswordHash, user_name));
    if (!row)
      return absl::FailedPreconditionError(absl::StrCat("\"", user_name, "\" is a token, not a user, and has no password"));
    return row->Text(0);
  });
}

absl::Status PgIdentityStore::SetPasswordHash(const std::string& user_name, const std::string& old_hash,
                                              const std::string& new_hash, std::int64_t kept_token, absl::Time now) {
  return db_.Transact([&](pg::Tx& tx) -> absl::Status {
    ASSIGN_OR_RETURN(const std::int64_t changed, tx.Execute(kSetPasswordHash, user_name, old_hash, new_hash));
    if (changed == 0) return absl::AbortedError("the password was changed at the same time elsewhere; try again");
    RETURN_IF_ERROR(tx.Execute(kEndOtherSessions, user_name, kept_token, now).status());
    return Tell(tx);
  });
}

absl::Status PgIdentityStore::CreateSignInCode(const base::WorkspaceId& workspace, const std::string& user_name,
                                               const std::string& code_hash, absl::Time now, absl::Time expires_at) {
  return db_.Transact([&](pg::Tx& tx) -> absl::Status {
    ASSIGN_OR_RETURN(const std::int64_t made,
                     tx.Execute(kCreateSignInCode, workspace, user_name, pg::Bytes(code_hash), now, expires_at));
    if (made == 0) return NoUser(user_name);
    return absl::OkStatus();
  });
}

absl::StatusOr<base::WorkspaceId> PgIdentityStore::FindHome(const std::string& user_name) {
  return db_.Transact([&](pg::Tx& tx) -> absl::StatusOr<base::WorkspaceId> {
    ASSIGN_OR_RETURN(const std::optional<pg::Row> row, tx.ZeroOrOne(kFindHome, user_name));
    if (!row) return absl::NotFoundError(absl::StrCat("no user \"", user_name, "\""));
    return base::WorkspaceId(row->Text(0));
  });
}

absl::StatusOr<bool> PgIdentityStore::HasSignedIn(const std::string& user_name) {
  return db_.Transact([&](pg::Tx& tx) -> absl::StatusOr<bool> {
    ASSIGN_OR_RETURN(const std::optional<pg::Row> row, tx.ZeroOrOne(kHasSignedIn, user_name));
    return row && row->Bool(0);
  });
}

absl::StatusOr<bool> PgIdentityStore::IsCodeUsable(const std::string& code_hash, absl::Time now) {
  return db_.Transact([&](pg::Tx& tx) -> absl::StatusOr<bool> {
    ASSIGN_OR_RETURN(const pg::Row row, tx.One(kIsCodeUsable, pg::Bytes(code_hash), now));
    return row.Bool(0);
  });
}

absl::StatusOr<std::pair<base::WorkspaceId, auth::Role>> PgIdentityStore::FindMembership(const std::string& user_name,
                                                                                         const std::string& workspace) {
  return db_.Transact([&](pg::Tx& tx) -> absl::StatusOr<std::pair<base::WorkspaceId, auth::Role>> {
    ASSIGN_OR_RETURN(const std::optional<pg::Row> row, tx.ZeroOrOne(kFindMembership, user_name, workspace));
    if (!row) return absl::NotFoundError(absl::StrCat("no workspace \"", workspace, "\" in which ", user_name, " has a role"));
    return std::pair(base::WorkspaceId(row->Text(0)), ReadRole(*row, 1));
  });
}

absl::StatusOr<ApiToken> PgIdentityStore::CreateApiToken(const base::WorkspaceId& workspace, const std::string& user_name,
                                                         auth::Role role, const NewToken& token, absl::Time now) {
  return db_.Transact([&](pg::Tx& tx) -> absl::StatusOr<ApiToken> {
    ASSIGN_OR_RETURN(const std::optional<pg::Row> row, tx.ZeroOrOne(kCreateApiToken, workspace, user_name, static_cast<int>(role),
                                                                    pg::Bytes(token.hash), token.name, now, token.expires_at));
    if (!row)
      return absl::FailedPreconditionError(absl::StrCat("\"", user_name, "\" is a token, not a user; tokens are made by users"));
    RETURN_IF_ERROR(Tell(tx));
    return ApiToken{.id = row->Int(0),
                    .name = row->Text(1),
                    .user_name = user_name,
                    .role = ReadRole(*row, 2),
                    .created_at = row->Time(3),
                    .expires_at = row->OptionalTime(4)};
  });
}

absl::StatusOr<std::vector<ApiToken>> PgIdentityStore::ListApiTokens(const base::WorkspaceId& workspace,
                                                                     const std::string& user_name, std::int64_t after,
                                                                     int limit) {
  return db_.Transact([&](pg::Tx& tx) -> absl::StatusOr<std::vector<ApiToken>> {
    ASSIGN_OR_RETURN(const std::vector<pg::Row> rows, tx.Many(kListApiTokens, workspace, user_name, after, limit));
    std::vector<ApiToken> tokens;
    for (const pg::Row& row : rows) {
      tokens.push_back({.id = row.Int(0),
                        .name = row.Text(1),
                        .user_name = row.Text(5),
                        .role = ReadRole(row, 2),
                        .created_at = row.Time(3),
                        .expires_at = row.OptionalTime(4)});
    }
    return tokens;
  });
}

absl::Status PgIdentityStore::RevokeApiToken(const base::WorkspaceId& workspace, const std::string& user_name, std::int64_t id,
                                             absl::Time now) {
  return db_.Transact([&](pg::Tx& tx) -> absl::Status {
    ASSIGN_OR_RETURN(const std::int64_t revoked, tx.Execute(kRevokeApiToken, workspace, user_name, id, now));
    if (revoked == 0) return absl::NotFoundError(absl::StrCat("no API token ", id));
    return Tell(tx);
  });
}

absl::Status PgIdentityStore::EnsurePlatformToken(const NewToken& token, const std::string& user_name, auth::Role role,
                                                  absl::Time now) {
  return db_.Transact([&](pg::Tx& tx) -> absl::Status {
    ASSIGN_OR_RETURN(const std::int64_t made,
                     tx.Execute(kEnsurePlatformToken, pg::Bytes(token.hash), token.name, user_name, static_cast<int>(role), now));
    ASSIGN_OR_RETURN(const std::int64_t revoked, tx.Execute(kRevokeFormerPlatformToken, pg::Bytes(token.hash), token.name, now));
    return made + revoked == 0 ? absl::OkStatus() : Tell(tx);
  });
}

absl::StatusOr<Workspace> PgIdentityStore::CreateWorkspace(const std::string& name, const std::string& user_name,
                                                           absl::Time now) {
  return db_.Transact([&](pg::Tx& tx) -> absl::StatusOr<Workspace> {
    ASSIGN_OR_RETURN(const std::optional<pg::Row> user, tx.ZeroOrOne(kFindUserId, user_name));
    if (!user)
      return absl::FailedPreconditionError(
          absl::StrCat("\"", user_name, "\" is a token, not a user; a workspace needs a user as its admin"));
    ASSIGN_OR_RETURN(const std::optional<pg::Row> row, tx.ZeroOrOne(kCreateWorkspace, name, now));
    if (!row) return absl::AlreadyExistsError(absl::StrCat("the workspace name \"", name, "\" is taken"));
    RETURN_IF_ERROR(tx.Execute(kAddRole, user->Int(0), row->Int(0), static_cast<int>(auth::Role::kAdmin)).status());
    return ReadWorkspace(*row);
  });
}

absl::StatusOr<std::vector<Workspace>> PgIdentityStore::ListWorkspaces(const std::string& user_name) {
  return db_.Transact([&](pg::Tx& tx) -> absl::StatusOr<std::vector<Workspace>> {
    ASSIGN_OR_RETURN(const std::vector<pg::Row> rows, tx.Many(kListWorkspaces, user_name));
    std::vector<Workspace> workspaces;
    for (const pg::Row& row : rows) workspaces.push_back(ReadWorkspace(row));
    return workspaces;
  });
}

absl::StatusOr<Workspace> PgIdentityStore::GetWorkspace(const base::WorkspaceId& id) {
  return db_.Transact([&](pg::Tx& tx) -> absl::StatusOr<Workspace> {
    ASSIGN_OR_RETURN(const std::optional<pg::Row> row, tx.ZeroOrOne(kGetWorkspace, id));
    if (!row) return absl::NotFoundError(absl::StrCat("no workspace ", id.value()));
    return ReadWorkspace(*row);
  });
}

}  // namespace millwright::gateway
