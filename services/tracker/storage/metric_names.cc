#include "tracker/storage/metric_names.h"

#include <algorithm>

#include "lib/base/status_macros.h"

namespace millwright::tracker {
namespace {

constexpr pg::Statement kNames{"metric_names", R"sql(
  SELECT id, key FROM tracker.metric_keys WHERE id = ANY ($1::bigint[])
)sql",
                               pg::Plan::kPrepared};
constexpr pg::Statement kIds{"metric_ids", R"sql(
  SELECT id, key FROM tracker.metric_keys WHERE key = ANY ($1::text[])
)sql",
                             pg::Plan::kPrepared};

}  // namespace

absl::StatusOr<absl::flat_hash_map<std::int64_t, std::string>> MetricNames::NamesOf(pg::Tx& tx, std::vector<std::int64_t> ids) {
  absl::flat_hash_map<std::int64_t, std::string> names;
  std::vector<std::int64_t> missing;
  std::sort(ids.begin(), ids.end());
  ids.erase(std::unique(ids.begin(), ids.end()), ids.end());
  {
    absl::ReaderMutexLock lock(&mutex_);
    for (const std::int64_t id : ids) {
      const auto known = names_.find(id);
      if (known == names_.end()) {
        missing.push_back(id);
      } else {
        names.emplace(id, known->second);
      }
    }
  }
  if (missing.empty()) return names;
  ASSIGN_OR_RETURN(const std::vector<pg::Row> rows, tx.Many(kNames, missing));
  absl::MutexLock lock(&mutex_);
  if (names_.size() + rows.size() > kMaxKept) names_.clear();
  for (const pg::Row& row : rows) {
    names.emplace(row.Int(0), row.Text(1));
    names_.emplace(row.Int(0), row.Text(1));
  }
  return names;
}

absl::StatusOr<std::map<std::string, std::int64_t>> MetricNames::IdsOf(pg::Tx& tx, const std::vector<std::string>& names) {
  std::map<std::string, std::int64_t> ids;
  if (names.empty()) return ids;
  ASSIGN_OR_RETURN(const std::vector<pg::Row> rows, tx.Many(kIds, names));
  for (const pg::Row& row : rows) ids.emplace(row.Text(1), row.Int(0));
  return ids;
}

}  // namespace millwright::tracker
