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

/// Users: their roles, passwords and where they belong. Thread-safe.
class UserStore {
 public:
  virtual ~UserStore() = default;

  virtual absl::StatusOr<User> CreateUser(const base::WorkspaceId& workspace, const std::string& name, auth::Role role,
                                          absl::Time now) = 0;
  virtual absl::StatusOr<User> GetUser(const base::WorkspaceId& workspace, const std::string& name) = 0;
  /// By name, after `after`.
  virtual absl::StatusOr<std::vector<User>> ListUsers(const base::WorkspaceId& workspace, const std::string& after,
                                                      int limit) = 0;
  /// FailedPrecondition when the workspace would be left without an enabled admin. Disabling revokes the user's tokens.
  virtual absl::StatusOr<User> UpdateUser(const base::WorkspaceId& workspace, const std::string& name, const UserChange& change,
                                          absl::Time now) = 0;
  /// Empty when there is no such user, or they are disabled or have no password.
  virtual absl::StatusOr<std::optional<PasswordRecord>> FindPassword(const std::string& user_name) = 0;
  /// The stored hash; empty: none. NotFound for an unknown user.
  virtual absl::StatusOr<std::string> GetPasswordHash(const std::string& user_name) = 0;
  /// Aborted when the hash is no longer `old_hash`. Ends the user's sessions but `kept_token`.
  virtual absl::Status SetPasswordHash(const std::string& user_name, const std::string& old_hash, const std::string& new_hash,
                                       std::int64_t kept_token, absl::Time now) = 0;
  /// The workspace that the user was made in and that their account belongs to; NotFound for an unknown user.
  virtual absl::StatusOr<base::WorkspaceId> FindHome(const std::string& user_name) = 0;
  /// Whether the user has ever signed in.
  virtual absl::StatusOr<bool> HasSignedIn(const std::string& user_name) = 0;
};

}  // namespace millwright::gateway
