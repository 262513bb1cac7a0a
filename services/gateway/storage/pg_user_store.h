#pragma once

#include "gateway/domain/user_store.h"
#include "lib/pg/database.h"

namespace millwright::gateway {

/// Users in PostgreSQL, schema `gateway`.
class PgUserStore final : public UserStore {
 public:
  explicit PgUserStore(pg::Database& db) : db_(db) {}

  absl::StatusOr<User> CreateUser(const base::WorkspaceId& workspace, const std::string& name, auth::Role role,
                                  absl::Time now) override;
  absl::StatusOr<User> GetUser(const base::WorkspaceId& workspace, const std::string& name) override;
  absl::StatusOr<std::vector<User>> ListUsers(const base::WorkspaceId& workspace, const std::string& after, int limit) override;
  absl::StatusOr<User> UpdateUser(const base::WorkspaceId& workspace, const std::string& name, const UserChange& change,
                                  absl::Time now) override;
  absl::StatusOr<std::optional<PasswordRecord>> FindPassword(const std::string& user_name) override;
  absl::StatusOr<std::string> GetPasswordHash(const std::string& user_name) override;
  absl::Status SetPasswordHash(const std::string& user_name, const std::string& old_hash, const std::string& new_hash,
                               std::int64_t kept_token, absl::Time now) override;
  absl::StatusOr<base::WorkspaceId> FindHome(const std::string& user_name) override;
  absl::StatusOr<bool> HasSignedIn(const std::string& user_name) override;

 private:
  pg::Database& db_;
};

}  // namespace millwright::gateway
