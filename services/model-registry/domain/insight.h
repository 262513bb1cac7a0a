#pragma once

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "lib/base/id.h"
#include "model-registry/domain/comparison.h"
#include "model-registry/domain/lineage.h"
#include "model-registry/domain/registry.h"

namespace millwright::registry {

/// Answers what versions come from and how they differ, from the registry's facts and the tracker's. Thread-safe.
class Insight {
 public:
  Insight(LineageStore& lineage, VersionStore& versions, Tracker& tracker)
      : lineage_(lineage), versions_(versions), tracker_(tracker) {}

  /// A run or logged model that no version came of is a chain of its own, when the tracker knows it; NotFound when it does not.
  absl::StatusOr<std::vector<LineageChain>> Lineage(const base::WorkspaceId& workspace, const LineagePoint& point);
  /// Markdown of one version.
  absl::StatusOr<std::string> Card(const base::WorkspaceId& workspace, const ModelVersion& version);
  /// Where two versions differ; what the tracker does not have is a note.
  absl::StatusOr<Comparison> Compare(const base::WorkspaceId& workspace, const ModelVersion& left, const ModelVersion& right);

 private:
  absl::StatusOr<VersionFacts> FactsOf(const base::WorkspaceId& workspace, const ModelVersion& version,
                                       std::vector<std::string>& notes);

  LineageStore& lineage_;
  VersionStore& versions_;
  Tracker& tracker_;
};

}  // namespace millwright::registry
