#pragma once

#include <cstdint>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "lib/pg/database.h"
#include "model-registry/domain/release.h"

namespace millwright::registry {

/// Makes `version` (0: nothing) the one that serves the model, under the next revision, and notifies. The revision row stays
/// locked until the transaction ends.
absl::StatusOr<std::int64_t> Deploy(pg::Tx& tx, std::int64_t model_id, int version, absl::Time at);

/// Rows of (model_id, workspace_id, name, revision, arms, updated_at), with each arm's bundle read beside.
absl::StatusOr<std::vector<Deployment>> ReadDeployments(pg::Tx& tx, const std::vector<pg::Row>& rows);

}  // namespace millwright::registry
