#pragma once

#include "absl/status/statusor.h"
#include "lib/base/id.h"
#include "lib/pg/database.h"
#include "tracker/domain/search_store.h"

namespace millwright::tracker {

absl::StatusOr<SearchedPage<Experiment>> FindExperimentPage(pg::Tx& tx, const base::WorkspaceId& workspace,
                                                            const ExperimentSearchQuery& query);

}  // namespace millwright::tracker
