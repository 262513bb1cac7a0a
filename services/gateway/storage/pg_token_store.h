#pragma once

#include "gateway/domain/token_store.h"
#include "lib/pg/database.h"

namespace millwright::gateway {

/// API tokens in PostgreSQL, schema `gateway`.
class PgTokenStore final : public TokenStore {
 public:
  explicit PgTokenStore(pg::Database& db) : db_(db) {}

  absl::StatusOr<std::optional<Identity>> FindToken(const std::string& hash, absl::Time now) override;
  absl::StatusOr<std::vector<TokenGrant>> ListGrants(absl::Time now) override;
  absl::StatusOr<ApiToken> CreateApiToken(const base::WorkspaceId& workspace, const std::string& user_name, auth::Role role,
                                          const NewToken& token, absl::Time now) override;
  absl::StatusOr<std::vector<ApiToken>> ListApiTokens(const base::WorkspaceId& workspace, const std::string& user_name,
                                                      std::int64_t after, int limit) override;
  absl::Status RevokeApiToken(const base::WorkspaceId& workspace, const std::string& user_name, std::int64_t id,
                              absl::Time now) override;
  absl::Status EnsurePlatformToken(const NewToken& token, const std::string& user_name, auth::Role role, absl::Time now) override;

 private:
  pg::Database& db_;
};

}  // namespace millwright::gateway
