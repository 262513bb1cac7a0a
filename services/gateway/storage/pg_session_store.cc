#include "gateway/storage/pg_session_store.h"

#include "absl/strings/str_cat.h"
#include "gateway/storage/identity_rows.h"
#include "lib/base/status_macros.h"

namespace millwright::gateway {
namespace {

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

constexpr pg::Statement kCreateSignInCode{"create_sign_in_code", R"sql(
  INSERT INTO gateway.sign_in_codes (code_hash, user_id, workspace_id, created_at, expires_at)
  SELECT $3, u.id, r.workspace_id, $4, $5
    FROM gateway.users u
    JOIN gateway.user_roles r ON r.user_id = u.id
   WHERE r.workspace_id = $1 AND u.name = $2
)sql"};

constexpr pg::Statement kIsCodeUsable{"is_code_usable", R"sql(
  SELECT EXISTS (SELECT FROM gateway.sign_in_codes WHERE code_hash = $1 AND used_at IS NULL AND expires_at > $2)
)sql"};

}  // namespace

absl::Status PgSessionStore::CreateSignInCode(const base::WorkspaceId& workspace, const std::string& user_name,
                                              const std::string& code_hash, absl::Time now, absl::Time expires_at) {
  return db_.Transact([&](pg::Tx& tx) -> absl::Status {
    ASSIGN_OR_RETURN(const std::int64_t made,
                     tx.Execute(kCreateSignInCode, workspace, user_name, pg::Bytes(code_hash), now, expires_at));
    if (made == 0) return NoUser(user_name);
    return absl::OkStatus();
  });
}

absl::StatusOr<bool> PgSessionStore::IsCodeUsable(const std::string& code_hash, absl::Time now) {
  return db_.Transact([&](pg::Tx& tx) -> absl::StatusOr<bool> {
    ASSIGN_OR_RETURN(const pg::Row row, tx.One(kIsCodeUsable, pg::Bytes(code_hash), now));
    return row.Bool(0);
  });
}

absl::StatusOr<std::optional<Identity>> PgSessionStore::StartSessionByCode(const std::string& code_hash, const NewToken& session,
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

absl::StatusOr<std::optional<Identity>> PgSessionStore::StartSessionByPassword(const std::string& user_name,
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

absl::StatusOr<bool> PgSessionStore::IsSession(std::int64_t token_id, const std::string& user_name) {
  return db_.Transact([&](pg::Tx& tx) -> absl::StatusOr<bool> {
    ASSIGN_OR_RETURN(const pg::Row row, tx.One(kIsSession, token_id, user_name));
    return row.Bool(0);
  });
}

absl::Status PgSessionStore::EndSession(std::int64_t token_id, absl::Time now) {
  return db_.Transact([&](pg::Tx& tx) -> absl::Status {
    ASSIGN_OR_RETURN(const std::int64_t ended, tx.Execute(kEndSession, token_id, now));
    if (ended == 0) return absl::NotFoundError("no such session");
    return TellOfTokens(tx);
  });
}

}  // namespace millwright::gateway
