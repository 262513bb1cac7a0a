#include "gateway/doors/authenticator.h"

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "lib/auth/token.h"

namespace millwright::gateway {
namespace {

absl::Status NotValid() { return absl::UnauthenticatedError("the token is not valid: it is unknown, expired or revoked"); }

bool IsOutage(const absl::Status& status) {
  return absl::IsUnavailable(status) || absl::IsResourceExhausted(status) || absl::IsDeadlineExceeded(status);
}

}  // namespace

bool Authenticator::IsFresh(const Entry& entry) const {
  absl::MutexLock lock(&mutex_);
  return entry.epoch == epoch_ && clock_.Now() - entry.fetched_at < options_.fresh_for;
}

bool Authenticator::IsDatabaseAway() const {
  absl::MutexLock lock(&mutex_);
  return clock_.Now() < away_until_;
}

std::optional<Authenticator::Entry> Authenticator::Recall(const std::string& key, std::uint64_t* epoch) const {
  absl::MutexLock lock(&mutex_);
  *epoch = epoch_;
  const auto it = entries_.find(key);
  if (it == entries_.end()) return std::nullopt;
  const std::optional<absl::Time>& expires_at = it->second.identity.expires_at;
  if (expires_at && *expires_at <= clock_.Now()) return std::nullopt;
  return it->second;
}

void Authenticator::Remember(const std::string& key, Entry entry) {
  absl::MutexLock lock(&mutex_);
  away_until_ = absl::InfinitePast();
  if (entries_.size() >= options_.max_entries && !entries_.contains(key)) {
    const absl::Time now = clock_.Now();
    absl::erase_if(entries_, [&](const auto& other) { return now - other.second.fetched_at > options_.fresh_for; });
    if (entries_.size() >= options_.max_entries) entries_.clear();
  }
  entries_[key] = std::move(entry);
}

void Authenticator::Forget(const std::string& key) {
  absl::MutexLock lock(&mutex_);
  entries_.erase(key);
}

void Authenticator::Invalidate() {
  absl::MutexLock lock(&mutex_);
  ++epoch_;
}

absl::StatusOr<Identity> Authenticator::Outage(const std::optional<Entry>& entry, const absl::Status& status) {
  const absl::Time now = clock_.Now();
  {
    absl::MutexLock lock(&mutex_);
    if (away_until_ < now) away_until_ = now + absl::Seconds(1);
  }
  if (entry && now - entry->fetched_at < options_.stale_for) return entry->identity;
  return absl::UnavailableError(absl::StrCat("the caller cannot be identified now: ", status.message()));
}

std::optional<Identity> Authenticator::Cached(const std::string& token) {
  std::uint64_t epoch = 0;
  const std::optional<Entry> entry = Recall(auth::TokenHash(token), &epoch);
  if (entry && IsFresh(*entry)) return entry->identity;
  return std::nullopt;
}

absl::StatusOr<Identity> Authenticator::Authenticate(const std::string& token) {
  if (token.empty() || token.size() > 256) return NotValid();
  const std::string key = auth::TokenHash(token);
  std::uint64_t epoch = 0;
  const std::optional<Entry> entry = Recall(key, &epoch);
  if (entry && IsFresh(*entry)) return entry->identity;
  if (entry && IsDatabaseAway()) return Outage(entry, absl::UnavailableError("the database is away"));

  const absl::Time now = clock_.Now();
  const absl::StatusOr<std::optional<Identity>> found = stores_.tokens.FindToken(key, now);
  if (!found.ok()) return IsOutage(found.status()) ? Outage(entry, found.status()) : found.status();
  if (!*found) {
    Forget(key);
    return NotValid();
  }
  Remember(key, {.identity = **found, .password_hash = "", .fetched_at = now, .epoch = epoch});
  return **found;
}

absl::StatusOr<Identity> Authenticator::AuthenticateBasic(const std::string& user_name, const std::string& password) {
  if (absl::StartsWith(password, "mw_")) return Authenticate(password);
  const std::string key = auth::TokenHash(absl::StrCat("basic", user_name.size(), ":", user_name, ":", password));
  std::uint64_t epoch = 0;
  const std::optional<Entry> entry = Recall(key, &epoch);
  if (entry && IsFresh(*entry)) return entry->identity;
  if (entry && IsDatabaseAway()) return Outage(entry, absl::UnavailableError("the database is away"));

  const absl::Time now = clock_.Now();
  absl::StatusOr<std::optional<PasswordRecord>> record = stores_.users.FindPassword(user_name);
  if (!record.ok()) return IsOutage(record.status()) ? Outage(entry, record.status()) : record.status();
  // The password was checked against this hash before; argon2id is for guessers to pay, not for each request of a script.
  const bool is_known = *record && entry && entry->password_hash == (*record)->hash;
  if (!is_known) {
    Forget(key);
    const absl::StatusOr<PasswordRecord> proven = accounts_.CheckPassword(user_name, password);
    if (!proven.ok()) return proven.status();
    *record = *proven;
  }
  Remember(key, {.identity = (*record)->identity, .password_hash = (*record)->hash, .fetched_at = now, .epoch = epoch});
  return (*record)->identity;
}

}  // namespace millwright::gateway
