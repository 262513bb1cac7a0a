#include "trainer-worker/process_group.h"

#include <fcntl.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <cstring>
#include <fstream>

#include "absl/cleanup/cleanup.h"
#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "lib/base/files.h"

namespace millwright::trainer {
namespace {

constexpr absl::Duration kLookInterval = absl::Milliseconds(50);
constexpr absl::Duration kMemoryInterval = absl::Milliseconds(250);
constexpr absl::Duration kGrace = absl::Seconds(3);
constexpr int kCannotStart = 127;

// What the child needs, made before the fork: between fork and exec only what is safe in a signal handler may be called.
struct Prepared {
  std::vector<char*> argv;
  std::vector<char*> environment;
  const char* folder;
  int output;
  rlim_t memory;
  pid_t parent;
};

void Say(const char* text) { [[maybe_unused]] const ssize_t written = write(STDERR_FILENO, text, std::strlen(text)); }

[[noreturn]] void Exec(const Prepared& prepared) {
  const rlimit memory{.rlim_cur = prepared.memory, .rlim_max = prepared.memory};
  const rlimit no_core{.rlim_cur = 0, .rlim_max = 0};
  setrlimit(RLIMIT_DATA, &memory);
  setrlimit(RLIMIT_CORE, &no_core);
  if (chdir(prepared.folder) != 0) {
    Say("cannot enter the task's folder\n");
    _exit(kCannotStart);
  }
  environ = const_cast<char**>(prepared.environment.data());  // before the program is looked for: execvpe would take our own PATH
  execvp(prepared.argv[0], prepared.argv.data());
  const int error = errno;
  Say("cannot start ");
  Say(prepared.argv[0]);
  Say(": ");
  Say(strerrordesc_np(error));
  Say("\n");
  _exit(kCannotStart);
}

void KillGroup(int) { kill(0, SIGKILL); }

// The group's first process: waits for the program, and takes the group with it when the worker dies.
[[noreturn]] void Guard(const Prepared& prepared) {
  setpgid(0, 0);
  sigset_t none;
  sigemptyset(&none);
  for (const int signal : {SIGINT, SIGQUIT, SIGPIPE, SIGCHLD}) std::signal(signal, SIG_DFL);
  sigprocmask(SIG_SETMASK, &none, nullptr);
  std::signal(SIGTERM, SIG_IGN);  // told to the whole group; this one stays for the answer
  std::signal(SIGUSR1, &KillGroup);
  prctl(PR_SET_PDEATHSIG, SIGUSR1);
  if (getppid() != prepared.parent) _exit(kCannotStart);
  const int nothing = open("/dev/null", O_RDONLY);
  dup2(nothing, STDIN_FILENO);
  dup2(prepared.output, STDOUT_FILENO);
  dup2(prepared.output, STDERR_FILENO);
  syscall(SYS_close_range, 3U, ~0U, 0U);
  const pid_t program = fork();
  if (program < 0) {
    Say("cannot fork\n");
    _exit(kCannotStart);
  }
  if (program == 0) {
    std::signal(SIGTERM, SIG_DFL);
    std::signal(SIGUSR1, SIG_DFL);
    Exec(prepared);
  }
  int status = 0;
  while (waitpid(program, &status, 0) < 0 && errno == EINTR) {
  }
  _exit(WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status));
}

std::vector<char*> Pointers(const std::vector<std::string>& texts) {
  std::vector<char*> pointers;
  for (const std::string& text : texts) pointers.push_back(const_cast<char*>(text.c_str()));
  pointers.push_back(nullptr);
  return pointers;
}

// The resident memory of all processes of the group.
std::int64_t GroupMemory(pid_t group) {
  std::int64_t pages = 0;
  std::error_code error;
  for (const auto& entry : std::filesystem::directory_iterator("/proc", error)) {
    const std::string name = entry.path().filename();
    if (name.empty() || name[0] < '0' || name[0] > '9' || getpgid(static_cast<pid_t>(std::atol(name.c_str()))) != group) continue;
    std::ifstream in(entry.path() / "statm");
    std::int64_t size = 0, resident = 0;
    if (in >> size >> resident) pages += resident;
  }
  return pages * sysconf(_SC_PAGESIZE);
}

std::int64_t FileSize(const std::filesystem::path& path) {
  std::error_code error;
  const auto size = std::filesystem::file_size(path, error);
  return error ? 0 : static_cast<std::int64_t>(size);
}

// Whether the group's first process has ended; its status then.
bool HasEnded(pid_t group, int* status) { return waitpid(group, status, WNOHANG) == group; }

void StopGroup(pid_t group) {
  int status = 0;
  kill(-group, SIGTERM);
  const absl::Time give_up = absl::Now() + kGrace;
  while (absl::Now() < give_up) {
    if (HasEnded(group, &status)) {
      kill(-group, SIGKILL);
      return;
    }
    absl::SleepFor(kLookInterval);
  }
  kill(-group, SIGKILL);
  waitpid(group, &status, 0);
}

}  // namespace

absl::StatusOr<ProcessEnd> RunProcessGroup(const ProcessSpec& spec, const std::function<absl::Status()>& look) {
  std::vector<std::string> environment;
  for (const auto& [name, value] : spec.environment) environment.push_back(absl::StrCat(name, "=", value));
  const int output = open(spec.output.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_APPEND | O_CLOEXEC, 0600);
  if (output < 0) return base::ErrnoStatus(errno, absl::StrCat("making ", spec.output.string()));
  const auto closer = absl::MakeCleanup([output] { close(output); });
  const Prepared prepared{.argv = Pointers(spec.argv),
                          .environment = Pointers(environment),
                          .folder = spec.folder.c_str(),
                          .output = output,
                          .memory = static_cast<rlim_t>(spec.memory_limit),
                          .parent = getpid()};
  const pid_t group = fork();
  if (group < 0) return base::ErrnoStatus(errno, "starting a process");
  if (group == 0) Guard(prepared);
  setpgid(group, group);  // both do it, whoever is first

  const absl::Time deadline = absl::Now() + spec.time_limit;
  absl::Time memory_at = absl::Now();
  int status = 0;
  while (!HasEnded(group, &status)) {
    absl::Status stop = look();
    if (stop.ok() && absl::Now() > deadline)
      stop = absl::FailedPreconditionError(absl::StrCat("it ran longer than ", absl::FormatDuration(spec.time_limit)));
    if (stop.ok() && FileSize(spec.output) > spec.output_limit)
      stop = absl::FailedPreconditionError(absl::StrCat("it printed more than ", spec.output_limit >> 20, " MB"));
    if (stop.ok() && absl::Now() - memory_at > kMemoryInterval) {
      memory_at = absl::Now();
      if (GroupMemory(group) > spec.memory_limit)
        stop = absl::FailedPreconditionError(absl::StrCat("it used more than ", spec.memory_limit >> 20, " MB of memory"));
    }
    if (!stop.ok()) {
      StopGroup(group);
      return stop;
    }
    absl::SleepFor(kLookInterval);
  }
  kill(-group, SIGKILL);  // what it left behind
  ProcessEnd end{.exit_code = WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status)};
  if (end.exit_code > 128) end.signal = end.exit_code - 128;
  return end;
}

}  // namespace millwright::trainer
