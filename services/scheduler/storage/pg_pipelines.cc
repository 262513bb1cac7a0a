#include "scheduler/storage/pg_pipelines.h"

#include "absl/strings/str_cat.h"
#include "lib/base/status_macros.h"

namespace millwright::scheduler {
namespace {

constexpr pg::Statement kInsertPipeline{"insert_pipeline", R"sql(
  INSERT INTO scheduler.pipelines (workspace_id, name, revision, updated_at) VALUES ($1, $2, 0, $3)
  ON CONFLICT DO NOTHING
)sql"};

constexpr pg::Statement kLockPipeline{"lock_pipeline", R"sql(
  SELECT p.revision, d.definition, p.updated_at
    FROM scheduler.pipelines p
    LEFT JOIN scheduler.pipeline_revisions d ON d.workspace_id = p.workspace_id AND d.name = p.name AND d.revision = p.revision
   WHERE p.workspace_id = $1 AND p.name = $2
     FOR UPDATE OF p
)sql"};

constexpr pg::Statement kWasRevision{"was_pipeline_revision", R"sql(
  SELECT revision FROM scheduler.pipeline_revisions WHERE workspace_id = $1 AND name = $2 AND definition = $3 LIMIT 1
)sql"};

constexpr pg::Statement kInsertRevision{"insert_pipeline_revision", R"sql(
  INSERT INTO scheduler.pipeline_revisions (workspace_id, name, revision, definition, created_by, created_at)
  VALUES ($1, $2, $3, $4, $5, $6)
)sql"};

constexpr pg::Statement kSetRevision{"set_pipeline_revision", R"sql(
  UPDATE scheduler.pipelines SET revision = $3, updated_at = $4 WHERE workspace_id = $1 AND name = $2
)sql"};

constexpr pg::Statement kPipeline{"pipeline", R"sql(
  SELECT p.revision, d.definition, p.updated_at
    FROM scheduler.pipelines p
    JOIN scheduler.pipeline_revisions d ON d.workspace_id = p.workspace_id AND d.name = p.name AND d.revision = p.revision
   WHERE p.workspace_id = $1 AND p.name = $2
)sql"};

constexpr pg::Statement kPipelines{"pipelines", R"sql(
  SELECT p.revision, d.definition, p.updated_at
    FROM scheduler.pipelines p
    JOIN scheduler.pipeline_revisions d ON d.workspace_id = p.workspace_id AND d.name = p.name AND d.revision = p.revision
   WHERE p.workspace_id = $1 AND p.name > $2
   ORDER BY p.name
   LIMIT $3
)sql"};

absl::StatusOr<Pipeline> ReadPipeline(const pg::Row& row) {
  Pipeline pipeline{.revision = static_cast<int>(row.Int(0)), .text = row.Text(1), .updated_at = row.Time(2)};
  ASSIGN_OR_RETURN(pipeline.definition, ParseDefinition(pipeline.text));
  return pipeline;
}

absl::StatusOr<Pipeline> PutText(pg::Tx& tx, const base::WorkspaceId& workspace, const Definition& definition,
                                 const std::string& text, const std::string& by, bool is_shipped, absl::Time now) {
  RETURN_IF_ERROR(tx.Execute(kInsertPipeline, workspace, definition.name, now).status());
  ASSIGN_OR_RETURN(const pg::Row current, tx.One(kLockPipeline, workspace, definition.name));
  if (current.OptionalText(1) == text) return ReadPipeline(current);
  if (is_shipped) {
    ASSIGN_OR_RETURN(const std::optional<pg::Row> known, tx.ZeroOrOne(kWasRevision, workspace, definition.name, text));
    if (known) return ReadPipeline(current);
  }
  const std::int64_t revision = current.Int(0) + 1;
  RETURN_IF_ERROR(tx.Execute(kInsertRevision, workspace, definition.name, revision, text, by, now).status());
  RETURN_IF_ERROR(tx.Execute(kSetRevision, workspace, definition.name, revision, now).status());
  return Pipeline{.definition = definition, .revision = static_cast<int>(revision), .text = text, .updated_at = now};
}

}  // namespace

absl::StatusOr<Pipeline> FindPipeline(pg::Tx& tx, const base::WorkspaceId& workspace, const std::string& name) {
  ASSIGN_OR_RETURN(const std::optional<pg::Row> row, tx.ZeroOrOne(kPipeline, workspace, name));
  if (!row) return absl::NotFoundError(absl::StrCat("there is no pipeline \"", name, "\""));
  return ReadPipeline(*row);
}

absl::StatusOr<Pipeline> PgPipelines::Put(const base::WorkspaceId& workspace, const std::string& text, const std::string& by,
                                          absl::Time now) {
  ASSIGN_OR_RETURN(const Definition definition, ParseDefinition(text));
  return db_.Transact([&](pg::Tx& tx) { return PutText(tx, workspace, definition, text, by, false, now); });
}

absl::Status PgPipelines::PutShipped(const base::WorkspaceId& workspace, const std::string& text, const std::string& by,
                                     absl::Time now) {
  ASSIGN_OR_RETURN(const Definition definition, ParseDefinition(text));
  return db_.Transact([&](pg::Tx& tx) { return PutText(tx, workspace, definition, text, by, true, now); }).status();
}

absl::StatusOr<Pipeline> PgPipelines::Get(const base::WorkspaceId& workspace, const std::string& name) {
  return db_.Transact([&](pg::Tx& tx) { return FindPipeline(tx, workspace, name); });
}

absl::StatusOr<std::vector<Pipeline>> PgPipelines::List(const base::WorkspaceId& workspace, const std::string& after, int limit) {
  return db_.Transact([&](pg::Tx& tx) -> absl::StatusOr<std::vector<Pipeline>> {
    ASSIGN_OR_RETURN(const std::vector<pg::Row> rows, tx.Many(kPipelines, workspace, after, limit));
    std::vector<Pipeline> result;
    for (const pg::Row& row : rows) {
      ASSIGN_OR_RETURN(Pipeline pipeline, ReadPipeline(row));
      result.push_back(std::move(pipeline));
    }
    return result;
  });
}

}  // namespace millwright::scheduler
