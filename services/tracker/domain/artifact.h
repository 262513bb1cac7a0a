#pragma once

#include <cstdint>
#include <string>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "tracker/domain/run.h"

namespace millwright::tracker {

/// Bytes under the name of their content.
struct Blob {
  std::string sha256;  // 64 lower-case hex digits
  std::uint64_t size = 0;
};

/// A file of a run. Paths name entries of a table and never a place in a file system.
struct Artifact {
  RunId run_id;
  std::string path;
  Blob blob;
};

/// InvalidArgument unless the path is relative, normalised and '/'-separated, of at most 1000 bytes. Forms that some reader
/// might take for a way out (`..`, `%2e`, backslashes, schemes) are refused too.
absl::Status CheckArtifactPath(absl::string_view path);

/// InvalidArgument, naming `field`, unless 64 lower-case hex digits.
absl::Status CheckSha256(absl::string_view field, absl::string_view text);

}  // namespace millwright::tracker
