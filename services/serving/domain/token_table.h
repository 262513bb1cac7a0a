#pragma once

#include <atomic>
#include <memory>
#include <optional>
#include <string>

#include "absl/container/flat_hash_map.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "lib/auth/caller.h"
#include "lib/base/clock.h"
#include "lib/base/id.h"

namespace millwright::serving {

/// What a token allows.
struct Grant {
  std::string subject;
  auth::Role role = auth::Role::kNone;
  base::WorkspaceId workspace;
  std::optional<absl::Time> expires_at;  // empty: never
};

/// The valid tokens by SHA-256, as the gateway last said them. Thread-safe.
class TokenTable {
 public:
  using Grants = absl::flat_hash_map<std::string, Grant>;  // by 64 hex digits

  explicit TokenTable(const base::Clock& clock = base::SystemClock()) : clock_(clock) {}

  void Replace(Grants grants);
  /// Whether the gateway, or the copy on disk, has ever said.
  bool is_known() const { return grants_.load() != nullptr; }
  /// Unauthenticated for an unknown or expired token, Unavailable while nothing is known.
  absl::StatusOr<Grant> Authenticate(absl::string_view token) const;

 private:
  const base::Clock& clock_;
  std::atomic<std::shared_ptr<const Grants>> grants_;
};

/// The token of an Authorization header, "Bearer TOKEN" or "Basic BASE64(anyone:TOKEN)"; Unauthenticated says what would be
/// right.
absl::StatusOr<std::string> TokenOf(absl::string_view authorization);

/// Whether a token may ask for predictions: viewer or more. A worker may not.
absl::Status CheckMayPredict(const Grant& grant);

}  // namespace millwright::serving
