#pragma once

#include <filesystem>
#include <string>

#include "absl/status/status.h"
#include "gateway/domain/accounts.h"
#include "gateway/domain/identity_stores.h"

namespace millwright::gateway {

/// Makes sure that the token in `file` (as auth::NewToken makes it) is known as the platform's own `name`. An empty path does
/// nothing. `user_name`: whom it acts as; empty for a token of its own.
absl::Status EnsureTokenOfFile(TokenStore& tokens, const std::filesystem::path& file, const std::string& name,
                               const std::string& user_name, auth::Role role, absl::Time now);

/// While the admin has never signed in: sees to it that `file` (mode 0600) holds a code that works. An empty path does nothing.
absl::Status EnsureFirstSignInCode(const IdentityStores& stores, Accounts& accounts, const std::filesystem::path& file,
                                   absl::Time now);

}  // namespace millwright::gateway
