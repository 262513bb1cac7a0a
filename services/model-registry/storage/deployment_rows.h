#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "lib/base/id.h"
#include "lib/pg/database.h"
#include "model-registry/domain/release.h"

namespace millwright::registry {

/// The version that answers for the model; 0: none.
absl::StatusOr<int> Primary(pg::Tx& tx, std::int64_t model_id);

/// Which version answers, before and after a change of stages, and the revision under which it does (0: nothing changed).
struct PrimaryChange {
  int before = 0;
  int after = 0;
  std::int64_t revision = 0;
};

/// Makes the deployment follow the stages as they are now (PrimaryOf), under the next revision if that is a change, and notifies.
/// `newest`, if not 0, counts as moved last. The revision row stays locked until the transaction ends.
absl::StatusOr<PrimaryChange> FollowStages(pg::Tx& tx, std::int64_t model_id, int newest, absl::Time at);

/// The model was called `old_name` until now: watchers hear that nothing serves under it, and of the deployment's new name.
absl::Status MoveDeployment(pg::Tx& tx, std::int64_t model_id, const base::WorkspaceId& workspace, const std::string& old_name,
                            absl::Time at);

/// Rows of (model_id, workspace_id, name, revision, arms, updated_at), with each arm's bundle read beside.
absl::StatusOr<std::vector<Deployment>> ReadDeployments(pg::Tx& tx, const std::vector<pg::Row>& rows);

}  // namespace millwright::registry
