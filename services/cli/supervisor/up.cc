#include "cli/supervisor/up.h"

#include <fcntl.h>
#include <signal.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <set>
#include <thread>

#include "absl/cleanup/cleanup.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "cli/supervisor/lock.h"
#include "cli/supervisor/postgres.h"
#include "cli/supervisor/supervisor.h"
#include "cli/supervisor/system_service.h"
#include "lib/base/files.h"
#include "lib/base/status_macros.h"
#include "lib/rpc/server.h"

namespace millwright::cli {
namespace {

constexpr absl::Duration kStartTimeout = absl::Seconds(120);
constexpr std::uint64_t kSpaceNeeded = 512 << 20;

void Say(const std::string& line) { std::fprintf(stderr, "%s\n", line.c_str()); }

int Fail(const absl::Status& status) {
  Say(absl::StrCat("millwright: ", status.message()));
  return 1;
}

absl::StatusOr<Settings> ReadSettings(const UpOptions& options) {
  Settings settings;
  ASSIGN_OR_RETURN(settings.home, Home::Find(options.home));
  std::error_code error;
  const std::filesystem::path program = std::filesystem::read_symlink("/proc/self/exe", error);
  if (error) return absl::InternalError(absl::StrCat("cannot find our own program: ", error.message()));
  settings.programs = program.parent_path().string();
  settings.share = options.share.empty() ? (program.parent_path().parent_path() / "share").string()
                                         : std::filesystem::absolute(options.share).lexically_normal().string();
  if (!std::filesystem::is_directory(settings.share + "/pipelines", error)) {
    return absl::NotFoundError(
        absl::StrCat("the folder ", settings.share, "/pipelines is missing: name the folder that holds it with --share"));
  }
  if (const char* url = std::getenv("MILLWRIGHT_DATABASE_URL"); url != nullptr) settings.database_url = url;
  settings.port_offset = options.port_offset;
  settings.workers = options.workers;
  settings.allow_commands = options.allow_commands;
  settings.allow_reset = options.allow_reset;
  settings.folder = std::filesystem::current_path(error).string();
  return settings;
}

// What must agree for two starts to mean the same platform; a person reads it in the message.
std::string Describe(const Settings& settings) {
  return absl::StrCat(
      "port offset ", settings.port_offset, ", ", settings.workers, settings.workers == 1 ? " worker" : " workers", ", database ",
      settings.database_url.empty() ? "private" : "of MILLWRIGHT_DATABASE_URL", settings.allow_reset ? ", may be emptied" : "");
}

std::string ReadyLine(const ServiceRecord& record) { return absl::StrCat("  ", record.name, " is ready on ", record.address); }

// Another `up` holds the lock: it runs, or is just starting.
int AwaitOther(const Settings& settings) {
  const Home& home = settings.home;
  const absl::Time give_up = absl::Now() + kStartTimeout + absl::Seconds(30);
  std::set<std::string> told;
  bool announced = false;
  while (absl::Now() < give_up) {
    const absl::StatusOr<SystemState> state = ReadState(home);
    if (state.ok() && IsRunning(state->supervisor)) {
      if (state->settings != Describe(settings)) {
        return Fail(absl::FailedPreconditionError(absl::StrCat("Millwright runs in ", home.root(), " with other settings (",
                                                               state->settings, "; you asked for ", Describe(settings),
                                                               "). Stop it first: millwright down")));
      }
      if (!announced)
        Say(absl::StrCat("Millwright runs already (supervisor ", state->supervisor.pid, ", data in ", home.root(), ")"));
      announced = true;
      bool all_ready = !state->services.empty();
      for (const ServiceRecord& record : state->services) {
        if (record.state != ServiceState::kReady) {
          all_ready = false;
        } else if (told.insert(record.name).second) {
          Say(ReadyLine(record));
        }
      }
      if (all_ready) return 0;
    } else {
      if (!announced) Say("another `millwright up` is starting; waiting for it");
      announced = true;
      const absl::StatusOr<bool> free = SupervisorLock::IsFree(home.Path("run/supervisor.lock"));
      if (free.ok() && *free) return Fail(absl::UnavailableError("the other `millwright up` gave up; try again: millwright up"));
    }
    absl::SleepFor(absl::Milliseconds(200));
  }
  return Fail(absl::DeadlineExceededError("Millwright runs but not every service is ready: see millwright status"));
}

// What an earlier supervisor left running, by name. FailedPrecondition when it does not fit these settings.
absl::StatusOr<std::map<std::string, ProcessId>> TakeOver(const Settings& settings, const SystemState& old,
                                                          const std::vector<ServiceSpec>& plan) {
  std::map<std::string, ProcessId> running = FindSupervised(settings.home.root());
  if (!running.empty() && !old.settings.empty() && old.settings != Describe(settings)) {
    return absl::FailedPreconditionError(absl::StrCat("services of an earlier start still run with other settings (",
                                                      old.settings, "; you asked for ", Describe(settings),
                                                      "). Stop them first: millwright down"));
  }
  std::set<std::string> planned;
  for (const ServiceSpec& spec : plan) planned.insert(spec.name);
  for (const auto& [name, process] : running) {
    if (!planned.contains(name)) {
      return absl::FailedPreconditionError(absl::StrCat("the service ", name, " of an earlier start still runs (pid ",
                                                        process.pid, "). Stop it first: millwright down"));
    }
  }
  return running;
}

absl::Status PrepareDatabase(const Settings& settings) {
  const Home& home = settings.home;
  std::string url = settings.database_url;
  if (url.empty()) {
    ASSIGN_OR_RETURN(const PostgresCluster cluster, PostgresCluster::Find(home));
    if (!cluster.Exists()) Say(absl::StrCat("  making a private PostgreSQL cluster in ", home.Path("pg")));
    RETURN_IF_ERROR(cluster.MakeIfAbsent());
    ASSIGN_OR_RETURN(url, cluster.Url());
  } else {
    RETURN_IF_ERROR(TryConnect(url));
  }
  return base::WriteFileAtomically(home.Secret("database.url"), url + "\n", 0600);
}

// Everything after this point runs in the supervisor itself. `report` takes lines for whoever started us.
int Supervise(const Settings& settings, SystemState state, std::vector<ServiceSpec> plan,
              std::map<std::string, ProcessId> taken_over, const std::function<void(const std::string&)>& report,
              const std::function<void(bool)>& report_end) {
  const bool is_fresh = taken_over.empty();
  if (const auto self = Inspect(getpid())) state.supervisor = self->id;
  state.settings = Describe(settings);
  state.port_offset = settings.port_offset;
  rpc::ServerConfig server;
  server.name = "supervisor";
  server.address = "unix:" + settings.home.SupervisorSocket();
  server.assertion_key_file = settings.home.Secret("assertion.key");
  const auth::Signer signer = rpc::LoadSignerOrExit(server);  // blocks the stop signals before the first thread
  Supervisor supervisor(settings.home, std::move(state), std::move(plan), std::move(taken_over));
  SystemService service(supervisor, settings.home);
  bool came_up = false;
  std::thread watcher;
  const rpc::Companion companion{.start =
                                     [&] {
                                       supervisor.Start();
                                       watcher = std::thread([&] {
                                         const absl::Status status = supervisor.AwaitReady(
                                             kStartTimeout, [&](const ServiceRecord& record) { report(ReadyLine(record)); });
                                         came_up = status.ok();
                                         if (!status.ok()) report(absl::StrCat("millwright: ", status.message()));
                                         // What a failed first start began it ends; a platform that was taken over goes on, and
                                         // is tried further.
                                         if (!status.ok() && is_fresh && !absl::IsCancelled(status)) {
                                           report("millwright: stopping what was started");
                                           kill(getpid(), SIGTERM);
                                         } else {
                                           report_end(status.ok());
                                         }
                                       });
                                     },
                                 .stop = [&] { supervisor.Stop(); }};
  const int code = rpc::RunServer(server, signer, {&service}, {companion});
  if (watcher.joinable()) watcher.join();
  report_end(false);
  return came_up ? code : 1;
}

volatile sig_atomic_t interrupted = 0;

// In the process that the person started: relays the daemon's lines, and stops it on Ctrl-C.
int FollowDaemon(pid_t daemon, int pipe, const std::string& log) {
  struct sigaction action {};
  action.sa_handler = [](int) { interrupted = 1; };
  sigaction(SIGINT, &action, nullptr);  // no SA_RESTART: the read below returns
  sigaction(SIGTERM, &action, nullptr);
  const std::optional<ProcessFacts> facts = Inspect(daemon);
  bool told = false;
  std::string line;
  while (true) {
    if (interrupted != 0 && !told) {
      told = true;
      Say("stopping what was started");
      if (facts) Signal(facts->id, SIGTERM);
    }
    char c;
    const ssize_t n = read(pipe, &c, 1);
    if (n < 0 && errno == EINTR) continue;
    if (n <= 0) {
      Say(absl::StrCat("millwright: the supervisor ended at once. The end of its log ", log, ":\n", Tail(log, 5)));
      break;
    }
    if (c != '\n') {
      line.push_back(c);
      continue;
    }
    if (line == "\x01ready") {
      if (!told) return 0;
    } else if (line != "\x01ended") {
      Say(line);
    } else if (!told) {
      break;
    }
    line.clear();
  }
  while (told && facts && IsRunning(facts->id)) absl::SleepFor(absl::Milliseconds(50));
  return interrupted != 0 ? 130 : 1;
}

// The grandchild returns -1 in `pid` and the pipe's end to write to; the caller gets the grandchild's pid and the end to read.
struct Daemonized {
  pid_t pid = -1;
  int pipe = -1;
};
absl::StatusOr<Daemonized> Daemonize(const std::string& log, const SupervisorLock& lock) {
  int lines[2];
  int numbers[2];
  if (pipe2(lines, O_CLOEXEC) != 0 || pipe2(numbers, O_CLOEXEC) != 0) return base::ErrnoStatus(errno, "cannot make a pipe");
  const int log_fd = open(log.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0640);
  if (log_fd < 0) return base::ErrnoStatus(errno, absl::StrCat("cannot write ", log));
  const pid_t child = fork();
  if (child < 0) return base::ErrnoStatus(errno, "cannot start the supervisor");
  if (child == 0) {
    setsid();
    const pid_t grandchild = fork();
    if (grandchild != 0) {
      [[maybe_unused]] const ssize_t n = write(numbers[1], &grandchild, sizeof grandchild);
      _exit(0);
    }
    close(lines[0]);
    const int null = open("/dev/null", O_RDWR | O_CLOEXEC);
    dup2(null, 0);
    dup2(log_fd, 1);
    dup2(log_fd, 2);
    if (chdir("/") != 0) _exit(1);
    // What the caller had open, such as a lock of its own, must not stay open for as long as we run.
    const int low = std::min(lines[1], lock.fd());
    const int high = std::max(lines[1], lock.fd());
    close_range(3, static_cast<unsigned>(low - 1), 0);
    close_range(static_cast<unsigned>(low + 1), static_cast<unsigned>(high - 1), 0);
    close_range(static_cast<unsigned>(high + 1), ~0U, 0);
    return Daemonized{.pid = -1, .pipe = lines[1]};
  }
  close(lines[1]);
  close(numbers[1]);
  waitpid(child, nullptr, 0);
  pid_t grandchild = -1;
  if (read(numbers[0], &grandchild, sizeof grandchild) != static_cast<ssize_t>(sizeof grandchild) || grandchild < 0) {
    return absl::InternalError("cannot start the supervisor");
  }
  close(numbers[0]);
  return Daemonized{.pid = grandchild, .pipe = lines[0]};
}

}  // namespace

int Up(const UpOptions& options) {
  signal(SIGPIPE, SIG_IGN);
  umask(0022);
  const absl::StatusOr<Settings> settings = ReadSettings(options);
  if (!settings.ok()) return Fail(settings.status());
  const Home& home = settings->home;
  if (const absl::Status status = PrepareHome(home); !status.ok()) return Fail(status);
  const absl::StatusOr<SupervisorLock> lock = SupervisorLock::TryTake(home.Path("run/supervisor.lock"));
  if (absl::IsAborted(lock.status())) return AwaitOther(*settings);
  if (!lock.ok()) return Fail(lock.status());

  Say(absl::StrCat("Starting Millwright ", MILLWRIGHT_VERSION, " (data in ", home.root(), ")"));
  absl::StatusOr<std::vector<ServiceSpec>> plan = PlanServices(*settings);
  if (!plan.ok()) return Fail(plan.status());
  if (const absl::Status status = CheckPrograms(*plan); !status.ok()) return Fail(status);
  const SystemState old = ReadState(home).value_or(SystemState{});
  absl::StatusOr<std::map<std::string, ProcessId>> taken_over = TakeOver(*settings, old, *plan);
  if (!taken_over.ok()) return Fail(taken_over.status());
  // What runs already is better off with a supervisor, also on a disk that is nearly full.
  if (taken_over->empty()) {
    if (const absl::Status status = CheckFreeSpace(home.root(), kSpaceNeeded); !status.ok()) return Fail(status);
  }
  for (const ServiceSpec& spec : *plan) {
    if (taken_over->contains(spec.name)) continue;
    if (const absl::Status status = CheckPorts(spec); !status.ok()) return Fail(status);
  }
  if (const absl::Status status = PrepareDatabase(*settings); !status.ok()) return Fail(status);
  if (!taken_over->empty()) Say(absl::StrCat("  taking over ", taken_over->size(), " services that run already"));

  SystemState state;
  if (!taken_over->empty()) state = old;
  if (options.foreground) {
    return Supervise(*settings, std::move(state), *std::move(plan), *std::move(taken_over), Say, [](bool ready) {
      if (ready) Say("Millwright is ready; Ctrl-C stops it");
    });
  }
  const absl::StatusOr<Daemonized> daemon = Daemonize(home.Log("supervisor"), *lock);
  if (!daemon.ok()) return Fail(daemon.status());
  if (daemon->pid > 0) return FollowDaemon(daemon->pid, daemon->pipe, home.Log("supervisor"));

  int pipe = daemon->pipe;
  absl::Mutex mutex;
  const auto write_line = [&pipe, &mutex](const std::string& text) {
    absl::MutexLock hold(&mutex);
    const std::string line = text + "\n";
    if (pipe >= 0) [[maybe_unused]]
      const ssize_t n = write(pipe, line.data(), line.size());
  };
  return Supervise(*settings, std::move(state), *std::move(plan), *std::move(taken_over), write_line, [&](bool ready) {
    write_line(ready ? "\x01ready" : "\x01ended");
    absl::MutexLock hold(&mutex);
    if (pipe >= 0) close(pipe);
    pipe = -1;
  });
}

int Down(const std::string& chosen_home) {
  const absl::StatusOr<Home> home = Home::Find(chosen_home);
  if (!home.ok()) return Fail(home.status());
  const absl::StatusOr<bool> is_free = SupervisorLock::IsFree(home->Path("run/supervisor.lock"));
  if (!is_free.ok()) return Fail(is_free.status());
  const SystemState state = ReadState(*home).value_or(SystemState{});
  if (!*is_free && IsRunning(state.supervisor)) {
    Say(absl::StrCat("Stopping Millwright (data in ", home->root(), ")"));
    if (kill(state.supervisor.pid, 0) != 0) {
      return Fail(absl::PermissionDeniedError(absl::StrCat("the supervisor (pid ", state.supervisor.pid,
                                                           ") belongs to another user: run `millwright down` as that user")));
    }
    Signal(state.supervisor, SIGTERM);
    while (IsRunning(state.supervisor)) absl::SleepFor(absl::Milliseconds(50));
  }
  // What a supervisor that died left behind; also services that its state file did not get to name.
  const std::map<std::string, ProcessId> left = FindSupervised(home->root());
  if (!left.empty()) {
    Say(absl::StrCat("Stopping ", left.size(), " services whose supervisor is gone"));
    std::map<int, std::vector<std::pair<ProcessId, int>>> waves;
    for (const auto& [name, process] : left) {
      // PostgreSQL goes last and fast; the workers go first.
      const bool is_postgres = name == "postgres";
      waves[is_postgres ? 2 : name.rfind("trainer-worker", 0) == 0 ? 0 : 1].emplace_back(process, is_postgres ? SIGINT : SIGTERM);
    }
    for (const auto& [wave, members] : waves) {
      for (const auto& [process, signal] : members) Signal(process, signal);
      const absl::Time kill_at = absl::Now() + Patience().drain;
      for (const auto& [process, signal] : members) {
        while (IsRunning(process) && absl::Now() < kill_at) absl::SleepFor(absl::Milliseconds(20));
        Signal(process, SIGKILL, /*whole_session=*/true);
        while (IsRunning(process)) absl::SleepFor(absl::Milliseconds(20));
      }
    }
    SystemState stopped = state;
    stopped.supervisor = {};
    for (ServiceRecord& record : stopped.services) {
      record.state = ServiceState::kStopped;
      record.process = {};
    }
    if (const absl::Status status = WriteState(*home, stopped); !status.ok()) return Fail(status);
  }
  if (*is_free && left.empty()) {
    Say(absl::StrCat("Millwright does not run (data in ", home->root(), ")"));
  } else {
    Say("Millwright is stopped; its data stays");
  }
  return 0;
}

}  // namespace millwright::cli
