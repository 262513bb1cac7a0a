#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "lib/base/id.h"
#include "model-registry/domain/release.h"

namespace millwright::registry {

/// Deployments of every workspace that changed after a revision, in revision order.
struct DeploymentChanges {
  std::int64_t revision = 0;  // of the newest commit seen; no lower than any deployment's
  std::vector<Deployment> deployments;
};

/// Stages, history and deployments; each mutation is one transaction over the locked model.
class ReleaseStore {
 public:
  virtual ~ReleaseStore() = default;
  /// Moves the version through the gate, or records the refusal: its kind is then kRefused. In the stage already: the entry that
  /// brought it there. The same request id again: the same entry.
  virtual absl::StatusOr<Promotion> Promote(const base::WorkspaceId& workspace, const PromotionOrder& order) = 0;
  /// FailedPrecondition when Production is empty, holds another version than expected, or held none before.
  virtual absl::StatusOr<Promotion> RollBack(const base::WorkspaceId& workspace, const RollbackOrder& order) = 0;
  /// Takes the version away: out of its stage, without its aliases, its number never used again. The history says so, and when it
  /// served, the deployment falls to what is left in Production. FailedPrecondition for one in Production unless allowed.
  virtual absl::Status DeleteVersion(const base::WorkspaceId& workspace, const std::string& name, int version,
                                     bool may_be_in_production, const Stamp& stamp) = 0;
  /// The same for the model with all its versions; its name is free again, its history stays.
  virtual absl::Status DeleteModel(const base::WorkspaceId& workspace, const std::string& name, bool may_be_in_production,
                                   const Stamp& stamp) = 0;
  /// Everything goes on under the new name, the deployment too. AlreadyExists when it is taken.
  virtual absl::Status RenameModel(const base::WorkspaceId& workspace, const std::string& name, const std::string& new_name,
                                   const Stamp& stamp) = 0;
  /// Newest first, those below `before`; of a deleted model too, when no other has its name.
  virtual absl::StatusOr<std::vector<Promotion>> ListPromotions(const base::WorkspaceId& workspace, const std::string& name,
                                                                std::int64_t before, int limit) = 0;

  virtual absl::StatusOr<Deployment> GetDeployment(const base::WorkspaceId& workspace, const std::string& name) = 0;
  /// By name, those above `after`.
  virtual absl::StatusOr<std::vector<Deployment>> ListDeployments(const base::WorkspaceId& workspace, const std::string& after,
                                                                  int limit) = 0;
  /// At most `limit` deployments; fewer means that all up to `revision` were seen.
  virtual absl::StatusOr<DeploymentChanges> ChangedDeployments(std::int64_t after_revision, int limit) = 0;
  virtual absl::StatusOr<std::int64_t> CurrentRevision() = 0;
};

}  // namespace millwright::registry
