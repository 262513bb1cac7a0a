#include "lib/auth/token.h"

#include <sodium.h>

#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "lib/base/check.h"
#include "lib/base/random.h"
#include "lib/base/sha256.h"

namespace millwright::auth {

std::string NewToken() { return absl::StrCat("mw_", base::RandomHex(32)); }

std::string TokenHash(absl::string_view token) { return absl::HexStringToBytes(base::Sha256Hex(token)); }

absl::StatusOr<std::string> HashPassword(const std::string& password) {
  CHECK(sodium_init() >= 0);
  char hash[crypto_pwhash_STRBYTES];
  if (crypto_pwhash_str_alg(hash, password.data(), password.size(), crypto_pwhash_OPSLIMIT_INTERACTIVE,
                            crypto_pwhash_MEMLIMIT_INTERACTIVE, crypto_pwhash_ALG_ARGON2ID13) != 0) {
    return absl::ResourceExhaustedError("not enough memory to hash a password");
  }
  return std::string(hash);
}

bool VerifyPassword(const std::string& hash, const std::string& password) {
  CHECK(sodium_init() >= 0);
  return hash.size() < crypto_pwhash_STRBYTES && crypto_pwhash_str_verify(hash.c_str(), password.data(), password.size()) == 0;
}

}  // namespace millwright::auth
