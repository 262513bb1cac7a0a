#pragma once

#include <sys/types.h>

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"

namespace millwright::cli {

/// An account to run a program as, looked up before the fork.
struct Account {
  std::string name;
  uid_t uid = 0;
  gid_t gid = 0;
  std::vector<gid_t> groups;
};
/// NotFound when the machine has no such account.
absl::StatusOr<Account> FindAccount(const std::string& name);

/// What to execute and how.
struct Program {
  std::string path;
  std::vector<std::string> arguments;    // without the program's name
  std::vector<std::string> environment;  // "KEY=value", added to PlainEnvironment()
  std::string log;                       // file that stdout and stderr are appended to
  std::optional<Account> account;        // empty: as ourselves
  std::string input;                     // at most 64 KiB on its stdin; /dev/null when empty
};

/// A process that cannot be confused with a later one of the same number.
struct ProcessId {
  pid_t pid = 0;
  std::uint64_t start_ticks = 0;  // field 22 of /proc/PID/stat
  friend bool operator==(const ProcessId&, const ProcessId&) = default;
};

/// Our environment without what a service has no use for: tokens, database addresses and proxies.
std::vector<std::string> PlainEnvironment();

/// Starts the program in a session of its own, with default signals and no inherited files. A program that cannot be
/// executed is an error here, not a process that ends.
absl::StatusOr<ProcessId> Start(const Program& program);

/// What /proc says of a process that runs (a zombie does not); empty when there is none.
struct ProcessFacts {
  ProcessId id;
  pid_t session = 0;
};
std::optional<ProcessFacts> Inspect(pid_t pid);
bool IsRunning(const ProcessId& id);

/// A descriptor that polls readable when the process has ended; -1 when it is gone already. The caller closes it.
int OpenPidFd(const ProcessId& id);

/// Signals the process, or with `whole_session` its process group, unless it is another one by now.
void Signal(const ProcessId& id, int signal, bool whole_session = false);

/// Every session leader whose environment has MILLWRIGHT_SUPERVISED=<home>|<name>, by name.
std::map<std::string, ProcessId> FindSupervised(const std::string& home);
std::string SupervisedMark(const std::string& home, const std::string& name);

/// "exit 1" or "signal 9 (Killed)" of a wait status.
std::string ExitText(int wait_status);

}  // namespace millwright::cli
