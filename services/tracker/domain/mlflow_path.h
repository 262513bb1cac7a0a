#pragma once

#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "tracker/domain/artifact.h"

namespace millwright::tracker {

/// A path as an MLflow client gave it and as it is kept.
struct MlflowPath {
  std::string given;  // percent-decoded until nothing changes; control characters as escapes, what is not UTF-8 as U+FFFD
  std::string kept;   // the same without empty and `.` parts
};

/// InvalidArgument `Invalid path` for what could lead out (`..`, absolute, drive, backslash, `#`), needs more than ten rounds of
/// decoding, or is longer than 2000 bytes. Empty in, empty out.
absl::StatusOr<MlflowPath> ParseMlflowPath(absl::string_view text);
/// What is kept of it.
absl::StatusOr<std::string> ReadMlflowPath(absl::string_view text);

/// The path below the tree's root of a location such as "mlflow-artifacts:/0/<run>/artifacts"; NotFound for one that the tree
/// does not hold ("s3://…").
absl::StatusOr<std::string> PathOfLocation(absl::string_view location);

/// A root and a path below it.
struct ArtifactLocation {
  ArtifactRoot root;
  std::string path;
};
/// Of "mlflow-artifacts:/…", "runs:/<run>/<path>" or "models:/m-<id>[/<path>]"; NotFound for any other.
absl::StatusOr<ArtifactLocation> ReadLocation(absl::string_view location);

}  // namespace millwright::tracker
