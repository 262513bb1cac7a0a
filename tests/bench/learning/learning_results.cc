// What the shipped pipelines reach on the public data sets: runs them on a platform that is up, seed by seed, and prints mean and
// standard deviation beside published figures. Every look at a test set is one of the platform's evaluations; their log is
// printed too.
#include <algorithm>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <functional>
#include <map>
#include <set>
#include <string>
#include <vector>

#include "absl/strings/str_split.h"
#include "bench/report.h"
#include "lib/base/files.h"
#include "nlohmann/json.hpp"

namespace millwright::bench {
namespace {

using nlohmann::json;
using Settings = std::vector<std::pair<std::string, std::string>>;

[[noreturn]] void Fail(const std::string& what) {
  std::fprintf(stderr, "error: %s\n", what.c_str());
  std::exit(1);
}

std::string Quoted(const std::string& text) {
  std::string out = "'";
  for (const char c : text) out += c == '\'' ? std::string("'\\''") : std::string(1, c);
  return out + "'";
}

/// The platform, through its command line.
class Platform {
 public:
  explicit Platform(std::string program) : program_(std::move(program)) {}

  std::string Text(const std::vector<std::string>& arguments) const {
    std::string command = Quoted(program_);
    for (const std::string& argument : arguments) command += " " + Quoted(argument);
    FILE* pipe = popen(command.c_str(), "r");
    if (pipe == nullptr) Fail("cannot start " + command);
    std::string out;
    char buffer[65536];
    while (const std::size_t n = std::fread(buffer, 1, sizeof(buffer), pipe)) out.append(buffer, n);
    if (pclose(pipe) != 0) Fail(command + " did not succeed");
    return out;
  }
  json Json(std::vector<std::string> arguments) const {
    arguments.insert(arguments.begin(), {"--output", "json"});
    return json::parse(Text(arguments));
  }
  /// A run's outputs; the program ends when it fails.
  json Run(const std::string& pipeline, const Settings& settings) const {
    std::vector<std::string> arguments{"pipelines", "run", pipeline, "--wait"};
    std::string shown;
    for (const auto& [name, value] : settings) {
      arguments.insert(arguments.end(), {"--set", name + "=" + value});
      shown += " " + name + "=" + std::filesystem::path(value).filename().string();
    }
    std::fprintf(stderr, "  %s%s\n", pipeline.c_str(), shown.c_str());
    return Json(arguments);
  }
  /// The document that the run's evaluation left.
  json Evaluation(const json& run) const { return json::parse(Artifact(run, "evaluation/evaluation.json")); }
  std::string Artifact(const json& run, const std::string& path) const {
    return Text({"runs", "download", run.at("run_id").get<std::string>(), path});
  }

 private:
  std::string program_;
};

/// The values of one figure, a seed each.
struct Figure {
  std::vector<double> values;

  double mean() const {
    double sum = 0;
    for (const double value : values) sum += value;
    return sum / static_cast<double>(values.size());
  }
  double sd() const {
    double squares = 0;
    for (const double value : values) squares += (value - mean()) * (value - mean());
    return values.size() < 2 ? 0 : std::sqrt(squares / static_cast<double>(values.size() - 1));
  }
};

/// A published figure to stand beside ours, and our aim; the aim is optional.
struct Beside {
  double published = 0;
  std::string source;
  double aim = std::nan("");
  bool is_cost = true;
};

class Results {
 public:
  void Add(const std::string& name, const Figure& figure, const Beside& beside, const std::string& unit) {
    char spread[120];
    std::snprintf(spread, sizeof(spread), "%s: %.3f, sd %.3f of %zu", name.c_str(), figure.mean(), figure.sd(),
                  figure.values.size());
    Row row{.name = spread, .ours = figure.mean(), .peer = beside.published, .unit = unit, .is_cost = beside.is_cost};
    if (!std::isnan(beside.aim)) {
      char goal[40];
      std::snprintf(goal, sizeof(goal), "%s %g", beside.is_cost ? "<=" : ">=", beside.aim);
      row.goal = goal;
      row.met = beside.is_cost ? row.ours <= beside.aim : row.ours >= beside.aim;
    }
    rows_.push_back(row);
    sources_.push_back(name + ": " + beside.source);
  }
  const std::vector<Row>& rows() const { return rows_; }
  const std::vector<std::string>& sources() const { return sources_; }

