#include "cli/supervisor/home.h"

#include <fcntl.h>
#include <sys/sendfile.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>
#include <filesystem>
#include <fstream>

#include "absl/cleanup/cleanup.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"
#include "lib/base/files.h"
#include "lib/base/random.h"
#include "lib/base/sha256.h"
#include "lib/base/status_macros.h"

namespace millwright::cli {
namespace {

constexpr std::size_t kLongestSocketPath = 107;  // sun_path less its final NUL
constexpr char kDatabaseSocketName[] = "/.s.PGSQL.5432.lock";

std::string ShortFolder(const std::string& root, const std::string& suffix) {
  return absl::StrCat("/tmp/millwright-", base::Sha256Hex(root).substr(0, 16), suffix);
}

absl::Status MakeSecret(const std::string& path, const std::string& prefix) {
  if (access(path.c_str(), F_OK) == 0) return absl::OkStatus();
  return base::WriteFileAtomically(path, absl::StrCat(prefix, base::RandomHex(32), "\n"), 0600);
}

}  // namespace

absl::StatusOr<Home> Home::Find(const std::string& chosen) {
  std::string root = chosen;
  if (const char* variable = std::getenv("MILLWRIGHT_HOME"); root.empty() && variable != nullptr) root = variable;
  if (root.empty() && geteuid() == 0) root = "/var/lib/millwright";
  if (root.empty()) {
    const char* user_home = std::getenv("HOME");
    if (user_home == nullptr || *user_home == '\0') {
      return absl::InvalidArgumentError("HOME is not set: say where data goes with MILLWRIGHT_HOME or --home");
    }
    root = absl::StrCat(user_home, "/.local/share/millwright");
  }
  std::error_code error;
  std::string path = std::filesystem::absolute(root, error).lexically_normal().string();
  while (path.size() > 1 && path.back() == '/') path.pop_back();
  if (error || path == "/") return absl::InvalidArgumentError(absl::StrCat("\"", root, "\" cannot be the data folder"));
  return Home(path);
}

std::string Home::SupervisorSocket() const {
  const std::string socket = Path("run/supervisor.sock");
  return socket.size() <= kLongestSocketPath ? socket : ShortFolder(root_, "") + "/supervisor.sock";
}

std::string Home::DatabaseSocketFolder() const {
  const std::string folder = Path("run/pg");
  return folder.size() + sizeof kDatabaseSocketName <= kLongestSocketPath ? folder : ShortFolder(root_, "-pg");
}

absl::Status MakeFolder(const std::string& path, int mode) {
  std::error_code error;
  std::filesystem::create_directories(std::filesystem::path(path).parent_path(), error);
  const bool is_made = !error && (mkdir(path.c_str(), static_cast<mode_t>(mode)) == 0 || errno == EEXIST);
  if (!is_made) {
    const absl::Status status = base::ErrnoStatus(error ? error.value() : errno, absl::StrCat("cannot make the folder ", path));
    return absl::Status(status.code(),
                        absl::StrCat(status.message(), ". Choose another data folder with MILLWRIGHT_HOME or --home"));
  }
  struct stat facts {};
  if (lstat(path.c_str(), &facts) != 0) return base::ErrnoStatus(errno, path);
  if (S_ISLNK(facts.st_mode) && stat(path.c_str(), &facts) != 0) return base::ErrnoStatus(errno, path);
  if (!S_ISDIR(facts.st_mode)) return absl::FailedPreconditionError(absl::StrCat(path, " is not a folder"));
  if (facts.st_uid != geteuid()) {
    return absl::PermissionDeniedError(
        absl::StrCat(path, " belongs to another user (uid ", facts.st_uid, "); choose another data folder with MILLWRIGHT_HOME"));
  }
  if (chmod(path.c_str(), static_cast<mode_t>(mode)) != 0)
    return base::ErrnoStatus(errno, absl::StrCat("cannot set the mode of ", path));
  return absl::OkStatus();
}

absl::Status PrepareHome(const Home& home) {
  RETURN_IF_ERROR(MakeFolder(home.root(), 0755));
  for (const char* folder : {"run", "logs"}) RETURN_IF_ERROR(MakeFolder(home.Path(folder), 0755));
  for (const char* folder : {"secrets", "blobs", "serving-cache", "worker"}) RETURN_IF_ERROR(MakeFolder(home.Path(folder), 0700));
  RETURN_IF_ERROR(MakeSecret(home.Secret("assertion.key"), ""));
  RETURN_IF_ERROR(MakeSecret(home.Secret("webhook.key"), ""));
  RETURN_IF_ERROR(MakeSecret(home.Secret("postgres.password"), ""));
  for (const char* token : {"cli.token", "worker.token", "command.token", "inference.token"})
    RETURN_IF_ERROR(MakeSecret(home.Secret(token), "mw_"));
  const std::string socket_folder = std::filesystem::path(home.SupervisorSocket()).parent_path().string();
  if (socket_folder != home.Path("run")) RETURN_IF_ERROR(MakeFolder(socket_folder, 0700));
  return absl::OkStatus();
}

absl::Status CheckFreeSpace(const std::string& path, std::uint64_t bytes) {
  struct statvfs facts {};
  if (statvfs(path.c_str(), &facts) != 0) return base::ErrnoStatus(errno, path);
  const std::uint64_t free = static_cast<std::uint64_t>(facts.f_bavail) * facts.f_frsize;
  if (free >= bytes) return absl::OkStatus();
  return absl::ResourceExhaustedError(
      absl::StrCat("the disk of ", path, " is full: ", free >> 20, " MiB are free and ", bytes >> 20,
                   " MiB are needed. Free some space, or choose another data folder with MILLWRIGHT_HOME"));
}

std::string Tail(const std::string& path, int lines) {
  std::ifstream file(path, std::ios::binary | std::ios::ate);
  if (!file) return "";
  const std::streamoff size = file.tellg();
  file.seekg(std::max<std::streamoff>(0, size - 8192));
  std::string text((std::istreambuf_iterator<char>(file)), std::istreambuf_iterator<char>());
  while (!text.empty() && text.back() == '\n') text.pop_back();
  const std::vector<std::string> all = absl::StrSplit(text, '\n');
  const std::size_t first = all.size() > static_cast<std::size_t>(lines) ? all.size() - static_cast<std::size_t>(lines) : 0;
  return absl::StrJoin(all.begin() + static_cast<std::ptrdiff_t>(first), all.end(), "\n");
}

void RotateLog(const std::string& path, std::uint64_t bound) {
  const int log = open(path.c_str(), O_RDWR | O_CLOEXEC);
  if (log < 0) return;
  const auto close_log = absl::MakeCleanup([log] { close(log); });
  struct stat facts {};
  if (fstat(log, &facts) != 0 || static_cast<std::uint64_t>(facts.st_size) <= bound) return;
  // The newest part is kept; lines written between the copy and the cut are lost, which a log can bear.
  const int old = open((path + ".1").c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0640);
  if (old < 0) return;
  const auto close_old = absl::MakeCleanup([old] { close(old); });
  off_t from = facts.st_size > static_cast<off_t>(2 * bound) ? facts.st_size - static_cast<off_t>(2 * bound) : 0;
  while (sendfile(old, log, &from, 1 << 20) > 0) {
  }
  [[maybe_unused]] const int cut = ftruncate(log, 0);
}

}  // namespace millwright::cli
