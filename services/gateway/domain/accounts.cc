#include "gateway/domain/accounts.h"

#include "absl/cleanup/cleanup.h"
#include "absl/strings/str_cat.h"
#include "lib/auth/access_rule.h"
#include "lib/auth/token.h"
#include "lib/base/random.h"
#include "lib/base/status_macros.h"

namespace millwright::gateway {
namespace {

// argon2id takes 64 MiB a check.
constexpr int kMaxHashing = 4;

absl::Status NotSignedIn() { return absl::UnauthenticatedError("the code, or the user name or password, is not right"); }

// A hash that no password has, so that an unknown user takes as long as a wrong password.
const std::string& HashOfNobody() {
  static const auto* hash = new std::string(auth::HashPassword(base::RandomHex(32)).value_or(""));
  return *hash;
}

}  // namespace

Accounts::Accounts(const IdentityStores& stores, const base::Clock& clock)
    : stores_(stores), clock_(clock), failures_(10, absl::Seconds(30), clock) {}

absl::StatusOr<SessionStart> Accounts::SignInWithCode(const std::string& code) {
  const absl::Time now = clock_.Now();
  const std::string token = auth::NewToken();
  const NewToken session{.hash = auth::TokenHash(token), .name = "session", .expires_at = now + kSessionLifetime};
  ASSIGN_OR_RETURN(const std::optional<Identity> identity,
                   stores_.sessions.StartSessionByCode(auth::TokenHash(code), session, now));
  if (!identity) return NotSignedIn();
  return SessionStart{token, *identity};
}

absl::Status Accounts::TakeHashingSlot() {
  absl::MutexLock lock(&hashing_mutex_);
  const bool has_room = hashing_mutex_.AwaitWithTimeout(absl::Condition(
                                                            +[](int* n) { return *n < kMaxHashing; }, &hashing_),
                                                        absl::Seconds(10));
  if (!has_room) return absl::ResourceExhaustedError("too many passwords are checked at once; try again");
  ++hashing_;
  return absl::OkStatus();
}

void Accounts::GiveHashingSlot() {
  absl::MutexLock lock(&hashing_mutex_);
  --hashing_;
}

absl::StatusOr<PasswordRecord> Accounts::CheckPassword(const std::string& user_name, const std::string& password) {
  if (user_name.size() > 64 || password.size() > 1024) return NotSignedIn();
  if (!failures_.MayTry(user_name)) {
    return absl::ResourceExhaustedError("too many failed sign-ins for this user name; wait a minute and try again");
  }
  ASSIGN_OR_RETURN(const std::optional<PasswordRecord> record, stores_.users.FindPassword(user_name));
  bool is_right = false;
  {
    RETURN_IF_ERROR(TakeHashingSlot());
    const auto give = absl::MakeCleanup([this] { GiveHashingSlot(); });
    is_right = auth::VerifyPassword(record ? record->hash : HashOfNobody(), password) && record;
  }
  if (!is_right) {
    failures_.CountFailure(user_name);
    return NotSignedIn();
  }
  return *record;
}

absl::StatusOr<SessionStart> Accounts::SignInWithPassword(const std::string& user_name, const std::string& password) {
  ASSIGN_OR_RETURN(const PasswordRecord record, CheckPassword(user_name, password));
  const absl::Time now = clock_.Now();
  const std::string token = auth::NewToken();
  const NewToken session{.hash = auth::TokenHash(token), .name = "session", .expires_at = now + kSessionLifetime};
  ASSIGN_OR_RETURN(const std::optional<Identity> identity,
                   stores_.sessions.StartSessionByPassword(user_name, record.hash, session, now));
  if (!identity) return NotSignedIn();
  return SessionStart{token, *identity};
}

absl::Status Accounts::SignOut(std::int64_t token_id) {
  const absl::Status status = stores_.sessions.EndSession(token_id, clock_.Now());
  if (!absl::IsNotFound(status)) return status;
  return absl::FailedPreconditionError("the caller did not sign in but sent an API token or password; revoke the token instead");
}

absl::StatusOr<User> Accounts::CreateUser(const auth::Caller& caller, const std::string& name, auth::Role role) {
  RETURN_IF_ERROR(CheckUserName(name));
  RETURN_IF_ERROR(CheckUserRole(role));
  return stores_.users.CreateUser(caller.workspace, name, role, clock_.Now());
}

absl::StatusOr<User> Accounts::UpdateUser(const auth::Caller& caller, const std::string& name, const UserChange& change) {
  if (change.role) RETURN_IF_ERROR(CheckUserRole(*change.role));
  if (!change.role && !change.is_disabled) return absl::InvalidArgumentError("nothing to change: set role or is_disabled");
  if (change.is_disabled) RETURN_IF_ERROR(CheckMayRuleAccount(caller, name));
  return stores_.users.UpdateUser(caller.workspace, name, change, clock_.Now());
}

absl::Status Accounts::SetPassword(const auth::Caller& caller, std::int64_t token_id, const std::string& current,
                                   const std::string& wanted) {
  RETURN_IF_ERROR(CheckNewPassword(wanted));
  if (!failures_.MayTry(caller.subject))
    return absl::ResourceExhaustedError("too many wrong passwords; wait a minute and try again");
  ASSIGN_OR_RETURN(const std::string old_hash, stores_.users.GetPasswordHash(caller.subject));
  if (old_hash.empty()) {
    // Nothing else proves who asks, and an API token, made for less or for a while, must not become its user.
    ASSIGN_OR_RETURN(const bool is_session, stores_.sessions.IsSession(token_id, caller.subject));
    if (!is_session)
      return absl::PermissionDeniedError(
          "an API token cannot set the first password; sign in with a one-time link and set it there");
  }
  RETURN_IF_ERROR(TakeHashingSlot());
  const auto give = absl::MakeCleanup([this] { GiveHashingSlot(); });
  const bool is_right = old_hash.empty() ? current.empty() : auth::VerifyPassword(old_hash, current);
  if (!is_right) {
    failures_.CountFailure(caller.subject);
    return absl::PermissionDeniedError("current_password is not right");
  }
  ASSIGN_OR_RETURN(const std::string new_hash, auth::HashPassword(wanted));
  return stores_.users.SetPasswordHash(caller.subject, old_hash, new_hash, token_id, clock_.Now());
}

absl::StatusOr<SignInCode> Accounts::CreateSignInCode(const base::WorkspaceId& workspace, const std::string& user_name) {
  const absl::Time now = clock_.Now();
  const SignInCode code{.code = base::RandomHex(32), .expires_at = now + kCodeLifetime};
  RETURN_IF_ERROR(stores_.sessions.CreateSignInCode(workspace, user_name, auth::TokenHash(code.code), now, code.expires_at));
  return code;
}

absl::StatusOr<SignInCode> Accounts::CreateSignInLink(const auth::Caller& caller, const std::string& user_name) {
  RETURN_IF_ERROR(CheckMayRuleAccount(caller, user_name));
  return CreateSignInCode(caller.workspace, user_name);
}

absl::Status Accounts::CheckMayRuleAccount(const auth::Caller& caller, const std::string& user_name) {
  RETURN_IF_ERROR(stores_.users.GetUser(caller.workspace, user_name).status());
  if (caller.subject == user_name) return absl::OkStatus();
  ASSIGN_OR_RETURN(const base::WorkspaceId home, stores_.users.FindHome(user_name));
  if (home == caller.workspace) return absl::OkStatus();
  return absl::PermissionDeniedError(absl::StrCat(
      "the account \"", user_name, "\" belongs to another workspace, whose admins make its sign-in links and disable it"));
}

absl::StatusOr<TokenStart> Accounts::CreateApiToken(const auth::Caller& caller, const TokenRequest& request) {
  RETURN_IF_ERROR(CheckTokenName(request.name));
  if (request.expires_in_days < 0 || request.expires_in_days > 3650) {
    return absl::InvalidArgumentError(absl::StrCat("expires_in_days ", request.expires_in_days, " must be 0 (never) to 3650"));
  }
  base::WorkspaceId workspace = caller.workspace;
  auth::Role held = caller.role;
  if (!request.workspace.empty()) {
    ASSIGN_OR_RETURN(const auto membership, stores_.workspaces.FindMembership(caller.subject, request.workspace));
    // A token of one workspace says nothing about the rights in another; its user's role there does, unless the token was
    // made weaker on purpose.
    if (membership.first != workspace && static_cast<int>(held) > static_cast<int>(membership.second)) held = membership.second;
    workspace = membership.first;
  }
  const auth::Role role = request.role == auth::Role::kNone ? held : request.role;
  if (!MayGrant(held, role)) {
    return absl::PermissionDeniedError(
        absl::StrCat("a token's role is at most the caller's: ", auth::RoleName(held), ", not ", auth::RoleName(role)));
  }
  const absl::Time now = clock_.Now();
  TokenStart start{.token = auth::NewToken(), .api_token = {}};
  NewToken token{.hash = auth::TokenHash(start.token), .name = request.name, .expires_at = std::nullopt};
  if (request.expires_in_days > 0) token.expires_at = now + absl::Hours(24 * request.expires_in_days);
  ASSIGN_OR_RETURN(start.api_token, stores_.tokens.CreateApiToken(workspace, caller.subject, role, token, now));
  return start;
}

absl::StatusOr<std::vector<ApiToken>> Accounts::ListApiTokens(const auth::Caller& caller, std::int64_t after, int limit) {
  return stores_.tokens.ListApiTokens(caller.workspace, caller.role == auth::Role::kAdmin ? "" : caller.subject, after, limit);
}

absl::Status Accounts::RevokeApiToken(const auth::Caller& caller, std::int64_t id) {
  return stores_.tokens.RevokeApiToken(caller.workspace, caller.role == auth::Role::kAdmin ? "" : caller.subject, id,
                                       clock_.Now());
}

absl::StatusOr<Workspace> Accounts::CreateWorkspace(const auth::Caller& caller, const std::string& name) {
  RETURN_IF_ERROR(CheckWorkspaceName(name));
  return stores_.workspaces.CreateWorkspace(name, caller.subject, clock_.Now());
}

}  // namespace millwright::gateway
