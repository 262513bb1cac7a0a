#pragma once

#include <map>
#include <string>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/container/flat_hash_map.h"
#include "absl/status/statusor.h"
#include "absl/synchronization/mutex.h"
#include "lib/pg/database.h"

namespace millwright::tracker {

/// tracker.metric_keys read by number, with what was read kept: its rows never change. Thread-safe.
class MetricNames {
 public:
  /// The names of these numbers.
  absl::StatusOr<absl::flat_hash_map<std::int64_t, std::string>> NamesOf(pg::Tx& tx, std::vector<std::int64_t> ids);
  /// The numbers of those names that were ever logged.
  absl::StatusOr<std::map<std::string, std::int64_t>> IdsOf(pg::Tx& tx, const std::vector<std::string>& names);

 private:
  static constexpr std::size_t kMaxKept = 100'000;
  absl::Mutex mutex_;
  absl::flat_hash_map<std::int64_t, std::string> names_ ABSL_GUARDED_BY(mutex_);
};

}  // namespace millwright::tracker
