#pragma once

#include <functional>
#include <string>

#include "gateway/domain/failure_limiter.h"
#include "gateway/domain/identity_stores.h"
#include "lib/base/clock.h"

namespace millwright::gateway {

/// A secret that is shown once, with what is known of it.
struct SessionStart {
  std::string token;
  Identity identity;
};
struct TokenStart {
  std::string token;
  ApiToken api_token;
};
struct SignInCode {
  std::string code;
  absl::Time expires_at;
};
struct TokenRequest {
  std::string name;
  auth::Role role = auth::Role::kNone;  // kNone: the caller's own
  int expires_in_days = 0;              // 0: never
  std::string workspace;                // empty: the caller's
};

/// The rules of signing in, passwords and tokens. `caller` is always a verified one. Thread-safe.
class Accounts {
 public:
  static constexpr absl::Duration kSessionLifetime = absl::Hours(7 * 24);
  static constexpr absl::Duration kCodeLifetime = absl::Hours(24);

  Accounts(const IdentityStores& stores, const base::Clock& clock);

  /// Unauthenticated in the same words whatever was wrong; ResourceExhausted after too many failures for one user name.
  absl::StatusOr<SessionStart> SignInWithCode(const std::string& code);
  absl::StatusOr<SessionStart> SignInWithPassword(const std::string& user_name, const std::string& password);
  /// The record that a user name and password agree with, as basic authentication sends them: same errors, no session.
  absl::StatusOr<PasswordRecord> CheckPassword(const std::string& user_name, const std::string& password);
  /// `token_id`: of the session the call came with.
  absl::Status SignOut(std::int64_t token_id);

  absl::StatusOr<User> CreateUser(const auth::Caller& caller, const std::string& name, auth::Role role);
  absl::StatusOr<User> UpdateUser(const auth::Caller& caller, const std::string& name, const UserChange& change);
  /// `token_id`: of the session or API token the call came with. The first password needs a session, later ones the current.
  absl::Status SetPassword(const auth::Caller& caller, std::int64_t token_id, const std::string& current,
                           const std::string& wanted);
  absl::StatusOr<SignInCode> CreateSignInCode(const base::WorkspaceId& workspace, const std::string& user_name);
  /// The same on behalf of a caller, who must be allowed to act as that user.
  absl::StatusOr<SignInCode> CreateSignInLink(const auth::Caller& caller, const std::string& user_name);

  absl::StatusOr<TokenStart> CreateApiToken(const auth::Caller& caller, const TokenRequest& request);
  absl::StatusOr<std::vector<ApiToken>> ListApiTokens(const auth::Caller& caller, std::int64_t after, int limit);
  absl::Status RevokeApiToken(const auth::Caller& caller, std::int64_t id);

  absl::StatusOr<Workspace> CreateWorkspace(const auth::Caller& caller, const std::string& name);

 private:
  /// argon2id takes much memory: only a few at once. ResourceExhausted after a while of waiting.
  absl::Status TakeHashingSlot();
  void GiveHashingSlot();
  /// A sign-in link, and being disabled, reach into every workspace that the user has a role in: they are for the admins of the
  /// workspace that the account belongs to, and for the user. NotFound when the caller's workspace does not have the user.
  absl::Status CheckMayRuleAccount(const auth::Caller& caller, const std::string& user_name);

  const IdentityStores stores_;
  const base::Clock& clock_;
  FailureLimiter failures_;
  absl::Mutex hashing_mutex_;
  int hashing_ ABSL_GUARDED_BY(hashing_mutex_) = 0;
};

}  // namespace millwright::gateway
