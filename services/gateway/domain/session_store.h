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

/// Sessions, and the one-time codes that start them. Thread-safe.
class SessionStore {
 public:
  virtual ~SessionStore() = default;

  virtual absl::Status CreateSignInCode(const base::WorkspaceId& workspace, const std::string& user_name,
                                        const std::string& code_hash, absl::Time now, absl::Time expires_at) = 0;
  /// Whether the code could still be used.
  virtual absl::StatusOr<bool> IsCodeUsable(const std::string& code_hash, absl::Time now) = 0;
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
};

}  // namespace millwright::gateway
