#pragma once

#include <string>
#include <vector>

#include "lib/pg/database.h"
#include "model-registry/domain/release_store.h"

namespace millwright::registry {

/// NOTIFY channel: some deployment has a new revision.
inline constexpr char kDeploymentsChannel[] = "registry_deployments";

/// ReleaseStore over the schema `registry`. Thread-safe. A mutation locks the model's row, then (when the deployment changes) the
/// one revision row, so releases of a model go one at a time and revisions commit in their order.
class PgReleaseStore : public ReleaseStore {
 public:
  explicit PgReleaseStore(pg::Database& db) : db_(db) {}

  absl::StatusOr<Promotion> Promote(const base::WorkspaceId& workspace, const PromotionOrder& order) override;
  absl::StatusOr<Promotion> RollBack(const base::WorkspaceId& workspace, const RollbackOrder& order) override;
  absl::Status DeleteVersion(const base::WorkspaceId& workspace, const std::string& name, int version, bool may_be_in_production,
                             const Stamp& stamp) override;
  absl::Status DeleteModel(const base::WorkspaceId& workspace, const std::string& name, bool may_be_in_production,
                           const Stamp& stamp) override;
  absl::Status RenameModel(const base::WorkspaceId& workspace, const std::string& name, const std::string& new_name,
                           const Stamp& stamp) override;
  absl::StatusOr<std::vector<Promotion>> ListPromotions(const base::WorkspaceId& workspace, const std::string& name,
                                                        std::int64_t before, int limit) override;
  absl::StatusOr<Deployment> GetDeployment(const base::WorkspaceId& workspace, const std::string& name) override;
  absl::StatusOr<std::vector<Deployment>> ListDeployments(const base::WorkspaceId& workspace, const std::string& after,
                                                          int limit) override;
  absl::StatusOr<DeploymentChanges> ChangedDeployments(std::int64_t after_revision, int limit) override;
  absl::StatusOr<std::int64_t> CurrentRevision() override;

 private:
  pg::Database& db_;
};

}  // namespace millwright::registry
