// Training time of our XGBoost learner beside the plain library on the same matrix, in turns; prints the ratio of the medians.
#include <xgboost/c_api.h>

#include <chrono>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <string>
#include <vector>

#include "bench/report.h"
#include "lib/learn/learners/learner.h"

namespace millwright::bench {
namespace {

struct Problem {
  learn::FeatureMatrix features;
  learn::FeatureLayout layout;
  std::vector<double> targets;
};

// As many rows and features as FD001's training engines give, with a target that takes trees some work.
Problem MakeProblem(std::size_t rows, std::size_t columns) {
  Problem problem{.features = {.rows = rows, .columns = columns}};
  std::uint64_t state = 1;
  const auto next = [&state] {
    state = state * 6364136223846793005ULL + 1442695040888963407ULL;
    return static_cast<float>(state >> 40) / static_cast<float>(1 << 24) - 0.5F;
  };
  for (std::size_t row = 0; row < rows; ++row) {
    double target = 0;
    for (std::size_t column = 0; column < columns; ++column) {
      const float value = next();
      problem.features.values.push_back(value);
      if (column < 10) target += std::sin(6 * value * static_cast<double>(column + 1));
    }
    problem.targets.push_back(target + next());
  }
  for (std::size_t column = 0; column < columns; ++column) problem.layout.names.push_back("f" + std::to_string(column));
  return problem;
}

double Seconds(std::chrono::steady_clock::time_point since) {
  return std::chrono::duration<double>(std::chrono::steady_clock::now() - since).count();
}

double Ours(const Problem& problem, int rounds, int threads) {
  const nlohmann::json params{{"n_estimators", rounds}, {"max_depth", 5}, {"learning_rate", 0.05}, {"tree_method", "hist"},
                              {"nthread", threads},     {"seed", 1},      {"base_score", 0.0}};
  const auto learner = learn::FindLearner("xgboost").value()->make(params, {.kind = learn::Task::kRegression}, "params").value();
  const auto start = std::chrono::steady_clock::now();
  const auto fit = learner->Fit({.features = &problem.features, .targets = problem.targets}, {}, {.layout = &problem.layout});
  if (!fit.ok()) {
    std::fprintf(stderr, "training failed: %s\n", fit.status().ToString().c_str());
    std::exit(1);
  }
  return Seconds(start);
}

void Must(int code) {
  if (code == 0) return;
  std::fprintf(stderr, "xgboost: %s\n", XGBGetLastError());
  std::exit(1);
}

// What a script with the library alone does: a matrix, the rounds, the model's bytes.
double Plain(const Problem& problem, int rounds, int threads) {
  const std::vector<float> targets(problem.targets.begin(), problem.targets.end());
  const auto start = std::chrono::steady_clock::now();
  DMatrixHandle matrix = nullptr;
  Must(XGDMatrixCreateFromMat_omp(problem.features.values.data(), problem.features.rows, problem.features.columns, std::nanf(""),
                                  &matrix, threads));
  Must(XGDMatrixSetFloatInfo(matrix, "label", targets.data(), targets.size()));
  BoosterHandle booster = nullptr;
  Must(XGBoosterCreate(&matrix, 1, &booster));
  const std::vector<std::pair<const char*, std::string>> params{{"max_depth", "5"},      {"eta", "0.05"},
                                                                {"tree_method", "hist"}, {"nthread", std::to_string(threads)},
                                                                {"seed", "1"},           {"objective", "reg:squarederror"},
                                                                {"base_score", "0"}};
  for (const auto& [name, value] : params) Must(XGBoosterSetParam(booster, name, value.c_str()));
  for (int round = 0; round < rounds; ++round) Must(XGBoosterUpdateOneIter(booster, round, matrix));
  bst_ulong size = 0;
  const char* bytes = nullptr;
  Must(XGBoosterSaveModelToBuffer(booster, R"({"format":"ubj"})", &size, &bytes));
  const double seconds = Seconds(start);
  XGBoosterFree(booster);
  XGDMatrixFree(matrix);
  return seconds;
}

int Run(bool is_quick, const char* json) {
  const int rounds = is_quick ? 20 : 300;
  const Problem problem = MakeProblem(is_quick ? 2'000 : 20'000, 100);
  std::vector<Row> rows;
  for (const int threads : {1, 2}) {
    std::vector<double> ours;
    std::vector<double> plain;
    for (int turn = 0; turn < (is_quick ? 1 : 5); ++turn) {
      ours.push_back(Ours(problem, rounds, threads));
      plain.push_back(Plain(problem, rounds, threads));
    }
    Row row{.name = "XGBoost training, " + std::to_string(threads) + (threads == 1 ? " thread" : " threads"),
            .ours = Median(ours),
            .peer = Median(plain),
            .unit = "s",
            .is_cost = true,
            .goal = "within 10 % of the plain library"};
    row.met = row.ours <= 1.1 * *row.peer;
    rows.push_back(row);
  }
  Print(rows);
  return json == nullptr || WriteJson(rows, json).ok() ? 0 : 1;
}

}  // namespace
}  // namespace millwright::bench

// xgboost_bench [--json FILE]; BENCH_QUICK in the environment: small, to see that it works.
int main(int argc, char** argv) {
  const char* quick = std::getenv("BENCH_QUICK");
  const bool has_json = argc == 3 && std::string(argv[1]) == "--json";
  return millwright::bench::Run(quick != nullptr && *quick != '\0', has_json ? argv[2] : nullptr);
}
