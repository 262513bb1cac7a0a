#include "tracker/storage/default_experiment.h"

#include "absl/strings/str_cat.h"
#include "lib/base/status_macros.h"
#include "tracker/domain/log_errors.h"

namespace millwright::tracker {
namespace {

constexpr pg::Statement kFindDefault{"find_default_experiment", R"sql(
  SELECT id FROM tracker.experiments WHERE workspace_id = $1 AND is_default
)sql"};

// It counts as older than the experiment that brought it about.
constexpr pg::Statement kMakeDefault{"make_default_experiment", R"sql(
  INSERT INTO tracker.experiments (workspace_id, name, is_default, created_at, updated_at)
  VALUES ($1, 'Default', true, now() - interval '1 second', now() - interval '1 second')
  ON CONFLICT DO NOTHING
)sql"};

constexpr pg::Statement kFindExperiment{"find_experiment", R"sql(
  SELECT id FROM tracker.experiments WHERE workspace_id = $1 AND id = $2 AND NOT is_default
)sql"};

constexpr pg::Statement kIsDeleted{"is_experiment_deleted", R"sql(
  SELECT deleted_at IS NOT NULL FROM tracker.experiments WHERE id = $1
)sql"};

}  // namespace

absl::StatusOr<std::int64_t> DefaultExperiment(pg::Tx& tx, const base::WorkspaceId& workspace) {
  ASSIGN_OR_RETURN(const std::optional<pg::Row> found, tx.ZeroOrOne(kFindDefault, workspace));
  if (found) return found->Int(0);
  RETURN_IF_ERROR(tx.Execute(kMakeDefault, workspace).status());
  ASSIGN_OR_RETURN(const pg::Row made, tx.One(kFindDefault, workspace));
  return made.Int(0);
}

absl::StatusOr<std::int64_t> FindExperiment(pg::Tx& tx, const base::WorkspaceId& workspace, const ExperimentId& id) {
  if (id.value() == kDefaultExperiment) return DefaultExperiment(tx, workspace);
  ASSIGN_OR_RETURN(const std::optional<pg::Row> row, tx.ZeroOrOne(kFindExperiment, workspace, id));
  if (!row) return NoSuchExperiment(id);
  return row->Int(0);
}

absl::StatusOr<std::int64_t> FindActiveExperiment(pg::Tx& tx, const base::WorkspaceId& workspace, const ExperimentId& id) {
  ASSIGN_OR_RETURN(const std::int64_t number, FindExperiment(tx, workspace, id));
  ASSIGN_OR_RETURN(const pg::Row row, tx.One(kIsDeleted, number));
  if (row.Bool(0)) return DeletedExperimentError(id);
  return number;
}

absl::Status NoSuchExperiment(const ExperimentId& id) {
  return absl::NotFoundError(absl::StrCat("no experiment has the id ", id.value()));
}

}  // namespace millwright::tracker
