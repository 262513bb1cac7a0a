#include "tracker/storage/pg_run_link_store.h"

#include <map>

#include "absl/strings/str_cat.h"
#include "lib/base/status_macros.h"
#include "tracker/domain/log_errors.h"
#include "tracker/storage/default_experiment.h"
#include "tracker/storage/find_run.h"

namespace millwright::tracker {
namespace {

constexpr pg::Statement kHoldRun{"hold_linked_run", R"sql(
  SELECT number, experiment_id, deleted_at IS NOT NULL
    FROM tracker.runs
   WHERE run_id = $1
     AND workspace_id = $2
     FOR KEY SHARE
)sql",
                                 pg::Plan::kPrepared};

constexpr pg::Statement kPutDatasets{"put_input_datasets", R"sql(
  INSERT INTO tracker.input_datasets (experiment_id, name, digest, source_type, source, schema, profile)
  SELECT $1, d->>'name', d->>'digest', d->>'source_type', d->>'source', d->>'schema', d->>'profile'
    FROM jsonb_array_elements($2::jsonb) AS d
   ORDER BY 2, 3
  ON CONFLICT (experiment_id, name, digest) DO NOTHING
)sql"};

constexpr pg::Statement kPutRunDatasets{"put_run_datasets", R"sql(
  INSERT INTO tracker.run_datasets (run_number, dataset_id)
  SELECT $1, i.id
    FROM unnest($3::text[], $4::text[]) WITH ORDINALITY AS d (name, digest, position)
    JOIN tracker.input_datasets i ON i.experiment_id = $2 AND i.name = d.name AND i.digest = d.digest
   ORDER BY i.id
  ON CONFLICT DO NOTHING
  RETURNING dataset_id, (SELECT name FROM tracker.input_datasets WHERE id = dataset_id),
            (SELECT digest FROM tracker.input_datasets WHERE id = dataset_id)
)sql"};

constexpr pg::Statement kPutDatasetTags{"put_run_dataset_tags", R"sql(
  INSERT INTO tracker.run_dataset_tags (run_number, dataset_id, key, value)
  SELECT $1, dataset_id, key, value FROM unnest($2::bigint[], $3::text[], $4::text[]) AS t (dataset_id, key, value)
  ON CONFLICT DO NOTHING
)sql"};

constexpr pg::Statement kPutModelInputs{"put_run_model_inputs", R"sql(
  INSERT INTO tracker.run_model_inputs (run_number, model_id)
  SELECT $1, model_id FROM unnest($2::text[]) AS m (model_id)
  ON CONFLICT DO NOTHING
)sql"};

constexpr pg::Statement kPutModelOutputs{"put_run_model_outputs", R"sql(
  INSERT INTO tracker.run_model_outputs (run_number, model_id, step)
  SELECT $1, model_id, step FROM unnest($2::text[], $3::bigint[]) AS m (model_id, step)
  ON CONFLICT DO NOTHING
)sql",
                                         pg::Plan::kPrepared};

// Editors of a run's tags wait for each other here; who logs to the run does not.
constexpr pg::Statement kLockRun{"lock_edited_run", R"sql(
  SELECT number, deleted_at IS NOT NULL
    FROM tracker.runs
   WHERE run_id = $1
     AND workspace_id = $2
     FOR NO KEY UPDATE
)sql"};

constexpr pg::Statement kFindTag{"find_edited_tag", R"sql(
  SELECT value FROM tracker.tags WHERE run_number = $1 AND key = $2
)sql"};

constexpr pg::Statement kPutTag{"put_edited_tag", R"sql(
  INSERT INTO tracker.tags (run_number, key, value)
  VALUES ($1, $2, $3)
  ON CONFLICT (run_number, key) DO UPDATE SET value = excluded.value
)sql"};

constexpr pg::Statement kFindRuns{"find_runs", R"sql(
  SELECT number, run_id FROM tracker.runs WHERE run_id = ANY ($1) AND workspace_id = $2
)sql",
                                  pg::Plan::kPrepared};

constexpr pg::Statement kDatasets{"read_run_datasets", R"sql(
  SELECT r.run_number, i.id, i.name, i.digest, i.source_type, i.source, i.schema, i.profile
    FROM tracker.run_datasets r JOIN tracker.input_datasets i ON i.id = r.dataset_id
   WHERE r.run_number = ANY ($1)
   ORDER BY r.run_number, i.id
)sql",
                                  pg::Plan::kPrepared};

constexpr pg::Statement kDatasetTags{"read_run_dataset_tags", R"sql(
  SELECT run_number, dataset_id, key, value
    FROM tracker.run_dataset_tags
   WHERE run_number = ANY ($1)
   ORDER BY run_number, dataset_id, key
)sql",
                                     pg::Plan::kPrepared};

