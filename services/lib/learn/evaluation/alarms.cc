#include "lib/learn/evaluation/alarms.h"

#include <algorithm>

#include "lib/learn/evaluation/distribution.h"

namespace millwright::learn {

namespace {

constexpr std::size_t kMaxListed = 200;

template <typename Part>
nlohmann::json Share(Part part, Part whole) {
  return whole > 0 ? nlohmann::json(static_cast<double>(part) / static_cast<double>(whole)) : nlohmann::json();
}

}  // namespace

std::vector<AlarmEpisode> FindEpisodes(const AlarmSeries& series, const AlarmOptions& options) {
  std::vector<AlarmEpisode> episodes;
  int run = 0;
  for (std::size_t i = 0; i < series.times.size(); ++i) {
    run = series.alarms[i] ? run + 1 : 0;
    if (run < options.persistence) continue;
    const double now = series.times[i];
    const bool continues_run = run > options.persistence;
    const bool is_near = !episodes.empty() && options.merge_gap > 0 && now - episodes.back().end <= options.merge_gap;
    if (continues_run || is_near)
      episodes.back().end = now;
    else
      episodes.push_back({.asset = series.asset, .start = now, .end = now, .is_judged = series.is_judged[i]});
  }
  return episodes;
}

AlarmJudgement Judge(std::vector<AlarmEpisode> episodes, std::vector<AlarmWindow> windows) {
  AlarmJudgement judgement{.episodes = std::move(episodes), .windows = std::move(windows)};
  for (AlarmEpisode& episode : judgement.episodes) {
    const bool starts_inside = std::any_of(judgement.windows.begin(), judgement.windows.end(), [&](const AlarmWindow& window) {
      return window.asset == episode.asset && episode.start >= window.start && episode.start <= window.end;
    });
    episode.is_false = !starts_inside && episode.is_judged;
    episode.is_judged = episode.is_judged || starts_inside;
  }
  for (const AlarmWindow& window : judgement.windows) {
    const auto first = std::find_if(judgement.episodes.begin(), judgement.episodes.end(), [&](const AlarmEpisode& episode) {
      return episode.asset == window.asset && episode.start <= window.end && episode.end >= window.start;
    });
    judgement.alarmed_at.push_back(first == judgement.episodes.end() ? std::nullopt : std::optional(first->start));
  }
  return judgement;
}

std::size_t AlarmJudgement::false_alarms() const {
  return static_cast<std::size_t>(std::count_if(episodes.begin(), episodes.end(), [](const auto& e) { return e.is_false; }));
}
std::size_t AlarmJudgement::judged() const {
  return static_cast<std::size_t>(std::count_if(episodes.begin(), episodes.end(), [](const auto& e) { return e.is_judged; }));
}
std::size_t AlarmJudgement::detected() const {
  return static_cast<std::size_t>(
      std::count_if(alarmed_at.begin(), alarmed_at.end(), [](const auto& at) { return at.has_value(); }));
}

nlohmann::json AlarmReport(const AlarmJudgement& judgement, const AlarmOptions& options, std::span<const std::string> assets) {
  const std::size_t judged = judgement.judged();
  const std::size_t right = judged - judgement.false_alarms();
  nlohmann::json report{{"persistence", options.persistence},
                        {"merge_gap", options.merge_gap},
                        {"episodes", judgement.episodes.size()},
                        {"unjudged_episodes", judgement.episodes.size() - judged},
                        {"false_alarms", judgement.false_alarms()},
                        {"windows", judgement.windows.size()},
                        {"detected", judgement.detected()},
                        {"precision", Share(right, judged)},
                        {"recall", Share(judgement.detected(), judgement.windows.size())}};
  std::vector<double> lead_times;
  std::vector<double> delays;
  nlohmann::json windows = nlohmann::json::array();
  for (std::size_t i = 0; i < judgement.windows.size(); ++i) {
    const AlarmWindow& window = judgement.windows[i];
    const std::optional<double>& alarmed_at = judgement.alarmed_at[i];
    if (alarmed_at && window.failure) lead_times.push_back(*window.failure - *alarmed_at);
    if (alarmed_at) delays.push_back(*alarmed_at - window.start);
    if (windows.size() >= kMaxListed) continue;
    windows.push_back({{"asset", assets[window.asset]}, {"start", window.start}, {"end", window.end}});
    if (window.failure) windows.back()["failure"] = *window.failure;
    windows.back()["alarmed_at"] = alarmed_at ? nlohmann::json(*alarmed_at) : nlohmann::json();
  }
  nlohmann::json episodes = nlohmann::json::array();
  for (const AlarmEpisode& episode : judgement.episodes) {
    if (episodes.size() >= kMaxListed) break;
    episodes.push_back({{"asset", assets[episode.asset]},
                        {"start", episode.start},
                        {"end", episode.end},
                        {"verdict", !episode.is_judged ? "unjudged"
                                    : episode.is_false ? "false"
                                                       : "right"}});
  }
  report["lead_time"] = Distribution(std::move(lead_times));
  report["delay"] = Distribution(std::move(delays));
  report["window_list"] = std::move(windows);
  report["episode_list"] = std::move(episodes);
  return report;
}

}  // namespace millwright::learn
