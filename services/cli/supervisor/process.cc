#include "cli/supervisor/process.h"

#include <dirent.h>
#include <fcntl.h>
#include <grp.h>
#include <pwd.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

#include "absl/cleanup/cleanup.h"
#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "lib/base/files.h"
#include "lib/base/status_macros.h"

extern char** environ;

namespace millwright::cli {
namespace {

constexpr char kMark[] = "MILLWRIGHT_SUPERVISED=";

std::vector<char*> Pointers(std::vector<std::string>& texts) {
  std::vector<char*> pointers;
  for (std::string& text : texts) pointers.push_back(text.data());
  pointers.push_back(nullptr);
  return pointers;
}

absl::StatusOr<int> OpenInput(const std::string& input) {
  const int fd = input.empty() ? open("/dev/null", O_RDONLY | O_CLOEXEC) : memfd_create("input", MFD_CLOEXEC);
  if (fd < 0) return base::ErrnoStatus(errno, "cannot open the input of a program");
  if (!input.empty() && (write(fd, input.data(), input.size()) < 0 || lseek(fd, 0, SEEK_SET) != 0)) {
    const int error = errno;
    close(fd);
    return base::ErrnoStatus(error, "cannot write the input of a program");
  }
  return fd;
}

// Between fork and exec: only calls that are safe in a forked copy of a threaded process.
[[noreturn]] void BecomeProgram(const char* path, char** arguments, char** environment, int log, int input, int errors,
                                const Account* account) {
  const auto fail = [&] {
    const int error = errno;
    [[maybe_unused]] const ssize_t n = write(3, &error, sizeof error);
    _exit(127);
  };
  setsid();
  dup2(errors, 3);
  fcntl(3, F_SETFD, FD_CLOEXEC);
  dup2(input, 0);
  dup2(log, 1);
  dup2(log, 2);
  close_range(4, ~0U, 0);
  for (int signal = 1; signal < 32; ++signal) ::signal(signal, SIG_DFL);
  sigset_t none;
  sigemptyset(&none);
  sigprocmask(SIG_SETMASK, &none, nullptr);
  umask(0077);
  if (account != nullptr) {
    if (setgroups(account->groups.size(), account->groups.data()) != 0) fail();
    if (setgid(account->gid) != 0 || setuid(account->uid) != 0) fail();
  }
  if (chdir("/") != 0) fail();
  execve(path, arguments, environment);
  fail();
  _exit(127);
}

}  // namespace

absl::StatusOr<Account> FindAccount(const std::string& name) {
  const passwd* entry = getpwnam(name.c_str());
  if (entry == nullptr) return absl::NotFoundError(absl::StrCat("this machine has no account \"", name, "\""));
  Account account{.name = name, .uid = entry->pw_uid, .gid = entry->pw_gid};
  int count = 64;
  account.groups.resize(static_cast<std::size_t>(count));
  getgrouplist(name.c_str(), account.gid, account.groups.data(), &count);
  account.groups.resize(static_cast<std::size_t>(std::min(count, 64)));
  return account;
}

std::vector<std::string> PlainEnvironment() {
  std::vector<std::string> kept;
  for (char** entry = environ; *entry != nullptr; ++entry) {
    const std::string text(*entry);
    const std::string key = absl::AsciiStrToLower(text.substr(0, text.find('=')));
    if (absl::StartsWith(key, "millwright_") || absl::EndsWith(key, "_proxy")) continue;
    kept.push_back(text);
  }
  return kept;
}

absl::StatusOr<ProcessId> Start(const Program& program) {
  ASSIGN_OR_RETURN(const int input, OpenInput(program.input));
  const auto close_input = absl::MakeCleanup([input] { close(input); });
  const int log = open(program.log.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0640);
  if (log < 0) return base::ErrnoStatus(errno, absl::StrCat("cannot write the log ", program.log));
  const auto close_log = absl::MakeCleanup([log] { close(log); });
  int errors[2];
  if (pipe2(errors, O_CLOEXEC) != 0) return base::ErrnoStatus(errno, "cannot make a pipe");

  std::vector<std::string> arguments = {program.path};
  arguments.insert(arguments.end(), program.arguments.begin(), program.arguments.end());
  std::vector<std::string> environment = PlainEnvironment();
  environment.insert(environment.end(), program.environment.begin(), program.environment.end());
  const std::vector<char*> argument_pointers = Pointers(arguments);
  const std::vector<char*> environment_pointers = Pointers(environment);

  const pid_t pid = fork();
  if (pid == 0) {
    BecomeProgram(program.path.c_str(), const_cast<char**>(argument_pointers.data()),
                  const_cast<char**>(environment_pointers.data()), log, input, errors[1],
                  program.account ? &*program.account : nullptr);
  }
  const int fork_error = errno;
  close(errors[1]);
  const auto close_errors = absl::MakeCleanup([fd = errors[0]] { close(fd); });
  if (pid < 0) return base::ErrnoStatus(fork_error, "cannot start a process");
  int error = 0;
  ssize_t n;
  do {
    n = read(errors[0], &error, sizeof error);
  } while (n < 0 && errno == EINTR);
  if (n == static_cast<ssize_t>(sizeof error)) {
    waitpid(pid, nullptr, 0);
    return base::ErrnoStatus(error, absl::StrCat("cannot start ", program.path));
  }
  // A child of ours keeps its number until we wait for it, so this cannot be another process.
  const std::optional<ProcessFacts> facts = Inspect(pid);
  return facts ? facts->id : ProcessId{.pid = pid};
}

std::optional<ProcessFacts> Inspect(pid_t pid) {
  if (pid <= 0) return std::nullopt;
  const absl::StatusOr<std::string> stat = base::ReadFile(absl::StrCat("/proc/", pid, "/stat"));
  if (!stat.ok()) return std::nullopt;
  const std::size_t end = stat->rfind(')');  // the program's name may hold anything
  if (end == std::string::npos || end + 2 >= stat->size()) return std::nullopt;
  const std::vector<std::string> fields = absl::StrSplit(stat->substr(end + 2), ' ');  // from field 3 on
  if (fields.size() < 20 || fields[0] == "Z" || fields[0] == "X") return std::nullopt;
  ProcessFacts facts{.id = {.pid = pid}};
  if (!absl::SimpleAtoi(fields[3], &facts.session) || !absl::SimpleAtoi(fields[19], &facts.id.start_ticks)) return std::nullopt;
  return facts;
}

bool IsRunning(const ProcessId& id) {
  const std::optional<ProcessFacts> facts = Inspect(id.pid);
  return facts && facts->id == id;
}

int OpenPidFd(const ProcessId& id) {
  const int fd = static_cast<int>(syscall(SYS_pidfd_open, id.pid, 0));
  if (fd < 0) return -1;
  fcntl(fd, F_SETFD, FD_CLOEXEC);
  // Checked after opening: from here on the descriptor means one process, whatever becomes of the number.
  const std::optional<ProcessFacts> facts = Inspect(id.pid);
  if (facts && facts->id != id) {
    close(fd);
    return -1;
  }
  return fd;
}

void Signal(const ProcessId& id, int signal, bool whole_session) {
  const std::optional<ProcessFacts> facts = Inspect(id.pid);
  if (!facts || facts->id != id) return;
  kill(whole_session && facts->session == id.pid ? -id.pid : id.pid, signal);
}

std::string SupervisedMark(const std::string& home, const std::string& name) { return absl::StrCat(kMark, home, "|", name); }

std::map<std::string, ProcessId> FindSupervised(const std::string& home) {
  std::map<std::string, ProcessId> found;
  DIR* proc = opendir("/proc");
  if (proc == nullptr) return found;
  const auto closer = absl::MakeCleanup([proc] { closedir(proc); });
  const std::string prefix = SupervisedMark(home, "");
  while (const dirent* entry = readdir(proc)) {
    pid_t pid = 0;
    if (!absl::SimpleAtoi(entry->d_name, &pid)) continue;
    const std::optional<ProcessFacts> facts = Inspect(pid);
    if (!facts || facts->session != pid) continue;
    const absl::StatusOr<std::string> environment = base::ReadFile(absl::StrCat("/proc/", pid, "/environ"));
    if (!environment.ok()) continue;
    for (const absl::string_view variable : absl::StrSplit(*environment, '\0')) {
      if (absl::StartsWith(variable, prefix)) found.emplace(std::string(variable.substr(prefix.size())), facts->id);
    }
  }
  return found;
}

std::string ExitText(int wait_status) {
  if (WIFSIGNALED(wait_status)) {
    return absl::StrCat("signal ", WTERMSIG(wait_status), " (", strsignal(WTERMSIG(wait_status)), ")");
  }
  return absl::StrCat("exit ", WEXITSTATUS(wait_status));
}

}  // namespace millwright::cli
