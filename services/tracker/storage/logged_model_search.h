#pragma once

#include <vector>

#include "absl/status/statusor.h"
#include "lib/pg/database.h"
#include "tracker/domain/search_store.h"

namespace millwright::tracker {

/// `experiments` are row ids.
absl::StatusOr<SearchedPage<LoggedModel>> FindLoggedModelPage(pg::Tx& tx, const std::vector<std::int64_t>& experiments,
                                                              const LoggedModelSearchQuery& query);

}  // namespace millwright::tracker
