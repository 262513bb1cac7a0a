#pragma once

#include <optional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "gateway/domain/identity.h"

namespace millwright::gateway {

/// A user's password, and whom it proves: the user in their first workspace.
struct PasswordRecord {
  std::string hash;
  Identity identity;
};

/// A session or API token to be stored.
struct NewToken {
  std::string hash;  // auth::TokenHash of the secret
  std::string name;
  std::optional<absl::Time> expires_at;
};

/// Where identities live. Every change that ends or narrows a token tells the listeners of kTokensChannel. Thread-safe.
class IdentityStore {
 public:
  static constexpr char kTokensChannel[] = "gateway_tokens";

  virtual ~IdentityStore() = default;

  /// Whom a token stands for now; empty when it is unknown, expired or revoked, or its user disabled or without a role.
  virtual absl::StatusOr<std::optional<Identity>> FindToken(const std::string& hash, absl::Time now) = 0;
  /// Empty when there is no such user, or they are disabled or have no password.
  virtual absl::StatusOr<std::optional<PasswordRecord>> FindPassword(const std::string& user_name) = 0;
  /// Every valid API token.
  virtual absl::StatusOr<std::vector<TokenGrant>> ListGrants(absl::Time now) = 0;

  /// Spends a one-time code for a session; empty when the code is unknown, used or expired, or its user disabled.
  virtual absl::StatusOr<std::optional<Identity>> StartSessionByCode(const std::string& code_hash, const NewToken& session,
                                                                     absl::Time now) = 0;
  /// A session for a user whose password is still `password_hash`; empty when it is not.
  virtual absl::StatusOr<std::optional<Identity>> StartSessionByPassword(const std::string& user_name,
                                                                         const std::string& password_hash,
                                                                         const NewToken& session, absl::Time now) = 0;
  /// Whether the token is a session of this user, not an API token.
  virtual absl::StatusOr<bool> IsSession(std::int64_t token_id, const std::string& user_name) = 0;
  /// NotFound when the token is no session.
  virtual absl::Status EndSession(std::int64_t token_id, absl::Time now) = 0;

  virtual absl::StatusOr<User> CreateUser(const base::WorkspaceId& workspace, const std::string& name, auth::Role role,
                                          absl::Time now) = 0;
  virtual absl::StatusOr<User> GetUser(const base::WorkspaceId& workspace, const std::string& name) = 0;
  /// By name, after `after`.
  virtual absl::StatusOr<std::vector<User>> ListUsers(const base::WorkspaceId& workspace, const std::string& after,
                                                      int limit) = 0;
  /// FailedPrecondition when the workspace would be left without an enabled admin. Disabling revokes the user's tokens.
  virtual absl::StatusOr<User> UpdateUser(const base::WorkspaceId& workspace, const std::string& name, const UserChange& change,
                                          absl::Time now) = 0;
  /// The stored hash; empty: none. NotFound for an unknown user.
  virtual absl::StatusOr<std::string> GetPasswordHash(const std::string& user_name) = 0;
  /// Aborted when the hash is no longer `old_hash`. Ends the user's sessions but `kept_token`.
  virtual absl::Status SetPasswordHash(const std::string& user_name, const std::string& old_hash, const std::string& new_hash,
                                       std::int64_t kept_token, absl::Time now) = 0;
  virtual absl::Status CreateSignInCode(const base::WorkspaceId& workspace, const std::string& user_name,
                                        const std::string& code_hash, absl::Time now, absl::Time expires_at) = 0;
  /// The workspace that the user was made in and that their account belongs to; NotFound for an unknown user.
  virtual absl::StatusOr<base::WorkspaceId> FindHome(const std::string& user_name) = 0;
  /// Whether the user has ever signed in.
  virtual absl::StatusOr<bool> HasSignedIn(const std::string& user_name) = 0;
  /// Whether the code could still be used.
  virtual absl::StatusOr<bool> IsCodeUsable(const std::string& code_hash, absl::Time now) = 0;

  /// The user's role in the workspace of that name; NotFound when they have none there.
  virtual absl::StatusOr<std::pair<base::WorkspaceId, auth::Role>> FindMembership(const std::string& user_name,
                                                                                  const std::string& workspace) = 0;
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

  virtual absl::StatusOr<Workspace> CreateWorkspace(const std::string& name, const std::string& user_name, absl::Time now) = 0;
  virtual absl::StatusOr<std::vector<Workspace>> ListWorkspaces(const std::string& user_name) = 0;
  virtual absl::StatusOr<Workspace> GetWorkspace(const base::WorkspaceId& id) = 0;
};

/// The append-only audit log. Thread-safe.
class AuditLog {
 public:
  virtual ~AuditLog() = default;
  /// Writes the intent; its id.
  virtual absl::StatusOr<std::int64_t> Begin(const AuditEntry& entry) = 0;
  virtual absl::Status End(std::int64_t id, const std::string& outcome, absl::Time at) = 0;
  /// Newest first, with ids below `before`.
  virtual absl::StatusOr<std::vector<AuditEntry>> List(const base::WorkspaceId& workspace, std::int64_t before, int limit) = 0;
};

}  // namespace millwright::gateway
