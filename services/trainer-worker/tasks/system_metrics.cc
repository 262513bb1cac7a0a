#include "trainer-worker/tasks/system_metrics.h"

#include <unistd.h>

#include <fstream>
#include <sstream>
#include <vector>

#include "lib/base/status_macros.h"

namespace millwright::trainer {
namespace {

constexpr double kMegabyte = 1e6;

// The numbers that follow a line's key in a file of /proc.
std::vector<double> NumbersOf(const char* path, const std::string& key) {
  std::ifstream file(path);
  std::string line;
  while (std::getline(file, line)) {
    if (line.compare(0, key.size(), key) != 0) continue;
    std::istringstream rest(line.substr(key.size()));
    std::vector<double> numbers;
    for (double number = 0; rest >> number;) numbers.push_back(number);
    return numbers;
  }
  return {};
}

double FirstNumberOf(const char* path, const std::string& key) {
  const std::vector<double> numbers = NumbersOf(path, key);
  return numbers.empty() ? 0 : numbers[0];
}

}  // namespace

SystemMetrics::CpuTimes SystemMetrics::ReadCpuTimes() {
  CpuTimes times{.at = absl::Now()};
  const std::vector<double> cpu = NumbersOf("/proc/stat", "cpu ");  // user nice system idle iowait …
  for (std::size_t i = 0; i < cpu.size() && i < 8; ++i) {
    times.total += cpu[i];
    if (i != 3 && i != 4) times.busy += cpu[i];
  }
  std::ifstream file("/proc/self/stat");
  const std::string all((std::istreambuf_iterator<char>(file)), std::istreambuf_iterator<char>());
  // The name in parentheses may hold anything; user and system time are the 12th and 13th words after it.
  const std::size_t end = all.rfind(')');
  std::istringstream words(end == std::string::npos ? "" : all.substr(end + 1));
  std::string word;
  for (int i = 1; i <= 13 && words >> word; ++i) {
    if (i >= 12) times.process += std::stod(word);
  }
  return times;
}

absl::Status SystemMetrics::SampleIfDue(RunLog& run) {
  return absl::Now() - sampled_at_ < interval_ ? absl::OkStatus() : Sample(run);
}

absl::Status SystemMetrics::Sample(RunLog& run) {
  const CpuTimes now = ReadCpuTimes();
  std::map<std::string, double> values;
  if (step_ > 0 && now.total > before_.total) {
    values["system/cpu_utilization_percentage"] = 100 * (now.busy - before_.busy) / (now.total - before_.total);
    const double seconds = absl::ToDoubleSeconds(now.at - before_.at);
    const double ticks = static_cast<double>(sysconf(_SC_CLK_TCK));
    if (seconds > 0)
      values["system/process_cpu_utilization_percentage"] = 100 * (now.process - before_.process) / ticks / seconds;
  }
  const double total_kib = FirstNumberOf("/proc/meminfo", "MemTotal:");
  const double free_kib = FirstNumberOf("/proc/meminfo", "MemAvailable:");
  if (total_kib > 0) {
    values["system/system_memory_usage_megabytes"] = (total_kib - free_kib) * 1024 / kMegabyte;
    values["system/system_memory_usage_percentage"] = 100 * (total_kib - free_kib) / total_kib;
  }
  if (const double own_kib = FirstNumberOf("/proc/self/status", "VmRSS:"); own_kib > 0)
    values["system/process_memory_usage_megabytes"] = own_kib * 1024 / kMegabyte;
  for (const auto& [name, value] : values) RETURN_IF_ERROR(run.LogMetric(name, value, step_));
  before_ = now;
  sampled_at_ = now.at;
  ++step_;
  return absl::OkStatus();
}

}  // namespace millwright::trainer
