#include "lib/pg/test_cluster.h"

#include <fcntl.h>
#include <grp.h>
#include <pwd.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <pqxx/pqxx>
#include <vector>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "absl/time/clock.h"
#include "lib/base/check.h"
#include "lib/pg/connect.h"

namespace millwright::pg {
namespace {

namespace fs = std::filesystem;
constexpr char kPrefix[] = "mw-pg-";

std::string FindBinaries() {
  std::string best;
  std::error_code ignored;
  for (const fs::directory_entry& entry : fs::directory_iterator("/usr/lib/postgresql", ignored)) {
    const fs::path bin = entry.path() / "bin";
    if (fs::exists(bin / "initdb", ignored) && fs::exists(bin / "postgres", ignored) && bin.string() > best) best = bin.string();
  }
  return best;
}

/// PostgreSQL refuses to run as root; Debian's package brings a user for it.
const passwd* ServerUser() { return ::getuid() == 0 ? ::getpwnam("postgres") : nullptr; }

/// In the child: becomes the server's user and the program. The server dies with the test, whatever ended it.
[[noreturn]] void Become(const fs::path& folder, const std::string& program, const std::vector<std::string>& arguments,
                         int death_signal) {
  if (const passwd* user = ServerUser(); user != nullptr) {
    if (::setgroups(0, nullptr) != 0 || ::setgid(user->pw_gid) != 0 || ::setuid(user->pw_uid) != 0) ::_exit(126);
  }
  ::prctl(PR_SET_PDEATHSIG, death_signal);
  const int log = ::open((folder / "log").c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0644);
  if (log >= 0) {
    ::dup2(log, STDOUT_FILENO);
    ::dup2(log, STDERR_FILENO);
  }
  std::vector<char*> argv = {const_cast<char*>(program.c_str())};
  for (const std::string& argument : arguments) argv.push_back(const_cast<char*>(argument.c_str()));
  argv.push_back(nullptr);
  if (::chdir(folder.c_str()) != 0) ::_exit(126);
  ::execv(program.c_str(), argv.data());
  ::_exit(127);
}

bool IsTrue(int wait_status) { return WIFEXITED(wait_status) && WEXITSTATUS(wait_status) == 0; }

}  // namespace

bool TestCluster::Run(const std::string& program, const std::vector<std::string>& arguments) const {
  const pid_t child = ::fork();
  if (child == 0) Become(folder_, program, arguments, SIGKILL);
  int status = 0;
  return child > 0 && ::waitpid(child, &status, 0) == child && IsTrue(status);
}

/// Folders of test processes that were killed.
void TestCluster::RemoveLeftovers() const {
  std::error_code ignored;
  for (const fs::directory_entry& entry : fs::directory_iterator("/tmp", ignored)) {
    const std::string name = entry.path().filename().string();
    const std::vector<std::string> parts = absl::StrSplit(name, '-');
    int pid = 0;
    if (name.rfind(kPrefix, 0) == 0 && parts.size() == 4 && absl::SimpleAtoi(parts[2], &pid) && ::kill(pid, 0) != 0 &&
        errno == ESRCH) {
      fs::remove_all(entry.path(), ignored);
    }
  }
}

void TestCluster::Initialise() {
  const fs::path data = folder_ / "data";
  const fs::path kept = fs::read_symlink("/proc/self/exe").parent_path() /
                        absl::StrCat("pg-template-", fs::path(binaries_).parent_path().filename().string());
  const auto run_as_self = [](const std::string& command) { return IsTrue(std::system(command.c_str())); };
  std::error_code unreadable;  // when another user made it
  if (fs::exists(kept / "PG_VERSION", unreadable) &&
      run_as_self(absl::StrCat("cp -a --reflink=auto '", kept.string(), "' '", data.string(), "'")))
    return;
  if (!Run(binaries_ + "/initdb",
           {"-D", data.string(), "--no-sync", "-A", "trust", "-U", "millwright", "-E", "UTF8", "--no-locale"})) {
    missing_ = absl::StrCat("initdb failed; see ", (folder_ / "log").string());
    return;
  }
  // Of two tests that do this at once the first rename wins, and the other's copy goes.
  const std::string mine = absl::StrCat(kept.string(), ".", ::getpid());
  if (run_as_self(absl::StrCat("cp -a '", data.string(), "' '", mine, "' 2>/dev/null"))) {
    std::error_code error;
    fs::rename(mine, kept, error);
    if (error) fs::remove_all(mine, error);
  }
}

TestCluster::TestCluster() : binaries_(FindBinaries()) {
  if (binaries_.empty()) {
    missing_ = "PostgreSQL's server programs are not installed (no /usr/lib/postgresql/*/bin/initdb)";
    return;
  }
  if (::getuid() == 0 && ServerUser() == nullptr) {
    missing_ = "running as root, and there is no user \"postgres\" to run PostgreSQL as";
    return;
  }
  RemoveLeftovers();
  std::string name = absl::StrCat("/tmp/", kPrefix, ::getpid(), "-XXXXXX");
  CHECK(::mkdtemp(name.data()) != nullptr);
  folder_ = name;
  if (const passwd* user = ServerUser(); user != nullptr) CHECK(::chown(name.c_str(), user->pw_uid, user->pw_gid) == 0);
  Initialise();
  if (missing_.empty()) Start();
}

TestCluster::~TestCluster() {
  Stop();
  std::error_code ignored;
  if (!folder_.empty() && missing_.empty()) fs::remove_all(folder_, ignored);
}

std::string TestCluster::Url(const std::string& database) const {
  return absl::StrCat("host=", folder_.string(), " user=millwright dbname=", database);
}

void TestCluster::Start() {
  if (server_ > 0) return;
  server_ = ::fork();
  if (server_ == 0) {
    Become(folder_, binaries_ + "/postgres",
           {"-D", (folder_ / "data").string(), "-k", folder_.string(), "-c", "listen_addresses=", "-c", "fsync=off", "-c",
            "synchronous_commit=off", "-c", "full_page_writes=off", "-c", "max_connections=60", "-c", "shared_buffers=32MB", "-c",
            "autovacuum=off"},
           SIGQUIT);
  }
  CHECK(server_ > 0);
  for (int i = 0; i < 1000; ++i) {
    if (Connect({.url = Url("postgres")}).ok()) return;
    absl::SleepFor(absl::Milliseconds(10));
  }
  CHECK(false && "the test's PostgreSQL did not start; its log is in /tmp/mw-pg-*");
}

void TestCluster::Stop() {
  if (server_ <= 0) return;
  ::kill(server_, SIGINT);
  ::waitpid(server_, nullptr, 0);
  server_ = -1;
}

}  // namespace millwright::pg
