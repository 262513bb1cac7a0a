#include <algorithm>
#include <cmath>
#include <cstdio>
#include <map>

#include "bench/learning/results/jobs.h"
#include "bench/learning/results/predictions.h"
#include "bench/learning/results/scratch_file.h"
#include "lib/base/files.h"
#include "lib/learn/evaluation/alarms.h"

namespace millwright::bench {

namespace {

using nlohmann::json;

constexpr const char* kChosenOn[] = {"ambient_temperature_system_failure", "ec2_request_latency_system_failure"};
constexpr const char* kHeldOut = "machine_temperature_system_failure";
constexpr double kHold = 86400;
constexpr std::size_t kMostFalseAlarms = 1;  // of each series
constexpr int kLimits = 90;

struct Setting {
  std::string scale;
  int look_back = 0;
  int span = 0;
  int persistence = 0;
};

std::vector<Setting> AllSettings() {
  std::vector<Setting> all;
  for (const char* scale : {"robust", "standard"}) {
    for (const int look_back : {576, 1440, 2880, 5760}) {
      for (const int span : {1, 3, 6, 12}) {
        for (const int persistence : {1, 3}) all.push_back({scale, look_back, span, persistence});
      }
    }
  }
  return all;
}

/// From the highest to the lowest.
double Limit(int step) { return 15 * std::pow(1.2 / 15, step / (kLimits - 1.0)); }

/// A series with a column of labels, which the benchmark's windows say.
struct Series {
  std::string name;
  std::string csv;
  std::size_t rows = 0;

  /// The benchmark's probationary period: 15 % of the first 5,000 rows.
  std::size_t first_rows() const { return std::min<std::size_t>(rows, 5000) * 15 / 100; }
};

std::string Second(const json& time) { return time.get<std::string>().substr(0, 19); }

Series ReadSeries(const std::filesystem::path& data, const std::string& name) {
  const auto labels = base::ReadFile(data / "labels/combined_windows.json");
  if (!labels.ok()) Fail(std::string(labels.status().message()));
  const json windows = json::parse(*labels).at("realKnownCause/" + name + ".csv");
  const std::vector<std::string> lines = ReadLines(data / "realKnownCause" / (name + ".csv"));
  Series series{.name = name, .csv = "timestamp,value,anomaly\n", .rows = lines.size() - 1};
  for (std::size_t i = 1; i < lines.size(); ++i) {
    const std::string time = lines[i].substr(0, lines[i].find(','));
    const bool is_inside = std::any_of(windows.begin(), windows.end(), [&](const json& window) {
      return time >= Second(window.at(0)) && time <= Second(window.at(1));
    });
    series.csv += lines[i] + (is_inside ? ",1\n" : ",0\n");
  }
  return series;
}

json Run(const Platform& platform, const Series& series, const Setting& setting, double limit) {
  const ScratchFile file(series.name + ".csv", series.csv);
  return platform.Run("sensor-anomaly", {{"data", file.path()},
                                         {"model", "sensor"},
                                         {"release", "false"},
                                         {"first_rows", std::to_string(series.first_rows())},
                                         {"scale", setting.scale},
                                         {"look_back", std::to_string(setting.look_back)},
                                         {"span", std::to_string(setting.span)},
                                         {"persistence", std::to_string(setting.persistence)},
                                         {"limit", std::to_string(limit)},
                                         {"hold", std::to_string(kHold)}});
}

learn::AlarmJudgement AlarmsAt(const Predictions& series, double limit) {
  learn::AlarmSeries alarms{.times = series.times};
  std::vector<learn::AlarmWindow> windows;
  for (std::size_t i = 0; i < series.values.size(); ++i) {
    alarms.alarms.push_back(series.values[i] >= limit);
    alarms.is_judged.push_back(true);
    if (series.truth[i] < 0.5) continue;
    if (i == 0 || series.truth[i - 1] < 0.5) windows.push_back({.start = series.times[i]});
    windows.back().end = series.times[i];
  }
  return learn::Judge(learn::FindEpisodes(alarms, {.merge_gap = kHold}), windows);
}

struct Choice {
  Setting setting;
  double limit = 0;
  std::size_t found = 0;
  std::size_t windows = 0;
  std::vector<std::size_t> false_alarms;  // per series
  double room = 0;                        // the highest limit that finds as many windows, over `limit`

  /// More windows; then robust, then more room.
  bool IsBetterThan(const Choice& other) const {
    if (found != other.found) return found > other.found;
    if (setting.scale != other.setting.scale) return setting.scale == "robust";
    return room > other.room;
  }
};

/// The most sensitive limit that has, as has every higher one, at most kMostFalseAlarms in each series. Limits below the first
/// one that has more are not looked at: at last they are one alarm that never ends.
Choice MostSensitive(const Setting& setting, const std::vector<Predictions>& all) {
  Choice choice{.setting = setting};
  double highest = 0;
  for (int step = 0; step < kLimits; ++step) {
    Choice at{.setting = setting, .limit = Limit(step)};
    for (const Predictions& series : all) {
      const learn::AlarmJudgement judgement = AlarmsAt(series, at.limit);
      at.found += judgement.detected();
      at.windows += judgement.windows.size();
      at.false_alarms.push_back(judgement.false_alarms());
    }
    if (*std::max_element(at.false_alarms.begin(), at.false_alarms.end()) > kMostFalseAlarms) break;
    if (step == 0 || at.found > choice.found) highest = at.limit;
    at.room = highest / at.limit;
    choice = at;
  }
  return choice;
}

}  // namespace

void Sensor(const Platform& platform, const Options& options, Results& results) {
  if (!options.Has("nab")) return;
  const std::filesystem::path data = options.data / "nab";
  std::map<std::size_t, std::vector<Predictions>> scores;  // by setting
  const std::vector<Setting> settings = AllSettings();
  for (const char* name : kChosenOn) {
    const Series series = ReadSeries(data, name);
    for (std::size_t s = 0; s < settings.size(); ++s) {
      const json run = Run(platform, series, settings[s], 3);
      scores[s].push_back(ReadPredictions(platform.Artifact(run, "evaluation/predictions.csv"), "timestamp"));
    }
  }
  Choice best;
  for (std::size_t s = 0; s < settings.size(); ++s) {
    const Choice choice = MostSensitive(settings[s], scores.at(s));
    std::fprintf(
        stderr,
        "  %s, look_back %d, span %d, persistence %d: limit %.2f, %zu of %zu windows, %zu and %zu false alarms, room %.2f\n",
        choice.setting.scale.c_str(), choice.setting.look_back, choice.setting.span, choice.setting.persistence, choice.limit,
        choice.found, choice.windows, choice.false_alarms.at(0), choice.false_alarms.at(1), choice.room);
    if (s == 0 || choice.IsBetterThan(best)) best = choice;
  }
  std::fprintf(stderr, "  chosen: %s, look_back %d, span %d, persistence %d, limit %.2f\n", best.setting.scale.c_str(),
               best.setting.look_back, best.setting.span, best.setting.persistence, best.limit);
  const Series held_out = ReadSeries(data, kHeldOut);
  const json alarms = platform.Evaluation(Run(platform, held_out, best.setting, best.limit)).at("heads").at(0).at("alarms");
  const std::string of = std::to_string(alarms.at("windows").get<int>());
  results.Add("NAB machine temperature, windows found of " + of, {{alarms.at("detected").get<double>()}}, {{}, "", 4, false}, "");
  results.Add("NAB machine temperature, false alarms", {{alarms.at("false_alarms").get<double>()}}, {{}, "", 1, true}, "");
}

}  // namespace millwright::bench
