#pragma once

#include <optional>
#include <string>

#include "absl/status/statusor.h"
#include "lib/base/id.h"
#include "lib/pg/database.h"
#include "tracker/domain/artifact.h"

namespace millwright::tracker {

/// Where the files of a root are.
struct ArtifactPlace {
  std::string prefix;    // of their paths in the tree; empty or with a slash at the end
  std::string location;  // the root's URI as clients know it
};

/// NotFound for a run or logged model that the workspace does not have.
absl::StatusOr<ArtifactPlace> FindPlace(pg::Tx& tx, const base::WorkspaceId& workspace, const ArtifactRoot& root);

/// The run or logged model that a file of the tree goes with, by its path; both empty for any other. They stay until the
/// transaction ends.
struct ArtifactOwner {
  std::optional<std::int64_t> run_number;
  std::optional<std::int64_t> model_number;
};
absl::StatusOr<ArtifactOwner> HoldOwner(pg::Tx& tx, const base::WorkspaceId& workspace, const std::string& tree_path);

}  // namespace millwright::tracker
