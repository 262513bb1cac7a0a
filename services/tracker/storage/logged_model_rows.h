#pragma once

#include <vector>

#include "absl/status/statusor.h"
#include "lib/base/id.h"
#include "lib/pg/database.h"
#include "tracker/domain/logged_model.h"

namespace millwright::tracker {

/// The row number of a model of the workspace, deleted or not; NotFound.
absl::StatusOr<std::int64_t> FindLoggedModel(pg::Tx& tx, const base::WorkspaceId& workspace, const std::string& id);

absl::Status NoSuchLoggedModel(const std::string& id);

/// The models of these row numbers, in this order, with params, tags and metrics; rows that are gone are left out.
absl::StatusOr<std::vector<LoggedModel>> ReadLoggedModels(pg::Tx& tx, const std::vector<std::int64_t>& numbers);

}  // namespace millwright::tracker
