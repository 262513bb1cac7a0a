#pragma once

#include <optional>
#include <string>

#include "absl/status/statusor.h"
#include "lib/base/id.h"
#include "model-registry/domain/registry.h"

namespace millwright::registry {

/// Where a new version's model comes from, as an MLflow client says it.
struct MlflowSource {
  std::string source;
  std::optional<std::string> run_id;    // empty: not sent
  std::optional<std::string> model_id;  // of a logged model
};

/// What it comes to: checked to lie where the caller's run or logged model has its artifacts, never opened here.
struct ResolvedSource {
  std::string source;       // `models:/…` with the version that it means
  std::string storage_uri;  // what a `models:/…` stands for; else empty
  std::string run_id;
  std::string model_id;
};

/// InvalidArgument or NotFound in MLflow's words.
absl::StatusOr<ResolvedSource> ResolveSource(const base::WorkspaceId& workspace, const MlflowSource& source, Registry& registry);

}  // namespace millwright::registry
