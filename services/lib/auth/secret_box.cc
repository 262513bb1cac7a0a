#include "lib/auth/secret_box.h"

#include <sodium.h>

#include <algorithm>

#include "absl/strings/ascii.h"
#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "lib/base/check.h"

namespace millwright::auth {
namespace {

constexpr absl::string_view kMark = "sealed:";

bool IsHex(absl::string_view text) { return text.size() % 2 == 0 && std::all_of(text.begin(), text.end(), absl::ascii_isxdigit); }

const unsigned char* Bytes(const std::string& text) { return reinterpret_cast<const unsigned char*>(text.data()); }

}  // namespace

absl::StatusOr<SecretBox> SecretBox::Create(absl::string_view key) {
  static_assert(crypto_secretbox_KEYBYTES == 32);
  CHECK(sodium_init() >= 0);
  if (key.size() != 2 * crypto_secretbox_KEYBYTES || !IsHex(key))
    return absl::InvalidArgumentError("the key must be 64 hex digits");
  const std::string bytes = absl::HexStringToBytes(key);
  SecretBox box;
  std::copy(bytes.begin(), bytes.end(), box.key_.begin());
  return box;
}

std::string SecretBox::Seal(absl::string_view secret) const {
  std::string sealed(crypto_secretbox_NONCEBYTES + crypto_secretbox_MACBYTES + secret.size(), '\0');
  auto* nonce = reinterpret_cast<unsigned char*>(sealed.data());
  randombytes_buf(nonce, crypto_secretbox_NONCEBYTES);
  crypto_secretbox_easy(nonce + crypto_secretbox_NONCEBYTES, reinterpret_cast<const unsigned char*>(secret.data()), secret.size(),
                        nonce, key_.data());
  return absl::StrCat(kMark, absl::BytesToHexString(sealed));
}

std::optional<std::string> SecretBox::Open(absl::string_view sealed) const {
  if (!absl::ConsumePrefix(&sealed, kMark) || !IsHex(sealed)) return std::nullopt;
  const std::string box = absl::HexStringToBytes(sealed);
  constexpr std::size_t kExtra = crypto_secretbox_NONCEBYTES + crypto_secretbox_MACBYTES;
  if (box.size() < kExtra) return std::nullopt;
  std::string secret(box.size() - kExtra, '\0');
  if (crypto_secretbox_open_easy(reinterpret_cast<unsigned char*>(secret.data()), Bytes(box) + crypto_secretbox_NONCEBYTES,
                                 box.size() - crypto_secretbox_NONCEBYTES, Bytes(box), key_.data()) != 0) {
    return std::nullopt;
  }
  return secret;
}

}  // namespace millwright::auth
