#pragma once

#include <string>

#include "absl/status/statusor.h"
#include "cli/supervisor/plan.h"

namespace millwright::cli {

struct UpOptions {
  std::string home;
  std::string share;  // default: <folder of the program>/../share
  int port_offset = 0;
  int workers = 1;
  bool foreground = false;
  bool allow_commands = false;  // workers run people's own programs
  bool allow_reset = false;     // for tests: tracker and registry may be emptied
};

/// `millwright up`: starts everything, or waits for the one that runs. Progress and errors go to stderr. The exit code.
int Up(const UpOptions& options);

/// `millwright down`: stops the platform of a data folder, whether its supervisor still lives or not. The exit code.
int Down(const std::string& home);

}  // namespace millwright::cli
