#pragma once

#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"

namespace millwright::cli {

/// The data folder and where things are in it.
class Home {
 public:
  explicit Home(std::string root) : root_(std::move(root)) {}
  /// `chosen`, else $MILLWRIGHT_HOME, else /var/lib/millwright for root and ~/.local/share/millwright for others. Absolute.
  static absl::StatusOr<Home> Find(const std::string& chosen);

  const std::string& root() const { return root_; }
  std::string Path(const std::string& relative) const { return root_ + "/" + relative; }
  std::string Secret(const std::string& name) const { return Path("secrets/" + name); }
  std::string Log(const std::string& service) const { return Path("logs/" + service + ".log"); }
  /// Where the supervisor listens; below /tmp when the data folder's path is too long for a socket.
  std::string SupervisorSocket() const;
  /// The folder of PostgreSQL's socket, likewise.
  std::string DatabaseSocketFolder() const;

 private:
  std::string root_;
};

/// Makes the folders of a data folder, and the secrets that are missing: 256 random bits each, in files that only their
/// owner reads. PermissionDenied, ResourceExhausted (disk full) and others name the path.
absl::Status PrepareHome(const Home& home);

/// Makes `path` a folder with that mode; when it exists it must be a folder of ours, and its mode is set.
absl::Status MakeFolder(const std::string& path, int mode);

/// ResourceExhausted when less than `bytes` are free below `path`.
absl::Status CheckFreeSpace(const std::string& path, std::uint64_t bytes);

/// The last `lines` lines of a file, at most 8 KiB; empty when it cannot be read.
std::string Tail(const std::string& path, int lines);

/// Keeps a log that is larger than `bound` bytes as `<path>.1` and empties it. The writer goes on appending.
void RotateLog(const std::string& path, std::uint64_t bound);

}  // namespace millwright::cli
