#include "tracker/domain/blob_collector.h"

#include "lib/base/status_macros.h"

namespace millwright::tracker {
namespace {

constexpr int kAtOnce = 500;

}  // namespace

absl::StatusOr<int> BlobCollector::Collect() {
  const absl::Time now = clock_.Now();
  RETURN_IF_ERROR(idle_.DropExpired(now));
  RETURN_IF_ERROR(idle_.Mark(now));
  ASSIGN_OR_RETURN(const int idle, CollectIdle(now - grace_));
  ASSIGN_OR_RETURN(const int unknown, CollectUnknown(now - grace_));
  return idle + unknown;
}

absl::StatusOr<int> BlobCollector::CollectIdle(absl::Time until) {
  int collected = 0;
  for (;;) {
    ASSIGN_OR_RETURN(const std::vector<std::string> batch, idle_.Idle(until, kAtOnce));
    int forgotten = 0;
    for (const std::string& sha256 : batch) {
      ASSIGN_OR_RETURN(const bool is_forgotten, idle_.Forget(sha256, until));
      if (!is_forgotten) continue;
      ++forgotten;
      RETURN_IF_ERROR(idle_.RemoveUnknown(sha256, [&] { return blobs_.Remove(sha256); }).status());
    }
    collected += forgotten;
    if (forgotten == 0) return collected;
  }
}

absl::StatusOr<int> BlobCollector::CollectUnknown(absl::Time until) {
  int collected = 0;
  RETURN_IF_ERROR(blobs_.Sweep(until, [&](const std::vector<std::string>& stored) -> absl::Status {
    ASSIGN_OR_RETURN(const std::vector<std::string> unknown, idle_.Unknown(stored));
    for (const std::string& sha256 : unknown) {
      ASSIGN_OR_RETURN(const bool is_removed, idle_.RemoveUnknown(sha256, [&] { return blobs_.Remove(sha256); }));
      collected += is_removed ? 1 : 0;
    }
    return absl::OkStatus();
  }));
  return collected;
}

}  // namespace millwright::tracker
