#pragma once

#include <optional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "gateway/domain/identity.h"
#include "gateway/domain/new_token.h"

namespace millwright::gateway {

/// API tokens, and whom a token of any kind stands for. Thread-safe.
class TokenStore {
 public:
  virtual ~TokenStore() = default;

  /// Whom a token stands for now; empty when it is unknown, expired or revoked, or its user disabled or without a role.
  virtual absl::StatusOr<std::optional<Identity>> FindToken(const std::string& hash, absl::Time now) = 0;
  /// Every valid API token.
  virtual absl::StatusOr<std::vector<TokenGrant>> ListGrants(absl::Time now) = 0;
  virtual absl::StatusOr<ApiToken> CreateApiToken(const base::WorkspaceId& workspace, const std::string& user_name,
                                                  auth::Role role, const NewToken& token, absl::Time now) = 0;
  /// By id, after `after`; of one user when `user_name` is not empty.
  virtual absl::StatusOr<std::vector<ApiToken>> ListApiTokens(const base::WorkspaceId& workspace, const std::string& user_name,
                                                              std::int64_t after, int limit) = 0;
  /// NotFound when the workspace (or the user, when named) has no such token.
  virtual absl::Status RevokeApiToken(const base::WorkspaceId& workspace, const std::string& user_name, std::int64_t id,
                                      absl::Time now) = 0;
  /// Makes sure that a token of the platform itself exists in the default workspace and that no other one has its name.
  virtual absl::Status EnsurePlatformToken(const NewToken& token, const std::string& user_name, auth::Role role,
                                           absl::Time now) = 0;
};

}  // namespace millwright::gateway
