#pragma once

#include <array>
#include <optional>
#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

namespace millwright::auth {

/// Seals small secrets that a service must use again, such as what signs a webhook, so that a copy of the database does not give
/// them away. XSalsa20-Poly1305: libsodium's crypto_secretbox. Thread-safe.
class SecretBox {
 public:
  /// `key` is 64 hex digits; InvalidArgument otherwise.
  static absl::StatusOr<SecretBox> Create(absl::string_view key);

  /// Text: "sealed:" and hex digits, 87 more than twice the bytes of the secret. Never the same twice.
  std::string Seal(absl::string_view secret) const;
  /// Empty when it was not sealed with this key, or was changed since.
  std::optional<std::string> Open(absl::string_view sealed) const;

 private:
  SecretBox() = default;
  std::array<unsigned char, 32> key_{};
};

}  // namespace millwright::auth
