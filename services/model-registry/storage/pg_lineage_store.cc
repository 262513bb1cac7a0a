#include "model-registry/storage/pg_lineage_store.h"

#include "absl/strings/str_cat.h"
#include "lib/base/check.h"
#include "lib/base/status_macros.h"
#include "model-registry/storage/deployment_rows.h"
#include "model-registry/storage/model_row.h"

#define LINEAGE_COLUMNS                                                                                                    \
  " coalesce(v.lineage ->> 'dataset_version_id', ''), coalesce(v.lineage ->> 'dataset', ''), v.run_id, v.logged_model_id," \
  " m.name, v.version, v.stage, d.revision "
#define LINEAGE_FROM                                                                      \
  " FROM registry.model_versions v JOIN registry.models m USING (model_id)"               \
  "      LEFT JOIN registry.deployments d ON d.model_id = v.model_id"                     \
  "            AND d.arms @> jsonb_build_array(jsonb_build_object('version', v.version))" \
  " WHERE m.workspace_id = $1 AND m.deleted_at IS NULL AND v.deleted_at IS NULL "
#define LINEAGE_ORDER " ORDER BY v.created_at DESC, v.version DESC LIMIT 1000"

namespace millwright::registry {
namespace {

constexpr pg::Statement kOfDataset{
    "lineage_of_dataset", "SELECT" LINEAGE_COLUMNS LINEAGE_FROM "AND v.lineage ->> 'dataset_version_id' = $2" LINEAGE_ORDER};
constexpr pg::Statement kOfRun{"lineage_of_run", "SELECT" LINEAGE_COLUMNS LINEAGE_FROM "AND v.run_id = $2" LINEAGE_ORDER};
constexpr pg::Statement kOfLoggedModel{"lineage_of_logged_model",
                                       "SELECT" LINEAGE_COLUMNS LINEAGE_FROM "AND v.logged_model_id = $2" LINEAGE_ORDER};
constexpr pg::Statement kOfVersion{"lineage_of_version",
                                   "SELECT" LINEAGE_COLUMNS LINEAGE_FROM "AND v.model_id = $2 AND v.version = $3" LINEAGE_ORDER};

LineageChain ReadChain(const pg::Row& row) {
  const std::optional<Stage> stage = StageOf(row.Text(6));
  CHECK(stage.has_value());
  LineageChain chain{.dataset_version_id = row.Text(0),
                     .dataset = row.Text(1),
                     .run_id = row.Text(2),
                     .logged_model_id = row.Text(3),
                     .name = row.Text(4),
                     .version = static_cast<int>(row.Int(5)),
                     .stage = *stage,
                     .revision = row.OptionalInt(7).value_or(0)};
  if (chain.revision != 0) chain.deployment = chain.name;
  return chain;
}

absl::StatusOr<std::vector<pg::Row>> Rows(pg::Tx& tx, const base::WorkspaceId& workspace, const LineagePoint& point) {
  if (!point.dataset_version_id.empty()) return tx.Many(kOfDataset, workspace, point.dataset_version_id);
  if (!point.run_id.empty()) return tx.Many(kOfRun, workspace, point.run_id);
  if (!point.logged_model_id.empty()) return tx.Many(kOfLoggedModel, workspace, point.logged_model_id);
  const std::string& name = point.name.empty() ? point.deployment : point.name;
  ASSIGN_OR_RETURN(const std::int64_t model_id, FindModel(tx, workspace, name));
  int version = point.version;
  if (point.name.empty()) {
    ASSIGN_OR_RETURN(version, Primary(tx, model_id));
    if (version == 0) return absl::NotFoundError(absl::StrCat("nothing is deployed for model \"", name, "\""));
  }
  RETURN_IF_ERROR(FindVersion(tx, model_id, name, version).status());
  return tx.Many(kOfVersion, workspace, model_id, version);
}

}  // namespace

absl::StatusOr<std::vector<LineageChain>> PgLineageStore::Find(const base::WorkspaceId& workspace, const LineagePoint& point) {
  return db_.Transact([&](pg::Tx& tx) -> absl::StatusOr<std::vector<LineageChain>> {
    ASSIGN_OR_RETURN(const std::vector<pg::Row> rows, Rows(tx, workspace, point));
    std::vector<LineageChain> chains;
    for (const pg::Row& row : rows) chains.push_back(ReadChain(row));
    return chains;
  });
}

}  // namespace millwright::registry
