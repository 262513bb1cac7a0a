#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "lib/base/id.h"
#include "lib/pg/database.h"
#include "model-registry/domain/model.h"

// The columns that ReadModel and ReadVersion read, of `registry.models m` and `registry.model_versions v`.
#define REGISTRY_MODEL_COLUMNS                                                                                           \
  " m.name, m.description, m.created_at, m.updated_at,"                                                                  \
  " (SELECT max(v.version) FROM registry.model_versions v WHERE v.model_id = m.model_id AND v.deleted_at IS NULL),"      \
  " coalesce((SELECT (d.arms -> 0 ->> 'version')::integer FROM registry.deployments d WHERE d.model_id = m.model_id),"   \
  "          (SELECT max(v.version) FROM registry.model_versions v"                                                      \
  "            WHERE v.model_id = m.model_id AND v.stage = 'Production' AND v.deleted_at IS NULL)),"                     \
  " (SELECT max(v.version) FROM registry.model_versions v"                                                               \
  "   WHERE v.model_id = m.model_id AND v.stage = 'Staging' AND v.deleted_at IS NULL),"                                  \
  " coalesce((SELECT jsonb_object_agg(t.key, t.value) FROM registry.model_tags t WHERE t.model_id = m.model_id), '{}')," \
  " coalesce((SELECT jsonb_object_agg(a.alias, a.version) FROM registry.aliases a WHERE a.model_id = m.model_id), '{}') "

#define REGISTRY_VERSION_COLUMNS_FROM(files, lineage)                                                                 \
  " m.name, v.version, v.stage, v.run_id, v.content_hash, " files ", " lineage                                        \
  ", v.description, v.created_by, v.created_at, v.source, v.storage_uri, v.run_link, v.logged_model_id, v.card_text," \
  " v.updated_at, v.pin_owner,"                                                                                       \
  " coalesce((SELECT jsonb_object_agg(t.key, t.value) FROM registry.version_tags t"                                   \
  "            WHERE t.model_id = v.model_id AND t.version = v.version), '{}'),"                                      \
  " coalesce((SELECT jsonb_agg(a.alias ORDER BY a.alias) FROM registry.aliases a"                                     \
  "            WHERE a.model_id = v.model_id AND a.version = v.version), '[]') "
#define REGISTRY_VERSION_COLUMNS REGISTRY_VERSION_COLUMNS_FROM("v.files", "v.lineage")
/// For lists of many: without files and lineage.
#define REGISTRY_LIGHT_VERSION_COLUMNS REGISTRY_VERSION_COLUMNS_FROM("'[]'::jsonb", "'{}'::jsonb")

namespace millwright::registry {

/// The row of a model; NotFound when the workspace has no such model.
absl::StatusOr<std::int64_t> FindModel(pg::Tx& tx, const base::WorkspaceId& workspace, const std::string& name);
/// And locks it until the end of the transaction: all that changes a model's versions, gates or stages goes one at a time.
absl::StatusOr<std::int64_t> LockModel(pg::Tx& tx, const base::WorkspaceId& workspace, const std::string& name);
/// The model, else the newest deleted one of that name.
absl::StatusOr<std::int64_t> FindModelEvenDeleted(pg::Tx& tx, const base::WorkspaceId& workspace, const std::string& name);

RegisteredModel ReadModel(const pg::Row& row);
/// NotFound when the model has no such version.
absl::StatusOr<ModelVersion> FindVersion(pg::Tx& tx, std::int64_t model_id, const std::string& name, int version);
ModelVersion ReadVersion(const pg::Row& row);
/// The change of something of the model's or version's shows in when it was updated.
absl::Status TouchModel(pg::Tx& tx, std::int64_t model_id, absl::Time at);
absl::Status TouchVersion(pg::Tx& tx, std::int64_t model_id, int version, absl::Time at);
/// Newest first.
absl::StatusOr<std::vector<Evaluation>> FindEvaluations(pg::Tx& tx, std::int64_t model_id, const std::string& name, int version,
                                                        int limit);

}  // namespace millwright::registry
