#include "model-registry/storage/gate_rows.h"

#include <optional>

#include "lib/base/check.h"
#include "lib/base/status_macros.h"
#include "model-registry/storage/json.h"
#include "model-registry/storage/model_row.h"

namespace millwright::registry {
namespace {

constexpr int kEvidence = 1000;

constexpr pg::Statement kFindGate{"find_gate", R"sql(
  SELECT rules, approvals, checks FROM registry.gates WHERE model_id = $1 AND stage = $2
)sql"};

// What answers now, else (nothing there can be served) what was moved to Production last.
constexpr pg::Statement kFindProduction{"find_production", R"sql(
  SELECT v.version
    FROM registry.model_versions v LEFT JOIN registry.deployments d USING (model_id)
   WHERE v.model_id = $1 AND v.stage = 'Production' AND v.deleted_at IS NULL
   ORDER BY (d.arms -> 0 ->> 'version')::integer = v.version DESC NULLS LAST, v.moved_by DESC NULLS LAST
   LIMIT 1
)sql"};

// Since the version last left the stage: what was said before it was taken out does not bring it back.
constexpr pg::Statement kFindApprovals{"find_approvals", R"sql(
  SELECT is_approved, actor, role, reason, at, approval_id
    FROM registry.approvals
   WHERE model_id = $1 AND version = $2 AND stage = $3
     AND at > coalesce((SELECT max(at) FROM registry.promotions
                         WHERE model_id = $1 AND kind <> 'refused'
                           AND ((version = $2 AND from_stage = $3 AND to_stage <> $3)
                                OR (replaced_version = $2 AND version <> $2 AND $3 = 'Production'))), '-infinity')
   ORDER BY approval_id DESC
   LIMIT $4
)sql"};

constexpr pg::Statement kFindChecks{"find_checks", R"sql(
  SELECT DISTINCT ON (name) name, is_passed, details
    FROM registry.checks
   WHERE model_id = $1 AND version = $2
   ORDER BY name, check_id DESC
)sql"};

absl::StatusOr<std::vector<Approval>> FindApprovals(pg::Tx& tx, std::int64_t model_id, int version, Stage stage) {
  ASSIGN_OR_RETURN(const std::vector<pg::Row> rows, tx.Many(kFindApprovals, model_id, version, Name(stage), kEvidence));
  std::vector<Approval> approvals;
  for (const pg::Row& row : rows) {
    const std::optional<Rank> rank = RankOf(row.Text(2));
    CHECK(rank.has_value());
    approvals.push_back({.is_approved = row.Bool(0), .actor = row.Text(1), .rank = *rank, .reason = row.Text(3)});
  }
  return approvals;
}

}  // namespace

absl::StatusOr<GateDecision> Judge(pg::Tx& tx, std::int64_t model_id, const ModelVersion& version, Stage stage) {
  ASSIGN_OR_RETURN(const std::optional<pg::Row> row, tx.ZeroOrOne(kFindGate, model_id, Name(stage)));
  if (!row) return GateDecision{};
  const Gate gate{.stage = stage,
                  .rules = RulesFromJson(row->Json(0)),
                  .approvals = ApprovalsFromJson(row->Json(1)),
                  .checks = row->Json(2).get<std::vector<std::string>>()};
  GateEvidence evidence{.candidate = {.version = version.version, .evaluations = {}}, .author = version.created_by};
  ASSIGN_OR_RETURN(evidence.candidate.evaluations, FindEvaluations(tx, model_id, version.name, version.version, kEvidence));
  ASSIGN_OR_RETURN(const std::optional<pg::Row> production, tx.ZeroOrOne(kFindProduction, model_id));
  if (production) {
    const int number = static_cast<int>(production->Int(0));
    evidence.production.emplace(Contender{.version = number, .evaluations = {}});
    ASSIGN_OR_RETURN(evidence.production->evaluations, FindEvaluations(tx, model_id, version.name, number, kEvidence));
  }
  ASSIGN_OR_RETURN(evidence.approvals, FindApprovals(tx, model_id, version.version, stage));
  ASSIGN_OR_RETURN(const std::vector<pg::Row> checks, tx.Many(kFindChecks, model_id, version.version));
  for (const pg::Row& check : checks)
    evidence.checks.push_back({.name = check.Text(0), .is_passed = check.Bool(1), .details = check.Text(2)});
  return Decide(gate, evidence);
}

}  // namespace millwright::registry
