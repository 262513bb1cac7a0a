#include "gateway/domain/bootstrap.h"

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "lib/auth/token.h"
#include "lib/base/files.h"
#include "lib/base/status_macros.h"

namespace millwright::gateway {
namespace {

constexpr char kAdmin[] = "admin";
constexpr char kDefaultWorkspace[] = "1";

absl::StatusOr<std::string> ReadSecret(const std::filesystem::path& file) {
  ASSIGN_OR_RETURN(const std::string content, base::ReadFile(file, 1024));
  return std::string(absl::StripAsciiWhitespace(content));
}

}  // namespace

absl::Status EnsureTokenOfFile(TokenStore& tokens, const std::filesystem::path& file, const std::string& name,
                               const std::string& user_name, auth::Role role, absl::Time now) {
  if (file.empty()) return absl::OkStatus();
  ASSIGN_OR_RETURN(const std::string token, ReadSecret(file));
  if (!absl::StartsWith(token, "mw_") || token.size() != 67) {
    return absl::InvalidArgumentError(absl::StrCat(file.string(), " must hold \"mw_\" and 64 hex digits"));
  }
  return tokens.EnsurePlatformToken({.hash = auth::TokenHash(token), .name = name, .expires_at = std::nullopt}, user_name, role,
                                    now);
}

absl::Status EnsureFirstSignInCode(const IdentityStores& stores, Accounts& accounts, const std::filesystem::path& file,
                                   absl::Time now) {
  if (file.empty()) return absl::OkStatus();
  ASSIGN_OR_RETURN(const bool has_signed_in, stores.users.HasSignedIn(kAdmin));
  if (has_signed_in) return absl::OkStatus();
  if (const absl::StatusOr<std::string> code = ReadSecret(file); code.ok()) {
    ASSIGN_OR_RETURN(const bool is_usable, stores.sessions.IsCodeUsable(auth::TokenHash(*code), now));
    if (is_usable) return absl::OkStatus();
  }
  ASSIGN_OR_RETURN(const SignInCode code, accounts.CreateSignInCode(base::WorkspaceId(kDefaultWorkspace), kAdmin));
  return base::WriteFileAtomically(file, absl::StrCat(code.code, "\n"), 0600);
}

}  // namespace millwright::gateway
