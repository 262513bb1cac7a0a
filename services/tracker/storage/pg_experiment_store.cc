#include "tracker/storage/pg_experiment_store.h"

#include "absl/strings/str_cat.h"
#include "lib/base/status_macros.h"
#include "tracker/storage/default_experiment.h"
#include "tracker/storage/page.h"

namespace millwright::tracker {
namespace {

constexpr pg::Statement kCreate{"create_experiment", R"sql(
  INSERT INTO tracker.experiments (workspace_id, name)
  VALUES ($1, $2)
  ON CONFLICT (workspace_id, name) DO NOTHING
  RETURNING id, name, created_at, is_default
)sql"};

constexpr pg::Statement kGet{"get_experiment", R"sql(
  SELECT id, name, created_at, is_default FROM tracker.experiments WHERE id = $1
)sql"};

constexpr pg::Statement kList{"list_experiments", R"sql(
  SELECT id, name, created_at, is_default
    FROM tracker.experiments
   WHERE workspace_id = $1
     AND id < $2
     AND ($3::text IS NULL OR name = $3)
   ORDER BY id DESC
   LIMIT $4
)sql"};

Experiment ReadExperiment(const pg::Row& row) {
  return {ExperimentId(row.Bool(3) ? kDefaultExperiment : row.Text(0)), row.Text(1), row.Time(2)};
}

}  // namespace

absl::StatusOr<Experiment> PgExperimentStore::Create(const base::WorkspaceId& workspace, const std::string& name) {
  return db_.Transact([&](pg::Tx& tx) -> absl::StatusOr<Experiment> {
    RETURN_IF_ERROR(DefaultExperiment(tx, workspace).status());  // so that nobody takes its name first
    ASSIGN_OR_RETURN(const std::optional<pg::Row> row, tx.ZeroOrOne(kCreate, workspace, name));
    if (!row) return absl::AlreadyExistsError(absl::StrCat("name: an experiment \"", name, "\" exists already"));
    return ReadExperiment(*row);
  });
}

absl::StatusOr<Experiment> PgExperimentStore::Get(const base::WorkspaceId& workspace, const ExperimentId& id) {
  return db_.Transact([&](pg::Tx& tx) -> absl::StatusOr<Experiment> {
    ASSIGN_OR_RETURN(const std::int64_t number, FindExperiment(tx, workspace, id));
    ASSIGN_OR_RETURN(const pg::Row row, tx.One(kGet, number));
    return ReadExperiment(row);
  });
}

absl::StatusOr<PageOf<Experiment>> PgExperimentStore::List(const base::WorkspaceId& workspace, const ExperimentQuery& query) {
  return db_.Transact([&](pg::Tx& tx) -> absl::StatusOr<PageOf<Experiment>> {
    RETURN_IF_ERROR(DefaultExperiment(tx, workspace).status());
    ASSIGN_OR_RETURN(const std::vector<pg::Row> rows,
                     tx.Many(kList, workspace, Before(query.page), query.name, query.page.size + 1));
    std::vector<Experiment> experiments;
    std::vector<std::int64_t> numbers;
    for (const pg::Row& row : rows) {
      experiments.push_back(ReadExperiment(row));
      numbers.push_back(row.Int(0));
    }
    return Cut(std::move(experiments), numbers, query.page);
  });
}

}  // namespace millwright::tracker
