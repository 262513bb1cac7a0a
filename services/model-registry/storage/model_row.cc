#include "model-registry/storage/model_row.h"

#include "absl/strings/str_cat.h"
#include "lib/base/check.h"
#include "lib/base/status_macros.h"
#include "model-registry/storage/json.h"

namespace millwright::registry {
namespace {

constexpr pg::Statement kFindModel{"find_model", R"sql(
  SELECT model_id FROM registry.models WHERE workspace_id = $1 AND name = $2 AND deleted_at IS NULL
)sql"};

constexpr pg::Statement kLockModel{"lock_model", R"sql(
  SELECT model_id FROM registry.models WHERE workspace_id = $1 AND name = $2 AND deleted_at IS NULL FOR NO KEY UPDATE
)sql"};

constexpr pg::Statement kFindModelEvenDeleted{"find_model_even_deleted", R"sql(
  SELECT model_id
    FROM registry.models
   WHERE workspace_id = $1 AND name = $2
   ORDER BY deleted_at IS NULL DESC, model_id DESC
   LIMIT 1
)sql"};

constexpr pg::Statement kFindVersion{"find_version", "SELECT" REGISTRY_VERSION_COLUMNS R"sql(
    FROM registry.model_versions v JOIN registry.models m USING (model_id)
   WHERE v.model_id = $1 AND v.version = $2 AND v.deleted_at IS NULL
)sql"};

constexpr pg::Statement kTouchModel{"touch_model", "UPDATE registry.models SET updated_at = $2 WHERE model_id = $1"};

constexpr pg::Statement kTouchVersion{"touch_version", R"sql(
  UPDATE registry.model_versions SET updated_at = $3 WHERE model_id = $1 AND version = $2
)sql"};

constexpr pg::Statement kFindEvaluations{"find_evaluations", R"sql(
  SELECT dataset_version_id, metrics, run_id, at
    FROM registry.evaluations
   WHERE model_id = $1 AND version = $2
   ORDER BY evaluation_id DESC
   LIMIT $3
)sql"};

absl::StatusOr<std::int64_t> ModelId(pg::Tx& tx, const pg::Statement& statement, const base::WorkspaceId& workspace,
                                     const std::string& name) {
  RETURN_IF_ERROR(CheckModelName(name));
  ASSIGN_OR_RETURN(const std::optional<pg::Row> row, tx.ZeroOrOne(statement, workspace, name));
  if (!row) return absl::NotFoundError(absl::StrCat("there is no model \"", name, "\""));
  return row->Int(0);
}

}  // namespace

absl::StatusOr<std::int64_t> FindModel(pg::Tx& tx, const base::WorkspaceId& workspace, const std::string& name) {
  return ModelId(tx, kFindModel, workspace, name);
}

absl::StatusOr<std::int64_t> LockModel(pg::Tx& tx, const base::WorkspaceId& workspace, const std::string& name) {
  return ModelId(tx, kLockModel, workspace, name);
}

absl::StatusOr<std::int64_t> FindModelEvenDeleted(pg::Tx& tx, const base::WorkspaceId& workspace, const std::string& name) {
  return ModelId(tx, kFindModelEvenDeleted, workspace, name);
}

RegisteredModel ReadModel(const pg::Row& row) {
  return {.name = row.Text(0),
          .description = row.Text(1),
          .tags = row.Json(7).get<Tags>(),
          .aliases = row.Json(8).get<std::map<std::string, int>>(),
          .created_at = row.Time(2),
          .updated_at = row.Time(3),
          .latest_version = static_cast<int>(row.OptionalInt(4).value_or(0)),
          .production_version = static_cast<int>(row.OptionalInt(5).value_or(0)),
          .staging_version = static_cast<int>(row.OptionalInt(6).value_or(0))};
}

absl::StatusOr<ModelVersion> FindVersion(pg::Tx& tx, std::int64_t model_id, const std::string& name, int version) {
  ASSIGN_OR_RETURN(const std::optional<pg::Row> row, tx.ZeroOrOne(kFindVersion, model_id, version));
  if (!row) return absl::NotFoundError(absl::StrCat("model \"", name, "\" has no version ", version));
  return ReadVersion(*row);
}

ModelVersion ReadVersion(const pg::Row& row) {
  const std::optional<Stage> stage = StageOf(row.Text(2));
  CHECK(stage.has_value());
  return {.name = row.Text(0),
          .version = static_cast<int>(row.Int(1)),
          .stage = *stage,
          .run_id = row.Text(3),
          .content_hash = row.Text(4),
          .files = FilesFromJson(row.Json(5)),
          .lineage = row.Json(6),
          .description = row.OptionalText(7),
          .created_by = row.Text(8),
          .created_at = row.Time(9),
          .source = row.Text(10),
          .storage_uri = row.Text(11),
          .run_link = row.Text(12),
          .logged_model_id = row.Text(13),
          .card_text = row.Text(14),
          .pin_owner = row.Text(16),
          .updated_at = row.Time(15),
          .tags = row.Json(17).get<Tags>(),
          .aliases = row.Json(18).get<std::vector<std::string>>()};
}

absl::Status TouchModel(pg::Tx& tx, std::int64_t model_id, absl::Time at) {
  return tx.Execute(kTouchModel, model_id, at).status();
}

absl::Status TouchVersion(pg::Tx& tx, std::int64_t model_id, int version, absl::Time at) {
  return tx.Execute(kTouchVersion, model_id, version, at).status();
}

absl::StatusOr<std::vector<Evaluation>> FindEvaluations(pg::Tx& tx, std::int64_t model_id, const std::string& name, int version,
                                                        int limit) {
  ASSIGN_OR_RETURN(const std::vector<pg::Row> rows, tx.Many(kFindEvaluations, model_id, version, limit));
  std::vector<Evaluation> evaluations;
  for (const pg::Row& row : rows) {
    evaluations.push_back({.name = name,
                           .version = version,
                           .dataset_version_id = row.Text(0),
                           .metrics = MetricsFromJson(row.Json(1)),
                           .run_id = row.Text(2),
                           .at = row.Time(3)});
  }
  return evaluations;
}

}  // namespace millwright::registry
