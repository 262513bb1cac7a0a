#pragma once

#include "gateway/domain/session_store.h"
#include "lib/pg/database.h"

namespace millwright::gateway {

/// Sessions and sign-in codes in PostgreSQL, schema `gateway`.
class PgSessionStore final : public SessionStore {
 public:
  explicit PgSessionStore(pg::Database& db) : db_(db) {}

  absl::Status CreateSignInCode(const base::WorkspaceId& workspace, const std::string& user_name, const std::string& code_hash,
                                absl::Time now, absl::Time expires_at) override;
  absl::StatusOr<bool> IsCodeUsable(const std::string& code_hash, absl::Time now) override;
  absl::StatusOr<std::optional<Identity>> StartSessionByCode(const std::string& code_hash, const NewToken& session,
                                                             absl::Time now) override;
  absl::StatusOr<std::optional<Identity>> StartSessionByPassword(const std::string& user_name, const std::string& password_hash,
                                                                 const NewToken& session, absl::Time now) override;
  absl::StatusOr<bool> IsSession(std::int64_t token_id, const std::string& user_name) override;
  absl::Status EndSession(std::int64_t token_id, absl::Time now) override;

 private:
  pg::Database& db_;
};

}  // namespace millwright::gateway
