#include "lib/learn/evaluation/alarm_rows.h"

#include <algorithm>
#include <cmath>
#include <unordered_map>

#include "lib/base/status_macros.h"

namespace millwright::learn {

namespace {

using Kind = TargetSpec::Kind;

/// The rows [begin, end) of one asset.
struct Stretch {
  std::uint32_t asset = 0;
  std::size_t begin = 0;
  std::size_t end = 0;
};

std::vector<Stretch> Stretches(const ScoredRows& rows) {
  std::vector<Stretch> stretches;
  for (std::size_t i = 0; i < rows.asset_of.size(); ++i) {
    if (i == 0 || rows.asset_of[i] != rows.asset_of[i - 1]) stretches.push_back({.asset = rows.asset_of[i], .begin = i});
    stretches.back().end = i + 1;
  }
  return stretches;
}

/// Failure times of each asset, by its name, in order.
absl::StatusOr<std::unordered_map<std::string, std::vector<double>>> Failures(const Table& table, const PipelineSpec& pipeline,
                                                                              const TargetSpec& target) {
  ASSIGN_OR_RETURN(const Column* label, table.GetNumber(target.column));
  ASSIGN_OR_RETURN(const Column* time, table.GetNumber(pipeline.time_column));
  ASSIGN_OR_RETURN(const std::vector<AssetRows> assets, GroupByAsset(table, pipeline.asset_column, pipeline.time_column));
  std::unordered_map<std::string, std::vector<double>> failures;
  for (const AssetRows& asset : assets) {
    for (const std::size_t row : asset.rows) {
      const bool is_failure = !std::isnan(label->numbers[row]) && label->numbers[row] != 0;
      if (is_failure) failures[asset.asset].push_back(time->numbers[row]);
    }
  }
  return failures;
}

bool HasRow(const ScoredRows& rows, const Stretch& stretch, double start, double end) {
  const auto begin = rows.times.begin() + static_cast<std::ptrdiff_t>(stretch.begin);
  const auto last = rows.times.begin() + static_cast<std::ptrdiff_t>(stretch.end);
  const auto first = std::lower_bound(begin, last, start);
  return first != last && *first <= end;
}

absl::StatusOr<std::vector<AlarmWindow>> BeforeFailures(const Table& table, const PipelineSpec& pipeline, const ScoredRows& rows,
                                                        const HeadRows& head) {
  ASSIGN_OR_RETURN(const auto failures, Failures(table, pipeline, head.target));
  std::vector<AlarmWindow> windows;
  for (const Stretch& stretch : Stretches(rows)) {
    const auto it = failures.find(rows.assets[stretch.asset]);
    if (it == failures.end()) continue;
    for (const double failure : it->second) {
      const double start = failure - head.target.horizon;
      if (HasRow(rows, stretch, start, failure))
        windows.push_back({.asset = stretch.asset, .start = start, .end = failure, .failure = failure});
    }
  }
  return windows;
}

std::vector<AlarmWindow> EndsOfLife(const ScoredRows& rows, const HeadRows& head, double within) {
  std::vector<AlarmWindow> windows;
  for (const Stretch& stretch : Stretches(rows)) {
    const std::size_t last = stretch.end - 1;
    if (std::isnan(head.truth[last])) continue;
    const double failure = rows.times[last] + head.truth[last];
    if (HasRow(rows, stretch, failure - within, failure))
      windows.push_back({.asset = stretch.asset, .start = failure - within, .end = failure, .failure = failure});
  }
  return windows;
}

std::vector<AlarmWindow> RunsOfClass(const ScoredRows& rows, const HeadRows& head) {
  std::vector<AlarmWindow> windows;
  for (const Stretch& stretch : Stretches(rows)) {
    bool is_inside = false;
    for (std::size_t i = stretch.begin; i < stretch.end; ++i) {
      if (std::isnan(head.truth[i])) continue;
      const bool is_positive = head.truth[i] > 0.5;
      if (is_positive && !is_inside) windows.push_back({.asset = stretch.asset, .start = rows.times[i]});
      if (is_positive) windows.back().end = rows.times[i];
      is_inside = is_positive;
    }
  }
  return windows;
}

}  // namespace

absl::StatusOr<std::optional<AlarmJudgement>> JudgeAlarms(const Table& table, const PipelineSpec& pipeline,
                                                          const ScoredRows& rows, const HeadRows& head,
                                                          const AlarmOptions& options) {
  const bool is_rul_alarm = head.target.kind == Kind::kRul && options.below.has_value();
  if ((!head.IsAlarmHead() && !is_rul_alarm) || (!rows.has_times && !rows.has_assets)) return std::nullopt;
  std::vector<AlarmWindow> windows;
  if (is_rul_alarm) {
    windows = EndsOfLife(rows, head, options.within > 0 ? options.within : *options.below);
  } else if (head.target.kind == Kind::kFailureWithin) {
    ASSIGN_OR_RETURN(windows, BeforeFailures(table, pipeline, rows, head));
  } else {
    windows = RunsOfClass(rows, head);
  }
  std::vector<AlarmEpisode> episodes;
  for (const Stretch& stretch : Stretches(rows)) {
    AlarmSeries series{.asset = stretch.asset};
    for (std::size_t i = stretch.begin; i < stretch.end; ++i) {
      series.times.push_back(rows.times[i]);
      series.alarms.push_back(is_rul_alarm ? head.predicted[i] <= *options.below
                                           : head.predicted[i] >= head.threshold.value_or(0.5));
      series.is_judged.push_back(!std::isnan(head.truth[i]));
    }
    const std::vector<AlarmEpisode> found = FindEpisodes(series, options);
    episodes.insert(episodes.end(), found.begin(), found.end());
  }
  return Judge(std::move(episodes), std::move(windows));
}

}  // namespace millwright::learn