 private:
  std::vector<Row> rows_;
  std::vector<std::string> sources_;
};

struct Options {
  std::string program;  // the command line
  std::filesystem::path data;
  std::set<std::string> only;  // empty: every set
  int seeds = 5;
  std::string json;

  bool Has(const std::string& set) const { return only.empty() || only.contains(set); }
};

void Turbofan(const Platform& platform, const Options& options, Results& results) {
  const std::map<std::string, std::pair<Beside, Beside>> sets = {
      {"FD001", {{12.61, "DCNN (Li, Ding and Sun 2018)", 12.4}, {10.61, "STAR transformer (2024)", 11.0}}},
      {"FD002", {{std::nan(""), ""}, {13.47, "STAR transformer (2024)", 11.5}}},
      {"FD003", {{12.64, "DCNN (Li, Ding and Sun 2018)", 12.4}, {10.71, "STAR transformer (2024)", 10.7}}}};
  for (const auto& [set, beside] : sets) {
    if (!options.Has(set)) continue;
    Figure uncut;
    Figure cut;
    Figure phm;
    for (int seed = 1; seed <= options.seeds; ++seed) {
      const std::string folder = (options.data / "cmapss").string();
      const json run = platform.Run("turbofan-rul", {{"data", folder + "/train_" + set + ".txt"},
                                                     {"test", folder + "/test_" + set + ".txt"},
                                                     {"truth", folder + "/RUL_" + set + ".txt"},
                                                     {"model", "turbofan-" + set},
                                                     {"tune", "false"},
                                                     {"release", "false"},
                                                     {"seed", std::to_string(seed)}});
      uncut.values.push_back(run.at("metrics").at("rmse_uncut"));
      cut.values.push_back(run.at("metrics").at("rmse_cut"));
      phm.values.push_back(run.at("metrics").at("phm_score"));
    }
    if (!std::isnan(beside.first.published)) results.Add(set + " RMSE uncut", uncut, beside.first, "cycles");
    results.Add(set + " RMSE cut", cut, beside.second, "cycles");
    std::fprintf(stderr, "  %s: RMSE uncut %.3f, cut %.3f, PHM08 score %.1f (sd %.1f)\n", set.c_str(), uncut.mean(), cut.mean(),
                 phm.mean(), phm.sd());
  }
}

void Change(const Platform& platform, const Options& options, Results& results) {
  if (!options.Has("smd")) return;
  std::map<std::string, Figure> figures;
  const std::filesystem::path folder = options.data / "smd";
  const auto file = [&](const char* part) { return std::filesystem::directory_iterator(folder / part)->path().string(); };
  for (int seed = 1; seed <= options.seeds; ++seed) {
    const json run = platform.Run("amhs-change", {{"data", file("train")},
                                                  {"test", file("test")},
                                                  {"target", "c23"},
                                                  {"model", "change"},
                                                  {"tune", "false"},
                                                  {"release", "false"},
                                                  {"seed", std::to_string(seed)}});
    for (const auto& [name, value] : run.at("metrics").items()) {
      if (value.is_number()) figures[name].values.push_back(value);
    }
  }
  const std::string quick = "a 2-second XGBoost on a simpler set of features (the data sets' page)";
  results.Add("change ahead, AVG, R²", figures.at("r2"), {0.672, quick, 0.72, false}, "");
  results.Add("change ahead, MAX, R²", figures.at("max.r2"), {0.506, quick, std::nan(""), false}, "");
  results.Add("change ahead, MIN, R²", figures.at("min.r2"), {0.760, quick, std::nan(""), false}, "");
  results.Add("class of the AVG change, accuracy", figures.at("class.accuracy"), {0.685, quick, 0.73, false}, "");
}

void MachineFailure(const Platform& platform, const Options& options, Results& results) {
  if (!options.Has("ai4i")) return;
  constexpr int kFolds = 5;
  Figure f1;
  for (int repeat = 1; repeat <= options.seeds; ++repeat) {
    Figure folds;
    for (int fold = 0; fold < kFolds; ++fold) {
      const json run = platform.Run("machine-failure", {{"data", (options.data / "ai4i2020/ai4i2020.csv").string()},
                                                        {"model", "machine-failure"},
                                                        {"tune", "false"},
                                                        {"release", "false"},
                                                        {"folds", std::to_string(kFolds)},
                                                        {"fold", std::to_string(fold)},
                                                        {"seed", std::to_string(repeat)}});
      folds.values.push_back(run.at("metrics").at("f1"));
    }
    f1.values.push_back(folds.mean());
  }
  results.Add("AI4I failure F1, 5 folds a seed", f1,
              {0.834, "XGBoost with three derived columns (the data sets' page)", 0.87, false}, "");
}

/// Rows of one run of the test bed with what the chart said of them.
struct Scored {
  std::vector<bool> is_fault;
  std::vector<double> score;
};

Scored ReadScores(const std::string& csv) {
  Scored scored;
  std::vector<std::string> header;
  for (const absl::string_view line : absl::StrSplit(csv, '\n', absl::SkipEmpty())) {
    const std::vector<std::string> cells = absl::StrSplit(line, ',');
    if (header.empty()) {
      header = cells;
      continue;
    }
    const auto cell = [&](const char* name) {
      return cells.at(static_cast<std::size_t>(std::find(header.begin(), header.end(), name) - header.begin()));
    };
    scored.is_fault.push_back(std::stod(cell("truth")) > 0.5);
    scored.score.push_back(std::stod(cell("prediction")));
  }
  return scored;
}

struct Counts {
  double right_alarms = 0;
  double false_alarms = 0;
  double right_silence = 0;
  double missed = 0;

