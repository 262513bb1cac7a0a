#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "lib/auth/caller.h"
#include "lib/base/id.h"

namespace millwright::gateway {

/// A tenant.
struct Workspace {
  base::WorkspaceId id;
  std::string name;
  absl::Time created_at;
};

/// A person as one workspace sees them.
struct User {
  std::string name;
  auth::Role role = auth::Role::kNone;
  bool is_disabled = false;
  bool has_password = false;
  absl::Time created_at;
};

/// What an admin changes of a user; absent: unchanged.
struct UserChange {
  std::optional<auth::Role> role;
  std::optional<bool> is_disabled;
};

/// An API token without its secret.
struct ApiToken {
  std::int64_t id = 0;
  std::string name;
  std::string user_name;  // empty for the platform's own
  auth::Role role = auth::Role::kNone;
  absl::Time created_at;
  std::optional<absl::Time> expires_at;  // empty: never
};

/// Whom a session or API token stands for at this moment.
struct Identity {
  std::string subject;    // as in auth::Caller
  std::string user_name;  // empty for the platform's own tokens
  auth::Role role = auth::Role::kNone;
  base::WorkspaceId workspace;
  std::int64_t token_id = 0;  // 0: proven by a password, without a session
  std::optional<absl::Time> expires_at;
};

/// A valid API token as doors elsewhere need it.
struct TokenGrant {
  std::string token_hash;  // 32 bytes
  Identity identity;
};

/// One line of the audit log.
struct AuditEntry {
  std::int64_t id = 0;
  absl::Time at;
  base::WorkspaceId workspace;
  std::string subject;
  std::string action;
  std::string resource;
  std::string method;
  std::string request_id;
  std::string client_address;
  std::string outcome;  // empty while under way
};

/// 1 to 64 of a-z 0-9 . _ - ; InvalidArgument names the field and value.
absl::Status CheckUserName(const std::string& name);
/// 1 to 64 of a-z 0-9 - .
absl::Status CheckWorkspaceName(const std::string& name);
/// 1 to 128 bytes without control characters: the name is part of its caller's subject.
absl::Status CheckTokenName(const std::string& name);
/// 12 to 1024 characters. Never repeats the password.
absl::Status CheckNewPassword(const std::string& password);
/// viewer, engineer or admin.
absl::Status CheckUserRole(auth::Role role);
/// Whether someone with role `held` may hand out `wanted`: the same or lower; worker tokens come from admins only.
bool MayGrant(auth::Role held, auth::Role wanted);

}  // namespace millwright::gateway
