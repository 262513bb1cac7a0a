#pragma once

#include <cstdint>
#include <filesystem>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "serving/domain/deployment.h"

namespace millwright::serving {

/// The deployments as last heard from the registry, so that a start with everything down serves them.
struct KnownDeployments {
  std::int64_t revision = 0;
  std::vector<Deployment> deployments;
};

/// JSON, written atomically.
absl::Status SaveDeployments(const std::filesystem::path& path, const KnownDeployments& known);
/// NotFound when there is none yet, InvalidArgument when the file is not one of ours.
absl::StatusOr<KnownDeployments> LoadDeployments(const std::filesystem::path& path);

}  // namespace millwright::serving
