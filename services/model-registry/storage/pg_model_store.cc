#include "model-registry/storage/pg_model_store.h"

#include <optional>

#include "absl/strings/str_cat.h"
#include "lib/base/status_macros.h"
#include "model-registry/storage/json.h"
#include "model-registry/storage/model_row.h"

namespace millwright::registry {
namespace {

constexpr pg::Statement kCreateModel{"create_model", R"sql(
  INSERT INTO registry.models (workspace_id, name, description, created_at)
  VALUES ($1, $2, $3, $4)
  ON CONFLICT (workspace_id, name) DO NOTHING
  RETURNING model_id
)sql"};

constexpr pg::Statement kGetModel{"get_model", R"sql(
  SELECT m.name, m.description, m.created_at, m.last_version,
         (SELECT max(v.version) FROM registry.model_versions v WHERE v.model_id = m.model_id AND v.stage = 'Production'),
         (SELECT max(v.version) FROM registry.model_versions v WHERE v.model_id = m.model_id AND v.stage = 'Staging')
    FROM registry.models m
   WHERE m.workspace_id = $1 AND m.name = $2
)sql"};

constexpr pg::Statement kListModels{"list_models", R"sql(
  SELECT m.name, m.description, m.created_at, m.last_version,
         (SELECT max(v.version) FROM registry.model_versions v WHERE v.model_id = m.model_id AND v.stage = 'Production'),
         (SELECT max(v.version) FROM registry.model_versions v WHERE v.model_id = m.model_id AND v.stage = 'Staging')
    FROM registry.models m
   WHERE m.workspace_id = $1 AND m.name > $2
   ORDER BY m.name
   LIMIT $3
)sql"};

constexpr pg::Statement kFindVersionOfRequest{"find_version_of_request", R"sql(
  SELECT version, stage, run_id, content_hash, files, lineage, description, created_by, created_at
    FROM registry.model_versions
   WHERE model_id = $1 AND request_id = $2
)sql"};

constexpr pg::Statement kNextVersion{"next_version", R"sql(
  UPDATE registry.models SET last_version = last_version + 1 WHERE model_id = $1 RETURNING last_version
)sql"};

constexpr pg::Statement kCreateVersion{"create_version", R"sql(
  INSERT INTO registry.model_versions
    (model_id, version, run_id, content_hash, files, lineage, description, created_by, created_at, request_id)
  VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)
  RETURNING version, stage, run_id, content_hash, files, lineage, description, created_by, created_at
)sql"};

constexpr pg::Statement kListVersions{"list_versions", R"sql(
  SELECT version, stage, run_id, content_hash, files, lineage, description, created_by, created_at
    FROM registry.model_versions
   WHERE model_id = $1 AND version < $2
   ORDER BY version DESC
   LIMIT $3
)sql"};

constexpr pg::Statement kRecordEvaluation{"record_evaluation", R"sql(
  INSERT INTO registry.evaluations (model_id, version, dataset_version_id, metrics, run_id, at)
  VALUES ($1, $2, $3, $4, $5, $6)
)sql"};

constexpr pg::Statement kSetGate{"set_gate", R"sql(
  INSERT INTO registry.gates (model_id, stage, rules, updated_at)
  VALUES ($1, $2, $3, $4)
  ON CONFLICT (model_id, stage) DO UPDATE SET rules = EXCLUDED.rules, updated_at = EXCLUDED.updated_at
)sql"};

RegisteredModel ReadModel(const pg::Row& row) {
  return {.name = row.Text(0),
          .description = row.Text(1),
          .created_at = row.Time(2),
          .latest_version = static_cast<int>(row.Int(3)),
          .production_version = static_cast<int>(row.OptionalInt(4).value_or(0)),
          .staging_version = static_cast<int>(row.OptionalInt(5).value_or(0))};
}

}  // namespace

absl::StatusOr<RegisteredModel> PgModelStore::CreateModel(const base::WorkspaceId& workspace, const RegisteredModel& model) {
  return db_.Transact([&](pg::Tx& tx) -> absl::StatusOr<RegisteredModel> {
    ASSIGN_OR_RETURN(const std::optional<pg::Row> row,
                     tx.ZeroOrOne(kCreateModel, workspace, model.name, model.description, model.created_at));
    if (!row) return absl::AlreadyExistsError(absl::StrCat("name: there is a model \"", model.name, "\" already"));
    return model;
  });
}

absl::StatusOr<RegisteredModel> PgModelStore::GetModel(const base::WorkspaceId& workspace, const std::string& name) {
  RETURN_IF_ERROR(CheckModelName(name));
  return db_.Transact([&](pg::Tx& tx) -> absl::StatusOr<RegisteredModel> {
    ASSIGN_OR_RETURN(const std::optional<pg::Row> row, tx.ZeroOrOne(kGetModel, workspace, name));
    if (!row) return absl::NotFoundError(absl::StrCat("there is no model \"", name, "\""));
    return ReadModel(*row);
  });
}

