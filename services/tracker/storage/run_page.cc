#include "tracker/storage/run_page.h"

#include <algorithm>

#include "absl/container/flat_hash_map.h"
#include "absl/container/flat_hash_set.h"
#include "lib/base/status_macros.h"
#include "tracker/storage/metric_points.h"
#include "tracker/storage/run_rows.h"

namespace millwright::tracker {
namespace {

constexpr pg::Statement kRuns{"read_runs", "SELECT " TRACKER_RUN_COLUMNS R"sql(
    FROM tracker.runs r JOIN tracker.experiments e ON e.id = r.experiment_id
   WHERE r.number = ANY ($1::bigint[])
)sql",
                              pg::Plan::kPrepared};

// Read before latest_metrics: what is settled between the two is then seen twice rather than not at all.
constexpr pg::Statement kLog{"metric_log_of_runs", R"sql(
  SELECT run_number, points FROM tracker.metric_log WHERE run_number = ANY ($1::bigint[])
)sql",
                             pg::Plan::kPrepared};
constexpr pg::Statement kLatest{"latest_metrics_of_runs", R"sql(
  SELECT run_number, key_id, value, step, timestamp_ms FROM tracker.latest_metrics WHERE run_number = ANY ($1::bigint[])
)sql",
                                pg::Plan::kPrepared};
constexpr pg::Statement kSomeLatest{"some_latest_metrics_of_runs", R"sql(
  SELECT run_number, key_id, value, step, timestamp_ms
    FROM tracker.latest_metrics
   WHERE run_number = ANY ($1::bigint[])
     AND key_id = ANY ($2::bigint[])
)sql",
                                    pg::Plan::kPrepared};
constexpr pg::Statement kParams{"params_of_runs", R"sql(
  SELECT run_number, key, value FROM tracker.params WHERE run_number = ANY ($1::bigint[])
)sql",
                                pg::Plan::kPrepared};
constexpr pg::Statement kSomeParams{"some_params_of_runs", R"sql(
  SELECT run_number, key, value FROM tracker.params WHERE run_number = ANY ($1::bigint[]) AND key = ANY ($2::text[])
)sql",
                                    pg::Plan::kPrepared};
constexpr pg::Statement kTags{"tags_of_runs", R"sql(
  SELECT run_number, key, value FROM tracker.tags WHERE run_number = ANY ($1::bigint[])
)sql",
                              pg::Plan::kPrepared};
constexpr pg::Statement kSomeTags{"some_tags_of_runs", R"sql(
  SELECT run_number, key, value FROM tracker.tags WHERE run_number = ANY ($1::bigint[]) AND key = ANY ($2::text[])
)sql",
                                  pg::Plan::kPrepared};

class PageReader {
 public:
  PageReader(pg::Tx& tx, MetricNames& names, const std::vector<std::int64_t>& numbers) : tx_(tx), names_(names), numbers_(numbers) {}

  absl::StatusOr<std::vector<Run>> Read(const RunColumns& columns) {
    ASSIGN_OR_RETURN(const std::vector<pg::Row> rows, tx_.Many(kRuns, numbers_));
    absl::flat_hash_map<std::int64_t, const pg::Row*> found;
    for (const pg::Row& row : rows) found.emplace(row.Int(0), &row);
    runs_.reserve(numbers_.size());
    for (const std::int64_t number : numbers_) {
      const auto row = found.find(number);
      if (row == found.end()) continue;
      by_number_.emplace(number, runs_.size());
      runs_.push_back(ReadRun(*row->second));
    }
    RETURN_IF_ERROR(ReadKeyValues(kParams, kSomeParams, columns.params, &Run::params));
    RETURN_IF_ERROR(ReadKeyValues(kTags, kSomeTags, columns.tags, &Run::tags));
    RETURN_IF_ERROR(ReadMetrics(columns.metrics));
    return std::move(runs_);
  }

 private:
  // Rows of one run mostly follow each other.
  Run* Find(const pg::Row& row) {
    const std::int64_t number = row.Int(0);
    if (number != last_number_) {
      const auto found = by_number_.find(number);
      last_number_ = number;
      last_run_ = found == by_number_.end() ? nullptr : &runs_[found->second];
    }
    return last_run_;
  }

