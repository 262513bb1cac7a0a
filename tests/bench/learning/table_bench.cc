// CSV into a dataset: megabytes a second and peak memory, beside pandas and pyarrow on the same file. Without arguments it writes
// the file itself: a fleet's readings, 1 GB (0.1 GB with BENCH_QUICK). `table_bench FILE…` reads those files instead.
#include <sys/resource.h>
#include <unistd.h>

#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include "bench/report.h"
#include "lib/learn/table/csv.h"
#include "lib/learn/validation/check.h"

namespace millwright::bench {
namespace {

using Clock = std::chrono::steady_clock;

double SecondsSince(Clock::time_point begin) { return std::chrono::duration<double>(Clock::now() - begin).count(); }

double PeakMegabytes() {
  rusage usage{};
  getrusage(RUSAGE_SELF, &usage);
  return static_cast<double>(usage.ru_maxrss) / 1024;
}

bool Make(double gigabytes, const std::filesystem::path& path) {
  std::FILE* const file = std::fopen(path.c_str(), "w");
  if (file == nullptr) return false;
  std::fputs("asset,time", file);
  for (int sensor = 0; sensor < 24; ++sensor) std::fprintf(file, ",s%d", sensor);
  std::fputc('\n', file);
  double written = 0;
  unsigned long long state = 1;
  for (long row = 0; written < gigabytes * 1e9; ++row) {
    written += std::fprintf(file, "pump-%ld,2024-01-%02ldT%02ld:%02ld:%02ldZ", row / 86400 / 28, row / 86400 % 28 + 1,
                            row / 3600 % 24, row / 60 % 60, row % 60);
    for (int sensor = 0; sensor < 24; ++sensor) {
      state = state * 6364136223846793005u + 1442695040888963407u;
      written += std::fprintf(file, ",%.*f", sensor % 5, 100.0 * sensor + static_cast<double>(state >> 40) / (1 << 20));
    }
    std::fputc('\n', file);
    ++written;
  }
  std::fclose(file);
  return true;
}

/// What a reader of Python's took: megabytes a second and of memory; none where Python does not have it.
struct PeerResult {
  double megabytes_per_second = 0;
  double peak_megabytes = 0;
};
std::optional<PeerResult> Peer(const std::string& library, const std::string& path) {
  const char* python = std::getenv("BENCH_PYTHON");
  const std::string command = std::string(python != nullptr ? python : "python3") + " " + BENCH_FOLDER +
                              "/learning/table_peer.py " + library + " '" + path + "' 2>/dev/null";
  FILE* pipe = popen(command.c_str(), "r");
  if (pipe == nullptr) return std::nullopt;
  PeerResult result;
  const int read = std::fscanf(pipe, "%lf %lf", &result.megabytes_per_second, &result.peak_megabytes);
  return pclose(pipe) == 0 && read == 2 ? std::optional(result) : std::nullopt;
}

int Run(const std::vector<std::string>& paths, const char* json) {
  std::vector<learn::CsvFile> files;
  double megabytes = 0;
  for (const std::string& path : paths) {
    files.push_back({.name = std::filesystem::path(path).filename().string(), .path = path});
    megabytes += static_cast<double>(std::filesystem::file_size(path)) / 1e6;
  }
  learn::CsvOptions options;
  options.roles = {{"asset", learn::ColumnRole::kAsset}, {"time", learn::ColumnRole::kTime}};
  const std::filesystem::path into =
      std::filesystem::temp_directory_path() / ("table_bench." + std::to_string(getpid()) + ".mwt");
  const Clock::time_point begin = Clock::now();
  const absl::StatusOr<learn::CsvDataset> dataset = learn::ReadCsvFiles(files, options, into);
  if (!dataset.ok()) {
    std::fprintf(stderr, "%s\n", std::string(dataset.status().message()).c_str());
    return 1;
  }
  const double read = SecondsSince(begin);
  std::string hash;
  std::vector<learn::Rule> rules;
  std::thread beside([&] {
    hash = dataset->table.ContentHash();
    rules = learn::InferRules(dataset->table);
  });
  const nlohmann::json statistics = dataset->table.Statistics();
  beside.join();
  const double all = SecondsSince(begin);
  const double stored = static_cast<double>(std::filesystem::file_size(into)) / 1e6;
  std::filesystem::remove(into);
  std::printf("%zu rows, %zu columns, %zu rules inferred\n", dataset->table.rows(), statistics.size(), rules.size());
  const double peak = PeakMegabytes();
  const std::optional<PeerResult> pandas = paths.size() == 1 ? Peer("pandas", paths[0]) : std::nullopt;
  const std::optional<PeerResult> arrow = paths.size() == 1 ? Peer("pyarrow", paths[0]) : std::nullopt;
  const double speed = megabytes / all;
  std::vector<Row> rows;
  rows.push_back({.name = "csv to table", .ours = megabytes / read, .unit = "MB/s"});
  rows.push_back({.name = "csv to dataset, with statistics, rules and hash",
                  .ours = speed,
                  .unit = "MB/s",
                  .goal = ">= 100 on 2 cores",
                  .met = speed >= 100});
  if (pandas)
    rows.push_back(
        {.name = "csv to table, beside pandas", .ours = megabytes / read, .peer = pandas->megabytes_per_second, .unit = "MB/s"});
  if (arrow)
    rows.push_back(
        {.name = "csv to table, beside pyarrow", .ours = megabytes / read, .peer = arrow->megabytes_per_second, .unit = "MB/s"});
  Row memory{.name = "peak memory", .ours = peak, .unit = "MB", .is_cost = true, .goal = "< 1000", .met = peak < 1000};
  if (pandas) memory.peer = pandas->peak_megabytes;
  rows.push_back(memory);
  rows.push_back({.name = "size beside csv", .ours = stored, .peer = megabytes, .unit = "MB", .is_cost = true});
  Print(rows);
  if (json == nullptr) return 0;
  const absl::Status written = WriteJson(rows, json);
  if (!written.ok()) std::fprintf(stderr, "%s\n", std::string(written.message()).c_str());
  return written.ok() ? 0 : 1;
}

}  // namespace
}  // namespace millwright::bench

int main(int argc, char** argv) {
  std::vector<std::string> paths;
  const char* json = nullptr;
  for (int i = 1; i < argc; ++i) {
    if (std::string(argv[i]) == "--json" && i + 1 < argc)
      json = argv[++i];
    else
      paths.emplace_back(argv[i]);
  }
  if (!paths.empty()) return millwright::bench::Run(paths, json);
  const char* quick = std::getenv("BENCH_QUICK");
  const std::filesystem::path made =
      std::filesystem::temp_directory_path() / ("table_bench." + std::to_string(getpid()) + ".csv");
  if (!millwright::bench::Make(quick != nullptr && *quick != '\0' ? 0.1 : 1, made)) return 1;
  const int code = millwright::bench::Run({made.string()}, json);
  std::filesystem::remove(made);
  return code;
}
