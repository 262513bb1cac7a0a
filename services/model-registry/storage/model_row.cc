#include "model-registry/storage/model_row.h"

#include "absl/strings/str_cat.h"
#include "lib/base/check.h"
#include "lib/base/status_macros.h"
#include "model-registry/storage/json.h"

namespace millwright::registry {
namespace {

constexpr pg::Statement kFindModel{"find_model", R"sql(
  SELECT model_id FROM registry.models WHERE workspace_id = $1 AND name = $2
)sql"};

constexpr pg::Statement kLockModel{"lock_model", R"sql(
  SELECT model_id FROM registry.models WHERE workspace_id = $1 AND name = $2 FOR NO KEY UPDATE
)sql"};

constexpr pg::Statement kFindVersion{"find_version", R"sql(
  SELECT version, stage, run_id, content_hash, files, lineage, description, created_by, created_at
    FROM registry.model_versions
   WHERE model_id = $1 AND version = $2
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

absl::StatusOr<ModelVersion> FindVersion(pg::Tx& tx, std::int64_t model_id, const std::string& name, int version) {
  ASSIGN_OR_RETURN(const std::optional<pg::Row> row, tx.ZeroOrOne(kFindVersion, model_id, version));
  if (!row) return absl::NotFoundError(absl::StrCat("model \"", name, "\" has no version ", version));
  return ReadVersion(*row, name);
}

ModelVersion ReadVersion(const pg::Row& row, const std::string& name) {
  const std::optional<Stage> stage = StageOf(row.Text(1));
  CHECK(stage.has_value());
  return {.name = name,
          .version = static_cast<int>(row.Int(0)),
          .stage = *stage,
          .run_id = row.Text(2),
          .content_hash = row.Text(3),
          .files = FilesFromJson(row.Json(4)),
          .lineage = row.Json(5),
          .description = row.Text(6),
          .created_by = row.Text(7),
          .created_at = row.Time(8)};
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
