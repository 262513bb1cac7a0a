#include "model-registry/storage/pg_release_store.h"

#include <optional>

#include "absl/strings/str_cat.h"
#include "lib/base/status_macros.h"
#include "model-registry/storage/deployment_rows.h"
#include "model-registry/storage/gate_rows.h"
#include "model-registry/storage/model_row.h"
#include "model-registry/storage/promotion_rows.h"

namespace millwright::registry {
namespace {

constexpr pg::Statement kSetStage{"set_stage", R"sql(
  UPDATE registry.model_versions SET stage = $3, updated_at = $4 WHERE model_id = $1 AND version = $2
)sql"};

constexpr pg::Statement kOthersInStage{"others_in_stage", R"sql(
  SELECT version
    FROM registry.model_versions
   WHERE model_id = $1 AND version <> $2 AND stage = $3 AND deleted_at IS NULL
   ORDER BY version
)sql"};

/// The versions of the stage that make room for the one that is moved there.
absl::StatusOr<std::vector<int>> Leaving(pg::Tx& tx, std::int64_t model_id, const PromotionOrder& order) {
  std::vector<int> leaving;
  if (!order.archive_existing_versions.value_or(order.stage == Stage::kProduction)) return leaving;
  ASSIGN_OR_RETURN(const std::vector<pg::Row> rows, tx.Many(kOthersInStage, model_id, order.version, Name(order.stage)));
  for (const pg::Row& row : rows) leaving.push_back(static_cast<int>(row.Int(0)));
  return leaving;
}

absl::Status CheckServable(const ModelVersion& version, const std::vector<int>& leaving, int primary) {
  if (IsServable(version)) return absl::OkStatus();
  const std::string which = absl::StrCat("version ", version.version, " of model \"", version.name, "\"");
  if (version.source.empty())
    return absl::FailedPreconditionError(absl::StrCat(which, " has no files, so nothing could be served from Production"));
  for (const int other : leaving) {
    if (other != primary) continue;
    return absl::FailedPreconditionError(
        absl::StrCat(which, " is no bundle that can be served, so it cannot take the place of version ", primary,
                     ", which serves; archive that one first, or keep both in Production"));
  }
  return absl::OkStatus();
}

/// Archives what leaves the stage, each with an entry of its own but for the one that the main entry names.
absl::Status Archive(pg::Tx& tx, const base::WorkspaceId& workspace, std::int64_t model_id, const PromotionOrder& order,
                     const std::vector<int>& leaving, int named) {
  for (const int version : leaving) {
    if (version == named) continue;
    RETURN_IF_ERROR(Append(tx, workspace, model_id,
                           {.name = order.name,
                            .version = version,
                            .from_stage = order.stage,
                            .to_stage = Stage::kArchived,
                            .actor = order.actor,
                            .reason = absl::StrCat("makes room for version ", order.version),
                            .at = order.at})
                        .status());
  }
  return absl::OkStatus();
}

absl::StatusOr<Promotion> Move(pg::Tx& tx, const base::WorkspaceId& workspace, std::int64_t model_id, const PromotionOrder& order,
                               const ModelVersion& version, const std::vector<int>& leaving) {
  ASSIGN_OR_RETURN(const int primary, Primary(tx, model_id));
  if (order.stage == Stage::kProduction) RETURN_IF_ERROR(CheckServable(version, leaving, primary));
  Promotion entry{.name = order.name,
                  .version = order.version,
                  .from_stage = version.stage,
                  .to_stage = order.stage,
                  .actor = order.actor,
                  .reason = order.reason,
                  .at = order.at};
  ASSIGN_OR_RETURN(entry.decision, Judge(tx, model_id, version, order.stage));
  if (!entry.decision.passed) {
    entry.kind = PromotionKind::kRefused;
    return Append(tx, workspace, model_id, std::move(entry));
  }
  for (const int other : leaving)
    RETURN_IF_ERROR(tx.Execute(kSetStage, model_id, other, Name(Stage::kArchived), order.at).status());
  RETURN_IF_ERROR(tx.Execute(kSetStage, model_id, order.version, Name(order.stage), order.at).status());
  RETURN_IF_ERROR(TouchModel(tx, model_id, order.at));
  ASSIGN_OR_RETURN(const PrimaryChange change, FollowStages(tx, model_id, order.version, order.at));
  if (change.revision != 0) {
    entry.replaced_version = change.before;
    entry.primary_version = change.after;
    entry.revision = change.revision;
  }
  RETURN_IF_ERROR(Archive(tx, workspace, model_id, order, leaving, entry.replaced_version));
  return Append(tx, workspace, model_id, std::move(entry));
}

/// Whether the order asks for what is already so.
absl::StatusOr<bool> IsThere(pg::Tx& tx, std::int64_t model_id, const PromotionOrder& order, const ModelVersion& version,
                             const std::vector<int>& leaving) {
  if (version.stage != order.stage || !leaving.empty()) return false;
  if (order.stage != Stage::kProduction || !IsServable(version)) return true;
  ASSIGN_OR_RETURN(const int primary, Primary(tx, model_id));
  return primary == version.version;
}

absl::StatusOr<int> VersionToReturnTo(pg::Tx& tx, std::int64_t model_id, const RollbackOrder& order, int production) {
  if (production == 0) {
    return absl::FailedPreconditionError(absl::StrCat("model \"", order.name, "\" has no version in Production to roll back"));
  }
  if (order.expected_version != 0 && order.expected_version != production) {
    return absl::FailedPreconditionError(absl::StrCat("expected_version: version ", order.expected_version, " of model \"",
                                                      order.name, "\" is not in Production; version ", production, " is"));
  }
  ASSIGN_OR_RETURN(const std::vector<ProductionEntry> history, ProductionHistory(tx, model_id));
  const std::optional<int> previous = PreviousProduction(history, production);
  if (previous) return *previous;
  return absl::FailedPreconditionError(
      absl::StrCat("no version of model \"", order.name, "\" was in Production before version ", production));
}

}  // namespace

absl::StatusOr<Promotion> PgReleaseStore::Promote(const base::WorkspaceId& workspace, const PromotionOrder& order) {
  return db_.Transact([&](pg::Tx& tx) -> absl::StatusOr<Promotion> {
    ASSIGN_OR_RETURN(const std::int64_t model_id, LockModel(tx, workspace, order.name));
    ASSIGN_OR_RETURN(const ModelVersion version, FindVersion(tx, model_id, order.name, order.version));
    ASSIGN_OR_RETURN(std::optional<Promotion> answered, AnswerTo(tx, model_id, order, version.stage));
    if (answered) return *std::move(answered);
    ASSIGN_OR_RETURN(const std::vector<int> leaving, Leaving(tx, model_id, order));
    ASSIGN_OR_RETURN(const bool is_there, IsThere(tx, model_id, order, version, leaving));
    Promotion promotion{.name = order.name, .version = order.version, .from_stage = version.stage, .to_stage = version.stage};
    if (is_there) {
      RETURN_IF_ERROR(TouchVersion(tx, model_id, order.version, order.at));
      RETURN_IF_ERROR(TouchModel(tx, model_id, order.at));
      ASSIGN_OR_RETURN(std::optional<Promotion> last, LastMove(tx, model_id, order.name, order.version));
      if (last) promotion = *std::move(last);
    } else {
      ASSIGN_OR_RETURN(promotion, Move(tx, workspace, model_id, order, version, leaving));
    }
    RETURN_IF_ERROR(NoteAnswer(tx, model_id, order, promotion));
    return promotion;
  });
}

absl::StatusOr<Promotion> PgReleaseStore::RollBack(const base::WorkspaceId& workspace, const RollbackOrder& order) {
  return db_.Transact([&](pg::Tx& tx) -> absl::StatusOr<Promotion> {
    ASSIGN_OR_RETURN(const std::int64_t model_id, LockModel(tx, workspace, order.name));
    ASSIGN_OR_RETURN(const int production, Primary(tx, model_id));
    ASSIGN_OR_RETURN(const int previous, VersionToReturnTo(tx, model_id, order, production));
    ASSIGN_OR_RETURN(const ModelVersion version, FindVersion(tx, model_id, order.name, previous));
    RETURN_IF_ERROR(tx.Execute(kSetStage, model_id, production, Name(Stage::kArchived), order.at).status());
    RETURN_IF_ERROR(tx.Execute(kSetStage, model_id, previous, Name(Stage::kProduction), order.at).status());
    RETURN_IF_ERROR(TouchModel(tx, model_id, order.at));
    ASSIGN_OR_RETURN(const PrimaryChange change, FollowStages(tx, model_id, previous, order.at));
    return Append(tx, workspace, model_id,
                  {.name = order.name,
                   .kind = PromotionKind::kRolledBack,
                   .version = previous,
                   .from_stage = version.stage,
                   .to_stage = Stage::kProduction,
                   .replaced_version = production,
                   .primary_version = change.after,
                   .actor = order.actor,
                   .reason = order.reason,
                   .evidence = order.evidence,
                   .at = order.at,
                   .revision = change.revision});
  });
}

absl::StatusOr<std::vector<Promotion>> PgReleaseStore::ListPromotions(const base::WorkspaceId& workspace, const std::string& name,
                                                                      std::int64_t before, int limit) {
  return db_.Transact([&](pg::Tx& tx) -> absl::StatusOr<std::vector<Promotion>> {
    ASSIGN_OR_RETURN(const std::int64_t model_id, FindModelEvenDeleted(tx, workspace, name));
    return FindPromotions(tx, model_id, name, before, limit);
  });
}

}  // namespace millwright::registry
