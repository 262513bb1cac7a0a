#include "model-registry/storage/pg_release_store.h"

#include <algorithm>
#include <optional>

#include "absl/strings/str_cat.h"
#include "lib/base/check.h"
#include "lib/base/status_macros.h"
#include "model-registry/storage/deployment_rows.h"
#include "model-registry/storage/json.h"
#include "model-registry/storage/model_row.h"

namespace millwright::registry {
namespace {

constexpr int kEvaluationsForGate = 1000;

constexpr pg::Statement kFindGate{"find_gate", R"sql(
  SELECT rules FROM registry.gates WHERE model_id = $1 AND stage = $2
)sql"};

constexpr pg::Statement kFindProduction{"find_production", R"sql(
  SELECT version FROM registry.model_versions WHERE model_id = $1 AND stage = 'Production'
)sql"};

constexpr pg::Statement kSetStage{"set_stage", R"sql(
  UPDATE registry.model_versions SET stage = $3 WHERE model_id = $1 AND version = $2
)sql"};

constexpr pg::Statement kAppendPromotion{"append_promotion", R"sql(
  INSERT INTO registry.promotions
    (model_id, kind, version, from_stage, to_stage, replaced_version, actor, reason, decision, evidence, at, revision)
  VALUES ($1, $2, $3, $4, $5, nullif($6::integer, 0), $7, $8, $9, $10, $11, nullif($12::bigint, 0))
  RETURNING promotion_id
)sql"};

constexpr pg::Statement kFindPromotion{"find_promotion", R"sql(
  SELECT promotion_id, kind, version, from_stage, to_stage, replaced_version, actor, reason, decision, evidence, at, revision
    FROM registry.promotions
   WHERE promotion_id = $1
)sql"};

constexpr pg::Statement kLastMove{"last_move_of_version", R"sql(
  SELECT promotion_id, kind, version, from_stage, to_stage, replaced_version, actor, reason, decision, evidence, at, revision
    FROM registry.promotions
   WHERE model_id = $1 AND (version = $2 OR replaced_version = $2) AND kind <> 'refused'
   ORDER BY promotion_id DESC
   LIMIT 1
)sql"};

constexpr pg::Statement kListPromotions{"list_promotions", R"sql(
  SELECT promotion_id, kind, version, from_stage, to_stage, replaced_version, actor, reason, decision, evidence, at, revision
    FROM registry.promotions
   WHERE model_id = $1 AND promotion_id < $2
   ORDER BY promotion_id DESC
   LIMIT $3
)sql"};

constexpr pg::Statement kProductionHistory{"production_history", R"sql(
  SELECT kind, version
    FROM registry.promotions
   WHERE model_id = $1 AND kind <> 'refused' AND to_stage = 'Production'
   ORDER BY promotion_id
)sql"};

constexpr pg::Statement kFindRequest{"find_promotion_request", R"sql(
  SELECT promotion_id FROM registry.promotion_requests WHERE model_id = $1 AND request_id = $2
)sql"};

constexpr pg::Statement kRecordRequest{"record_promotion_request", R"sql(
  INSERT INTO registry.promotion_requests (model_id, request_id, promotion_id) VALUES ($1, $2, nullif($3::bigint, 0))
)sql"};

constexpr pg::Statement kGetDeployment{"get_deployment", R"sql(
  SELECT d.model_id, m.workspace_id, m.name, d.revision, d.arms, d.updated_at
    FROM registry.deployments d JOIN registry.models m USING (model_id)
   WHERE d.model_id = $1
)sql"};

constexpr pg::Statement kListDeployments{"list_deployments", R"sql(
  SELECT d.model_id, m.workspace_id, m.name, d.revision, d.arms, d.updated_at
    FROM registry.deployments d JOIN registry.models m USING (model_id)
   WHERE m.workspace_id = $1 AND m.name > $2
   ORDER BY m.name
   LIMIT $3
)sql"};

constexpr pg::Statement kChangedDeployments{"changed_deployments", R"sql(
  SELECT d.model_id, m.workspace_id, m.name, d.revision, d.arms, d.updated_at
    FROM registry.deployments d JOIN registry.models m USING (model_id)
   WHERE d.revision > $1
   ORDER BY d.revision
   LIMIT $2
)sql"};

constexpr pg::Statement kCurrentRevision{"current_revision", "SELECT revision FROM registry.deployment_revision"};

std::string Text(PromotionKind kind) {
  return kind == PromotionKind::kPromoted ? "promoted" : kind == PromotionKind::kRefused ? "refused" : "rolled_back";
}

PromotionKind KindOf(const std::string& text) {
  return text == "promoted" ? PromotionKind::kPromoted : text == "refused" ? PromotionKind::kRefused : PromotionKind::kRolledBack;
}

Promotion ReadPromotion(const pg::Row& row, const std::string& name) {
  const std::optional<Stage> from = StageOf(row.Text(3)), to = StageOf(row.Text(4));
  CHECK(from && to);
  return {.id = row.Int(0),
          .name = name,
          .kind = KindOf(row.Text(1)),
          .version = static_cast<int>(row.Int(2)),
          .from_stage = *from,
          .to_stage = *to,
          .replaced_version = static_cast<int>(row.OptionalInt(5).value_or(0)),
          .actor = row.Text(6),
          .reason = row.Text(7),
          .decision = DecisionFromJson(row.Json(8)),
          .evidence = row.Json(9),
          .at = row.Time(10),
          .revision = row.OptionalInt(11).value_or(0)};
}

absl::StatusOr<Promotion> Append(pg::Tx& tx, std::int64_t model_id, Promotion entry) {
  ASSIGN_OR_RETURN(const pg::Row row, tx.One(kAppendPromotion, model_id, Text(entry.kind), entry.version, Name(entry.from_stage),
                                             Name(entry.to_stage), entry.replaced_version, entry.actor, entry.reason,
                                             DecisionToJson(entry.decision), entry.evidence, entry.at, entry.revision));
  entry.id = row.Int(0);
  return entry;
}

absl::StatusOr<int> ProductionVersion(pg::Tx& tx, std::int64_t model_id) {
  ASSIGN_OR_RETURN(const std::optional<pg::Row> row, tx.ZeroOrOne(kFindProduction, model_id));
  return row ? static_cast<int>(row->Int(0)) : 0;
}

absl::StatusOr<GateDecision> Judge(pg::Tx& tx, std::int64_t model_id, const std::string& name, int version, Stage stage,
                                   int production_version) {
  ASSIGN_OR_RETURN(const std::optional<pg::Row> gate, tx.ZeroOrOne(kFindGate, model_id, Name(stage)));
  if (!gate) return GateDecision{};
  Contender candidate{.version = version, .evaluations = {}};
  ASSIGN_OR_RETURN(candidate.evaluations, FindEvaluations(tx, model_id, name, version, kEvaluationsForGate));
  std::optional<Contender> production;
  if (production_version != 0) {
    production.emplace(Contender{.version = production_version, .evaluations = {}});
    ASSIGN_OR_RETURN(production->evaluations, FindEvaluations(tx, model_id, name, production_version, kEvaluationsForGate));
  }
  return Decide(RulesFromJson(gate->Json(0)), candidate, production);
}

/// The entry that a request was answered with before.
absl::StatusOr<std::optional<Promotion>> Answered(pg::Tx& tx, std::int64_t model_id, const PromotionOrder& order,
                                                  const ModelVersion& version) {
  if (order.request_id.empty()) return std::nullopt;
  ASSIGN_OR_RETURN(const std::optional<pg::Row> request, tx.ZeroOrOne(kFindRequest, model_id, order.request_id));
  if (!request) return std::nullopt;
  if (request->IsNull(0)) {
    return Promotion{.name = order.name, .version = order.version, .from_stage = version.stage, .to_stage = version.stage};
  }
  ASSIGN_OR_RETURN(const pg::Row row, tx.One(kFindPromotion, request->Int(0)));
  return ReadPromotion(row, order.name);
}

absl::StatusOr<Promotion> LastMove(pg::Tx& tx, std::int64_t model_id, const ModelVersion& version) {
  ASSIGN_OR_RETURN(const std::optional<pg::Row> row, tx.ZeroOrOne(kLastMove, model_id, version.version));
  if (row) return ReadPromotion(*row, version.name);
  return Promotion{.name = version.name, .version = version.version, .from_stage = version.stage, .to_stage = version.stage};
}

absl::StatusOr<Promotion> Move(pg::Tx& tx, std::int64_t model_id, const PromotionOrder& order, const ModelVersion& version) {
  if (order.stage == Stage::kProduction && version.files.empty()) {
    return absl::FailedPreconditionError(absl::StrCat("version ", order.version, " of model \"", order.name,
                                                      "\" has no files, so nothing could be served from Production"));
  }
  ASSIGN_OR_RETURN(const int production, ProductionVersion(tx, model_id));
  Promotion entry{.name = order.name,
                  .version = order.version,
                  .from_stage = version.stage,
                  .to_stage = order.stage,
                  .actor = order.actor,
                  .reason = order.reason,
                  .at = order.at};
  ASSIGN_OR_RETURN(entry.decision, Judge(tx, model_id, order.name, order.version, order.stage, production));
  if (!entry.decision.passed) {
    entry.kind = PromotionKind::kRefused;
    return Append(tx, model_id, std::move(entry));
  }
  if (order.stage == Stage::kProduction) {
    entry.replaced_version = production;
    if (production != 0) RETURN_IF_ERROR(tx.Execute(kSetStage, model_id, production, Name(Stage::kArchived)).status());
  } else if (version.stage == Stage::kProduction) {
    entry.replaced_version = order.version;
  }
  RETURN_IF_ERROR(tx.Execute(kSetStage, model_id, order.version, Name(order.stage)).status());
  if (order.stage == Stage::kProduction || version.stage == Stage::kProduction) {
    ASSIGN_OR_RETURN(entry.revision, Deploy(tx, model_id, order.stage == Stage::kProduction ? order.version : 0, order.at));
  }
  return Append(tx, model_id, std::move(entry));
}

absl::StatusOr<int> VersionToReturnTo(pg::Tx& tx, std::int64_t model_id, const RollbackOrder& order, int production) {
  if (production == 0) {
    return absl::FailedPreconditionError(absl::StrCat("model \"", order.name, "\" has no version in Production to roll back"));
  }
  if (order.expected_version != 0 && order.expected_version != production) {
    return absl::FailedPreconditionError(absl::StrCat("expected_version: version ", order.expected_version, " of model \"",
                                                      order.name, "\" is not in Production; version ", production, " is"));
  }
  ASSIGN_OR_RETURN(const std::vector<pg::Row> rows, tx.Many(kProductionHistory, model_id));
  std::vector<ProductionEntry> history;
  for (const pg::Row& row : rows) history.push_back({KindOf(row.Text(0)), static_cast<int>(row.Int(1))});
  const std::optional<int> previous = PreviousProduction(history, production);
  if (previous) return *previous;
  return absl::FailedPreconditionError(
      absl::StrCat("no version of model \"", order.name, "\" was in Production before version ", production));
}

}  // namespace

absl::StatusOr<GateDecision> PgReleaseStore::CheckGate(const base::WorkspaceId& workspace, const std::string& name, int version,
                                                       Stage stage) {
  return db_.Transact([&](pg::Tx& tx) -> absl::StatusOr<GateDecision> {
    ASSIGN_OR_RETURN(const std::int64_t model_id, FindModel(tx, workspace, name));
    RETURN_IF_ERROR(FindVersion(tx, model_id, name, version).status());
    ASSIGN_OR_RETURN(const int production, ProductionVersion(tx, model_id));
    return Judge(tx, model_id, name, version, stage, production);
  });
}

absl::StatusOr<Promotion> PgReleaseStore::Promote(const base::WorkspaceId& workspace, const PromotionOrder& order) {
  return db_.Transact([&](pg::Tx& tx) -> absl::StatusOr<Promotion> {
    ASSIGN_OR_RETURN(const std::int64_t model_id, LockModel(tx, workspace, order.name));
    ASSIGN_OR_RETURN(const ModelVersion version, FindVersion(tx, model_id, order.name, order.version));
    ASSIGN_OR_RETURN(std::optional<Promotion> answered, Answered(tx, model_id, order, version));
    if (answered) return *std::move(answered);
    Promotion promotion;
    if (version.stage == order.stage) {
      ASSIGN_OR_RETURN(promotion, LastMove(tx, model_id, version));
    } else {
      ASSIGN_OR_RETURN(promotion, Move(tx, model_id, order, version));
    }
    if (!order.request_id.empty()) {
      RETURN_IF_ERROR(tx.Execute(kRecordRequest, model_id, order.request_id, promotion.id).status());
    }
    return promotion;
  });
}

absl::StatusOr<Promotion> PgReleaseStore::RollBack(const base::WorkspaceId& workspace, const RollbackOrder& order) {
  return db_.Transact([&](pg::Tx& tx) -> absl::StatusOr<Promotion> {
    ASSIGN_OR_RETURN(const std::int64_t model_id, LockModel(tx, workspace, order.name));
    ASSIGN_OR_RETURN(const int production, ProductionVersion(tx, model_id));
    ASSIGN_OR_RETURN(const int previous, VersionToReturnTo(tx, model_id, order, production));
    ASSIGN_OR_RETURN(const ModelVersion version, FindVersion(tx, model_id, order.name, previous));
    RETURN_IF_ERROR(tx.Execute(kSetStage, model_id, production, Name(Stage::kArchived)).status());
    RETURN_IF_ERROR(tx.Execute(kSetStage, model_id, previous, Name(Stage::kProduction)).status());
    Promotion entry{.name = order.name,
                    .kind = PromotionKind::kRolledBack,
                    .version = previous,
                    .from_stage = version.stage,
                    .to_stage = Stage::kProduction,
                    .replaced_version = production,
                    .actor = order.actor,
                    .reason = order.reason,
                    .evidence = order.evidence,
                    .at = order.at};
    ASSIGN_OR_RETURN(entry.revision, Deploy(tx, model_id, previous, order.at));
    return Append(tx, model_id, std::move(entry));
  });
}

absl::StatusOr<std::vector<Promotion>> PgReleaseStore::ListPromotions(const base::WorkspaceId& workspace, const std::string& name,
                                                                      std::int64_t before, int limit) {
  return db_.Transact([&](pg::Tx& tx) -> absl::StatusOr<std::vector<Promotion>> {
    ASSIGN_OR_RETURN(const std::int64_t model_id, FindModel(tx, workspace, name));
    ASSIGN_OR_RETURN(const std::vector<pg::Row> rows, tx.Many(kListPromotions, model_id, before, limit));
    std::vector<Promotion> promotions;
    for (const pg::Row& row : rows) promotions.push_back(ReadPromotion(row, name));
    return promotions;
  });
}

absl::StatusOr<Deployment> PgReleaseStore::GetDeployment(const base::WorkspaceId& workspace, const std::string& name) {
  return db_.Transact([&](pg::Tx& tx) -> absl::StatusOr<Deployment> {
    ASSIGN_OR_RETURN(const std::int64_t model_id, FindModel(tx, workspace, name));
    ASSIGN_OR_RETURN(const std::vector<pg::Row> rows, tx.Many(kGetDeployment, model_id));
    ASSIGN_OR_RETURN(std::vector<Deployment> deployments, ReadDeployments(tx, rows));
    if (!deployments.empty()) return std::move(deployments.front());
    return absl::NotFoundError(absl::StrCat("model \"", name, "\" has no deployment: no version was promoted to Production yet"));
  });
}

absl::StatusOr<std::vector<Deployment>> PgReleaseStore::ListDeployments(const base::WorkspaceId& workspace,
                                                                        const std::string& after, int limit) {
  return db_.Transact([&](pg::Tx& tx) -> absl::StatusOr<std::vector<Deployment>> {
    ASSIGN_OR_RETURN(const std::vector<pg::Row> rows, tx.Many(kListDeployments, workspace, after, limit));
    return ReadDeployments(tx, rows);
  });
}

absl::StatusOr<DeploymentChanges> PgReleaseStore::ChangedDeployments(std::int64_t after_revision, int limit) {
  return db_.Transact([&](pg::Tx& tx) -> absl::StatusOr<DeploymentChanges> {
    // The counter first: whatever it counts is committed, so the list read after it holds it.
    ASSIGN_OR_RETURN(const pg::Row current, tx.One(kCurrentRevision));
    DeploymentChanges changes{.revision = current.Int(0), .deployments = {}};
    ASSIGN_OR_RETURN(const std::vector<pg::Row> rows, tx.Many(kChangedDeployments, after_revision, limit));
    ASSIGN_OR_RETURN(changes.deployments, ReadDeployments(tx, rows));
    if (!changes.deployments.empty()) {
      const std::int64_t last = changes.deployments.back().revision;
      changes.revision = static_cast<int>(rows.size()) < limit ? std::max(changes.revision, last) : last;
    }
    return changes;
  });
}

absl::StatusOr<std::int64_t> PgReleaseStore::CurrentRevision() {
  return db_.Transact([&](pg::Tx& tx) -> absl::StatusOr<std::int64_t> {
    ASSIGN_OR_RETURN(const pg::Row row, tx.One(kCurrentRevision));
    return row.Int(0);
  });
}

}  // namespace millwright::registry
