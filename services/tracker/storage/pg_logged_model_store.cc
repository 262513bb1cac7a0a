#include "tracker/storage/pg_logged_model_store.h"

#include "absl/strings/str_cat.h"
#include "lib/base/status_macros.h"
#include "tracker/domain/log_errors.h"
#include "tracker/storage/default_experiment.h"
#include "tracker/storage/logged_model_rows.h"
#include "tracker/storage/page.h"

namespace millwright::tracker {
namespace {

constexpr pg::Statement kCreate{"create_logged_model", R"sql(
  INSERT INTO tracker.logged_models
    (model_id, workspace_id, experiment_id, name, model_type, source_run_id, artifact_location, status, created_at, updated_at)
  SELECT $1, $2, id, $4, $5, $6, $7, 'pending', $8, $8
    FROM tracker.experiments
   WHERE id = $3
     AND deleted_at IS NULL
     FOR KEY SHARE
  RETURNING number
)sql"};

constexpr pg::Statement kList{"list_logged_models", R"sql(
  SELECT number
    FROM tracker.logged_models
   WHERE workspace_id = $1
     AND number < $2
     AND deleted_at IS NULL
     AND ($3::bigint IS NULL OR experiment_id = $3)
     AND ($4 = '' OR source_run_id = $4)
   ORDER BY number DESC
   LIMIT $5
)sql"};

constexpr pg::Statement kFindMany{"find_logged_models", R"sql(
  SELECT m.number
    FROM unnest($1::text[]) WITH ORDINALITY AS wanted (model_id, position)
    JOIN tracker.logged_models m USING (model_id)
   WHERE m.workspace_id = $2
   ORDER BY wanted.position
)sql"};

constexpr pg::Statement kSetStatus{"set_logged_model_status", R"sql(
  UPDATE tracker.logged_models SET status = $2, updated_at = $3 WHERE number = $1
)sql"};

constexpr pg::Statement kDelete{"delete_logged_model", R"sql(
  UPDATE tracker.logged_models SET deleted_at = coalesce(deleted_at, $2), updated_at = $2 WHERE number = $1
)sql"};

constexpr pg::Statement kPutParams{"put_logged_model_params", R"sql(
  INSERT INTO tracker.logged_model_params (model_number, key, value)
  SELECT $1, key, value FROM unnest($2::text[], $3::text[]) AS p (key, value)
  ON CONFLICT (model_number, key) DO NOTHING
)sql"};

constexpr pg::Statement kFindOtherParam{"find_other_logged_model_param", R"sql(
  SELECT key, p.value, n.value
    FROM tracker.logged_model_params p JOIN unnest($2::text[], $3::text[]) AS n (key, value) USING (key)
   WHERE p.model_number = $1
     AND p.value <> n.value
   ORDER BY key
   LIMIT 1
)sql"};

constexpr pg::Statement kPutTags{"put_logged_model_tags", R"sql(
  INSERT INTO tracker.logged_model_tags (model_number, key, value)
  SELECT $1, key, value FROM unnest($2::text[], $3::text[]) AS t (key, value)
  ON CONFLICT (model_number, key) DO UPDATE SET value = excluded.value
)sql"};

constexpr pg::Statement kDeleteTag{"delete_logged_model_tag", R"sql(
  DELETE FROM tracker.logged_model_tags WHERE model_number = $1 AND key = $2
)sql"};

struct Columns {
  explicit Columns(const std::vector<KeyValue>& items) {
    for (const KeyValue& item : items) {
      keys.push_back(item.key);
      values.push_back(item.value);
    }
  }
  std::vector<std::string> keys;
  std::vector<std::string> values;
};

absl::Status PutParamRows(pg::Tx& tx, std::int64_t model, const std::vector<KeyValue>& params) {
  if (params.empty()) return absl::OkStatus();
  const Columns columns(params);
  RETURN_IF_ERROR(tx.Execute(kPutParams, model, columns.keys, columns.values).status());
  ASSIGN_OR_RETURN(const std::optional<pg::Row> other, tx.ZeroOrOne(kFindOtherParam, model, columns.keys, columns.values));
  if (!other) return absl::OkStatus();
  return absl::InvalidArgumentError(absl::StrCat("params: \"", other->Text(0), "\" is \"", other->Text(1),
                                                 "\" already and cannot become \"", other->Text(2), "\": params are immutable"));
}

absl::Status PutTagRows(pg::Tx& tx, std::int64_t model, const std::vector<KeyValue>& tags) {
  if (tags.empty()) return absl::OkStatus();
  const Columns columns(tags);
  return tx.Execute(kPutTags, model, columns.keys, columns.values).status();
}

absl::StatusOr<LoggedModel> ReadOne(pg::Tx& tx, std::int64_t number) {
  ASSIGN_OR_RETURN(std::vector<LoggedModel> models, ReadLoggedModels(tx, {number}));
  if (models.size() != 1) return absl::InternalError(absl::StrCat("logged model row ", number, " vanished"));
  return std::move(models.front());
}

}  // namespace

absl::StatusOr<LoggedModel> PgLoggedModelStore::Create(const base::WorkspaceId& workspace, const NewLoggedModel& model) {
  return db_.Transact([&](pg::Tx& tx) -> absl::StatusOr<LoggedModel> {
    ASSIGN_OR_RETURN(const std::int64_t experiment, FindExperiment(tx, workspace, model.experiment_id));
    ASSIGN_OR_RETURN(const std::optional<pg::Row> row,
                     tx.ZeroOrOne(kCreate, model.id, workspace, experiment, model.name, model.model_type, model.source_run_id,
                                  model.artifact_location, model.created_at));
    if (!row) return DeletedExperimentError(model.experiment_id);
    RETURN_IF_ERROR(PutParamRows(tx, row->Int(0), model.params));
    RETURN_IF_ERROR(PutTagRows(tx, row->Int(0), model.tags));
    return ReadOne(tx, row->Int(0));
  });
}

absl::StatusOr<LoggedModel> PgLoggedModelStore::Get(const base::WorkspaceId& workspace, const LoggedModelId& id,
                                                    bool include_deleted) {
  return db_.Transact([&](pg::Tx& tx) -> absl::StatusOr<LoggedModel> {
    ASSIGN_OR_RETURN(const std::int64_t number, FindLoggedModel(tx, workspace, id.value()));
    ASSIGN_OR_RETURN(LoggedModel model, ReadOne(tx, number));
    if (model.is_deleted && !include_deleted) return NoSuchLoggedModel(id.value());
    return model;
  });
}

absl::StatusOr<PageOf<LoggedModel>> PgLoggedModelStore::List(const base::WorkspaceId& workspace, const LoggedModelQuery& query) {
  return db_.Transact([&](pg::Tx& tx) -> absl::StatusOr<PageOf<LoggedModel>> {
    std::optional<std::int64_t> experiment;
    if (query.experiment_id) {
      ASSIGN_OR_RETURN(experiment, FindExperiment(tx, workspace, *query.experiment_id));
    }
    ASSIGN_OR_RETURN(const std::vector<pg::Row> rows,
                     tx.Many(kList, workspace, Before(query.page), experiment, query.source_run_id, query.page.size + 1));
    std::vector<std::int64_t> numbers;
    for (const pg::Row& row : rows) numbers.push_back(row.Int(0));
    const PageOf<std::int64_t> page = Cut(numbers, numbers, query.page);
    ASSIGN_OR_RETURN(std::vector<LoggedModel> models, ReadLoggedModels(tx, page.items));
    return PageOf<LoggedModel>{std::move(models), page.next};
  });
}

absl::StatusOr<std::vector<LoggedModel>> PgLoggedModelStore::GetMany(const base::WorkspaceId& workspace,
                                                                     const std::vector<std::string>& ids) {
  return db_.Transact([&](pg::Tx& tx) -> absl::StatusOr<std::vector<LoggedModel>> {
    ASSIGN_OR_RETURN(const std::vector<pg::Row> rows, tx.Many(kFindMany, ids, workspace));
    std::vector<std::int64_t> numbers;
    for (const pg::Row& row : rows) numbers.push_back(row.Int(0));
    return ReadLoggedModels(tx, numbers);
  });
}

absl::StatusOr<LoggedModel> PgLoggedModelStore::SetStatus(const base::WorkspaceId& workspace, const LoggedModelId& id,
                                                          LoggedModelStatus status, absl::Time at) {
  return db_.Transact([&](pg::Tx& tx) -> absl::StatusOr<LoggedModel> {
    ASSIGN_OR_RETURN(const std::int64_t number, FindLoggedModel(tx, workspace, id.value()));
    RETURN_IF_ERROR(tx.Execute(kSetStatus, number, Name(status), at).status());
    return ReadOne(tx, number);
  });
}

absl::Status PgLoggedModelStore::Delete(const base::WorkspaceId& workspace, const LoggedModelId& id, absl::Time at) {
  return db_.Transact([&](pg::Tx& tx) -> absl::Status {
    ASSIGN_OR_RETURN(const std::int64_t number, FindLoggedModel(tx, workspace, id.value()));
    return tx.Execute(kDelete, number, at).status();
  });
}

absl::Status PgLoggedModelStore::PutParams(const base::WorkspaceId& workspace, const LoggedModelId& id,
                                           const std::vector<KeyValue>& params) {
  return db_.Transact([&](pg::Tx& tx) -> absl::Status {
    ASSIGN_OR_RETURN(const std::int64_t number, FindLoggedModel(tx, workspace, id.value()));
    return PutParamRows(tx, number, params);
  });
}

absl::Status PgLoggedModelStore::PutTags(const base::WorkspaceId& workspace, const LoggedModelId& id,
                                         const std::vector<KeyValue>& tags) {
  return db_.Transact([&](pg::Tx& tx) -> absl::Status {
    ASSIGN_OR_RETURN(const std::int64_t number, FindLoggedModel(tx, workspace, id.value()));
    return PutTagRows(tx, number, tags);
  });
}

absl::Status PgLoggedModelStore::DeleteTag(const base::WorkspaceId& workspace, const LoggedModelId& id, const std::string& key) {
  return db_.Transact([&](pg::Tx& tx) -> absl::Status {
    ASSIGN_OR_RETURN(const std::int64_t number, FindLoggedModel(tx, workspace, id.value()));
    ASSIGN_OR_RETURN(const std::int64_t gone, tx.Execute(kDeleteTag, number, key));
    if (gone > 0) return absl::OkStatus();
    return absl::NotFoundError(absl::StrCat("No tag with key '", key, "' found for model with ID '", id.value(), "'."));
  });
}

}  // namespace millwright::tracker
