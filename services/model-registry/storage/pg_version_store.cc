#include "model-registry/storage/pg_version_store.h"

#include <optional>

#include "absl/strings/str_cat.h"
#include "lib/base/status_macros.h"
#include "model-registry/storage/json.h"
#include "model-registry/storage/model_row.h"
#include "model-registry/storage/outbox.h"

namespace millwright::registry {
namespace {

constexpr pg::Statement kFindVersionOfRequest{"find_version_of_request", "SELECT" REGISTRY_VERSION_COLUMNS R"sql(
    FROM registry.model_versions v JOIN registry.models m USING (model_id)
   WHERE v.model_id = $1 AND v.request_id = $2
)sql"};

constexpr pg::Statement kNextVersion{"next_version", R"sql(
  WITH next AS (
    UPDATE registry.models m
       SET last_version = greatest(m.last_version,
                                   coalesce((SELECT n.last_version FROM registry.model_names n
                                              WHERE n.workspace_id = m.workspace_id AND n.name = m.name), 0)) + 1,
           updated_at = $2
     WHERE m.model_id = $1
    RETURNING m.workspace_id, m.name, m.last_version
  ), noted AS (
    INSERT INTO registry.model_names (workspace_id, name, last_version)
    SELECT workspace_id, name, last_version FROM next
    ON CONFLICT (workspace_id, name) DO UPDATE SET last_version = EXCLUDED.last_version
  )
  SELECT last_version FROM next
)sql"};

constexpr pg::Statement kCreateVersion{"create_version", R"sql(
  INSERT INTO registry.model_versions
    (model_id, version, run_id, content_hash, files, lineage, description, created_by, created_at, request_id, source, storage_uri,
     run_link, logged_model_id, pin_owner, updated_at)
  VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $9)
)sql"};

constexpr pg::Statement kFindAlias{"find_alias", "SELECT version FROM registry.aliases WHERE model_id = $1 AND alias = $2"};

constexpr pg::Statement kListVersions{"list_versions", "SELECT" REGISTRY_VERSION_COLUMNS R"sql(
    FROM registry.model_versions v JOIN registry.models m USING (model_id)
   WHERE v.model_id = $1 AND v.version < $2 AND v.deleted_at IS NULL
   ORDER BY v.version DESC
   LIMIT $3
)sql"};

constexpr pg::Statement kLatestVersions{"latest_versions",
                                        "SELECT DISTINCT ON (m.name, v.stage)" REGISTRY_LIGHT_VERSION_COLUMNS R"sql(
    FROM registry.models m JOIN registry.model_versions v USING (model_id)
   WHERE m.workspace_id = $1 AND m.name = ANY ($2) AND m.deleted_at IS NULL
     AND v.deleted_at IS NULL AND (cardinality($3::text[]) = 0 OR v.stage = ANY ($3))
   ORDER BY m.name, v.stage, v.version DESC
)sql"};

constexpr pg::Statement kUpdateVersion{"update_version", R"sql(
  UPDATE registry.model_versions
     SET description = CASE WHEN $6 THEN NULL ELSE coalesce($3, description) END, card_text = coalesce($4, card_text), updated_at = $5
   WHERE model_id = $1 AND version = $2
)sql"};

constexpr pg::Statement kSetTag{"set_version_tag", R"sql(
  INSERT INTO registry.version_tags (model_id, version, key, value)
  VALUES ($1, $2, $3, $4)
  ON CONFLICT (model_id, version, key) DO UPDATE SET value = EXCLUDED.value
)sql"};

constexpr pg::Statement kDeleteTag{"delete_version_tag", R"sql(
  DELETE FROM registry.version_tags WHERE model_id = $1 AND version = $2 AND key = $3
)sql"};

constexpr pg::Statement kRecordEvaluation{"record_evaluation", R"sql(
  INSERT INTO registry.evaluations (model_id, version, dataset_version_id, metrics, run_id, at)
  VALUES ($1, $2, $3, $4, $5, $6)
)sql"};

}  // namespace

