#pragma once

#include <sys/types.h>

#include <cstdint>
#include <filesystem>
#include <functional>
#include <map>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"

namespace millwright::trainer {

/// A program to run in a process group of its own.
struct ProcessSpec {
  std::vector<std::string> argv;                   // at least the program, found by the PATH of `environment`
  std::map<std::string, std::string> environment;  // all of it: nothing of ours is handed on
  std::filesystem::path folder;                    // where it runs
  std::filesystem::path output;                    // what it and its children print, both streams
  absl::Duration time_limit = absl::Hours(1);
  std::int64_t memory_limit = std::int64_t{1} << 30;  // bytes: of each process by setrlimit, of all together by looking
  std::int64_t output_limit = std::int64_t{256} << 20;
};

/// How a program ended by itself.
struct ProcessEnd {
  int exit_code = 0;  // 128 + the signal when one ended it
  int signal = 0;     // 0: none
};

/// Runs the program to its end. `look` is called several times a second; when it is not OK, or a limit is passed, the whole group
/// is told to stop and 3 s later killed, and so is what a program leaves behind that ends by itself. FailedPrecondition names the
/// limit that was passed; else look's status. Should this process die, the group is killed too.
absl::StatusOr<ProcessEnd> RunProcessGroup(const ProcessSpec& spec, const std::function<absl::Status()>& look);

}  // namespace millwright::trainer
