#include "tracker/storage/metric_history.h"

#include <algorithm>
#include <future>
#include <limits>
#include <map>
#include <utility>

#include "lib/base/status_macros.h"
#include "tracker/storage/metric_points.h"

namespace millwright::tracker {
namespace {

// The log is read before the chunks: what is folded between the two is then read twice rather than not at all, and
// duplicates vanish.
constexpr pg::Statement kLog{"metric_log_of_runs", R"sql(
  SELECT run_number, points FROM tracker.metric_log WHERE run_number = ANY ($1::bigint[])
)sql",
                             pg::Plan::kPrepared};

constexpr pg::Statement kCount{"count_metric_points", R"sql(
  SELECT run_number, key_id, sum(point_count)
    FROM tracker.metric_chunks
   WHERE run_number = ANY ($1::bigint[])
     AND key_id = ANY ($2::bigint[])
     AND last_step >= $3
     AND first_step <= $4
   GROUP BY run_number, key_id
)sql"};

constexpr pg::Statement kOpen{"open_metric_chunks", R"sql(
  DECLARE chunks NO SCROLL CURSOR FOR
  SELECT run_number, key_id, first_step, points
    FROM tracker.metric_chunks
   WHERE run_number = ANY ($1::bigint[])
     AND key_id = ANY ($2::bigint[])
     AND last_step >= $3
     AND first_step <= $4
   ORDER BY run_number, key_id, first_step
)sql"};
constexpr pg::Statement kFetch{"fetch_metric_chunks", "FETCH 64 FROM chunks"};
constexpr std::size_t kFetched = 64;
constexpr pg::Statement kClose{"close_metric_chunks", "CLOSE chunks"};

constexpr std::int64_t kLeast = std::numeric_limits<std::int64_t>::min();
constexpr std::int64_t kMost = std::numeric_limits<std::int64_t>::max();

using RunKey = std::pair<std::int64_t, std::int64_t>;  // row number of the run, number of the key

/// The chunks of some metrics in the order of run, key and first step, read a few at a time; those of many keys come first of
/// each run. The next few are fetched while these are looked at, so the transaction is the reader's until Close.
class ChunkReader {
 public:
  explicit ChunkReader(pg::Tx& tx) : tx_(tx) {}

  absl::Status Open(const std::vector<std::int64_t>& runs, std::vector<std::int64_t> keys, std::int64_t from_step,
                    std::int64_t to_step) {
    keys.push_back(kManyKeys);
    RETURN_IF_ERROR(tx_.Execute(kOpen, runs, keys, from_step, to_step).status());
    return Fetch();
  }
  /// Before Close: the chunk that the reader stands at, if any is left.
  bool AtEnd() const { return next_ == rows_.size(); }
  RunKey key() const { return {rows_[next_].Int(0), rows_[next_].Int(1)}; }
  bool has_many_keys() const { return rows_[next_].Int(1) == kManyKeys; }
  std::int64_t first_step() const { return rows_[next_].Int(2); }
  /// Adds its points and goes on to the next.
  absl::Status Read(std::vector<Point>& points) {
    RETURN_IF_ERROR(UnpackChunk(rows_[next_].Bytes(3), points));
    return GoOn();
  }
  /// The same for a chunk of many keys.
  absl::Status ReadMany(std::vector<KeyedPoint>& points) {
    RETURN_IF_ERROR(UnpackBatches(rows_[next_].Bytes(3), points));
    return GoOn();
  }
  absl::Status Close() {
    if (ahead_.valid()) RETURN_IF_ERROR(ahead_.get().status());
    return tx_.Many(kClose).status();
  }

