#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "lib/base/id.h"
#include "lib/pg/database.h"
#include "model-registry/domain/release.h"

namespace millwright::registry {

/// Adds the entry to the history, tells the subscribers, and notes with the version (unless it was refused or deleted) what moved
/// it.
absl::StatusOr<Promotion> Append(pg::Tx& tx, const base::WorkspaceId& workspace, std::int64_t model_id, Promotion entry);

/// The newest entry that moved the version.
absl::StatusOr<std::optional<Promotion>> LastMove(pg::Tx& tx, std::int64_t model_id, const std::string& name, int version);
/// Newest first, those below `before`.
absl::StatusOr<std::vector<Promotion>> FindPromotions(pg::Tx& tx, std::int64_t model_id, const std::string& name,
                                                      std::int64_t before, int limit);
/// What made which version the deployment's primary, oldest first, without the versions that are deleted by now.
absl::StatusOr<std::vector<ProductionEntry>> ProductionHistory(pg::Tx& tx, std::int64_t model_id);

/// What a request id was answered with; an entry without id when nothing had to change.
absl::StatusOr<std::optional<Promotion>> AnswerTo(pg::Tx& tx, std::int64_t model_id, const PromotionOrder& order, Stage stage);
absl::Status NoteAnswer(pg::Tx& tx, std::int64_t model_id, const PromotionOrder& order, const Promotion& promotion);

}  // namespace millwright::registry