  void Add(const Scored& scored, double limit) {
    for (std::size_t i = 0; i < scored.score.size(); ++i) {
      const bool is_alarm = scored.score[i] >= limit;
      (scored.is_fault[i] ? (is_alarm ? right_alarms : missed) : (is_alarm ? false_alarms : right_silence)) += 1;
    }
  }
  double F1() const { return 2 * right_alarms / (2 * right_alarms + false_alarms + missed); }
  double FalseAlarmRate() const { return false_alarms / (false_alarms + right_silence); }
  double MissedAlarmRate() const { return missed / (missed + right_alarms); }
};

/// Each folder's settings are those with the best F1, at a false alarm rate of at most 14 %, on the other two folders.
void Pump(const Platform& platform, const Options& options, Results& results) {
  if (!options.Has("skab")) return;
  constexpr const char* kFolders[] = {"valve1", "valve2", "other"};
  constexpr double kMostFalseAlarms = 0.14;
  const std::vector<std::pair<int, int>> settings{{5, 15}, {5, 31}, {10, 15}, {10, 31}};  // span, persistence
  std::map<std::pair<std::string, std::pair<int, int>>, std::vector<Scored>> scores;
  const auto run = [&](const std::filesystem::path& file, const std::pair<int, int>& setting, double limit) {
    return platform.Run("pump-anomaly", {{"data", file.string()},
                                         {"model", "pump"},
                                         {"release", "false"},
                                         {"span", std::to_string(setting.first)},
                                         {"persistence", std::to_string(setting.second)},
                                         {"limit", std::to_string(limit)}});
  };
  const auto files = [&](const char* folder) {
    std::set<std::filesystem::path> sorted;
    for (const auto& entry : std::filesystem::directory_iterator(options.data / "skab" / folder)) sorted.insert(entry.path());
    return sorted;
  };
  for (const char* folder : kFolders) {
    for (const auto& setting : settings) {
      for (const std::filesystem::path& file : files(folder))
        scores[{folder, setting}].push_back(ReadScores(platform.Artifact(run(file, setting, 3), "evaluation/predictions.csv")));
    }
  }
  Counts all;
  for (const char* held_out : kFolders) {
    std::pair<int, int> best_setting;
    double best_limit = 0;
    double best_f1 = -1;
    for (const auto& setting : settings) {
      for (int step = 0; step < 46; ++step) {
        const double limit = 0.8 * std::pow(12 / 0.8, step / 45.0);
        Counts others;
        for (const char* folder : kFolders) {
          if (folder == held_out) continue;
          for (const Scored& scored : scores.at({folder, setting})) others.Add(scored, limit);
        }
        if (others.FalseAlarmRate() > kMostFalseAlarms || others.F1() <= best_f1) continue;
        best_f1 = others.F1();
        best_setting = setting;
        best_limit = limit;
      }
    }
    Counts own;
    for (const std::filesystem::path& file : files(held_out)) {
      const json confusion =
          platform.Evaluation(run(file, best_setting, best_limit)).at("heads").at(0).at("confusion").at("counts");
      own.right_silence += confusion.at(0).at(0).get<double>();
      own.false_alarms += confusion.at(0).at(1).get<double>();
      own.missed += confusion.at(1).at(0).get<double>();
      own.right_alarms += confusion.at(1).at(1).get<double>();
    }
    std::fprintf(stderr, "  %s: span %d, persistence %d, limit %.2f (F1 %.3f on the others): F1 %.3f, FAR %.1f %%, MAR %.1f %%\n",
                 held_out, best_setting.first, best_setting.second, best_limit, best_f1, own.F1(), 100 * own.FalseAlarmRate(),
                 100 * own.MissedAlarmRate());
    all.right_alarms += own.right_alarms;
    all.false_alarms += own.false_alarms;
    all.right_silence += own.right_silence;
    all.missed += own.missed;
  }
  const std::string peer = "convolutional autoencoder (SKAB's table)";
  results.Add("SKAB F1, 34 runs", {{all.F1()}}, {0.78, peer, 0.80, false}, "");
  results.Add("SKAB false alarm rate", {{100 * all.FalseAlarmRate()}}, {13.6, peer, 14}, "%");
  results.Add("SKAB missed alarm rate", {{100 * all.MissedAlarmRate()}}, {28.0, peer}, "%");
}

int Run(const Options& options) {
  const Platform platform(options.program);
  Results results;
  for (const auto& job : {Turbofan, Change, MachineFailure, Pump}) job(platform, options, results);
  Print(results.rows());
  std::printf("\npublished figures beside ours:\n");
  for (const std::string& source : results.sources()) std::printf("  %s\n", source.c_str());
  std::printf("\nlooks at test sets, as the platform logged them:\n%s",
              platform.Text({"looks", "list", "--limit", "100000"}).c_str());
  return options.json.empty() || WriteJson(results.rows(), options.json).ok() ? 0 : 1;
}

/// The reports of a benchmark's parts as one.
int Merge(const std::string& folder, const std::string& out) {
  json all = json::array();
  std::set<std::filesystem::path> files;
  for (const auto& entry : std::filesystem::directory_iterator(folder)) files.insert(entry.path());
  for (const std::filesystem::path& file : files) {
    const auto text = base::ReadFile(file);
    if (!text.ok()) Fail(text.status().ToString());
    const json rows = json::parse(*text);
    all.insert(all.end(), rows.begin(), rows.end());
  }
  return base::WriteFileAtomically(out, all.dump(2) + "\n").ok() ? 0 : 1;
}

}  // namespace
}  // namespace millwright::bench

// learning_results --program MILLWRIGHT --data FOLDER [--only SET]… [--seeds N] [--json FILE]
// learning_results --merge FOLDER --json FILE
int main(int argc, char** argv) {
  millwright::bench::Options options;
  std::string merge;
  for (int i = 1; i + 1 < argc; i += 2) {
    const std::string name = argv[i];
    const std::string value = argv[i + 1];
    if (name == "--program") options.program = value;
    if (name == "--data") options.data = value;
    if (name == "--only") options.only.insert(value);
    if (name == "--seeds") options.seeds = std::stoi(value);
    if (name == "--json") options.json = value;
    if (name == "--merge") merge = value;
  }
  return merge.empty() ? millwright::bench::Run(options) : millwright::bench::Merge(merge, options.json);
}
