#pragma once

#include <optional>
#include <string>

#include "gateway/domain/identity.h"
#include "lib/pg/database.h"

namespace millwright::gateway {

auth::Role ReadRole(const pg::Row& row, int column);
/// The caller that a token or password stands for; `token_id` 0: a password.
Identity MakeIdentity(std::int64_t token_id, const std::string& token_name, const std::string& user_name,
                      const std::string& workspace, auth::Role role, std::optional<absl::Time> expires_at);
/// Of a row that begins with id, name, user_name, workspace_id, role, expires_at.
Identity ReadIdentity(const pg::Row& row);

/// NotFound, as every store says it.
absl::Status NoUser(const std::string& name);
/// Tells the listeners of kTokensChannel at commit: a token was made, ended or narrowed.
absl::Status TellOfTokens(pg::Tx& tx);

}  // namespace millwright::gateway