// Outputs have a step, inputs have none.
constexpr pg::Statement kModels{"read_run_models", R"sql(
  SELECT run_number, model_id, NULL::bigint AS step FROM tracker.run_model_inputs WHERE run_number = ANY ($1)
  UNION ALL
  SELECT run_number, model_id, step FROM tracker.run_model_outputs WHERE run_number = ANY ($1)
   ORDER BY run_number, model_id
)sql",
                                pg::Plan::kPrepared};

constexpr pg::Statement kListDatasets{"list_input_datasets", R"sql(
  SELECT DISTINCT CASE WHEN e.is_default THEN 0 ELSE e.id END, i.name, i.digest, t.value
    FROM tracker.experiments e
    JOIN tracker.input_datasets i ON i.experiment_id = e.id
    JOIN tracker.run_datasets r ON r.dataset_id = i.id
    LEFT JOIN tracker.run_dataset_tags t
      ON t.run_number = r.run_number AND t.dataset_id = r.dataset_id AND t.key = 'mlflow.data.context'
   WHERE e.id = ANY ($1)
   ORDER BY 1, 2, 3, 4
   LIMIT $2
)sql"};

nlohmann::json ToJson(const std::vector<DatasetInput>& inputs) {
  nlohmann::json array = nlohmann::json::array();
  for (const DatasetInput& input : inputs) {
    const InputDataset& dataset = input.dataset;
    nlohmann::json item = {
        {"name", dataset.name}, {"digest", dataset.digest}, {"source_type", dataset.source_type}, {"source", dataset.source}};
    if (dataset.schema) item["schema"] = *dataset.schema;
    if (dataset.profile) item["profile"] = *dataset.profile;
    array.push_back(std::move(item));
  }
  return array;
}

struct HeldRun {
  std::int64_t number = 0;
  std::int64_t experiment = 0;
};

// An active run, which stays until the transaction ends.
absl::StatusOr<HeldRun> HoldActiveRun(pg::Tx& tx, const base::WorkspaceId& workspace, const RunId& id) {
  ASSIGN_OR_RETURN(const std::optional<pg::Row> row, tx.ZeroOrOne(kHoldRun, id, workspace));
  if (!row) return NoSuchRun(id);
  if (row->Bool(2)) return DeletedRunError(id);
  return HeldRun{row->Int(0), row->Int(1)};
}

absl::Status PutDatasets(pg::Tx& tx, const HeldRun& run, const std::vector<DatasetInput>& inputs) {
  if (inputs.empty()) return absl::OkStatus();
  RETURN_IF_ERROR(tx.Execute(kPutDatasets, run.experiment, ToJson(inputs)).status());
  std::vector<std::string> names, digests;
  std::map<std::pair<std::string, std::string>, const DatasetInput*> by_key;
  for (const DatasetInput& input : inputs) {
    names.push_back(input.dataset.name);
    digests.push_back(input.dataset.digest);
    by_key[{input.dataset.name, input.dataset.digest}] = &input;
  }
  ASSIGN_OR_RETURN(const std::vector<pg::Row> fresh, tx.Many(kPutRunDatasets, run.number, run.experiment, names, digests));
  std::vector<std::int64_t> ids;
  std::vector<std::string> keys, values;
  for (const pg::Row& row : fresh) {  // only a use that is new takes its tags
    for (const KeyValue& tag : by_key.at({row.Text(1), row.Text(2)})->tags) {
      ids.push_back(row.Int(0));
      keys.push_back(tag.key);
      values.push_back(tag.value);
    }
  }
  if (ids.empty()) return absl::OkStatus();
  return tx.Execute(kPutDatasetTags, run.number, ids, keys, values).status();
}

// Fills the links of runs by their row numbers.
absl::Status ReadLinks(pg::Tx& tx, const std::map<std::int64_t, RunLinks*>& links) {
  std::vector<std::int64_t> numbers;
  for (const auto& [number, entry] : links) numbers.push_back(number);
  ASSIGN_OR_RETURN(const std::vector<pg::Row> datasets, tx.Many(kDatasets, numbers));
  std::map<std::pair<std::int64_t, std::int64_t>, std::vector<KeyValue>> tags;
  if (!datasets.empty()) {
    ASSIGN_OR_RETURN(const std::vector<pg::Row> rows, tx.Many(kDatasetTags, numbers));
    for (const pg::Row& row : rows) tags[{row.Int(0), row.Int(1)}].push_back({row.Text(2), row.Text(3)});
  }
  for (const pg::Row& row : datasets) {
    links.at(row.Int(0))
        ->datasets.push_back(
            {InputDataset{row.Text(2), row.Text(3), row.Text(4), row.Text(5), row.OptionalText(6), row.OptionalText(7)},
             std::move(tags[{row.Int(0), row.Int(1)}])});
  }
  ASSIGN_OR_RETURN(const std::vector<pg::Row> models, tx.Many(kModels, numbers));
  for (const pg::Row& row : models) {
    RunLinks& run = *links.at(row.Int(0));
    if (row.IsNull(2)) {
      run.model_inputs.push_back(row.Text(1));
    } else {
      run.model_outputs.push_back({row.Text(1), row.Int(2)});
    }
  }
  return absl::OkStatus();
}

}  // namespace

