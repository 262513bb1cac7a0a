#include "model-registry/storage/pg_gate_store.h"

#include <optional>

#include "absl/strings/str_cat.h"
#include "lib/base/check.h"
#include "lib/base/status_macros.h"
#include "model-registry/storage/gate_rows.h"
#include "model-registry/storage/json.h"
#include "model-registry/storage/model_row.h"
#include "model-registry/storage/outbox.h"

namespace millwright::registry {
namespace {

constexpr pg::Statement kSetGate{"set_gate", R"sql(
  INSERT INTO registry.gates (model_id, stage, rules, approvals, checks, updated_at)
  VALUES ($1, $2, $3, $4, $5, $6)
  ON CONFLICT (model_id, stage) DO UPDATE
     SET rules = EXCLUDED.rules, approvals = EXCLUDED.approvals, checks = EXCLUDED.checks, updated_at = EXCLUDED.updated_at
)sql"};

constexpr pg::Statement kListGates{"list_gates", R"sql(
  SELECT stage, rules, approvals, checks FROM registry.gates WHERE model_id = $1 ORDER BY stage
)sql"};

constexpr pg::Statement kRecordApproval{"record_approval", R"sql(
  INSERT INTO registry.approvals (model_id, version, stage, is_approved, actor, role, reason, at)
  VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
  RETURNING approval_id
)sql"};

constexpr pg::Statement kListApprovals{"list_approvals", R"sql(
  SELECT approval_id, stage, is_approved, actor, role, reason, at
    FROM registry.approvals
   WHERE model_id = $1 AND version = $2
   ORDER BY approval_id DESC
   LIMIT 1000
)sql"};

constexpr pg::Statement kRecordCheck{"record_check", R"sql(
  INSERT INTO registry.checks (model_id, version, name, is_passed, details, link, actor, at)
  VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
  RETURNING check_id
)sql"};

constexpr pg::Statement kListChecks{"list_checks", R"sql(
  SELECT check_id, name, is_passed, details, link, actor, at
    FROM registry.checks
   WHERE model_id = $1 AND version = $2
   ORDER BY check_id DESC
   LIMIT 1000
)sql"};

absl::StatusOr<std::vector<Gate>> FindGates(pg::Tx& tx, std::int64_t model_id) {
  ASSIGN_OR_RETURN(const std::vector<pg::Row> rows, tx.Many(kListGates, model_id));
  std::vector<Gate> gates;
  for (const pg::Row& row : rows) {
    const std::optional<Stage> stage = StageOf(row.Text(0));
    CHECK(stage.has_value());
    gates.push_back({.stage = *stage,
                     .rules = RulesFromJson(row.Json(1)),
                     .approvals = ApprovalsFromJson(row.Json(2)),
                     .checks = row.Json(3).get<std::vector<std::string>>()});
  }
  return gates;
}

}  // namespace

absl::StatusOr<Gate> PgGateStore::SetGate(const base::WorkspaceId& workspace, const std::string& name, const Gate& gate,
                                          bool with_people, Rank rank, const Stamp& stamp) {
  return db_.Transact([&](pg::Tx& tx) -> absl::StatusOr<Gate> {
    ASSIGN_OR_RETURN(const std::int64_t model_id, LockModel(tx, workspace, name));
    ASSIGN_OR_RETURN(const std::vector<Gate> gates, FindGates(tx, model_id));
    Gate next = gate;
    for (const Gate& old : gates) {
      if (old.stage != gate.stage) continue;
      if (with_people && old.approvals.count > 0 && old.approvals.least_rank > rank) {
        return absl::PermissionDeniedError(absl::StrCat("the gate before ", Name(gate.stage), " of model \"", name,
                                                        "\" asks for approvals of role ", Name(old.approvals.least_rank),
                                                        "; only that role may change whom it asks"));
      }
      if (!with_people) {
        next.approvals = old.approvals;
        next.checks = old.checks;
      }
    }
    const nlohmann::json rules = RulesToJson(next.rules), approvals = ApprovalsToJson(next.approvals), checks = next.checks;
    RETURN_IF_ERROR(tx.Execute(kSetGate, model_id, Name(next.stage), rules, approvals, checks, stamp.at).status());
    RETURN_IF_ERROR(Tell(tx, workspace,
                         {.kind = "gate.set",
                          .model_id = model_id,
                          .model = name,
                          .data = {{"stage", Name(next.stage)}, {"rules", rules}, {"approvals", approvals}, {"checks", checks}}},
                         stamp));
    return next;
  });
}

absl::StatusOr<std::vector<Gate>> PgGateStore::ListGates(const base::WorkspaceId& workspace, const std::string& name) {
  return db_.Transact([&](pg::Tx& tx) -> absl::StatusOr<std::vector<Gate>> {
    ASSIGN_OR_RETURN(const std::int64_t model_id, FindModel(tx, workspace, name));
    return FindGates(tx, model_id);
  });
}

absl::StatusOr<GateDecision> PgGateStore::CheckGate(const base::WorkspaceId& workspace, const std::string& name, int version,
                                                    Stage stage) {
  return db_.Transact([&](pg::Tx& tx) -> absl::StatusOr<GateDecision> {
    ASSIGN_OR_RETURN(const std::int64_t model_id, FindModel(tx, workspace, name));
    ASSIGN_OR_RETURN(const ModelVersion candidate, FindVersion(tx, model_id, name, version));
    return Judge(tx, model_id, candidate, stage);
  });
}

absl::StatusOr<Approval> PgGateStore::RecordApproval(const base::WorkspaceId& workspace, const Approval& approval) {
  return db_.Transact([&](pg::Tx& tx) -> absl::StatusOr<Approval> {
    ASSIGN_OR_RETURN(const std::int64_t model_id, LockModel(tx, workspace, approval.name));
    RETURN_IF_ERROR(FindVersion(tx, model_id, approval.name, approval.version).status());
    ASSIGN_OR_RETURN(const pg::Row row,
                     tx.One(kRecordApproval, model_id, approval.version, Name(approval.stage), approval.is_approved,
                            approval.actor, Name(approval.rank), approval.reason, approval.at));
    RETURN_IF_ERROR(
        Tell(tx, workspace,
             {.kind = "approval.recorded",
              .model_id = model_id,
              .model = approval.name,
              .version = approval.version,
              .data = {{"stage", Name(approval.stage)}, {"is_approved", approval.is_approved}, {"reason", approval.reason}}},
             {approval.actor, approval.at}));
    Approval recorded = approval;
    recorded.id = row.Int(0);
    return recorded;
  });
}

absl::StatusOr<std::vector<Approval>> PgGateStore::ListApprovals(const base::WorkspaceId& workspace, const std::string& name,
                                                                 int version) {
  return db_.Transact([&](pg::Tx& tx) -> absl::StatusOr<std::vector<Approval>> {
    ASSIGN_OR_RETURN(const std::int64_t model_id, FindModel(tx, workspace, name));
    RETURN_IF_ERROR(FindVersion(tx, model_id, name, version).status());
    ASSIGN_OR_RETURN(const std::vector<pg::Row> rows, tx.Many(kListApprovals, model_id, version));
    std::vector<Approval> approvals;
    for (const pg::Row& row : rows) {
      const std::optional<Stage> stage = StageOf(row.Text(1));
      const std::optional<Rank> rank = RankOf(row.Text(4));
      CHECK(stage && rank);
      approvals.push_back({.id = row.Int(0),
                           .name = name,
                           .version = version,
                           .stage = *stage,
                           .is_approved = row.Bool(2),
                           .actor = row.Text(3),
                           .rank = *rank,
                           .reason = row.Text(5),
                           .at = row.Time(6)});
    }
    return approvals;
  });
}

absl::StatusOr<Check> PgGateStore::RecordCheck(const base::WorkspaceId& workspace, const Check& check) {
  return db_.Transact([&](pg::Tx& tx) -> absl::StatusOr<Check> {
    ASSIGN_OR_RETURN(const std::int64_t model_id, LockModel(tx, workspace, check.model));
    RETURN_IF_ERROR(FindVersion(tx, model_id, check.model, check.version).status());
    ASSIGN_OR_RETURN(const pg::Row row, tx.One(kRecordCheck, model_id, check.version, check.name, check.is_passed, check.details,
                                               check.link, check.actor, check.at));
    RETURN_IF_ERROR(Tell(tx, workspace,
                         {.kind = "check.recorded",
                          .model_id = model_id,
                          .model = check.model,
                          .version = check.version,
                          .data = {{"check", check.name}, {"is_passed", check.is_passed}, {"details", check.details}}},
                         {check.actor, check.at}));
    Check recorded = check;
    recorded.id = row.Int(0);
    return recorded;
  });
}

absl::StatusOr<std::vector<Check>> PgGateStore::ListChecks(const base::WorkspaceId& workspace, const std::string& name,
                                                           int version) {
  return db_.Transact([&](pg::Tx& tx) -> absl::StatusOr<std::vector<Check>> {
    ASSIGN_OR_RETURN(const std::int64_t model_id, FindModel(tx, workspace, name));
    RETURN_IF_ERROR(FindVersion(tx, model_id, name, version).status());
    ASSIGN_OR_RETURN(const std::vector<pg::Row> rows, tx.Many(kListChecks, model_id, version));
    std::vector<Check> checks;
    for (const pg::Row& row : rows) {
      checks.push_back({.id = row.Int(0),
                        .model = name,
                        .version = version,
                        .name = row.Text(1),
                        .is_passed = row.Bool(2),
                        .details = row.Text(3),
                        .link = row.Text(4),
                        .actor = row.Text(5),
                        .at = row.Time(6)});
    }
    return checks;
  });
}

}  // namespace millwright::registry
