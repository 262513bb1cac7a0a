#include "model-registry/storage/pg_model_store.h"

#include <optional>

#include "absl/strings/str_cat.h"
#include "lib/base/status_macros.h"
#include "model-registry/storage/model_row.h"
#include "model-registry/storage/outbox.h"

namespace millwright::registry {
namespace {

// A name that was used before goes on counting where it stopped: no number is given twice under one name.
constexpr pg::Statement kCreateModel{"create_model", R"sql(
  INSERT INTO registry.models (workspace_id, name, description, created_at, updated_at, last_version)
  VALUES ($1, $2, $3, $4, $4,
          coalesce((SELECT last_version FROM registry.model_names WHERE workspace_id = $1 AND name = $2), 0))
  ON CONFLICT (workspace_id, name) WHERE deleted_at IS NULL DO NOTHING
  RETURNING model_id
)sql"};

constexpr pg::Statement kGetModel{"get_model", "SELECT" REGISTRY_MODEL_COLUMNS R"sql(
    FROM registry.models m
   WHERE m.workspace_id = $1 AND m.name = $2 AND m.deleted_at IS NULL
)sql"};

constexpr pg::Statement kListModels{"list_models", "SELECT" REGISTRY_MODEL_COLUMNS R"sql(
    FROM registry.models m
   WHERE m.workspace_id = $1 AND m.name > $2 AND m.deleted_at IS NULL
   ORDER BY m.name
   LIMIT $3
)sql"};

constexpr pg::Statement kUpdateModel{"update_model", R"sql(
  UPDATE registry.models SET description = $2, updated_at = $3 WHERE model_id = $1
)sql"};

constexpr pg::Statement kSetTag{"set_model_tag", R"sql(
  INSERT INTO registry.model_tags (model_id, key, value)
  VALUES ($1, $2, $3)
  ON CONFLICT (model_id, key) DO UPDATE SET value = EXCLUDED.value
)sql"};

constexpr pg::Statement kDeleteTag{"delete_model_tag", "DELETE FROM registry.model_tags WHERE model_id = $1 AND key = $2"};

constexpr pg::Statement kSetAlias{"set_alias", R"sql(
  INSERT INTO registry.aliases (model_id, alias, version)
  VALUES ($1, $2, $3)
  ON CONFLICT (model_id, alias) DO UPDATE SET version = EXCLUDED.version
)sql"};

constexpr pg::Statement kDeleteAlias{"delete_alias", "DELETE FROM registry.aliases WHERE model_id = $1 AND alias = $2"};

absl::StatusOr<RegisteredModel> Get(pg::Tx& tx, const base::WorkspaceId& workspace, const std::string& name) {
  ASSIGN_OR_RETURN(const std::optional<pg::Row> row, tx.ZeroOrOne(kGetModel, workspace, name));
  if (!row) return absl::NotFoundError(absl::StrCat("there is no model \"", name, "\""));
  return ReadModel(*row);
}

}  // namespace

absl::StatusOr<RegisteredModel> PgModelStore::CreateModel(const base::WorkspaceId& workspace, const RegisteredModel& model,
                                                          const Stamp& stamp) {
  return db_.Transact([&](pg::Tx& tx) -> absl::StatusOr<RegisteredModel> {
    ASSIGN_OR_RETURN(const std::optional<pg::Row> row,
                     tx.ZeroOrOne(kCreateModel, workspace, model.name, model.description, stamp.at));
    if (!row) return absl::AlreadyExistsError(absl::StrCat("name: there is a model \"", model.name, "\" already"));
    for (const auto& [key, value] : model.tags) RETURN_IF_ERROR(tx.Execute(kSetTag, row->Int(0), key, value).status());
    RETURN_IF_ERROR(Tell(
        tx, workspace,
        {.kind = "model.created", .model_id = row->Int(0), .model = model.name, .data = {{"description", model.description}}},
        stamp));
    RegisteredModel made = model;
    made.created_at = made.updated_at = stamp.at;
    return made;
  });
}

absl::StatusOr<RegisteredModel> PgModelStore::GetModel(const base::WorkspaceId& workspace, const std::string& name) {
  RETURN_IF_ERROR(CheckModelName(name));
  return db_.Transact([&](pg::Tx& tx) { return Get(tx, workspace, name); });
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

absl::StatusOr<RegisteredModel> PgModelStore::UpdateModel(const base::WorkspaceId& workspace, const std::string& name,
                                                          const std::string& description, const Stamp& stamp) {
  return db_.Transact([&](pg::Tx& tx) -> absl::StatusOr<RegisteredModel> {
    ASSIGN_OR_RETURN(const std::int64_t model_id, LockModel(tx, workspace, name));
    RETURN_IF_ERROR(tx.Execute(kUpdateModel, model_id, description, stamp.at).status());
    RETURN_IF_ERROR(Tell(tx, workspace,
                         {.kind = "model.updated", .model_id = model_id, .model = name, .data = {{"description", description}}},
                         stamp));
    return Get(tx, workspace, name);
  });
}

absl::Status PgModelStore::SetTag(const base::WorkspaceId& workspace, const std::string& name, const std::string& key,
                                  const std::string& value, const Stamp& stamp) {
  return db_.Transact([&](pg::Tx& tx) -> absl::Status {
    ASSIGN_OR_RETURN(const std::int64_t model_id, LockModel(tx, workspace, name));
    RETURN_IF_ERROR(tx.Execute(kSetTag, model_id, key, value).status());
    return Tell(tx, workspace,
                {.kind = "model.tag_set", .model_id = model_id, .model = name, .data = {{"key", key}, {"value", value}}}, stamp);
  });
}

absl::Status PgModelStore::DeleteTag(const base::WorkspaceId& workspace, const std::string& name, const std::string& key,
                                     const Stamp& stamp) {
  return db_.Transact([&](pg::Tx& tx) -> absl::Status {
    ASSIGN_OR_RETURN(const std::int64_t model_id, LockModel(tx, workspace, name));
    ASSIGN_OR_RETURN(const std::int64_t deleted, tx.Execute(kDeleteTag, model_id, key));
    if (deleted == 0) return absl::OkStatus();
    return Tell(tx, workspace, {.kind = "model.tag_deleted", .model_id = model_id, .model = name, .data = {{"key", key}}}, stamp);
  });
}

absl::Status PgModelStore::SetAlias(const base::WorkspaceId& workspace, const std::string& name, const std::string& alias,
                                    int version, const Stamp& stamp) {
  return db_.Transact([&](pg::Tx& tx) -> absl::Status {
    ASSIGN_OR_RETURN(const std::int64_t model_id, LockModel(tx, workspace, name));
    RETURN_IF_ERROR(FindVersion(tx, model_id, name, version).status());
    RETURN_IF_ERROR(tx.Execute(kSetAlias, model_id, alias, version).status());
    return Tell(tx, workspace,
                {.kind = "alias.set", .model_id = model_id, .model = name, .version = version, .data = {{"alias", alias}}},
                stamp);
  });
}

absl::Status PgModelStore::DeleteAlias(const base::WorkspaceId& workspace, const std::string& name, const std::string& alias,
                                       const Stamp& stamp) {
  return db_.Transact([&](pg::Tx& tx) -> absl::Status {
    ASSIGN_OR_RETURN(const std::int64_t model_id, LockModel(tx, workspace, name));
    ASSIGN_OR_RETURN(const std::int64_t deleted, tx.Execute(kDeleteAlias, model_id, alias));
    if (deleted == 0) return absl::OkStatus();
    return Tell(tx, workspace, {.kind = "alias.deleted", .model_id = model_id, .model = name, .data = {{"alias", alias}}}, stamp);
  });
}

}  // namespace millwright::registry
