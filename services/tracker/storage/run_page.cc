#include "tracker/storage/run_page.h"

#include <algorithm>
#include <future>

#include "absl/container/flat_hash_map.h"
#include "absl/container/flat_hash_set.h"
#include "lib/base/status_macros.h"
#include "tracker/domain/log_errors.h"
#include "tracker/storage/metric_points.h"
#include "tracker/storage/run_rows.h"

namespace millwright::tracker {
namespace {

constexpr pg::Statement kGet{"get_run", "SELECT " TRACKER_RUN_COLUMNS R"sql(
    FROM tracker.runs r JOIN tracker.experiments e ON e.id = r.experiment_id
   WHERE r.number = $1
)sql",
                             pg::Plan::kPrepared};

constexpr pg::Statement kGetById{"get_run_by_id", "SELECT " TRACKER_RUN_COLUMNS R"sql(
    FROM tracker.runs r JOIN tracker.experiments e ON e.id = r.experiment_id
   WHERE r.run_id = $1
     AND r.workspace_id = $2::bigint
)sql",
                                 pg::Plan::kPrepared};

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

constexpr std::size_t kLargePage = 300;  // runs

/// Fills runs, whose row numbers are given in their order.
class RunFiller {
 public:
  RunFiller(pg::Tx& tx, MetricKeys& keys, const std::vector<std::int64_t>& numbers, std::vector<Run>& runs)
      : tx_(tx), keys_(keys), numbers_(numbers), runs_(runs) {
    for (std::size_t i = 0; i < numbers.size(); ++i) by_number_.emplace(numbers[i], i);
  }

  absl::Status Fill(const RunColumns& columns) {
    RETURN_IF_ERROR(FillTexts(columns));
    return FillMetrics(columns.metrics);
  }
  absl::Status FillTexts(const RunColumns& columns) {
    RETURN_IF_ERROR(ReadKeyValues(kParams, kSomeParams, columns.params, &Run::params));
    return ReadKeyValues(kTags, kSomeTags, columns.tags, &Run::tags);
  }
  absl::Status FillMetrics(const ColumnChoice& choice) {
    for (Run& run : runs_) run.metrics.clear();
    if (!choice.has_all && choice.keys.empty()) return absl::OkStatus();
    return ReadMetrics(choice);
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
    for (Run& run : runs_) (run.*items).clear();
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
    absl::flat_hash_set<std::int64_t> wanted;
    if (!choice.has_all) {
      ASSIGN_OR_RETURN(const auto ids, keys_.FindAll(tx_, std::vector<std::string>(choice.keys.begin(), choice.keys.end())));
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
    ASSIGN_OR_RETURN(const auto keys, keys_.KeysOf(tx_, std::vector<std::int64_t>(ids.begin(), ids.end())));
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
      run->metrics.push_back({keys.at(row.Int(1)), point.value, point.step, point.timestamp_ms});
    }
    for (const auto& [where, point] : unsettled) {
      const auto found = by_number_.find(where.first);
      if (found == by_number_.end()) continue;
      runs_[found->second].metrics.push_back({keys.at(where.second), point.value, point.step, point.timestamp_ms});
    }
    for (Run& run : runs_) SortByKey(run.metrics);
    return absl::OkStatus();
  }

  pg::Tx& tx_;
  MetricKeys& keys_;
  const std::vector<std::int64_t>& numbers_;
  std::vector<Run>& runs_;
  absl::flat_hash_map<std::int64_t, std::size_t> by_number_;  // where in runs_
  std::int64_t last_number_ = -1;
  Run* last_run_ = nullptr;
};

// The runs that are there, in the order of `numbers`, without what is logged; `present` are their numbers.
absl::Status ReadFacts(pg::Tx& tx, const std::vector<std::int64_t>& numbers, std::vector<std::int64_t>& present,
                       std::vector<Run>& runs) {
  ASSIGN_OR_RETURN(const std::vector<pg::Row> rows, tx.Many(kRuns, numbers));
  absl::flat_hash_map<std::int64_t, const pg::Row*> found;
  for (const pg::Row& row : rows) found.emplace(row.Int(0), &row);
  present.clear();
  runs.clear();
  runs.reserve(rows.size());
  for (const std::int64_t number : numbers) {
    const auto row = found.find(number);
    if (row == found.end()) continue;
    present.push_back(number);
    runs.push_back(ReadRun(*row->second));
  }
  return absl::OkStatus();
}

absl::StatusOr<Run> ReadWhole(pg::Tx& tx, MetricKeys& keys, const pg::Row& row) {
  std::vector<Run> runs = {ReadRun(row)};
  RETURN_IF_ERROR(FillRuns(tx, keys, {row.Int(0)}, runs));
  return std::move(runs.front());
}

}  // namespace

absl::Status FillRuns(pg::Tx& tx, MetricKeys& keys, const std::vector<std::int64_t>& numbers, std::vector<Run>& runs,
                      const RunColumns& columns) {
  if (numbers.empty()) return absl::OkStatus();
  return RunFiller(tx, keys, numbers, runs).Fill(columns);
}

absl::StatusOr<std::vector<Run>> ReadRuns(pg::Database& db, MetricKeys& keys, const std::vector<std::int64_t>& numbers,
                                          const RunColumns& columns) {
  std::vector<Run> runs;
  if (numbers.empty()) return runs;
  std::vector<std::int64_t> present;
  const bool is_large = numbers.size() >= kLargePage;
  const absl::Status facts = db.Read([&](pg::Tx& tx) -> absl::Status {
    RETURN_IF_ERROR(ReadFacts(tx, numbers, present, runs));
    return is_large ? absl::OkStatus() : FillRuns(tx, keys, present, runs, columns);
  });
  RETURN_IF_ERROR(facts);
  if (!is_large) return runs;
  // Each on a connection of its own: the database makes the one part while the other is taken apart here.
  std::future<absl::Status> texts = std::async(std::launch::async, [&] {
    return db.Read([&](pg::Tx& tx) { return RunFiller(tx, keys, present, runs).FillTexts(columns); });
  });
  const absl::Status metrics =
      db.Read([&](pg::Tx& tx) { return RunFiller(tx, keys, present, runs).FillMetrics(columns.metrics); });
  RETURN_IF_ERROR(texts.get());
  RETURN_IF_ERROR(metrics);
  return runs;
}

absl::StatusOr<Run> GetRun(pg::Tx& tx, MetricKeys& keys, std::int64_t number) {
  ASSIGN_OR_RETURN(const pg::Row row, tx.One(kGet, number));
  return ReadWhole(tx, keys, row);
}

absl::StatusOr<Run> GetRun(pg::Tx& tx, MetricKeys& keys, const base::WorkspaceId& workspace, const RunId& id) {
  ASSIGN_OR_RETURN(const std::optional<pg::Row> row, tx.ZeroOrOne(kGetById, id, workspace));
  if (!row) return NoSuchRun(id);
  return ReadWhole(tx, keys, *row);
}

}  // namespace millwright::tracker
