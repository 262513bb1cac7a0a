#include "tracker/storage/find_run.h"

#include "absl/strings/str_cat.h"
#include "lib/base/status_macros.h"

namespace millwright::tracker {
namespace {

constexpr pg::Statement kFindRun{"find_run", R"sql(
  SELECT number FROM tracker.runs WHERE run_id = $1 AND workspace_id = $2 FOR KEY SHARE
)sql"};

}  // namespace

absl::StatusOr<std::int64_t> FindRun(pg::Tx& tx, const base::WorkspaceId& workspace, const RunId& id) {
  ASSIGN_OR_RETURN(const std::optional<pg::Row> row, tx.ZeroOrOne(kFindRun, id, workspace));
  if (!row) return absl::NotFoundError(absl::StrCat("no run has the id ", id.value()));
  return row->Int(0);
}

}  // namespace millwright::tracker