  absl::Status ReadKeyValues(const pg::Statement& all, const pg::Statement& some, const ColumnChoice& choice,
                             std::vector<KeyValue> Run::*items) {
    if (!choice.has_all && choice.keys.empty()) return absl::OkStatus();
    ASSIGN_OR_RETURN(const std::vector<pg::Row> rows,
                     choice.has_all ? tx_.Many(all, numbers_)
                                    : tx_.Many(some, numbers_, std::vector<std::string>(choice.keys.begin(), choice.keys.end())));
    for (const pg::Row& row : rows) {
      if (Run* run = Find(row)) (run->*items).push_back({row.Text(1), row.Text(2)});
    }
    for (Run& run : runs_) SortByKey(run.*items);
    return absl::OkStatus();
  }

  template <typename T>
  static void SortByKey(std::vector<T>& items) {
    const auto is_before = [](const T& a, const T& b) { return a.key < b.key; };
    if (!std::is_sorted(items.begin(), items.end(), is_before)) std::sort(items.begin(), items.end(), is_before);
  }

  absl::Status ReadMetrics(const ColumnChoice& choice) {
    if (!choice.has_all && choice.keys.empty()) return absl::OkStatus();
    absl::flat_hash_set<std::int64_t> wanted;
    if (!choice.has_all) {
      ASSIGN_OR_RETURN(const auto ids, names_.IdsOf(tx_, std::vector<std::string>(choice.keys.begin(), choice.keys.end())));
      for (const auto& [name, id] : ids) wanted.insert(id);
    }
    // By run and key: first what is not settled yet, then what is.
    absl::flat_hash_map<std::pair<std::int64_t, std::int64_t>, Point> unsettled;
    ASSIGN_OR_RETURN(const std::vector<pg::Row> log, tx_.Many(kLog, numbers_));
    std::vector<KeyedPoint> points;
    for (const pg::Row& row : log) {
      points.clear();
      RETURN_IF_ERROR(UnpackBatches(row.Bytes(1), points));
      for (const KeyedPoint& keyed : points) {
        if (!choice.has_all && !wanted.contains(keyed.key_id)) continue;
        const auto [kept, is_new] = unsettled.try_emplace({row.Int(0), keyed.key_id}, keyed.point);
        if (!is_new && IsEarlier(kept->second, keyed.point)) kept->second = keyed.point;
      }
    }
    ASSIGN_OR_RETURN(const std::vector<pg::Row> latest,
                     choice.has_all ? tx_.Many(kLatest, numbers_)
                                    : tx_.Many(kSomeLatest, numbers_, std::vector<std::int64_t>(wanted.begin(), wanted.end())));
    return AddMetrics(latest, unsettled);
  }

  absl::Status AddMetrics(const std::vector<pg::Row>& latest,
                          absl::flat_hash_map<std::pair<std::int64_t, std::int64_t>, Point>& unsettled) {
    absl::flat_hash_set<std::int64_t> ids;
    for (const pg::Row& row : latest) ids.insert(row.Int(1));
    for (const auto& [where, point] : unsettled) ids.insert(where.second);
    ASSIGN_OR_RETURN(const auto names, names_.NamesOf(tx_, std::vector<std::int64_t>(ids.begin(), ids.end())));
    for (const pg::Row& row : latest) {
      Run* run = Find(row);
      if (run == nullptr) continue;
      Point point{row.Int(3), row.Int(4), row.Double(2)};
      if (!unsettled.empty()) {
        const auto newer = unsettled.find({row.Int(0), row.Int(1)});
        if (newer != unsettled.end()) {
          if (IsEarlier(point, newer->second)) point = newer->second;
          unsettled.erase(newer);
        }
      }
      run->metrics.push_back({names.at(row.Int(1)), point.value, point.step, point.timestamp_ms});
    }
    for (const auto& [where, point] : unsettled) {
      const auto found = by_number_.find(where.first);
      if (found == by_number_.end()) continue;
      runs_[found->second].metrics.push_back({names.at(where.second), point.value, point.step, point.timestamp_ms});
    }
    for (Run& run : runs_) SortByKey(run.metrics);
    return absl::OkStatus();
  }

  pg::Tx& tx_;
  MetricNames& names_;
  const std::vector<std::int64_t>& numbers_;
  std::vector<Run> runs_;
  absl::flat_hash_map<std::int64_t, std::size_t> by_number_;  // where in runs_
  std::int64_t last_number_ = -1;
  Run* last_run_ = nullptr;
};

}  // namespace

absl::StatusOr<std::vector<Run>> ReadRuns(pg::Tx& tx, MetricNames& names, const std::vector<std::int64_t>& numbers,
                                          const RunColumns& columns) {
  if (numbers.empty()) return std::vector<Run>();
  return PageReader(tx, names, numbers).Read(columns);
}

}  // namespace millwright::tracker
