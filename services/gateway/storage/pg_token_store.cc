#include "gateway/storage/pg_token_store.h"

#include "absl/strings/str_cat.h"
#include "gateway/storage/identity_rows.h"
#include "lib/base/status_macros.h"

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

}  // namespace

absl::StatusOr<std::optional<Identity>> PgTokenStore::FindToken(const std::string& hash, absl::Time now) {
  return db_.Transact([&](pg::Tx& tx) -> absl::StatusOr<std::optional<Identity>> {
    ASSIGN_OR_RETURN(const std::optional<pg::Row> row, tx.ZeroOrOne(kFindToken, pg::Bytes(hash), now));
    if (!row) return std::nullopt;
    return ReadIdentity(*row);
  });
}

absl::StatusOr<std::vector<TokenGrant>> PgTokenStore::ListGrants(absl::Time now) {
  return db_.Transact([&](pg::Tx& tx) -> absl::StatusOr<std::vector<TokenGrant>> {
    ASSIGN_OR_RETURN(const std::vector<pg::Row> rows, tx.Many(kListGrants, now));
    std::vector<TokenGrant> grants;
    for (const pg::Row& row : rows) grants.push_back({row.Bytes(6), ReadIdentity(row)});
    return grants;
  });
}

absl::StatusOr<ApiToken> PgTokenStore::CreateApiToken(const base::WorkspaceId& workspace, const std::string& user_name,
                                                      auth::Role role, const NewToken& token, absl::Time now) {
  return db_.Transact([&](pg::Tx& tx) -> absl::StatusOr<ApiToken> {
    ASSIGN_OR_RETURN(const std::optional<pg::Row> row, tx.ZeroOrOne(kCreateApiToken, workspace, user_name, static_cast<int>(role),
                                                                    pg::Bytes(token.hash), token.name, now, token.expires_at));
    if (!row)
      return absl::FailedPreconditionError(absl::StrCat("\"", user_name, "\" is a token, not a user; tokens are made by users"));
    RETURN_IF_ERROR(TellOfTokens(tx));
    return ApiToken{.id = row->Int(0),
                    .name = row->Text(1),
                    .user_name = user_name,
                    .role = ReadRole(*row, 2),
                    .created_at = row->Time(3),
                    .expires_at = row->OptionalTime(4)};
  });
}

absl::StatusOr<std::vector<ApiToken>> PgTokenStore::ListApiTokens(const base::WorkspaceId& workspace,
                                                                  const std::string& user_name, std::int64_t after, int limit) {
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

absl::Status PgTokenStore::RevokeApiToken(const base::WorkspaceId& workspace, const std::string& user_name, std::int64_t id,
                                          absl::Time now) {
  return db_.Transact([&](pg::Tx& tx) -> absl::Status {
    ASSIGN_OR_RETURN(const std::int64_t revoked, tx.Execute(kRevokeApiToken, workspace, user_name, id, now));
    if (revoked == 0) return absl::NotFoundError(absl::StrCat("no API token ", id));
    return TellOfTokens(tx);
  });
}

absl::Status PgTokenStore::EnsurePlatformToken(const NewToken& token, const std::string& user_name, auth::Role role,
                                               absl::Time now) {
  return db_.Transact([&](pg::Tx& tx) -> absl::Status {
    ASSIGN_OR_RETURN(const std::int64_t made,
                     tx.Execute(kEnsurePlatformToken, pg::Bytes(token.hash), token.name, user_name, static_cast<int>(role), now));
    ASSIGN_OR_RETURN(const std::int64_t revoked, tx.Execute(kRevokeFormerPlatformToken, pg::Bytes(token.hash), token.name, now));
    return made + revoked == 0 ? absl::OkStatus() : TellOfTokens(tx);
  });
}

}  // namespace millwright::gateway
