#pragma once

#include <string>
#include <vector>

#include "lib/pg/database.h"
#include "model-registry/domain/version_store.h"

namespace millwright::registry {

/// VersionStore over the schema `registry`. Thread-safe.
class PgVersionStore : public VersionStore {
 public:
  explicit PgVersionStore(pg::Database& db) : db_(db) {}

  absl::StatusOr<ModelVersion> CreateVersion(const base::WorkspaceId& workspace, const std::string& name,
                                             const NewVersion& version, const Stamp& stamp) override;
  absl::StatusOr<ModelVersion> GetVersion(const base::WorkspaceId& workspace, const std::string& name, int version) override;
  absl::StatusOr<ModelVersion> GetVersionByAlias(const base::WorkspaceId& workspace, const std::string& name,
                                                 const std::string& alias) override;
  absl::StatusOr<std::vector<ModelVersion>> ListVersions(const base::WorkspaceId& workspace, const std::string& name, int before,
                                                         int limit) override;
  absl::StatusOr<std::vector<ModelVersion>> LatestVersions(const base::WorkspaceId& workspace,
                                                           const std::vector<std::string>& names,
                                                           const std::vector<Stage>& stages) override;
  absl::StatusOr<ModelVersion> UpdateVersion(const base::WorkspaceId& workspace, const std::string& name, int version,
                                             const VersionEdit& edit, const Stamp& stamp) override;
  absl::Status SetVersionTag(const base::WorkspaceId& workspace, const std::string& name, int version, const std::string& key,
                             const std::string& value, const Stamp& stamp) override;
  absl::Status DeleteVersionTag(const base::WorkspaceId& workspace, const std::string& name, int version, const std::string& key,
                                const Stamp& stamp) override;
  absl::StatusOr<Evaluation> RecordEvaluation(const base::WorkspaceId& workspace, const Evaluation& evaluation,
                                              const Stamp& stamp) override;
  absl::StatusOr<std::vector<Evaluation>> ListEvaluations(const base::WorkspaceId& workspace, const std::string& name,
                                                          int version, int limit) override;

 private:
  pg::Database& db_;
};

}  // namespace millwright::registry