absl::Status PgRunLinkStore::LogInputs(const base::WorkspaceId& workspace, const RunId& run,
                                       const std::vector<DatasetInput>& datasets, const std::vector<std::string>& models) {
  return db_.Transact([&](pg::Tx& tx) -> absl::Status {
    ASSIGN_OR_RETURN(const HeldRun held, HoldActiveRun(tx, workspace, run));
    RETURN_IF_ERROR(PutDatasets(tx, held, datasets));
    if (models.empty()) return absl::OkStatus();
    return tx.Execute(kPutModelInputs, held.number, models).status();
  });
}

absl::Status PgRunLinkStore::LogOutputs(const base::WorkspaceId& workspace, const RunId& run,
                                        const std::vector<ModelOutput>& models, bool may_be_there) {
  return db_.Transact([&](pg::Tx& tx) -> absl::Status {
    ASSIGN_OR_RETURN(const HeldRun held, HoldActiveRun(tx, workspace, run));
    std::vector<std::string> ids;
    std::vector<std::int64_t> steps;
    for (const ModelOutput& model : models) {
      ids.push_back(model.model_id);
      steps.push_back(model.step);
    }
    ASSIGN_OR_RETURN(const std::int64_t added, tx.Execute(kPutModelOutputs, held.number, ids, steps));
    if (may_be_there || added == static_cast<std::int64_t>(models.size())) return absl::OkStatus();
    return absl::AlreadyExistsError(absl::StrCat("one of the models is an output of run ", run.value(), " already"));
  });
}

absl::Status PgRunLinkStore::EditTag(const base::WorkspaceId& workspace, const RunId& run, const std::string& key,
                                     const TagEdit& edit) {
  return db_.Transact([&](pg::Tx& tx) -> absl::Status {
    ASSIGN_OR_RETURN(const std::optional<pg::Row> row, tx.ZeroOrOne(kLockRun, run, workspace));
    if (!row) return NoSuchRun(run);
    if (row->Bool(1)) return DeletedRunError(run);
    ASSIGN_OR_RETURN(const std::optional<pg::Row> tag, tx.ZeroOrOne(kFindTag, row->Int(0), key));
    ASSIGN_OR_RETURN(const std::string value, edit(tag ? tag->Text(0) : ""));
    return tx.Execute(kPutTag, row->Int(0), key, value).status();
  });
}

absl::StatusOr<std::vector<RunLinks>> PgRunLinkStore::Get(const base::WorkspaceId& workspace, const std::vector<RunId>& runs) {
  return db_.Read([&](pg::Tx& tx) -> absl::StatusOr<std::vector<RunLinks>> {
    std::vector<RunLinks> links(runs.size());
    std::vector<std::string> ids;
    std::map<std::string, std::size_t> by_id;
    for (std::size_t i = 0; i < runs.size(); ++i) {
      ids.push_back(runs[i].value());
      by_id[runs[i].value()] = i;
    }
    ASSIGN_OR_RETURN(const std::vector<pg::Row> found, tx.Many(kFindRuns, ids, workspace));
    std::map<std::int64_t, RunLinks*> by_number;
    for (const pg::Row& row : found) by_number[row.Int(0)] = &links[by_id.at(row.Text(1))];
    RETURN_IF_ERROR(ReadLinks(tx, by_number));
    return links;
  });
}

absl::StatusOr<RunLinks> PgRunLinkStore::GetOne(const base::WorkspaceId& workspace, const RunId& run) {
  return db_.Transact([&](pg::Tx& tx) -> absl::StatusOr<RunLinks> {
    RunLinks links;
    ASSIGN_OR_RETURN(const std::int64_t number, FindRun(tx, workspace, run));
    RETURN_IF_ERROR(ReadLinks(tx, {{number, &links}}));
    return links;
  });
}

absl::StatusOr<std::vector<DatasetSummary>> PgRunLinkStore::ListDatasets(const base::WorkspaceId& workspace,
                                                                         const std::vector<ExperimentId>& experiments,
                                                                         int limit) {
  return db_.Transact([&](pg::Tx& tx) -> absl::StatusOr<std::vector<DatasetSummary>> {
    std::vector<std::int64_t> ids;
    for (const ExperimentId& experiment : experiments) {
      const absl::StatusOr<std::int64_t> id = FindExperiment(tx, workspace, experiment);
      if (absl::IsNotFound(id.status())) continue;
      RETURN_IF_ERROR(id.status());
      ids.push_back(*id);
    }
    ASSIGN_OR_RETURN(const std::vector<pg::Row> rows, tx.Many(kListDatasets, ids, limit));
    std::vector<DatasetSummary> summaries;
    for (const pg::Row& row : rows)
      summaries.push_back({ExperimentId(row.Text(0)), row.Text(1), row.Text(2), row.OptionalText(3)});
    return summaries;
  });
}

}  // namespace millwright::tracker