absl::StatusOr<ModelVersion> PgVersionStore::CreateVersion(const base::WorkspaceId& workspace, const std::string& name,
                                                           const NewVersion& version, const Stamp& stamp) {
  return db_.Transact([&](pg::Tx& tx) -> absl::StatusOr<ModelVersion> {
    ASSIGN_OR_RETURN(const std::int64_t model_id, LockModel(tx, workspace, name));
    std::optional<std::string> request_id;
    if (!version.request_id.empty()) {
      request_id = version.request_id;
      ASSIGN_OR_RETURN(const std::optional<pg::Row> made, tx.ZeroOrOne(kFindVersionOfRequest, model_id, version.request_id));
      if (made) return ReadVersion(*made);
    }
    ASSIGN_OR_RETURN(const pg::Row next, tx.One(kNextVersion, model_id, stamp.at));
    const int number = static_cast<int>(next.Int(0));
    RETURN_IF_ERROR(tx.Execute(kCreateVersion, model_id, number, version.run_id, version.content_hash, FilesToJson(version.files),
                               version.lineage, version.description, stamp.actor, stamp.at, request_id, version.source,
                               version.storage_uri, version.run_link, version.logged_model_id, version.pin_owner)
                        .status());
    for (const auto& [key, value] : version.tags) RETURN_IF_ERROR(tx.Execute(kSetTag, model_id, number, key, value).status());
    RETURN_IF_ERROR(Tell(tx, workspace,
                         {.kind = "version.created",
                          .model_id = model_id,
                          .model = name,
                          .version = number,
                          .data = {{"run_id", version.run_id},
                                   {"source", version.source},
                                   {"content_hash", version.content_hash},
                                   {"description", version.description}}},
                         stamp));
    return FindVersion(tx, model_id, name, number);
  });
}

absl::StatusOr<ModelVersion> PgVersionStore::GetVersion(const base::WorkspaceId& workspace, const std::string& name,
                                                        int version) {
  return db_.Transact([&](pg::Tx& tx) -> absl::StatusOr<ModelVersion> {
    ASSIGN_OR_RETURN(const std::int64_t model_id, FindModel(tx, workspace, name));
    return FindVersion(tx, model_id, name, version);
  });
}

absl::StatusOr<ModelVersion> PgVersionStore::GetVersionByAlias(const base::WorkspaceId& workspace, const std::string& name,
                                                               const std::string& alias) {
  return db_.Transact([&](pg::Tx& tx) -> absl::StatusOr<ModelVersion> {
    ASSIGN_OR_RETURN(const std::int64_t model_id, FindModel(tx, workspace, name));
    ASSIGN_OR_RETURN(const std::optional<pg::Row> row, tx.ZeroOrOne(kFindAlias, model_id, alias));
    if (!row) return absl::NotFoundError(absl::StrCat("model \"", name, "\" has no alias \"", alias, "\""));
    return FindVersion(tx, model_id, name, static_cast<int>(row->Int(0)));
  });
}

absl::StatusOr<std::vector<ModelVersion>> PgVersionStore::ListVersions(const base::WorkspaceId& workspace,
                                                                       const std::string& name, int before, int limit) {
  return db_.Transact([&](pg::Tx& tx) -> absl::StatusOr<std::vector<ModelVersion>> {
    ASSIGN_OR_RETURN(const std::int64_t model_id, FindModel(tx, workspace, name));
    ASSIGN_OR_RETURN(const std::vector<pg::Row> rows, tx.Many(kListVersions, model_id, before, limit));
    std::vector<ModelVersion> versions;
    for (const pg::Row& row : rows) versions.push_back(ReadVersion(row));
    return versions;
  });
}

absl::StatusOr<std::vector<ModelVersion>> PgVersionStore::LatestVersions(const base::WorkspaceId& workspace,
                                                                         const std::vector<std::string>& names,
                                                                         const std::vector<Stage>& stages) {
  std::vector<std::string> wanted;
  for (const Stage stage : stages) wanted.push_back(Name(stage));
  return db_.Transact([&](pg::Tx& tx) -> absl::StatusOr<std::vector<ModelVersion>> {
    ASSIGN_OR_RETURN(const std::vector<pg::Row> rows, tx.Many(kLatestVersions, workspace, names, wanted));
    std::vector<ModelVersion> versions;
    for (const pg::Row& row : rows) versions.push_back(ReadVersion(row));
    return versions;
  });
}