absl::StatusOr<std::vector<RegisteredModel>> PgModelStore::ListModels(const base::WorkspaceId& workspace,
                                                                      const std::string& after, int limit) {
  return db_.Transact([&](pg::Tx& tx) -> absl::StatusOr<std::vector<RegisteredModel>> {
    ASSIGN_OR_RETURN(const std::vector<pg::Row> rows, tx.Many(kListModels, workspace, after, limit));
    std::vector<RegisteredModel> models;
    for (const pg::Row& row : rows) models.push_back(ReadModel(row));
    return models;
  });
}

absl::StatusOr<ModelVersion> PgModelStore::CreateVersion(const base::WorkspaceId& workspace, const std::string& name,
                                                         const NewVersion& version, const std::string& created_by,
                                                         absl::Time at) {
  return db_.Transact([&](pg::Tx& tx) -> absl::StatusOr<ModelVersion> {
    ASSIGN_OR_RETURN(const std::int64_t model_id, LockModel(tx, workspace, name));
    std::optional<std::string> request_id;
    if (!version.request_id.empty()) {
      request_id = version.request_id;
      ASSIGN_OR_RETURN(const std::optional<pg::Row> made, tx.ZeroOrOne(kFindVersionOfRequest, model_id, version.request_id));
      if (made) return ReadVersion(*made, name);
    }
    ASSIGN_OR_RETURN(const pg::Row next, tx.One(kNextVersion, model_id));
    ASSIGN_OR_RETURN(const pg::Row row,
                     tx.One(kCreateVersion, model_id, next.Int(0), version.run_id, version.content_hash,
                            FilesToJson(version.files), version.lineage, version.description, created_by, at, request_id));
    return ReadVersion(row, name);
  });
}

absl::StatusOr<ModelVersion> PgModelStore::GetVersion(const base::WorkspaceId& workspace, const std::string& name, int version) {
  return db_.Transact([&](pg::Tx& tx) -> absl::StatusOr<ModelVersion> {
    ASSIGN_OR_RETURN(const std::int64_t model_id, FindModel(tx, workspace, name));
    return FindVersion(tx, model_id, name, version);
  });
}

absl::StatusOr<std::vector<ModelVersion>> PgModelStore::ListVersions(const base::WorkspaceId& workspace, const std::string& name,
                                                                     int before, int limit) {
  return db_.Transact([&](pg::Tx& tx) -> absl::StatusOr<std::vector<ModelVersion>> {
    ASSIGN_OR_RETURN(const std::int64_t model_id, FindModel(tx, workspace, name));
    ASSIGN_OR_RETURN(const std::vector<pg::Row> rows, tx.Many(kListVersions, model_id, before, limit));
    std::vector<ModelVersion> versions;
    for (const pg::Row& row : rows) versions.push_back(ReadVersion(row, name));
    return versions;
  });
}

absl::StatusOr<Evaluation> PgModelStore::RecordEvaluation(const base::WorkspaceId& workspace, const Evaluation& evaluation) {
  return db_.Transact([&](pg::Tx& tx) -> absl::StatusOr<Evaluation> {
    ASSIGN_OR_RETURN(const std::int64_t model_id, FindModel(tx, workspace, evaluation.name));
    RETURN_IF_ERROR(FindVersion(tx, model_id, evaluation.name, evaluation.version).status());
    RETURN_IF_ERROR(tx.Execute(kRecordEvaluation, model_id, evaluation.version, evaluation.dataset_version_id,
                               MetricsToJson(evaluation.metrics), evaluation.run_id, evaluation.at)
                        .status());
    return evaluation;
  });
}

absl::StatusOr<std::vector<Evaluation>> PgModelStore::ListEvaluations(const base::WorkspaceId& workspace, const std::string& name,
                                                                      int version, int limit) {
  return db_.Transact([&](pg::Tx& tx) -> absl::StatusOr<std::vector<Evaluation>> {
    ASSIGN_OR_RETURN(const std::int64_t model_id, FindModel(tx, workspace, name));
    RETURN_IF_ERROR(FindVersion(tx, model_id, name, version).status());
    return FindEvaluations(tx, model_id, name, version, limit);
  });
}

absl::Status PgModelStore::SetGate(const base::WorkspaceId& workspace, const std::string& name, Stage stage,
                                   const std::vector<GateRule>& rules, absl::Time at) {
  return db_.Transact([&](pg::Tx& tx) -> absl::Status {
    ASSIGN_OR_RETURN(const std::int64_t model_id, LockModel(tx, workspace, name));
    return tx.Execute(kSetGate, model_id, Name(stage), RulesToJson(rules), at).status();
  });
}

}  // namespace millwright::registry
