#pragma once

#include "gateway/domain/identity_store.h"
#include "lib/pg/database.h"

namespace millwright::gateway {

/// Identities in PostgreSQL, schema `gateway`.
class PgIdentityStore final : public IdentityStore {
 public:
  explicit PgIdentityStore(pg::Database& db) : db_(db) {}

  absl::StatusOr<std::optional<Identity>> FindToken(const std::string& hash, absl::Time now) override;
  absl::StatusOr<std::optional<PasswordRecord>> FindPassword(const std::string& user_name) override;
  absl::StatusOr<std::vector<TokenGrant>> ListGrants(absl::Time now) override;
  absl::StatusOr<std::optional<Identity>> StartSessionByCode(const std::string& code_hash, const NewToken& session,
                                                             absl::Time now) override;
  absl::StatusOr<std::optional<Identity>> StartSessionByPassword(const std::string& user_name, const std::string& password_hash,
                                                                 const NewToken& session, absl::Time now) override;
  absl::StatusOr<bool> IsSession(std::int64_t token_id, const std::string& user_name) override;
  absl::Status EndSession(std::int64_t token_id, absl::Time now) override;
  absl::StatusOr<User> CreateUser(const base::WorkspaceId& workspace, const std::string& name, auth::Role role,
                                  absl::Time now) override;
  absl::StatusOr<User> GetUser(const base::WorkspaceId& workspace, const std::string& name) override;
  absl::StatusOr<std::vector<User>> ListUsers(const base::WorkspaceId& workspace, const std::string& after, int limit) override;
  absl::StatusOr<User> UpdateUser(const base::WorkspaceId& workspace, const std::string& name, const UserChange& change,
                                  absl::Time now) override;
  absl::StatusOr<std::string> GetPasswordHash(const std::string& user_name) override;
  absl::Status SetPasswordHash(const std::string& user_name, const std::string& old_hash, const std::string& new_hash,
                               std::int64_t kept_token, absl::Time now) override;
  absl::Status CreateSignInCode(const base::WorkspaceId& workspace, const std::string& user_name, const std::string& code_hash,
                                absl::Time now, absl::Time expires_at) override;
  absl::StatusOr<base::WorkspaceId> FindHome(const std::string& user_name) override;
  absl::StatusOr<bool> HasSignedIn(const std::string& user_name) override;
  absl::StatusOr<bool> IsCodeUsable(const std::string& code_hash, absl::Time now) override;
  absl::StatusOr<std::pair<base::WorkspaceId, auth::Role>> FindMembership(const std::string& user_name,
                                                                          const std::string& workspace) override;
  absl::StatusOr<ApiToken> CreateApiToken(const base::WorkspaceId& workspace, const std::string& user_name, auth::Role role,
                                          const NewToken& token, absl::Time now) override;
  absl::StatusOr<std::vector<ApiToken>> ListApiTokens(const base::WorkspaceId& workspace, const std::string& user_name,
                                                      std::int64_t after, int limit) override;
  absl::Status RevokeApiToken(const base::WorkspaceId& workspace, const std::string& user_name, std::int64_t id,
                              absl::Time now) override;
  absl::Status EnsurePlatformToken(const NewToken& token, const std::string& user_name, auth::Role role, absl::Time now) override;
  absl::StatusOr<Workspace> CreateWorkspace(const std::string& name, const std::string& user_name, absl::Time now) override;
  absl::StatusOr<std::vector<Workspace>> ListWorkspaces(const std::string& user_name) override;
  absl::StatusOr<Workspace> GetWorkspace(const base::WorkspaceId& id) override;

 private:
  pg::Database& db_;
};

}  // namespace millwright::gateway
