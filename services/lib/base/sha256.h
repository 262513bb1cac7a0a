#pragma once

#include <array>
#include <string>

#include "absl/strings/string_view.h"

namespace millwright::base {

/// Streaming SHA-256 (FIPS 180-4, by OpenSSL). Not thread-safe; one object per stream.
class Sha256 {
 public:
  Sha256();
  ~Sha256();
  Sha256(const Sha256&) = delete;
  Sha256& operator=(const Sha256&) = delete;

  void Update(absl::string_view bytes);
  /// 64 lower-case hex digits. The object may not be used after this.
  std::string FinishHex();

 private:
  void* context_;
};

/// SHA-256 of `bytes` as 64 lower-case hex digits.
std::string Sha256Hex(absl::string_view bytes);

/// Whether `text` is 64 lower-case hex digits.
bool IsSha256Hex(absl::string_view text);

}  // namespace millwright::base
