#pragma once

#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

namespace millwright::auth {

/// A new API token: "mw_" and 64 hex digits (256 random bits).
std::string NewToken();
/// What is stored of a token or one-time code: the 32 raw bytes of its SHA-256.
std::string TokenHash(absl::string_view token);
/// argon2id with libsodium's interactive limits; the text names its parameters and salt.
absl::StatusOr<std::string> HashPassword(const std::string& password);
/// Constant-time; false for a malformed hash.
bool VerifyPassword(const std::string& hash, const std::string& password);

}  // namespace millwright::auth
