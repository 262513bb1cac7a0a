#include "tracker/storage/find_run.h"

#include "absl/strings/str_cat.h"
#include "lib/base/status_macros.h"

namespace millwright::tracker {
namespace {

constexpr pg::Statement kFindRun{"find_run", R"sql(
  SELECT number FROM tracker.runs WHERE run_id = $1 AND workspace_id = $2
)sql"};

constexpr pg::Statement kHoldRun{"hold_run", R"sql(
  SELECT number FROM tracker.runs WHERE run_id = $1 AND workspace_id = $2 FOR KEY SHARE
)sql"};

absl::StatusOr<std::int64_t> Find(pg::Tx& tx, const pg::Statement& statement, const base::WorkspaceId& workspace,
                                  const RunId& id) {
  ASSIGN_OR_RETURN(const std::optional<pg::Row> row, tx.ZeroOrOne(statement, id, workspace));
  if (!row) return absl::NotFoundError(absl::StrCat("no run has the id ", id.value()));
  return row->Int(0);
}

}  // namespace

absl::StatusOr<std::int64_t> FindRun(pg::Tx& tx, const base::WorkspaceId& workspace, const RunId& id) {
  return Find(tx, kFindRun, workspace, id);
}

absl::StatusOr<std::int64_t> HoldRun(pg::Tx& tx, const base::WorkspaceId& workspace, const RunId& id) {
  return Find(tx, kHoldRun, workspace, id);
}

}  // namespace millwright::tracker
