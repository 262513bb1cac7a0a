#pragma once

#include <string>

#include "absl/status/statusor.h"

namespace millwright::cli {

/// The lock that the one supervisor of a data folder holds for as long as it lives.
class SupervisorLock {
 public:
  /// Whether nobody holds it at this moment.
  static absl::StatusOr<bool> IsFree(const std::string& path);
  /// Aborted when another process holds it. Kept across fork, not across exec.
  static absl::StatusOr<SupervisorLock> TryTake(const std::string& path);
  SupervisorLock(SupervisorLock&& other) noexcept : fd_(other.fd_) { other.fd_ = -1; }
  SupervisorLock& operator=(SupervisorLock&&) = delete;
  ~SupervisorLock();
  int fd() const { return fd_; }

 private:
  explicit SupervisorLock(int fd) : fd_(fd) {}
  int fd_;
};

}  // namespace millwright::cli
