// The 222 features of a 30-minute window over 32 columns: features per second in batch, microseconds per row in a stream, beside
// the same features by pandas, whose rolling sums are updated from row to row.
#include <chrono>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <string>
#include <vector>

#include "bench/report.h"
#include "lib/learn/features/pipeline.h"
#include "lib/learn/plant/random.h"

namespace millwright::bench {
namespace {

using learn::FittedPipeline;
using learn::Table;

constexpr std::size_t kColumns = 32;

double Seconds(std::chrono::steady_clock::time_point start) {
  return std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
}

std::string ColumnName(std::size_t i) { return "c" + std::to_string(i); }

/// Loads and rates of a server, one row a minute; two of the columns are dead.
Table MakeTable(std::size_t rows) {
  learn::plant::Random random(1);
  Table table;
  for (std::size_t i = 0; i < kColumns; ++i) {
    learn::Column column{.spec = {.name = ColumnName(i)}};
    double value = 0.3;
    for (std::size_t row = 0; row < rows; ++row) {
      if (i < kColumns - 2) value += 0.1 * (0.3 - value) + 0.02 * random.Normal();
      column.numbers.push_back(value);
    }
    if (!table.AddColumn(std::move(column)).ok()) std::abort();
  }
  return table;
}

FittedPipeline MakePipeline(const nlohmann::json& steps, const Table& table, std::span<const learn::AssetRows> assets) {
  const auto spec = learn::ParsePipeline(nullptr, nullptr, {{"window", 30}, {"steps", steps}});
  return FittedPipeline::Fit(spec.value(), table, assets).value();
}

const nlohmann::json kTwoHundredAndTwentyTwo = {{{"op", "window"}, {"stats", {"last", "delta_10", "mean", "sd", "min", "max"}}},
                                                {{"op", "lags"}, {"columns", {"c22"}}, {"rows", 30}}};
const nlohmann::json kShapes = {
    {{"op", "window"}, {"stats", {"slope", "median", "q05", "q95", "rms", "skew", "kurtosis", "crossings", "mean_abs_change"}}}};

/// Feature values a second on one core.
double Batch(const FittedPipeline& pipeline, const Table& table, std::span<const learn::AssetRows> assets) {
  double best = 0;
  for (int turn = 0; turn < 3; ++turn) {
    const auto start = std::chrono::steady_clock::now();
    const learn::BatchFeatures batch = learn::ComputeFeatures(pipeline, table, assets).value();
    best = std::max(best, static_cast<double>(batch.matrix.values.size()) / Seconds(start));
  }
  return best;
}

/// Microseconds from a new row to its features.
double Stream(const FittedPipeline& pipeline, const Table& table) {
  learn::FeatureStream stream(pipeline);
  std::vector<double> row(kColumns);
  double sum = 0;
  const auto start = std::chrono::steady_clock::now();
  for (std::size_t i = 0; i < table.rows(); ++i) {
    for (std::size_t c = 0; c < kColumns; ++c) row[c] = table.columns()[c].numbers[i];
    if (!stream.Push(row).ok()) std::abort();
    sum += stream.Features()[0];
  }
  if (std::isnan(sum)) std::abort();
  return Seconds(start) / static_cast<double>(table.rows()) * 1e6;
}

/// What pandas manages; none where there is no Python with pandas.
std::optional<double> Pandas(std::size_t rows) {
  const char* python = std::getenv("BENCH_PYTHON");
  const std::string command = std::string(python != nullptr ? python : "python3") + " " + BENCH_FOLDER +
                              "/learning/features_peer.py " + std::to_string(rows) + " " + std::to_string(kColumns) +
                              " 2>/dev/null";
  FILE* pipe = popen(command.c_str(), "r");
  double value = 0;
  const bool is_there = pipe != nullptr && std::fscanf(pipe, "%lf", &value) == 1;
  if (pipe != nullptr) pclose(pipe);
  return is_there ? std::optional(value) : std::nullopt;
}

int Run(bool is_quick, const char* json) {
  const Table table = MakeTable(is_quick ? 3'000 : 47'392);
  const std::vector<learn::AssetRows> assets = learn::GroupByAsset(table, "", "").value();
  const FittedPipeline job = MakePipeline(kTwoHundredAndTwentyTwo, table, assets);
  const FittedPipeline shapes = MakePipeline(kShapes, table, assets);
  std::vector<Row> rows;
  rows.push_back({.name = "222 window features, batch, one core",
                  .ours = Batch(job, table, assets) / 1e6,
                  .unit = "M values/s",
                  .goal = "5 M values/s or more"});
  if (const auto peer = Pandas(table.rows())) rows.back().peer = *peer / 1e6;
  rows.back().met = rows.back().ours >= 5;
  rows.push_back({.name = "222 window features, a new row",
                  .ours = Stream(job, table),
                  .unit = "us",
                  .is_cost = true,
                  .goal = "20 us or less"});
  rows.back().met = rows.back().ours <= 20;
  rows.push_back({.name = "slopes, quantiles and shapes, batch, one core",
                  .ours = Batch(shapes, table, assets) / 1e6,
                  .unit = "M values/s",
                  .goal = "5 M values/s or more"});
  rows.back().met = rows.back().ours >= 5;
  Print(rows);
  return json == nullptr || WriteJson(rows, json).ok() ? 0 : 1;
}

}  // namespace
}  // namespace millwright::bench

// features_bench [--json FILE]; BENCH_QUICK in the environment: small, to see that it works. BENCH_PYTHON: a Python with pandas.
int main(int argc, char** argv) {
  const char* quick = std::getenv("BENCH_QUICK");
  const bool has_json = argc == 3 && std::string(argv[1]) == "--json";
  return millwright::bench::Run(quick != nullptr && *quick != '\0', has_json ? argv[2] : nullptr);
}
