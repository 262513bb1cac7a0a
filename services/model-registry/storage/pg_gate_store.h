#pragma once

#include <string>
#include <vector>

#include "lib/pg/database.h"
#include "model-registry/domain/gate_store.h"

namespace millwright::registry {

/// GateStore over the schema `registry`. Thread-safe.
class PgGateStore : public GateStore {
 public:
  explicit PgGateStore(pg::Database& db) : db_(db) {}

  absl::StatusOr<Gate> SetGate(const base::WorkspaceId& workspace, const std::string& name, const Gate& gate, bool with_people,
                               Rank rank, const Stamp& stamp) override;
  absl::StatusOr<std::vector<Gate>> ListGates(const base::WorkspaceId& workspace, const std::string& name) override;
  absl::StatusOr<GateDecision> CheckGate(const base::WorkspaceId& workspace, const std::string& name, int version,
                                         Stage stage) override;
  absl::StatusOr<Approval> RecordApproval(const base::WorkspaceId& workspace, const Approval& approval) override;
  absl::StatusOr<std::vector<Approval>> ListApprovals(const base::WorkspaceId& workspace, const std::string& name,
                                                      int version) override;
  absl::StatusOr<Check> RecordCheck(const base::WorkspaceId& workspace, const Check& check) override;
  absl::StatusOr<std::vector<Check>> ListChecks(const base::WorkspaceId& workspace, const std::string& name,
                                                int version) override;

 private:
  pg::Database& db_;
};

}  // namespace millwright::registry
