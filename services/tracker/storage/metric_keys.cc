#include "tracker/storage/metric_keys.h"

#include <algorithm>

#include "lib/base/status_macros.h"

namespace millwright::tracker {
namespace {

// The look before keeps the sequence from running on for keys that exist.
constexpr pg::Statement kAdd{"add_metric_keys", R"sql(
  INSERT INTO tracker.metric_keys (key)
  SELECT n.key FROM unnest($1::text[]) AS n (key)
   WHERE NOT EXISTS (SELECT FROM tracker.metric_keys k WHERE k.key = n.key)
  ON CONFLICT (key) DO NOTHING
)sql"};

constexpr pg::Statement kFind{"find_metric_keys", R"sql(
  SELECT key, id FROM tracker.metric_keys WHERE key = ANY ($1::text[])
)sql",
                              pg::Plan::kPrepared};

constexpr pg::Statement kRead{"read_metric_keys", R"sql(
  SELECT key, id FROM tracker.metric_keys WHERE id = ANY ($1::bigint[])
)sql",
                              pg::Plan::kPrepared};

}  // namespace

absl::StatusOr<std::vector<std::int64_t>> MetricKeys::IdsOf(const std::vector<std::string>& keys) {
  std::vector<std::int64_t> ids(keys.size());
  for (int attempt = 1;; ++attempt) {
    std::vector<std::string> missing;
    {
      absl::ReaderMutexLock lock(&mutex_);
      for (std::size_t i = 0; i < keys.size(); ++i) {
        const auto known = ids_.find(keys[i]);
        if (known == ids_.end()) {
          missing.push_back(keys[i]);
        } else {
          ids[i] = known->second;
        }
      }
    }
    if (missing.empty()) return ids;
    if (attempt == 4) return absl::ResourceExhaustedError("more new metric keys arrive than are learned; try again");
    RETURN_IF_ERROR(Learn(std::move(missing)));
  }
}

absl::StatusOr<std::optional<std::int64_t>> MetricKeys::Find(const std::string& key) {
  {
    absl::ReaderMutexLock lock(&mutex_);
    if (const auto known = ids_.find(key); known != ids_.end()) return known->second;
  }
  return db_.Transact([&](pg::Tx& tx) -> absl::StatusOr<std::optional<std::int64_t>> {
    ASSIGN_OR_RETURN(const std::optional<pg::Row> row, tx.ZeroOrOne(kFind, std::vector<std::string>{key}));
    return row ? std::optional(row->Int(1)) : std::nullopt;
  });
}

absl::StatusOr<std::map<std::string, std::int64_t>> MetricKeys::FindAll(pg::Tx& tx, const std::vector<std::string>& keys) {
  std::map<std::string, std::int64_t> ids;
  if (keys.empty()) return ids;
  ASSIGN_OR_RETURN(const std::vector<pg::Row> rows, tx.Many(kFind, keys));
  for (const pg::Row& row : rows) ids.emplace(row.Text(0), row.Int(1));
  return ids;
}

absl::StatusOr<absl::flat_hash_map<std::int64_t, std::string>> MetricKeys::KeysOf(pg::Tx& tx, std::vector<std::int64_t> ids) {
  absl::flat_hash_map<std::int64_t, std::string> keys;
  std::vector<std::int64_t> missing;
  std::sort(ids.begin(), ids.end());
  ids.erase(std::unique(ids.begin(), ids.end()), ids.end());
  {
    absl::ReaderMutexLock lock(&mutex_);
    for (const std::int64_t id : ids) {
      const auto known = keys_.find(id);
      if (known == keys_.end()) {
        missing.push_back(id);
      } else {
        keys.emplace(id, known->second);
      }
    }
  }
  if (missing.empty()) return keys;
  ASSIGN_OR_RETURN(const std::vector<pg::Row> rows, tx.Many(kRead, missing));
  absl::MutexLock lock(&mutex_);
  if (keys_.size() + rows.size() > kMaxKept) keys_.clear();
  for (const pg::Row& row : rows) {
    keys.emplace(row.Int(1), row.Text(0));
    keys_.emplace(row.Int(1), row.Text(0));
  }
  return keys;
}

absl::Status MetricKeys::Learn(std::vector<std::string> missing) {
  // In one order, so that two programs that meet the same new keys wait for each other.
  std::sort(missing.begin(), missing.end());
  missing.erase(std::unique(missing.begin(), missing.end()), missing.end());
  const auto rows = db_.Transact([&](pg::Tx& tx) -> absl::StatusOr<std::vector<pg::Row>> {
    RETURN_IF_ERROR(tx.Execute(kAdd, missing).status());
    return tx.Many(kFind, missing);
  });
  RETURN_IF_ERROR(rows.status());
  absl::MutexLock lock(&mutex_);
  if (ids_.size() + rows->size() > kMaxKept) ids_.clear();
  for (const pg::Row& row : *rows) ids_.emplace(row.Text(0), row.Int(1));
  return absl::OkStatus();
}

}  // namespace millwright::tracker
