// What the shipped pipelines reach on the public data sets: runs them on a platform that is up, seed by seed, and prints mean and
// standard deviation beside published figures. Every look at a test set is one of the platform's evaluations; their log is
// printed too.
#include <cstdio>

#include "bench/learning/results/jobs.h"
#include "lib/base/files.h"

namespace millwright::bench {
namespace {

using nlohmann::json;

int Run(const Options& options) {
  const Platform platform(options.program);
  Results results;
  for (const auto& job : {Turbofan, Change, MachineFailure, Pump, Sensor}) job(platform, options, results);
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
