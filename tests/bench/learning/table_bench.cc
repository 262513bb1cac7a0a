// How fast CSV becomes a dataset, and in how much memory: `table_bench FILE…` reads the files as one dataset, each phase with its
// seconds; `table_bench --make GIGABYTES FILE` writes a fleet's readings to read.
#include <sys/resource.h>

#include <chrono>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <iostream>
#include <string>
#include <thread>
#include <vector>

#include "lib/learn/table/csv.h"

namespace {

namespace learn = millwright::learn;
using Clock = std::chrono::steady_clock;

double SecondsSince(Clock::time_point begin) { return std::chrono::duration<double>(Clock::now() - begin).count(); }

double PeakMegabytes() {
  rusage usage{};
  getrusage(RUSAGE_SELF, &usage);
  return static_cast<double>(usage.ru_maxrss) / 1024;
}

int Make(double gigabytes, const std::filesystem::path& path) {
  std::FILE* const file = std::fopen(path.c_str(), "w");
  if (file == nullptr) return 1;
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
  return 0;
}

int Measure(const std::vector<std::string>& paths) {
  std::vector<learn::CsvFile> files;
  double bytes = 0;
  for (const std::string& path : paths) {
    files.push_back({.name = std::filesystem::path(path).filename().string(), .path = path});
    bytes += static_cast<double>(std::filesystem::file_size(path));
  }
  learn::CsvOptions options;
  options.roles = {{"asset", learn::ColumnRole::kAsset}, {"time", learn::ColumnRole::kTime}};
  if (const char* threads = std::getenv("THREADS")) options.threads = static_cast<std::size_t>(std::atoi(threads));
  const std::filesystem::path into = std::filesystem::temp_directory_path() / "table_bench.mwt";
  const Clock::time_point begin = Clock::now();
  const absl::StatusOr<learn::CsvDataset> dataset = learn::ReadCsvFiles(files, options, into);
  if (!dataset.ok()) {
    std::cerr << dataset.status() << "\n";
    return 1;
  }
  const double read = SecondsSince(begin);
  std::string hash;
  std::thread hashing([&] { hash = dataset->table.ContentHash(); });
  const nlohmann::json statistics = dataset->table.Statistics();
  hashing.join();
  const double all = SecondsSince(begin);
  const nlohmann::json answer{{"csv_mb", bytes / 1e6},
                              {"rows", dataset->table.rows()},
                              {"columns", dataset->table.columns().size()},
                              {"mwt_mb", static_cast<double>(std::filesystem::file_size(into)) / 1e6},
                              {"read_seconds", read},
                              {"read_mb_per_s", bytes / 1e6 / read},
                              {"with_statistics_and_hash_seconds", all},
                              {"with_statistics_and_hash_mb_per_s", bytes / 1e6 / all},
                              {"peak_rss_mb", PeakMegabytes()},
                              {"content_hash", hash}};
  std::cout << answer.dump(1) << "\n";
  std::filesystem::remove(into);
  return 0;
}

}  // namespace

int main(int argc, char** argv) {
  const std::vector<std::string> words(argv + 1, argv + argc);
  if (words.size() == 3 && words[0] == "--make") return Make(std::atof(words[1].c_str()), words[2]);
  if (words.empty() || words[0].starts_with("-")) {
    std::cerr << "usage: table_bench FILE… | table_bench --make GIGABYTES FILE\n";
    return 2;
  }
  return Measure(words);
}
