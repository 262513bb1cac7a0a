#pragma once

#include <cstdint>
#include <string>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "tracker/domain/run.h"

namespace millwright::tracker {

/// Bytes under the name of their content.
struct Blob {
  std::string sha256;  // 64 lower-case hex digits
  std::uint64_t size = 0;
};

/// Where paths begin in the workspace's one tree of files: at its root, or at the root of a run or a logged model.
struct ArtifactRoot {
  enum class Kind { kTree, kRun, kLoggedModel };
  Kind kind = Kind::kTree;
  std::string id;  // of the run or model

  static ArtifactRoot Tree() { return {}; }
  static ArtifactRoot OfRun(const RunId& run) { return {Kind::kRun, run.value()}; }
  static ArtifactRoot OfLoggedModel(std::string model_id) { return {Kind::kLoggedModel, std::move(model_id)}; }
};

/// A file of the tree. Paths name entries of a table and never a place in a file system.
struct Artifact {
  std::string path;  // below its root
  Blob blob;
  absl::Time updated_at;
};

/// One line of a folder's listing.
struct ArtifactEntry {
  std::string path;  // below the root
  bool is_folder = false;
  std::uint64_t size = 0;  // of a file
};

/// InvalidArgument unless the path is relative, normalised and '/'-separated, of at most 1000 bytes. Forms that some reader
/// might take for a way out (`..`, `%2e`, backslashes, schemes) are refused too.
absl::Status CheckArtifactPath(absl::string_view path);

/// The same for a path that is only looked up: it may begin with what looks like a scheme, as MLflow's clients write such names.
absl::Status CheckStoredPath(absl::string_view path);

/// InvalidArgument, naming `field`, unless 64 lower-case hex digits.
absl::Status CheckSha256(absl::string_view field, absl::string_view text);

}  // namespace millwright::tracker
