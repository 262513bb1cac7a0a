#include "gateway/domain/failure_limiter.h"

#include <algorithm>

namespace millwright::gateway {
namespace {
constexpr std::size_t kMaxKeys = 10000;
}  // namespace

double FailureLimiter::FailuresNow(const Bucket& bucket, absl::Time now) const {
  return std::max(0.0, bucket.failures - absl::FDivDuration(now - bucket.at, refill_));
}

bool FailureLimiter::MayTry(const std::string& key) {
  absl::MutexLock lock(&mutex_);
  const auto it = buckets_.find(key);
  return it == buckets_.end() || FailuresNow(it->second, clock_.Now()) <= burst_ - 1;
}

void FailureLimiter::CountFailure(const std::string& key) {
  absl::MutexLock lock(&mutex_);
  const absl::Time now = clock_.Now();
  if (buckets_.size() >= kMaxKeys && !buckets_.contains(key)) {
    absl::erase_if(buckets_, [&](const auto& entry) { return FailuresNow(entry.second, now) == 0; });
    if (buckets_.size() >= kMaxKeys) buckets_.clear();
  }
  Bucket& bucket = buckets_[key];
  bucket = {.failures = FailuresNow(bucket, now) + 1, .at = now};
}

}  // namespace millwright::gateway
