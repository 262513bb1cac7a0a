#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "nlohmann/json.hpp"

namespace millwright::learn {

/// When answers become alarms and alarms become episodes. Times are in the table's unit.
struct AlarmOptions {
  int persistence = 1;          // rows in a row that must alarm before the alarm is raised
  double merge_gap = 0;         // an alarm raised no later than this after an episode's end continues it
  std::optional<double> below;  // of a rul head: alarm when the predicted life is at most this
  double within = 0;            // of a rul head: an alarm is right when the true life is at most this; `below` when 0
};

/// One asset's rows in order of time.
struct AlarmSeries {
  std::uint32_t asset = 0;
  std::vector<double> times;
  std::vector<bool> alarms;
  std::vector<bool> is_judged;  // whether the row's truth is known
};

/// A time in which an alarm is right; `failure` is what it should warn of, where there is one.
struct AlarmWindow {
  std::uint32_t asset = 0;
  double start = 0;
  double end = 0;
  std::optional<double> failure;
};

/// From the first raised row to the last, of one asset.
struct AlarmEpisode {
  std::uint32_t asset = 0;
  double start = 0;
  double end = 0;
  bool is_judged = true;  // whether the truth of its first row is known
  bool is_false = false;  // it starts outside every window
};

/// Runs of alarms, merged; is_false is not set yet.
std::vector<AlarmEpisode> FindEpisodes(const AlarmSeries& series, const AlarmOptions& options);

/// Episodes against windows. An episode that starts in no window is a false alarm (one whose first row has no known truth is
/// neither right nor false); a window is detected when an episode overlaps it. Lead time: from the start of the first episode
/// that overlaps the window to its failure. Delay: from the window's start to that episode's (negative: before it).
struct AlarmJudgement {
  std::vector<AlarmEpisode> episodes;
  std::vector<AlarmWindow> windows;
  std::vector<std::optional<double>> alarmed_at;  // per window: the start of the first episode that overlaps it

  std::size_t false_alarms() const;
  std::size_t judged() const;
  std::size_t detected() const;
};
AlarmJudgement Judge(std::vector<AlarmEpisode> episodes, std::vector<AlarmWindow> windows);

/// The report's "alarms": counts, precision and recall by episode, distributions of lead times and delays, and at most 200
/// episodes and windows each.
nlohmann::json AlarmReport(const AlarmJudgement& judgement, const AlarmOptions& options, std::span<const std::string> assets);

}  // namespace millwright::learn
