#pragma once

#include <vector>

#include "absl/status/statusor.h"
#include "lib/pg/database.h"
#include "monitor/domain/release.h"

namespace millwright::monitor {

/// Serialises what must see each other's rows: logging goes side by side under the shared lock, labelling and following a new
/// release alone under the exclusive one. So a label and its prediction, or a release and its first answers, cannot pass each
/// other unseen.
absl::Status LockLogShared(pg::Tx& tx);
absl::Status LockLogAlone(pg::Tx& tx);

/// Columns: workspace_id, model, revision, version, state, requests, not_finite, failed, first_at, last_at, examples as jsonb,
/// recent, recent_bad, reason, evidence, changed_at.
Release ReadRelease(const pg::Row& row, int first_column = 0);
/// The row locked; empty when the deployment is not known (yet).
absl::StatusOr<std::optional<Release>> LockRelease(pg::Tx& tx, const base::WorkspaceId& workspace, const std::string& model,
                                                   std::int64_t revision);
absl::Status StoreRelease(pg::Tx& tx, const Release& release);
std::string Text(ReleaseState state);

Outcome OutcomeOf(const std::string& text);
std::string Text(Outcome outcome);

}  // namespace millwright::monitor
