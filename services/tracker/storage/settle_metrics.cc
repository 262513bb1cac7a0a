#include "tracker/storage/settle_metrics.h"

#include <algorithm>
#include <cmath>
#include <map>
#include <utility>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/container/flat_hash_set.h"
#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "lib/base/status_macros.h"
#include "tracker/storage/metric_points.h"

namespace millwright::tracker {
namespace {

constexpr std::size_t kMaxChunkPoints = 4096;
constexpr std::size_t kFewPoints = 3;

constexpr pg::Statement kLock{"lock_settling", R"sql(
  SELECT pg_advisory_xact_lock(hashtext('tracker.settle_metrics')::bigint)
)sql"};

constexpr pg::Statement kNewest{"newest_metric_log", R"sql(
  SELECT max(id) FROM tracker.metric_log
)sql"};

// Up to some hundred thousand points at once; the sum runs over the rows before.
constexpr pg::Statement kTake{"take_metric_log", R"sql(
  WITH taken AS (
    SELECT id
      FROM (SELECT id, sum(point_count) OVER (ORDER BY id) - point_count AS before
              FROM (SELECT id, point_count FROM tracker.metric_log WHERE id <= $1 ORDER BY id LIMIT 4000) oldest) summed
     WHERE before < 400000)
  DELETE FROM tracker.metric_log l
   USING taken
   WHERE l.id = taken.id
  RETURNING l.run_number, l.points
)sql",
                              pg::Plan::kPrepared};

constexpr pg::Statement kFindRuns{"find_settled_runs", R"sql(
  SELECT number, experiment_id FROM tracker.runs WHERE number = ANY ($1::bigint[])
)sql",
                                  pg::Plan::kPrepared};

// As IsEarlier orders points: NaN just above zero.
#define LATER                                                                                             \
  "(excluded.step, excluded.timestamp_ms, coalesce(nullif(excluded.value, 'NaN'), 0), excluded.value) > " \
  "(l.step, l.timestamp_ms, coalesce(nullif(l.value, 'NaN'), 0), l.value)"
// Answers with the metrics that were not there.
constexpr pg::Statement kPutLatest{"put_latest_metrics", R"sql(
  WITH put AS (
  INSERT INTO tracker.latest_metrics AS l (run_number, experiment_id, key_id, value, step, timestamp_ms, min_value, max_value)
  SELECT run_number, experiment_id, key_id, value, step, timestamp_ms, nullif(min_value, 'NaN'), nullif(max_value, 'NaN')
    FROM unnest($1::bigint[], $2::bigint[], $3::bigint[], $4::float8[], $5::bigint[], $6::bigint[], $7::float8[], $8::float8[])
         AS m (run_number, experiment_id, key_id, value, step, timestamp_ms, min_value, max_value)
  ON CONFLICT (run_number, key_id) DO UPDATE
     SET value = CASE WHEN )sql" LATER R"sql( THEN excluded.value ELSE l.value END,
         step = CASE WHEN )sql" LATER R"sql( THEN excluded.step ELSE l.step END,
         timestamp_ms = CASE WHEN )sql" LATER R"sql( THEN excluded.timestamp_ms ELSE l.timestamp_ms END,
         min_value = least(l.min_value, excluded.min_value),
         max_value = greatest(l.max_value, excluded.max_value)
   WHERE )sql" LATER R"sql(
      OR least(l.min_value, excluded.min_value) IS DISTINCT FROM l.min_value
      OR greatest(l.max_value, excluded.max_value) IS DISTINCT FROM l.max_value
  RETURNING run_number, key_id, xmax = 0 AS is_new)
  SELECT run_number, key_id FROM put WHERE is_new
)sql",
                                   pg::Plan::kPrepared};
#undef LATER

using RunKey = std::pair<std::int64_t, std::int64_t>;  // row number of the run, number of the key

/// The points of each metric of each run, in that order.
using Groups = std::vector<std::pair<RunKey, std::vector<Point>>>;

absl::StatusOr<Groups> TakeLog(pg::Tx& tx, std::int64_t newest) {
  ASSIGN_OR_RETURN(const std::vector<pg::Row> rows, tx.Many(kTake, newest));
  Groups groups;
  absl::flat_hash_map<RunKey, std::size_t> places;
  std::vector<KeyedPoint> points;
  for (const pg::Row& row : rows) {
    points.clear();
    RETURN_IF_ERROR(UnpackBatches(row.Bytes(1), points));
    std::vector<Point>* group = nullptr;
    RunKey last;
    for (const KeyedPoint& keyed : points) {
      const RunKey key(row.Int(0), keyed.key_id);
      if (group == nullptr || key != last) {
        const auto [place, is_new] = places.try_emplace(key, groups.size());
        if (is_new) groups.push_back({key, {}});
        group = &groups[place->second].second;
        last = key;
      }
      group->push_back(keyed.point);
    }
  }
  std::sort(groups.begin(), groups.end(), [](const auto& a, const auto& b) { return a.first < b.first; });
  return groups;
}

// Runs that were purged after they logged are not there.
absl::StatusOr<std::map<std::int64_t, std::int64_t>> ExperimentsOf(pg::Tx& tx, const Groups& groups) {
  std::vector<std::int64_t> runs;
  for (const auto& [key, points] : groups) {
    if (runs.empty() || runs.back() != key.first) runs.push_back(key.first);
  }
  ASSIGN_OR_RETURN(const std::vector<pg::Row> rows, tx.Many(kFindRuns, runs));
  std::map<std::int64_t, std::int64_t> experiments;
  for (const pg::Row& row : rows) experiments.emplace(row.Int(0), row.Int(1));
  return experiments;
}

