// What takes models and versions away, or gives them another name.
#include "absl/strings/str_cat.h"
#include "lib/base/status_macros.h"
#include "model-registry/storage/deployment_rows.h"
#include "model-registry/storage/model_row.h"
#include "model-registry/storage/outbox.h"
#include "model-registry/storage/pg_release_store.h"
#include "model-registry/storage/promotion_rows.h"

namespace millwright::registry {
namespace {

constexpr pg::Statement kDeleteVersion{"delete_version", R"sql(
  UPDATE registry.model_versions SET deleted_at = $3, updated_at = $3 WHERE model_id = $1 AND version = $2
)sql"};

constexpr pg::Statement kDeleteAliases{"delete_aliases_of_version", R"sql(
  DELETE FROM registry.aliases WHERE model_id = $1 AND version = $2
)sql"};

// The sweeper tells the tracker, as soon as it can be reached.
constexpr pg::Statement kReleasePins{"release_pins", R"sql(
  INSERT INTO registry.released_pins (owner, workspace_id)
  SELECT pin_owner, $3 FROM registry.model_versions WHERE model_id = $1 AND version = $2 AND pin_owner <> ''
  ON CONFLICT (owner) DO NOTHING
)sql"};

constexpr pg::Statement kLiveVersions{"live_versions", R"sql(
  SELECT version, stage FROM registry.model_versions WHERE model_id = $1 AND deleted_at IS NULL ORDER BY version
)sql"};

constexpr pg::Statement kDeleteModel{"delete_model", R"sql(
  UPDATE registry.models SET deleted_at = $2, updated_at = $2 WHERE model_id = $1
)sql"};

constexpr pg::Statement kRename{"rename_model", R"sql(
  UPDATE registry.models SET name = $2, updated_at = $3 WHERE model_id = $1
)sql"};

constexpr pg::Statement kIsTaken{"is_name_taken", R"sql(
  SELECT 1 FROM registry.models WHERE workspace_id = $1 AND name = $2 AND deleted_at IS NULL
)sql"};

constexpr pg::Statement kTouchVersions{"touch_versions", R"sql(
  UPDATE registry.model_versions SET updated_at = $2 WHERE model_id = $1 AND deleted_at IS NULL
)sql"};

absl::Status InProductionStill(const std::string& name, int version) {
  return absl::FailedPreconditionError(
      absl::StrCat("version ", version, " of model \"", name,
                   "\" is in Production; archive it first, or set allow_production to delete it all the same"));
}

absl::Status Delete(pg::Tx& tx, const base::WorkspaceId& workspace, std::int64_t model_id, const std::string& name, int version,
                    Stage stage, const std::string& reason, const Stamp& stamp) {
  RETURN_IF_ERROR(tx.Execute(kDeleteVersion, model_id, version, stamp.at).status());
  RETURN_IF_ERROR(tx.Execute(kDeleteAliases, model_id, version).status());
  RETURN_IF_ERROR(tx.Execute(kReleasePins, model_id, version, workspace).status());
  ASSIGN_OR_RETURN(const PrimaryChange change, FollowStages(tx, model_id, 0, stamp.at));
  return Append(tx, workspace, model_id,
                {.name = name,
                 .kind = PromotionKind::kDeleted,
                 .version = version,
                 .from_stage = stage,
                 .to_stage = Stage::kNone,
                 .replaced_version = change.revision == 0 ? 0 : change.before,
                 .primary_version = change.after,
                 .actor = stamp.actor,
                 .reason = reason,
                 .at = stamp.at,
                 .revision = change.revision})
      .status();
}

}  // namespace

absl::Status PgReleaseStore::DeleteVersion(const base::WorkspaceId& workspace, const std::string& name, int version,
                                           bool may_be_in_production, const Stamp& stamp) {
  return db_.Transact([&](pg::Tx& tx) -> absl::Status {
    ASSIGN_OR_RETURN(const std::int64_t model_id, LockModel(tx, workspace, name));
    ASSIGN_OR_RETURN(const ModelVersion found, FindVersion(tx, model_id, name, version));
    if (found.stage == Stage::kProduction && !may_be_in_production) return InProductionStill(name, version);
    RETURN_IF_ERROR(Delete(tx, workspace, model_id, name, version, found.stage, "deleted", stamp));
    return TouchModel(tx, model_id, stamp.at);
  });
}

absl::Status PgReleaseStore::DeleteModel(const base::WorkspaceId& workspace, const std::string& name, bool may_be_in_production,
                                         const Stamp& stamp) {
  return db_.Transact([&](pg::Tx& tx) -> absl::Status {
    ASSIGN_OR_RETURN(const std::int64_t model_id, LockModel(tx, workspace, name));
    ASSIGN_OR_RETURN(const std::vector<pg::Row> rows, tx.Many(kLiveVersions, model_id));
    for (const pg::Row& row : rows) {
      const int version = static_cast<int>(row.Int(0));
      const Stage stage = StageOf(row.Text(1)).value_or(Stage::kNone);
      if (stage == Stage::kProduction && !may_be_in_production) return InProductionStill(name, version);
      RETURN_IF_ERROR(Delete(tx, workspace, model_id, name, version, stage, "its model was deleted", stamp));
    }
    RETURN_IF_ERROR(tx.Execute(kDeleteModel, model_id, stamp.at).status());
    return Tell(tx, workspace, {.kind = "model.deleted", .model_id = model_id, .model = name}, stamp);
  });
}

absl::Status PgReleaseStore::RenameModel(const base::WorkspaceId& workspace, const std::string& name, const std::string& new_name,
                                         const Stamp& stamp) {
  return db_.Transact([&](pg::Tx& tx) -> absl::Status {
    ASSIGN_OR_RETURN(const std::int64_t model_id, LockModel(tx, workspace, name));
    if (new_name != name) {
      ASSIGN_OR_RETURN(const std::optional<pg::Row> taken, tx.ZeroOrOne(kIsTaken, workspace, new_name));
      if (taken) return absl::AlreadyExistsError(absl::StrCat("new_name: there is a model \"", new_name, "\" already"));
    }
    RETURN_IF_ERROR(tx.Execute(kRename, model_id, new_name, stamp.at).status());
    RETURN_IF_ERROR(tx.Execute(kTouchVersions, model_id, stamp.at).status());
    if (new_name != name) RETURN_IF_ERROR(MoveDeployment(tx, model_id, workspace, name, stamp.at));
    return Tell(tx, workspace, {.kind = "model.renamed", .model_id = model_id, .model = new_name, .data = {{"old_name", name}}},
                stamp);
  });
}

}  // namespace millwright::registry
