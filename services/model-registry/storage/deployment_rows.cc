#include "model-registry/storage/deployment_rows.h"

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

constexpr pg::Statement kBundle{"bundle_of_version", R"sql(
  SELECT content_hash, files FROM registry.model_versions WHERE model_id = $1 AND version = $2
)sql"};

}  // namespace

absl::StatusOr<std::int64_t> Deploy(pg::Tx& tx, std::int64_t model_id, int version, absl::Time at) {
  nlohmann::json arms = nlohmann::json::array();
  if (version != 0) arms.push_back({{"version", version}, {"weight", 100}, {"role", "primary"}});
  ASSIGN_OR_RETURN(const pg::Row next, tx.One(kNextRevision));
  RETURN_IF_ERROR(tx.Execute(kDeploy, model_id, next.Int(0), arms, at).status());
  RETURN_IF_ERROR(tx.Many(pg::kNotify, kDeploymentsChannel).status());
  return next.Int(0);
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
