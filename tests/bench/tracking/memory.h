#pragma once

#include <string>
#include <vector>

namespace millwright::bench {

/// A process of this machine.
struct Process {
  std::string program;  // its path, as it was started
  std::string command;  // the whole command line, arguments separated by NUL
  int group = 0;
  double megabytes = 0;  // resident, with what it shares
};

/// All that can be read; some may end meanwhile.
std::vector<Process> Processes();

}  // namespace millwright::bench
