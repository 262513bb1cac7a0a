#pragma once

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "lib/base/id.h"
#include "model-registry/domain/gate.h"

namespace millwright::registry {

/// The gates of models, and what people and checks said of versions. NotFound names the model or version.
class GateStore {
 public:
  virtual ~GateStore() = default;
  /// Without `with_people` the approvals and checks stay as they are. PermissionDenied when the ones that stand ask for people
  /// above `rank` and would change. Answers with the gate as it is then.
  virtual absl::StatusOr<Gate> SetGate(const base::WorkspaceId& workspace, const std::string& name, const Gate& gate,
                                       bool with_people, Rank rank, const Stamp& stamp) = 0;
  /// Those that were ever set, by stage.
  virtual absl::StatusOr<std::vector<Gate>> ListGates(const base::WorkspaceId& workspace, const std::string& name) = 0;
  /// What the gate before `stage` says now.
  virtual absl::StatusOr<GateDecision> CheckGate(const base::WorkspaceId& workspace, const std::string& name, int version,
                                                 Stage stage) = 0;
  virtual absl::StatusOr<Approval> RecordApproval(const base::WorkspaceId& workspace, const Approval& approval) = 0;
  /// Newest first, at most 1000.
  virtual absl::StatusOr<std::vector<Approval>> ListApprovals(const base::WorkspaceId& workspace, const std::string& name,
                                                              int version) = 0;
  virtual absl::StatusOr<Check> RecordCheck(const base::WorkspaceId& workspace, const Check& check) = 0;
  /// Newest first, at most 1000.
  virtual absl::StatusOr<std::vector<Check>> ListChecks(const base::WorkspaceId& workspace, const std::string& name,
                                                        int version) = 0;
};

}  // namespace millwright::registry
