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

/// The dictionary of tracker.metric_keys, whose rows never change, with what was asked of it kept in memory. Thread-safe.
class MetricKeys {
 public:
  explicit MetricKeys(pg::Database& db) : db_(db) {}

  /// The numbers of `keys`, in their order; new keys get one at once, in a transaction of its own. No key is longer than 250
  /// bytes.
  absl::StatusOr<std::vector<std::int64_t>> IdsOf(const std::vector<std::string>& keys);
  /// The number of a key that was logged some time; empty when none was.
  absl::StatusOr<std::optional<std::int64_t>> Find(const std::string& key);
  /// The numbers of those keys that were ever logged.
  absl::StatusOr<std::map<std::string, std::int64_t>> FindAll(pg::Tx& tx, const std::vector<std::string>& keys);
  /// The keys of these numbers.
  absl::StatusOr<absl::flat_hash_map<std::int64_t, std::string>> KeysOf(pg::Tx& tx, std::vector<std::int64_t> ids);

 private:
  absl::Status Learn(std::vector<std::string> missing);

  static constexpr std::size_t kMaxKept = 200'000;
  pg::Database& db_;
  absl::Mutex mutex_;
  absl::flat_hash_map<std::string, std::int64_t> ids_ ABSL_GUARDED_BY(mutex_);
  absl::flat_hash_map<std::int64_t, std::string> keys_ ABSL_GUARDED_BY(mutex_);
};

}  // namespace millwright::tracker
