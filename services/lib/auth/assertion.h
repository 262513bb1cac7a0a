#pragma once

#include <string>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "lib/auth/caller.h"
#include "lib/base/clock.h"

namespace millwright::auth {

/// gRPC metadata keys between services.
inline constexpr char kAssertionKey[] = "millwright-assertion-bin";
inline constexpr char kRequestIdKey[] = "millwright-request-id";

/// Makes and checks the short-lived signed assertions that carry a Caller from service to service. One key for the
/// platform, 32 bytes, in a file only its services can read. Thread-safe.
class Signer {
 public:
  /// `key`: 64 hex digits. `issuer`: this service's name.
  static absl::StatusOr<Signer> Create(const std::string& key_hex, std::string issuer,
                                       const base::Clock& clock = base::SystemClock());

  /// An assertion for one method ("/package.Service/Method"), good for 60 s.
  std::string Sign(const Caller& caller, const std::string& method) const;
  /// The caller as this service itself, in `workspace` (empty: many).
  Caller Self(base::WorkspaceId workspace = {}) const;
  /// Unauthenticated when it is malformed, signed with another key, expired, from the future, or for another method.
  absl::StatusOr<Caller> Verify(const std::string& signed_assertion, const std::string& method) const;

 private:
  Signer(std::string key, std::string issuer, const base::Clock& clock)
      : key_(std::move(key)), issuer_(std::move(issuer)), clock_(&clock) {}
  std::string key_;
  std::string issuer_;
  const base::Clock* clock_;
};

}  // namespace millwright::auth