absl::StatusOr<ModelVersion> PgVersionStore::UpdateVersion(const base::WorkspaceId& workspace, const std::string& name,
                                                           int version, const VersionEdit& edit, const Stamp& stamp) {
  return db_.Transact([&](pg::Tx& tx) -> absl::StatusOr<ModelVersion> {
    ASSIGN_OR_RETURN(const std::int64_t model_id, LockModel(tx, workspace, name));
    RETURN_IF_ERROR(FindVersion(tx, model_id, name, version).status());
    RETURN_IF_ERROR(
        tx.Execute(kUpdateVersion, model_id, version, edit.description, edit.card_text, stamp.at, edit.takes_description_away)
            .status());
    nlohmann::json data = nlohmann::json::object();
    if (edit.description) data["description"] = *edit.description;
    if (edit.takes_description_away) data["description"] = nullptr;
    if (edit.card_text) data["card_text"] = *edit.card_text;
    RETURN_IF_ERROR(Tell(
        tx, workspace,
        {.kind = "version.updated", .model_id = model_id, .model = name, .version = version, .data = std::move(data)}, stamp));
    return FindVersion(tx, model_id, name, version);
  });
}

absl::Status PgVersionStore::SetVersionTag(const base::WorkspaceId& workspace, const std::string& name, int version,
                                           const std::string& key, const std::string& value, const Stamp& stamp) {
  return db_.Transact([&](pg::Tx& tx) -> absl::Status {
    ASSIGN_OR_RETURN(const std::int64_t model_id, LockModel(tx, workspace, name));
    RETURN_IF_ERROR(FindVersion(tx, model_id, name, version).status());
    RETURN_IF_ERROR(tx.Execute(kSetTag, model_id, version, key, value).status());
    return Tell(tx, workspace,
                {.kind = "version.tag_set",
                 .model_id = model_id,
                 .model = name,
                 .version = version,
                 .data = {{"key", key}, {"value", value}}},
                stamp);
  });
}

absl::Status PgVersionStore::DeleteVersionTag(const base::WorkspaceId& workspace, const std::string& name, int version,
                                              const std::string& key, const Stamp& stamp) {
  return db_.Transact([&](pg::Tx& tx) -> absl::Status {
    ASSIGN_OR_RETURN(const std::int64_t model_id, LockModel(tx, workspace, name));
    RETURN_IF_ERROR(FindVersion(tx, model_id, name, version).status());
    ASSIGN_OR_RETURN(const std::int64_t deleted, tx.Execute(kDeleteTag, model_id, version, key));
    if (deleted == 0) return absl::OkStatus();
    return Tell(tx, workspace,
                {.kind = "version.tag_deleted", .model_id = model_id, .model = name, .version = version, .data = {{"key", key}}},
                stamp);
  });
}

absl::StatusOr<Evaluation> PgVersionStore::RecordEvaluation(const base::WorkspaceId& workspace, const Evaluation& evaluation,
                                                            const Stamp& stamp) {
  return db_.Transact([&](pg::Tx& tx) -> absl::StatusOr<Evaluation> {
    ASSIGN_OR_RETURN(const std::int64_t model_id, LockModel(tx, workspace, evaluation.name));
    RETURN_IF_ERROR(FindVersion(tx, model_id, evaluation.name, evaluation.version).status());
    const nlohmann::json metrics = MetricsToJson(evaluation.metrics);
    RETURN_IF_ERROR(tx.Execute(kRecordEvaluation, model_id, evaluation.version, evaluation.dataset_version_id, metrics,
                               evaluation.run_id, stamp.at)
                        .status());
    RETURN_IF_ERROR(Tell(tx, workspace,
                         {.kind = "evaluation.recorded",
                          .model_id = model_id,
                          .model = evaluation.name,
                          .version = evaluation.version,
                          .data = {{"dataset_version_id", evaluation.dataset_version_id}, {"metrics", metrics}}},
                         stamp));
    Evaluation recorded = evaluation;
    recorded.at = stamp.at;
    return recorded;
  });
}

absl::StatusOr<std::vector<Evaluation>> PgVersionStore::ListEvaluations(const base::WorkspaceId& workspace,
                                                                        const std::string& name, int version, int limit) {
  return db_.Transact([&](pg::Tx& tx) -> absl::StatusOr<std::vector<Evaluation>> {
    ASSIGN_OR_RETURN(const std::int64_t model_id, FindModel(tx, workspace, name));
    RETURN_IF_ERROR(FindVersion(tx, model_id, name, version).status());
    return FindEvaluations(tx, model_id, name, version, limit);
  });
}

}  // namespace millwright::registry
