// The reading side of ReleaseStore: what serving follows.
#include <algorithm>
#include <optional>

#include "absl/strings/str_cat.h"
#include "lib/base/status_macros.h"
#include "model-registry/storage/deployment_rows.h"
#include "model-registry/storage/model_row.h"
#include "model-registry/storage/pg_release_store.h"

namespace millwright::registry {
namespace {

constexpr pg::Statement kGetDeployment{"get_deployment", R"sql(
  SELECT d.model_id, m.workspace_id, m.name, d.revision, d.arms, d.updated_at
    FROM registry.deployments d JOIN registry.models m USING (model_id)
   WHERE d.model_id = $1
)sql"};

constexpr pg::Statement kListDeployments{"list_deployments", R"sql(
  SELECT d.model_id, m.workspace_id, m.name, d.revision, d.arms, d.updated_at
    FROM registry.deployments d JOIN registry.models m USING (model_id)
   WHERE m.workspace_id = $1 AND m.name > $2 AND m.deleted_at IS NULL
   ORDER BY m.name
   LIMIT $3
)sql"};

constexpr pg::Statement kChangedDeployments{"changed_deployments", R"sql(
  SELECT d.model_id, m.workspace_id, m.name, d.revision, d.arms, d.updated_at
    FROM registry.deployments d JOIN registry.models m USING (model_id)
   WHERE d.revision > $1
  UNION ALL
  SELECT 0, workspace_id, name, revision, '[]', left_at
    FROM registry.left_names
   WHERE revision > $1
   ORDER BY revision
   LIMIT $2
)sql"};

constexpr pg::Statement kCurrentRevision{"current_revision", "SELECT revision FROM registry.deployment_revision"};

}  // namespace

absl::StatusOr<Deployment> PgReleaseStore::GetDeployment(const base::WorkspaceId& workspace, const std::string& name) {
  return db_.Transact([&](pg::Tx& tx) -> absl::StatusOr<Deployment> {
    ASSIGN_OR_RETURN(const std::int64_t model_id, FindModel(tx, workspace, name));
    ASSIGN_OR_RETURN(const std::vector<pg::Row> rows, tx.Many(kGetDeployment, model_id));
    ASSIGN_OR_RETURN(std::vector<Deployment> deployments, ReadDeployments(tx, rows));
    if (!deployments.empty()) return std::move(deployments.front());
    return absl::NotFoundError(absl::StrCat("model \"", name, "\" has no deployment: no version was promoted to Production yet"));
  });
}

absl::StatusOr<std::vector<Deployment>> PgReleaseStore::ListDeployments(const base::WorkspaceId& workspace,
                                                                        const std::string& after, int limit) {
  return db_.Transact([&](pg::Tx& tx) -> absl::StatusOr<std::vector<Deployment>> {
    ASSIGN_OR_RETURN(const std::vector<pg::Row> rows, tx.Many(kListDeployments, workspace, after, limit));
    return ReadDeployments(tx, rows);
  });
}

absl::StatusOr<DeploymentChanges> PgReleaseStore::ChangedDeployments(std::int64_t after_revision, int limit) {
  return db_.Transact([&](pg::Tx& tx) -> absl::StatusOr<DeploymentChanges> {
    // The counter first: whatever it counts is committed, so the list read after it holds it.
    ASSIGN_OR_RETURN(const pg::Row current, tx.One(kCurrentRevision));
    DeploymentChanges changes{.revision = current.Int(0), .deployments = {}};
    ASSIGN_OR_RETURN(const std::vector<pg::Row> rows, tx.Many(kChangedDeployments, after_revision, limit));
    ASSIGN_OR_RETURN(changes.deployments, ReadDeployments(tx, rows));
    if (!changes.deployments.empty()) {
      const std::int64_t last = changes.deployments.back().revision;
      changes.revision = static_cast<int>(rows.size()) < limit ? std::max(changes.revision, last) : last;
    }
    return changes;
  });
}

absl::StatusOr<std::int64_t> PgReleaseStore::CurrentRevision() {
  return db_.Transact([&](pg::Tx& tx) -> absl::StatusOr<std::int64_t> {
    ASSIGN_OR_RETURN(const pg::Row row, tx.One(kCurrentRevision));
    return row.Int(0);
  });
}

}  // namespace millwright::registry
