#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "lib/base/id.h"
#include "lib/pg/database.h"
#include "model-registry/domain/model.h"

namespace millwright::registry {

/// The row of a model; NotFound when the workspace has no such model.
absl::StatusOr<std::int64_t> FindModel(pg::Tx& tx, const base::WorkspaceId& workspace, const std::string& name);
/// And locks it until the end of the transaction: all that changes a model's versions, gates or stages goes one at a time.
absl::StatusOr<std::int64_t> LockModel(pg::Tx& tx, const base::WorkspaceId& workspace, const std::string& name);

/// NotFound when the model has no such version.
absl::StatusOr<ModelVersion> FindVersion(pg::Tx& tx, std::int64_t model_id, const std::string& name, int version);
/// Columns: version, stage, run_id, content_hash, files, lineage, description, created_by, created_at.
ModelVersion ReadVersion(const pg::Row& row, const std::string& name);
/// Newest first.
absl::StatusOr<std::vector<Evaluation>> FindEvaluations(pg::Tx& tx, std::int64_t model_id, const std::string& name, int version,
                                                        int limit);

}  // namespace millwright::registry
