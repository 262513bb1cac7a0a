// Training steps a second of our network learners beside the same networks in Python's torch of the same version and threads
// (torch_peer.py), in turns; prints the ratio of the medians. Seconds are of the processor, so that a busy machine disturbs
// little.
#include <cstdio>
#include <cstdlib>
#include <ctime>
#include <string>
#include <vector>

#include "bench/report.h"
#include "lib/learn/learners/learner.h"

namespace millwright::bench {
namespace {

constexpr std::size_t kRows = 5120;
constexpr std::size_t kSequenceRows = 30;
constexpr std::size_t kColumns = 14;
constexpr int kBatch = 256;
constexpr int kEpochs = 3;  // that are timed
constexpr int kTurns = 5;
constexpr double kSteps = static_cast<double>(kEpochs * kRows) / kBatch;

struct Problem {
  learn::FeatureMatrix features;
  learn::FeatureLayout layout;
  std::vector<double> targets;
};

Problem MakeProblem() {
  Problem problem{.features = {.rows = kRows, .columns = kSequenceRows * kColumns},
                  .layout = {.sequence = learn::FeatureLayout::Sequence{.rows = kSequenceRows, .columns = kColumns}}};
  std::uint64_t state = 1;
  const auto next = [&state] {
    state = state * 6364136223846793005ULL + 1442695040888963407ULL;
    return static_cast<float>(state >> 40) / static_cast<float>(1 << 24) - 0.5F;
  };
  for (std::size_t row = 0; row < kRows; ++row) {
    for (std::size_t i = 0; i < problem.features.columns; ++i) problem.features.values.push_back(next());
    problem.targets.push_back(next());
  }
  for (std::size_t i = 0; i < problem.features.columns; ++i) problem.layout.names.push_back("f" + std::to_string(i));
  return problem;
}

double Seconds(const Problem& problem, const learn::Learner& learner, int epochs) {
  const std::clock_t start = std::clock();
  const auto fit =
      learner.Fit({.features = &problem.features, .targets = problem.targets}, {}, {.layout = &problem.layout, .rounds = epochs});
  if (!fit.ok()) {
    std::fprintf(stderr, "training failed: %s\n", fit.status().ToString().c_str());
    std::exit(1);
  }
  return static_cast<double>(std::clock() - start) / CLOCKS_PER_SEC;
}

// What comes before the first epoch and after the last one is in both, and falls out.
double Ours(const Problem& problem, const std::string& name, int threads) {
  const nlohmann::json params{{"batch_size", kBatch}, {"epochs", 100}, {"threads", threads}, {"dropout", 0.2}, {"seed", 1}};
  const auto learner = learn::FindLearner(name).value()->make(params, {.kind = learn::Task::kRegression}, "params").value();
  return kSteps / (Seconds(problem, *learner, 1 + kEpochs) - Seconds(problem, *learner, 1));
}

double Peer(const std::string& script, const std::string& name, int threads) {
  const std::string command = "OMP_NUM_THREADS=" + std::to_string(threads) + " /usr/bin/python3 " + script + " " + name + " " +
                              std::to_string(kRows) + " " + std::to_string(kSequenceRows) + " " + std::to_string(kColumns) + " " +
                              std::to_string(kBatch) + " " + std::to_string(kEpochs) + " " + std::to_string(threads);
  FILE* pipe = popen(command.c_str(), "r");
  double steps = 0;
  const bool has_answer = pipe != nullptr && std::fscanf(pipe, "%lf", &steps) == 1;
  if (pipe == nullptr || pclose(pipe) != 0 || !has_answer) {
    std::fprintf(stderr, "Python's torch did not answer (package python3-torch): %s\n", command.c_str());
    std::exit(1);
  }
  return steps;
}

}  // namespace
}  // namespace millwright::bench

int main(int argc, char** argv) {
  using namespace millwright::bench;
  std::string json;
  std::string script = "tests/bench/learning/torch_peer.py";
  int threads = 1;
  std::vector<std::string> networks{"lstm", "cnn"};
  for (int i = 1; i + 1 < argc; i += 2) {
    if (std::string(argv[i]) == "--json") json = argv[i + 1];
    if (std::string(argv[i]) == "--peer") script = argv[i + 1];
    if (std::string(argv[i]) == "--threads") threads = std::atoi(argv[i + 1]);
    if (std::string(argv[i]) == "--network") networks = {argv[i + 1]};
  }
  const Problem problem = MakeProblem();
  std::vector<Row> rows;
  for (const std::string& name : networks) {
    std::vector<double> ours, peer;
    for (int turn = 0; turn < kTurns; ++turn) {
      ours.push_back(Ours(problem, name, threads));
      peer.push_back(Peer(script, name, threads));
    }
    Row row{
        .name = name + " training", .ours = Median(ours), .peer = Median(peer), .unit = "steps/s", .goal = "ratio at least 0.9"};
    row.met = *Ratio(row) >= 0.9;
    rows.push_back(row);
  }
  Print(rows);
  if (json.empty()) return 0;
  const absl::Status written = WriteJson(rows, json);
  if (!written.ok()) std::fprintf(stderr, "%s\n", written.ToString().c_str());
  return written.ok() ? 0 : 1;
}
