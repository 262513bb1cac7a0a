#include "bench/tracking/memory.h"

#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <iterator>

#include "absl/strings/match.h"
#include "absl/strings/numbers.h"

namespace millwright::bench {

std::vector<Process> Processes() {
  std::vector<Process> processes;
  for (const auto& entry : std::filesystem::directory_iterator("/proc")) {
    int id = 0;
    if (!absl::SimpleAtoi(entry.path().filename().string(), &id)) continue;
    std::ifstream command(entry.path() / "cmdline");
    Process process;
    process.command.assign(std::istreambuf_iterator<char>(command), {});
    process.program = process.command.substr(0, process.command.find('\0'));
    process.group = getpgid(id);
    std::ifstream status(entry.path() / "status");
    for (std::string line; std::getline(status, line);)
      if (absl::StartsWith(line, "VmRSS:")) process.megabytes = std::stod(line.substr(6)) / 1024;
    if (process.megabytes > 0) processes.push_back(std::move(process));
  }
  return processes;
}

}  // namespace millwright::bench
