#include "cli/supervisor/lock.h"

#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

#include <cerrno>

#include "absl/strings/str_cat.h"
#include "lib/base/files.h"

namespace millwright::cli {

absl::StatusOr<SupervisorLock> SupervisorLock::TryTake(const std::string& path) {
  const int fd = open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600);
  if (fd < 0) return base::ErrnoStatus(errno, absl::StrCat("cannot open ", path));
  if (flock(fd, LOCK_EX | LOCK_NB) == 0) return SupervisorLock(fd);
  const int error = errno;
  close(fd);
  if (error == EWOULDBLOCK) return absl::AbortedError(absl::StrCat(path, " is held by another process"));
  return base::ErrnoStatus(error, absl::StrCat("cannot lock ", path));
}

absl::StatusOr<bool> SupervisorLock::IsFree(const std::string& path) {
  if (access(path.c_str(), F_OK) != 0) return true;
  const absl::StatusOr<SupervisorLock> lock = TryTake(path);
  if (lock.ok()) return true;
  if (absl::IsAborted(lock.status())) return false;
  return lock.status();
}

SupervisorLock::~SupervisorLock() {
  if (fd_ >= 0) close(fd_);
}

}  // namespace millwright::cli