 private:
  absl::Status GoOn() { return ++next_ == rows_.size() ? Fetch() : absl::OkStatus(); }
  absl::Status Fetch() {
    next_ = 0;
    if (is_last_) {
      rows_.clear();
      return absl::OkStatus();
    }
    ASSIGN_OR_RETURN(rows_, ahead_.valid() ? ahead_.get() : tx_.Many(kFetch));
    is_last_ = rows_.size() < kFetched;
    if (!is_last_) ahead_ = std::async(std::launch::async, [this] { return tx_.Many(kFetch); });
    return absl::OkStatus();
  }
  pg::Tx& tx_;
  std::future<absl::StatusOr<std::vector<pg::Row>>> ahead_;  // waits for its end when it goes
  bool is_last_ = false;
  std::vector<pg::Row> rows_;
  std::size_t next_ = 0;
};

absl::StatusOr<std::map<RunKey, std::vector<Point>>> ReadLog(pg::Tx& tx, const std::vector<std::int64_t>& runs,
                                                             const std::vector<std::int64_t>& keys) {
  ASSIGN_OR_RETURN(const std::vector<pg::Row> rows, tx.Many(kLog, runs));
  std::map<RunKey, std::vector<Point>> logged;
  std::vector<KeyedPoint> points;
  for (const pg::Row& row : rows) {
    points.clear();
    RETURN_IF_ERROR(UnpackBatches(row.Bytes(1), points));
    for (const KeyedPoint& keyed : points) {
      if (std::find(keys.begin(), keys.end(), keyed.key_id) != keys.end())
        logged[{row.Int(0), keyed.key_id}].push_back(keyed.point);
    }
  }
  return logged;
}

using Earlier = bool (*)(const Point&, const Point&);

void SortAndLeaveOutRepeated(std::vector<Point>& points, Earlier earlier) {
  if (!std::is_sorted(points.begin(), points.end(), earlier)) std::sort(points.begin(), points.end(), earlier);
  points.erase(std::unique(points.begin(), points.end(), IsSame), points.end());
}

/// The first points after a place, of any number that are added in any order; holds a few pages at most.
class PageCollector {
 public:
  PageCollector(const HistoryQuery& query, Earlier earlier) : query_(query), earlier_(earlier) {}

  void Add(const std::vector<Point>& points) {
    for (const Point& point : points) {
      if (!query_.after || earlier_(*query_.after, point)) kept_.push_back(point);
    }
    if (kept_.size() >= 4 * size() + 100'000) Settle();
  }
  /// Whether the page is full of points with a smaller step.
  bool IsFullBefore(std::int64_t step) {
    if (kept_.size() < size()) return false;
    Settle();
    return kept_.size() == size() && kept_.back().step < step;
  }
  std::vector<Point> Take() {
    Settle();
    return std::move(kept_);
  }

 private:
  std::size_t size() const { return static_cast<std::size_t>(query_.size); }
  void Settle() {
    SortAndLeaveOutRepeated(kept_, earlier_);
    if (kept_.size() > size()) kept_.resize(size());
  }
  const HistoryQuery& query_;
  const Earlier earlier_;
  std::vector<Point> kept_;
};

/// One series while its chunks are read. A long one is thinned out chunk by chunk first, so that it fits in memory and caches; a
/// retry's points are then counted twice.
class SeriesBuilder {
 public:
  SeriesBuilder(const ChartQuery& query, std::int64_t expected)
      : query_(query), share_(1 + static_cast<std::size_t>(expected) / kMaxHeld) {}

  void Add(std::vector<Point>& points) {
    if (query_.from || query_.to) {
      std::erase_if(points, [&](const Point& point) {
        const std::int64_t x = query_.axis == MetricAxis::kStep ? point.step : point.timestamp_ms;
        return (query_.from && x < *query_.from) || (query_.to && x > *query_.to);
      });
    }
    count_ += static_cast<std::int64_t>(points.size());
    if (share_ == 1) {
      points_.insert(points_.end(), points.begin(), points.end());
    } else {
      const std::vector<Point> kept = ThinOut(points, std::max<std::size_t>(10, points.size() / share_));
      points_.insert(points_.end(), kept.begin(), kept.end());
    }
  }
  Series Finish(const RunId& run, const std::string& key) {
    const std::size_t held = points_.size();
    SortAndLeaveOutRepeated(points_, query_.axis == MetricAxis::kStep ? IsEarlier : IsEarlierByTime);
    return {run, key, ThinOut(points_, query_.max_points), count_ - static_cast<std::int64_t>(held - points_.size())};
  }
  bool empty() const { return points_.empty(); }

