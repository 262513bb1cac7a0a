#include "model-registry/storage/deployment_rows.h"

#include <limits>
#include <optional>

#include "lib/base/status_macros.h"
#include "lib/pg/listener.h"
#include "model-registry/storage/json.h"
#include "model-registry/storage/pg_release_store.h"

namespace millwright::registry {
namespace {

constexpr pg::Statement kNextRevision{"next_revision", R"sql(
  UPDATE registry.deployment_revision SET revision = revision + 1 RETURNING revision
)sql"};

constexpr pg::Statement kDeploy{"deploy", R"sql(
  INSERT INTO registry.deployments (model_id, revision, arms, updated_at)
  VALUES ($1, $2, $3, $4)
  ON CONFLICT (model_id) DO UPDATE SET revision = EXCLUDED.revision, arms = EXCLUDED.arms, updated_at = EXCLUDED.updated_at
)sql"};

constexpr pg::Statement kFindPrimary{"find_primary", R"sql(
  SELECT (arms -> 0 ->> 'version')::integer FROM registry.deployments WHERE model_id = $1
)sql"};

constexpr pg::Statement kInProduction{"versions_in_production", R"sql(
  SELECT version, coalesce(moved_by, 0), content_hash <> '' AND files <> '[]'::jsonb
    FROM registry.model_versions
   WHERE model_id = $1 AND stage = 'Production' AND deleted_at IS NULL
)sql"};

constexpr pg::Statement kHasDeployment{"has_deployment", "SELECT 1 FROM registry.deployments WHERE model_id = $1"};

constexpr pg::Statement kLeaveName{"leave_name", R"sql(
  INSERT INTO registry.left_names (workspace_id, name, revision, left_at)
  VALUES ($1, $2, $3, $4)
  ON CONFLICT (workspace_id, name) DO UPDATE SET revision = EXCLUDED.revision, left_at = EXCLUDED.left_at
)sql"};

constexpr pg::Statement kBundle{"bundle_of_version", R"sql(
  SELECT content_hash, files FROM registry.model_versions WHERE model_id = $1 AND version = $2
)sql"};

absl::StatusOr<std::int64_t> NextRevision(pg::Tx& tx) {
  ASSIGN_OR_RETURN(const pg::Row next, tx.One(kNextRevision));
  RETURN_IF_ERROR(tx.Many(pg::kNotify, kDeploymentsChannel).status());
  return next.Int(0);
}

absl::StatusOr<std::int64_t> Deploy(pg::Tx& tx, std::int64_t model_id, int version, absl::Time at) {
  nlohmann::json arms = nlohmann::json::array();
  if (version != 0) arms.push_back({{"version", version}, {"weight", 100}, {"role", "primary"}});
  ASSIGN_OR_RETURN(const std::int64_t revision, NextRevision(tx));
  RETURN_IF_ERROR(tx.Execute(kDeploy, model_id, revision, arms, at).status());
  return revision;
}

}  // namespace

absl::StatusOr<int> Primary(pg::Tx& tx, std::int64_t model_id) {
  ASSIGN_OR_RETURN(const std::optional<pg::Row> row, tx.ZeroOrOne(kFindPrimary, model_id));
  return row ? static_cast<int>(row->OptionalInt(0).value_or(0)) : 0;
}

absl::StatusOr<PrimaryChange> FollowStages(pg::Tx& tx, std::int64_t model_id, int newest, absl::Time at) {
  PrimaryChange change;
  ASSIGN_OR_RETURN(change.before, Primary(tx, model_id));
  ASSIGN_OR_RETURN(const std::vector<pg::Row> rows, tx.Many(kInProduction, model_id));
  std::vector<InProduction> versions;
  for (const pg::Row& row : rows) {
    const int version = static_cast<int>(row.Int(0));
    const std::int64_t moved_by = version == newest ? std::numeric_limits<std::int64_t>::max() : row.Int(1);
    versions.push_back({.version = version, .moved_by = moved_by, .is_servable = row.Bool(2)});
  }
  change.after = PrimaryOf(versions);
  if (change.after != change.before) {
    ASSIGN_OR_RETURN(change.revision, Deploy(tx, model_id, change.after, at));
  }
  return change;
}

absl::Status MoveDeployment(pg::Tx& tx, std::int64_t model_id, const base::WorkspaceId& workspace, const std::string& old_name,
                            absl::Time at) {
  ASSIGN_OR_RETURN(const std::optional<pg::Row> row, tx.ZeroOrOne(kHasDeployment, model_id));
  if (!row) return absl::OkStatus();
  ASSIGN_OR_RETURN(const std::int64_t left, NextRevision(tx));
  RETURN_IF_ERROR(tx.Execute(kLeaveName, workspace, old_name, left, at).status());
  ASSIGN_OR_RETURN(const int primary, Primary(tx, model_id));
  return Deploy(tx, model_id, primary, at).status();
}

absl::StatusOr<std::vector<Deployment>> ReadDeployments(pg::Tx& tx, const std::vector<pg::Row>& rows) {
  std::vector<Deployment> deployments;
  for (const pg::Row& row : rows) {
    Deployment deployment{
        .workspace = row.Text(1), .name = row.Text(2), .revision = row.Int(3), .arms = {}, .updated_at = row.Time(5)};
    for (const nlohmann::json& json : row.Json(4)) {
      Arm arm{
          .version = json["version"].get<int>(), .weight = json["weight"].get<int>(), .role = json["role"].get<std::string>()};
      ASSIGN_OR_RETURN(const pg::Row bundle, tx.One(kBundle, row.Int(0), arm.version));
      arm.content_hash = bundle.Text(0);
      arm.files = FilesFromJson(bundle.Json(1));
      deployment.arms.push_back(std::move(arm));
    }
    deployments.push_back(std::move(deployment));
  }
  return deployments;
}

}  // namespace millwright::registry