/// Rows for latest_metrics as columns.
struct Latest {
  std::vector<std::int64_t> runs, experiments, keys, steps, times;
  std::vector<double> values, least, greatest;

  void Add(const RunKey& key, std::int64_t experiment, const std::vector<Point>& points) {
    double low = std::nan("");
    double high = std::nan("");
    for (const Point& point : points) {
      low = std::fmin(low, point.value);
      high = std::fmax(high, point.value);
    }
    runs.push_back(key.first);
    experiments.push_back(experiment);
    keys.push_back(key.second);
    values.push_back(points.back().value);
    steps.push_back(points.back().step);
    times.push_back(points.back().timestamp_ms);
    least.push_back(low);
    greatest.push_back(high);
  }
};

/// Rows for metric_chunks as COPY lines. Metrics come in the order of runs. The first few points of a run's metrics share a row:
/// each metric is in at most one such, so that whoever reads one metric's history reads little of the others.
class Chunks {
 public:
  void Add(const RunKey& key, const std::vector<Point>& points, bool is_new) {
    if (key.first != run_ || together_.size() >= kMaxChunkPoints) Flush();
    run_ = key.first;
    if (is_new && points.size() <= kFewPoints) {
      for (const Point& point : points) together_.push_back({key.second, point});
      return;
    }
    for (std::size_t begin = 0; begin < points.size(); begin += kMaxChunkPoints) {
      const std::size_t end = std::min(points.size(), begin + kMaxChunkPoints);
      AddLine(key.second, end - begin, points[begin].step, points[end - 1].step,
              PackChunk(points.data() + begin, points.data() + end));
    }
  }
  std::vector<std::string> Take() {
    Flush();
    return std::move(lines_);
  }

 private:
  void Flush() {
    if (together_.empty()) return;
    const auto [first, last] = std::minmax_element(
        together_.begin(), together_.end(), [](const KeyedPoint& a, const KeyedPoint& b) { return a.point.step < b.point.step; });
    AddLine(kManyKeys, together_.size(), first->point.step, last->point.step, PackBatch(together_));
    together_.clear();
  }
  void AddLine(std::int64_t key, std::size_t count, std::int64_t first_step, std::int64_t last_step, const std::string& packed) {
    lines_.push_back(
        absl::StrCat(run_, "\t", key, "\t", count, "\t", first_step, "\t", last_step, "\t\\\\x", absl::BytesToHexString(packed)));
  }

  std::int64_t run_ = 0;
  std::vector<KeyedPoint> together_;  // of that run
  std::vector<std::string> lines_;
};

absl::StatusOr<std::int64_t> FoldOnce(pg::Tx& tx, std::int64_t newest) {
  RETURN_IF_ERROR(LockSettling(tx));
  ASSIGN_OR_RETURN(Groups groups, TakeLog(tx, newest));
  if (groups.empty()) return 0;
  ASSIGN_OR_RETURN(const auto experiments, ExperimentsOf(tx, groups));
  Latest latest;
  std::size_t taken = 0;
  for (auto& [key, points] : groups) {
    taken += points.size();
    const auto experiment = experiments.find(key.first);
    if (experiment == experiments.end()) {
      points.clear();
      continue;
    }
    if (!std::is_sorted(points.begin(), points.end(), IsEarlier)) std::sort(points.begin(), points.end(), IsEarlier);
    points.erase(std::unique(points.begin(), points.end(), IsSame), points.end());
    latest.Add(key, experiment->second, points);
  }
  ASSIGN_OR_RETURN(const std::vector<pg::Row> fresh,
                   tx.Many(kPutLatest, latest.runs, latest.experiments, latest.keys, latest.values, latest.steps, latest.times,
                           latest.least, latest.greatest));
  absl::flat_hash_set<RunKey> is_new;
  for (const pg::Row& row : fresh) is_new.emplace(row.Int(0), row.Int(1));
  Chunks chunks;
  for (const auto& [key, points] : groups) {
    if (!points.empty()) chunks.Add(key, points, is_new.contains(key));
  }
  RETURN_IF_ERROR(tx.CopyLines("tracker.metric_chunks",
                               {"run_number", "key_id", "point_count", "first_step", "last_step", "points"}, chunks.Take()));
  return static_cast<std::int64_t>(taken);
}

}  // namespace

absl::Status LockSettling(pg::Tx& tx) { return tx.Many(kLock).status(); }

absl::StatusOr<std::int64_t> SettleMetrics(pg::Database& db, const std::function<void(std::int64_t points)>& progress) {
  ASSIGN_OR_RETURN(const std::vector<pg::Row> rows, db.RunIdempotent(kNewest));
  const std::optional<std::int64_t> newest = rows.front().OptionalInt(0);
  if (!newest) return 0;
  // In pieces, so that nobody waits long for the lock. What another program folds meanwhile is folded too.
  std::int64_t total = 0;
  for (;;) {
    ASSIGN_OR_RETURN(const std::int64_t folded, db.Transact([&](pg::Tx& tx) { return FoldOnce(tx, *newest); }));
    if (folded == 0) return total;
    total += folded;
    if (progress) progress(folded);
  }
}

}  // namespace millwright::tracker