 private:
  static constexpr std::size_t kMaxHeld = 100'000;
  const ChartQuery& query_;
  const std::size_t share_;
  std::vector<Point> points_;
  std::int64_t count_ = 0;
};

}  // namespace

absl::StatusOr<std::vector<Point>> ReadHistory(pg::Tx& tx, std::int64_t run, std::int64_t key_id, const HistoryQuery& query) {
  const bool is_by_step = query.order == HistoryOrder::kStep;
  PageCollector page(query, is_by_step ? IsEarlier : IsEarlierByTime);
  ASSIGN_OR_RETURN(const auto logged, ReadLog(tx, {run}, {key_id}));
  for (const auto& [key, points] : logged) page.Add(points);
  ChunkReader chunks(tx);
  RETURN_IF_ERROR(chunks.Open({run}, {key_id}, is_by_step && query.after ? query.after->step : kLeast, kMost));
  std::vector<Point> points;
  std::vector<KeyedPoint> many;
  while (!chunks.AtEnd()) {
    points.clear();
    if (chunks.has_many_keys()) {
      many.clear();
      RETURN_IF_ERROR(chunks.ReadMany(many));
      for (const KeyedPoint& keyed : many)
        if (keyed.key_id == key_id) points.push_back(keyed.point);
      page.Add(points);
      continue;
    }
    if (is_by_step && page.IsFullBefore(chunks.first_step())) break;
    RETURN_IF_ERROR(chunks.Read(points));
    page.Add(points);
  }
  RETURN_IF_ERROR(chunks.Close());
  return page.Take();
}

absl::StatusOr<std::vector<Series>> ReadCharts(pg::Tx& tx, const std::vector<std::int64_t>& runs,
                                               const std::vector<KnownKey>& keys, const ChartQuery& query) {
  std::vector<std::int64_t> ids;
  for (const KnownKey& key : keys) ids.push_back(key.id);
  const bool is_by_step = query.axis == MetricAxis::kStep;
  const std::int64_t from = is_by_step ? query.from.value_or(kLeast) : kLeast;
  const std::int64_t to = is_by_step ? query.to.value_or(kMost) : kMost;
  ASSIGN_OR_RETURN(auto logged, ReadLog(tx, runs, ids));
  ASSIGN_OR_RETURN(const std::vector<pg::Row> counts, tx.Many(kCount, runs, ids, from, to));
  std::map<RunKey, SeriesBuilder> builders;
  for (const pg::Row& row : counts) builders.emplace(RunKey(row.Int(0), row.Int(1)), SeriesBuilder(query, row.Int(2)));
  for (auto& [key, points] : logged) builders.try_emplace(key, query, 0).first->second.Add(points);

  std::map<RunKey, Series> done;
  const auto finish = [&](const RunKey& key) {
    const auto builder = builders.find(key);
    if (builder == builders.end() || builder->second.empty()) return;
    const auto run = static_cast<std::size_t>(std::find(runs.begin(), runs.end(), key.first) - runs.begin());
    const auto name = static_cast<std::size_t>(std::find(ids.begin(), ids.end(), key.second) - ids.begin());
    done.emplace(key, builder->second.Finish(query.runs[run], keys[name].key));
    builders.erase(builder);
  };
  ChunkReader chunks(tx);
  RETURN_IF_ERROR(chunks.Open(runs, ids, from, to));
  std::vector<Point> points;
  std::vector<KeyedPoint> many;
  while (!chunks.AtEnd()) {
    const RunKey key = chunks.key();
    points.clear();
    if (chunks.has_many_keys()) {
      many.clear();
      RETURN_IF_ERROR(chunks.ReadMany(many));
      for (const KeyedPoint& keyed : many) {
        if (std::find(ids.begin(), ids.end(), keyed.key_id) == ids.end()) continue;
        points.assign(1, keyed.point);
        builders.try_emplace({key.first, keyed.key_id}, query, 0).first->second.Add(points);
      }
      continue;
    }
    RETURN_IF_ERROR(chunks.Read(points));
    builders.try_emplace(key, query, 0).first->second.Add(points);
    if (chunks.AtEnd() || chunks.key() != key) finish(key);
  }
  RETURN_IF_ERROR(chunks.Close());
  std::vector<Series> series;
  for (const std::int64_t run : runs) {
    for (const std::int64_t id : ids) {
      finish({run, id});
      if (const auto found = done.find({run, id}); found != done.end()) series.push_back(std::move(found->second));
    }
  }
  return series;
}

}  // namespace millwright::tracker
