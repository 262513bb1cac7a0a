#pragma once

#include <filesystem>
#include <map>
#include <memory>
#include <string>

#include "absl/synchronization/mutex.h"

namespace millwright::gateway {

/// One file of the web page, in memory.
struct WebFile {
  std::string content;
  std::string gzip;  // empty when it would not be smaller
  std::string type;
  bool is_immutable = false;  // its name holds a hash of its content
};

/// The built web page. Read as a whole, so that no request ever names a path on disk; read again when index.html changes.
/// Thread-safe.
class WebFiles {
 public:
  explicit WebFiles(std::filesystem::path folder) : folder_(std::move(folder)) {}

  /// The file at a URL path ("/assets/index-4f2a.js"); index.html for a path without a file that may be one of the page's own
  /// ("/runs/42"). Null when there is none, as before the page was built.
  std::shared_ptr<const WebFile> Find(const std::string& path);

 private:
  using Files = std::map<std::string, std::shared_ptr<const WebFile>>;
  void RefreshLocked() ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);

  const std::filesystem::path folder_;
  absl::Mutex mutex_;
  Files files_ ABSL_GUARDED_BY(mutex_);
  std::filesystem::file_time_type read_at_ ABSL_GUARDED_BY(mutex_) = std::filesystem::file_time_type::min();
};

}  // namespace millwright::gateway
