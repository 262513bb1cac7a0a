#pragma once

#include <filesystem>
#include <set>
#include <string>

#include "absl/status/statusor.h"
#include "serving/domain/deployment.h"

namespace millwright::serving {

/// Where bundles come from: a local cache with the tracker behind it.
class BundleSource {
 public:
  virtual ~BundleSource() = default;
  /// A folder with the arm's files, their digests checked. Unavailable and the like when the cause may pass; DataLoss or
  /// InvalidArgument when trying again cannot help. May take long.
  virtual absl::StatusOr<std::filesystem::path> Fetch(const base::WorkspaceId& workspace, const Arm& arm) = 0;
  /// Bundles that must stay; others may go when room is needed.
  virtual void Keep(const std::set<std::string>& bundle_ids) = 0;
};

}  // namespace millwright::serving
