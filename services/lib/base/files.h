#pragma once

#include <filesystem>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

namespace millwright::base {

/// The whole content of a file. NotFound, or ResourceExhausted over `max_bytes`; messages name the path.
absl::StatusOr<std::string> ReadFile(const std::filesystem::path& path, std::size_t max_bytes = 64 << 20);

/// Writes a file so that a crash leaves the old or the new content, never half: temporary file, fsync, rename, fsync of the
/// folder. A full disk is ResourceExhausted.
absl::Status WriteFileAtomically(const std::filesystem::path& path, absl::string_view content, int mode = 0644);

/// The status of a failed system call: ENOENT is NotFound, EACCES PermissionDenied, ENOSPC ResourceExhausted, others Internal.
absl::Status ErrnoStatus(int error, absl::string_view what);

}  // namespace millwright::base
