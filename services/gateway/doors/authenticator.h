#pragma once

#include <optional>
#include <string>

#include "absl/container/flat_hash_map.h"
#include "absl/status/statusor.h"
#include "absl/synchronization/mutex.h"
#include "absl/time/time.h"
#include "gateway/domain/accounts.h"
#include "gateway/domain/identity_stores.h"
#include "lib/base/clock.h"

namespace millwright::gateway {

struct AuthenticatorOptions {
  absl::Duration fresh_for = absl::Seconds(3);   // how long an identity is used without asking the database
  absl::Duration stale_for = absl::Minutes(10);  // and at most while the database is away
  std::size_t max_entries = 10000;
};

/// Turns tokens and passwords into identities, remembering them for a moment. Thread-safe.
class Authenticator {
 public:
  Authenticator(const IdentityStores& stores, Accounts& accounts, const base::Clock& clock, AuthenticatorOptions options = {})
      : stores_(stores), accounts_(accounts), clock_(clock), options_(options) {}

  /// The identity when it is known freshly: never blocks.
  std::optional<Identity> Cached(const std::string& token);
  /// Unauthenticated when the token is not valid; Unavailable when the database is away and the token not known from before.
  absl::StatusOr<Identity> Authenticate(const std::string& token);
  /// A user name and password, or any user name with a token as the password, as MLflow clients send them.
  absl::StatusOr<Identity> AuthenticateBasic(const std::string& user_name, const std::string& password);
  /// Tokens have changed: the next use of each asks the database again.
  void Invalidate();

 private:
  struct Entry {
    Identity identity;
    std::string password_hash;  // what the password was checked against; empty for tokens
    absl::Time fetched_at;
    std::uint64_t epoch = 0;
  };

  std::optional<Entry> Recall(const std::string& key, std::uint64_t* epoch) const;
  bool IsFresh(const Entry& entry) const;
  bool IsDatabaseAway() const;
  void Remember(const std::string& key, Entry entry);
  void Forget(const std::string& key);
  /// After the database did not answer: the identity from before, if it may still be used.
  absl::StatusOr<Identity> Outage(const std::optional<Entry>& entry, const absl::Status& status);

  const IdentityStores stores_;
  Accounts& accounts_;
  const base::Clock& clock_;
  const AuthenticatorOptions options_;
  mutable absl::Mutex mutex_;
  absl::flat_hash_map<std::string, Entry> entries_ ABSL_GUARDED_BY(mutex_);
  std::uint64_t epoch_ ABSL_GUARDED_BY(mutex_) = 0;
  absl::Time away_until_ ABSL_GUARDED_BY(mutex_) = absl::InfinitePast();
};

}  // namespace millwright::gateway
