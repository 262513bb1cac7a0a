#include "model-registry/rpc/deployment_feed.h"

#include "absl/strings/str_cat.h"

namespace millwright::registry {
namespace {

constexpr int kMaxWatchers = 200;  // each holds a thread of the server

}  // namespace

void DeploymentFeed::Refresh() {
  const absl::StatusOr<std::int64_t> revision = releases_.CurrentRevision();
  if (!revision.ok()) return;  // the next poll asks again
  absl::MutexLock lock(&mutex_);
  revision_ = *revision;
}

bool DeploymentFeed::AwaitChange(std::int64_t seen, absl::Duration timeout) {
  absl::MutexLock lock(&mutex_);
  const auto is_changed = [this, seen]() ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_) { return is_stopped_ || revision_ != seen; };
  return mutex_.AwaitWithTimeout(absl::Condition(&is_changed), timeout);
}

void DeploymentFeed::Stop() {
  absl::MutexLock lock(&mutex_);
  is_stopped_ = true;
}

bool DeploymentFeed::is_stopped() const {
  absl::MutexLock lock(&mutex_);
  return is_stopped_;
}

absl::Status DeploymentFeed::Enter() {
  absl::MutexLock lock(&mutex_);
  if (watchers_ >= kMaxWatchers) {
    return absl::ResourceExhaustedError(absl::StrCat("the registry has ", kMaxWatchers, " watchers already; watch again later"));
  }
  ++watchers_;
  return absl::OkStatus();
}

void DeploymentFeed::Leave() {
  absl::MutexLock lock(&mutex_);
  --watchers_;
}

}  // namespace millwright::registry
