#include "tracker/storage/pg_experiment_store.h"

#include "absl/strings/str_cat.h"
#include "lib/base/status_macros.h"
#include "tracker/domain/log_errors.h"
#include "tracker/storage/default_experiment.h"
#include "tracker/storage/experiment_rows.h"
#include "tracker/storage/page.h"
#include "tracker/storage/purge_runs.h"

namespace millwright::tracker {
namespace {

constexpr pg::Statement kCreate{"create_experiment", R"sql(
  INSERT INTO tracker.experiments (workspace_id, name, artifact_location, created_at, updated_at)
  VALUES ($1, $2, $3, $4, $4)
  ON CONFLICT (workspace_id, name) DO NOTHING
  RETURNING id
)sql"};

constexpr pg::Statement kList{"list_experiments", "SELECT " TRACKER_EXPERIMENT_COLUMNS R"sql(
    FROM tracker.experiments
   WHERE workspace_id = $1
     AND id < $2
     AND ($3::text IS NULL OR name = $3)
     AND ($4::bool IS NULL OR (deleted_at IS NOT NULL) = $4)
   ORDER BY id DESC
   LIMIT $5
)sql"};

constexpr pg::Statement kRename{"rename_experiment", R"sql(
  UPDATE tracker.experiments SET name = $2, updated_at = $3 WHERE id = $1 AND deleted_at IS NULL
)sql"};

constexpr pg::Statement kFindName{"find_experiment_name", R"sql(
  SELECT id FROM tracker.experiments WHERE workspace_id = $1 AND name = $2
)sql"};

constexpr pg::Statement kPutTags{"put_experiment_tags", R"sql(
  INSERT INTO tracker.experiment_tags (experiment_id, key, value)
  SELECT $1, key, value FROM unnest($2::text[], $3::text[]) AS t (key, value)
  ON CONFLICT (experiment_id, key) DO UPDATE SET value = excluded.value
)sql"};

constexpr pg::Statement kDropTag{"drop_experiment_tag", R"sql(
  DELETE FROM tracker.experiment_tags WHERE experiment_id = $1 AND key = $2
)sql"};

constexpr pg::Statement kDelete{"delete_experiment", R"sql(
  UPDATE tracker.experiments SET deleted_at = $2, updated_at = $2 WHERE id = $1 AND deleted_at IS NULL
)sql"};
constexpr pg::Statement kDeleteRuns{"delete_experiment_runs", R"sql(
  UPDATE tracker.runs SET deleted_at = $2 WHERE experiment_id = $1 AND deleted_at IS NULL
)sql"};
constexpr pg::Statement kRestore{"restore_experiment", R"sql(
  UPDATE tracker.experiments SET deleted_at = NULL, updated_at = $2 WHERE id = $1 AND deleted_at IS NOT NULL
)sql"};
constexpr pg::Statement kRestoreRuns{"restore_experiment_runs", R"sql(
  UPDATE tracker.runs SET deleted_at = NULL WHERE experiment_id = $1 AND deleted_at IS NOT NULL
)sql"};

// Runs are created under a KEY SHARE lock of their experiment, so none slips in while its lifecycle changes.
constexpr pg::Statement kHold{"hold_experiment", R"sql(
  SELECT deleted_at IS NOT NULL, is_default FROM tracker.experiments WHERE id = $1 FOR UPDATE
)sql"};
constexpr pg::Statement kListRuns{"list_experiment_runs", R"sql(
  SELECT number FROM tracker.runs WHERE experiment_id = $1 ORDER BY number FOR UPDATE
)sql"};
constexpr pg::Statement kPurge{"purge_experiment", R"sql(
  DELETE FROM tracker.experiments WHERE id = $1
)sql"};

absl::Status PutTags(pg::Tx& tx, std::int64_t experiment, const std::vector<KeyValue>& tags) {
  if (tags.empty()) return absl::OkStatus();
  std::vector<std::string> keys;
  std::vector<std::string> values;
  for (const KeyValue& tag : tags) {
    keys.push_back(tag.key);
    values.push_back(tag.value);
  }
  return tx.Execute(kPutTags, experiment, keys, values).status();
}

absl::Status TakenName(const std::string& name) {
  return absl::AlreadyExistsError(absl::StrCat("name: an experiment \"", name, "\" exists already"));
}

}  // namespace

absl::StatusOr<Experiment> PgExperimentStore::Create(const base::WorkspaceId& workspace, const NewExperiment& experiment,
                                                     absl::Time at) {
  return db_.Transact([&](pg::Tx& tx) -> absl::StatusOr<Experiment> {
    RETURN_IF_ERROR(DefaultExperiment(tx, workspace).status());  // so that nobody takes its name first
    ASSIGN_OR_RETURN(const std::optional<pg::Row> row,
                     tx.ZeroOrOne(kCreate, workspace, experiment.name, experiment.artifact_location, at));
    if (!row) return TakenName(experiment.name);
    RETURN_IF_ERROR(PutTags(tx, row->Int(0), experiment.tags));
    return GetExperiment(tx, row->Int(0));
  });
}

absl::StatusOr<Experiment> PgExperimentStore::Get(const base::WorkspaceId& workspace, const ExperimentId& id) {
  return db_.Transact([&](pg::Tx& tx) -> absl::StatusOr<Experiment> {
    ASSIGN_OR_RETURN(const std::int64_t number, FindExperiment(tx, workspace, id));
    return GetExperiment(tx, number);
  });
}

absl::StatusOr<PageOf<Experiment>> PgExperimentStore::List(const base::WorkspaceId& workspace, const ExperimentQuery& query) {
  return db_.Transact([&](pg::Tx& tx) -> absl::StatusOr<PageOf<Experiment>> {
    RETURN_IF_ERROR(DefaultExperiment(tx, workspace).status());
    ASSIGN_OR_RETURN(const std::vector<pg::Row> rows,
                     tx.Many(kList, workspace, Before(query.page), query.name, IsDeleted(query.view), query.page.size + 1));
    std::vector<Experiment> experiments;
    std::vector<std::int64_t> numbers;
    for (const pg::Row& row : rows) {
      experiments.push_back(ReadExperiment(row));
      numbers.push_back(row.Int(0));
    }
    PageOf<Experiment> page = Cut(std::move(experiments), numbers, query.page);
    numbers.resize(page.items.size());
    RETURN_IF_ERROR(FillExperiments(tx, numbers, page.items));
    return page;
  });
}

absl::StatusOr<Experiment> PgExperimentStore::Rename(const base::WorkspaceId& workspace, const ExperimentId& id,
                                                     const std::string& name, absl::Time at) {
  return db_.Transact([&](pg::Tx& tx) -> absl::StatusOr<Experiment> {
    ASSIGN_OR_RETURN(const std::int64_t number, FindActiveExperiment(tx, workspace, id));
    ASSIGN_OR_RETURN(const std::optional<pg::Row> holder, tx.ZeroOrOne(kFindName, workspace, name));
    if (holder && holder->Int(0) != number) return TakenName(name);
    ASSIGN_OR_RETURN(const std::int64_t renamed, tx.Execute(kRename, number, name, at));
    if (renamed == 0) return DeletedExperimentError(id);
    return GetExperiment(tx, number);
  });
}

absl::StatusOr<Experiment> PgExperimentStore::SetTags(const base::WorkspaceId& workspace, const ExperimentId& id,
                                                      const std::vector<KeyValue>& tags) {
  return db_.Transact([&](pg::Tx& tx) -> absl::StatusOr<Experiment> {
    ASSIGN_OR_RETURN(const std::int64_t number, FindActiveExperiment(tx, workspace, id));
    RETURN_IF_ERROR(PutTags(tx, number, tags));
    return GetExperiment(tx, number);
  });
}

absl::StatusOr<Experiment> PgExperimentStore::DeleteTag(const base::WorkspaceId& workspace, const ExperimentId& id,
                                                        const std::string& key) {
  return db_.Transact([&](pg::Tx& tx) -> absl::StatusOr<Experiment> {
    ASSIGN_OR_RETURN(const std::int64_t number, FindActiveExperiment(tx, workspace, id));
    ASSIGN_OR_RETURN(const std::int64_t dropped, tx.Execute(kDropTag, number, key));
    if (dropped == 0) return absl::NotFoundError(absl::StrCat("experiment ", id.value(), " has no tag \"", key, "\""));
    return GetExperiment(tx, number);
  });
}

absl::StatusOr<Experiment> PgExperimentStore::Delete(const base::WorkspaceId& workspace, const ExperimentId& id, absl::Time at) {
  return db_.Transact([&](pg::Tx& tx) -> absl::StatusOr<Experiment> {
    ASSIGN_OR_RETURN(const std::int64_t number, FindExperiment(tx, workspace, id));
    RETURN_IF_ERROR(tx.Many(kHold, number).status());
    ASSIGN_OR_RETURN(const std::int64_t deleted, tx.Execute(kDelete, number, at));
    if (deleted > 0) RETURN_IF_ERROR(tx.Execute(kDeleteRuns, number, at).status());
    return GetExperiment(tx, number);
  });
}

absl::StatusOr<Experiment> PgExperimentStore::Restore(const base::WorkspaceId& workspace, const ExperimentId& id, absl::Time at) {
  return db_.Transact([&](pg::Tx& tx) -> absl::StatusOr<Experiment> {
    ASSIGN_OR_RETURN(const std::int64_t number, FindExperiment(tx, workspace, id));
    RETURN_IF_ERROR(tx.Many(kHold, number).status());
    ASSIGN_OR_RETURN(const std::int64_t restored, tx.Execute(kRestore, number, at));
    if (restored > 0) RETURN_IF_ERROR(tx.Execute(kRestoreRuns, number).status());
    return GetExperiment(tx, number);
  });
}

absl::StatusOr<std::int64_t> PgExperimentStore::Purge(const base::WorkspaceId& workspace, const ExperimentId& id) {
  return db_.Transact([&](pg::Tx& tx) -> absl::StatusOr<std::int64_t> {
    ASSIGN_OR_RETURN(const std::int64_t number, FindExperiment(tx, workspace, id));
    ASSIGN_OR_RETURN(const std::optional<pg::Row> held, tx.ZeroOrOne(kHold, number));
    if (!held) return NoSuchExperiment(id);
    if (held->Bool(1)) return absl::FailedPreconditionError("the Default experiment is never purged");
    if (!held->Bool(0)) {
      return absl::FailedPreconditionError(
          absl::StrCat("experiment ", id.value(), " is active; only a deleted experiment is purged"));
    }
    ASSIGN_OR_RETURN(const std::vector<pg::Row> rows, tx.Many(kListRuns, number));
    std::vector<std::int64_t> runs;
    for (const pg::Row& row : rows) runs.push_back(row.Int(0));
    RETURN_IF_ERROR(PurgeRuns(tx, runs));
    RETURN_IF_ERROR(tx.Execute(kPurge, number).status());
    return static_cast<std::int64_t>(runs.size());
  });
}

}  // namespace millwright::tracker
