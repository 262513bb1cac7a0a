#pragma once

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "lib/base/id.h"
#include "model-registry/domain/model.h"

namespace millwright::registry {

/// Versions of models with their tags and evaluations; deleted ones are not found. NotFound names the model or version; every
/// change tells the subscribers of its event.
class VersionStore {
 public:
  virtual ~VersionStore() = default;
  /// The next number; the version of the same request id when there is one.
  virtual absl::StatusOr<ModelVersion> CreateVersion(const base::WorkspaceId& workspace, const std::string& name,
                                                     const NewVersion& version, const Stamp& stamp) = 0;
  virtual absl::StatusOr<ModelVersion> GetVersion(const base::WorkspaceId& workspace, const std::string& name, int version) = 0;
  virtual absl::StatusOr<ModelVersion> GetVersionByAlias(const base::WorkspaceId& workspace, const std::string& name,
                                                         const std::string& alias) = 0;
  /// Newest first, those below `before`.
  virtual absl::StatusOr<std::vector<ModelVersion>> ListVersions(const base::WorkspaceId& workspace, const std::string& name,
                                                                 int before, int limit) = 0;
  /// Of each of these models the highest version in each stage, by number; `stages` empty: in all.
  virtual absl::StatusOr<std::vector<ModelVersion>> LatestVersions(const base::WorkspaceId& workspace,
                                                                   const std::vector<std::string>& names,
                                                                   const std::vector<Stage>& stages) = 0;
  virtual absl::StatusOr<ModelVersion> UpdateVersion(const base::WorkspaceId& workspace, const std::string& name, int version,
                                                     const VersionEdit& edit, const Stamp& stamp) = 0;
  virtual absl::Status SetVersionTag(const base::WorkspaceId& workspace, const std::string& name, int version,
                                     const std::string& key, const std::string& value, const Stamp& stamp) = 0;
  virtual absl::Status DeleteVersionTag(const base::WorkspaceId& workspace, const std::string& name, int version,
                                        const std::string& key, const Stamp& stamp) = 0;
  virtual absl::StatusOr<Evaluation> RecordEvaluation(const base::WorkspaceId& workspace, const Evaluation& evaluation,
                                                      const Stamp& stamp) = 0;
  /// Newest first.
  virtual absl::StatusOr<std::vector<Evaluation>> ListEvaluations(const base::WorkspaceId& workspace, const std::string& name,
                                                                  int version, int limit) = 0;
};

}  // namespace millwright::registry
