#include "tracker/storage/artifact_place.h"

#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "lib/base/status_macros.h"
#include "tracker/domain/experiment.h"
#include "tracker/domain/mlflow_path.h"

namespace millwright::tracker {
namespace {

constexpr pg::Statement kFindRunPlace{"find_run_place", R"sql(
  SELECT e.artifact_location, CASE WHEN e.is_default THEN '0' ELSE e.id::text END
    FROM tracker.runs r JOIN tracker.experiments e ON e.id = r.experiment_id
   WHERE r.run_id = $1
     AND r.workspace_id = $2
)sql"};

constexpr pg::Statement kFindModelPlace{"find_model_place", R"sql(
  SELECT m.artifact_location, CASE WHEN e.is_default THEN '0' ELSE e.id::text END
    FROM tracker.logged_models m JOIN tracker.experiments e ON e.id = m.experiment_id
   WHERE m.model_id = $1
     AND m.workspace_id = $2
     AND m.deleted_at IS NULL
)sql"};

constexpr pg::Statement kHoldRunOwner{"hold_run_owner", R"sql(
  SELECT number FROM tracker.runs WHERE run_id = $1 AND workspace_id = $2 FOR KEY SHARE
)sql"};

constexpr pg::Statement kHoldModelOwner{"hold_model_owner", R"sql(
  SELECT number FROM tracker.logged_models WHERE model_id = $1 AND workspace_id = $2 FOR KEY SHARE
)sql"};

// Clients write to a location that is not ours by themselves; what is here of it is where it would be by default.
ArtifactPlace PlaceOf(const std::string& location, const std::string& by_default) {
  absl::StatusOr<std::string> path = PathOfLocation(location);
  if (!path.ok()) path = by_default;
  return {.prefix = path->empty() ? "" : absl::StrCat(*path, "/"), .location = location};
}

}  // namespace

absl::StatusOr<ArtifactPlace> FindPlace(pg::Tx& tx, const base::WorkspaceId& workspace, const ArtifactRoot& root) {
  if (root.kind == ArtifactRoot::Kind::kTree) return ArtifactPlace{.prefix = "", .location = "mlflow-artifacts:/"};
  if (root.kind == ArtifactRoot::Kind::kRun) {
    ASSIGN_OR_RETURN(const std::optional<pg::Row> row, tx.ZeroOrOne(kFindRunPlace, root.id, workspace));
    if (!row) return absl::NotFoundError(absl::StrCat("no run has the id ", root.id));
    const std::string by_default = absl::StrCat(row->Text(1), "/", root.id, "/artifacts");
    const std::string experiment = row->Text(0);
    if (experiment.empty()) return PlaceOf(absl::StrCat("mlflow-artifacts:/", by_default), by_default);
    const absl::string_view slash = absl::EndsWith(experiment, "/") ? "" : "/";
    return PlaceOf(absl::StrCat(experiment, slash, root.id, "/artifacts"), by_default);
  }
  ASSIGN_OR_RETURN(const std::optional<pg::Row> row, tx.ZeroOrOne(kFindModelPlace, root.id, workspace));
  if (!row) return absl::NotFoundError(absl::StrCat("Logged model with ID '", root.id, "' not found."));
  return PlaceOf(row->Text(0), absl::StrCat(row->Text(1), "/models/", root.id, "/artifacts"));
}

absl::StatusOr<ArtifactOwner> HoldOwner(pg::Tx& tx, const base::WorkspaceId& workspace, const std::string& tree_path) {
  const std::vector<std::string> parts = absl::StrSplit(tree_path, '/');
  ArtifactOwner owner;
  for (std::size_t i = 0; i + 1 < parts.size(); ++i) {
    if (parts[i + 1] != "artifacts") continue;
    ASSIGN_OR_RETURN(const std::optional<pg::Row> run, tx.ZeroOrOne(kHoldRunOwner, parts[i], workspace));
    if (run) owner.run_number = run->Int(0);
    if (run || i == 0 || parts[i - 1] != "models") break;
    ASSIGN_OR_RETURN(const std::optional<pg::Row> model, tx.ZeroOrOne(kHoldModelOwner, parts[i], workspace));
    if (model) owner.model_number = model->Int(0);
    break;
  }
  return owner;
}

}  // namespace millwright::tracker
