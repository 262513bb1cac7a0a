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
  /// What the gate before `stage` says now.
  virtual absl::StatusOr<GateDecision> CheckGate(const base::WorkspaceId& workspace, const std::string& name, int version,
                                                 Stage stage) = 0;
  /// Moves the version through the gate, or records the refusal: its kind is then kRefused. In the stage already: the entry that
  /// brought it there. The same request id again: the same entry.
  virtual absl::StatusOr<Promotion> Promote(const base::WorkspaceId& workspace, const PromotionOrder& order) = 0;
  /// FailedPrecondition when Production is empty, holds another version than expected, or held none before.
  virtual absl::StatusOr<Promotion> RollBack(const base::WorkspaceId& workspace, const RollbackOrder& order) = 0;
  /// Newest first, those below `before`.
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
