#pragma once

#include "lib/pg/database.h"
#include "tracker/domain/search_store.h"
#include "tracker/storage/metric_keys.h"
#include "tracker/storage/statement_texts.h"

namespace millwright::tracker {

/// Searches over the tables of runs, experiments and logged models.
class PgSearchStore : public SearchStore {
 public:
  explicit PgSearchStore(pg::Database& db) : db_(db), keys_(db) {}
  absl::StatusOr<SearchedPage<Run>> SearchRuns(const base::WorkspaceId& workspace, const RunSearchQuery& query) override;
  absl::StatusOr<SearchedPage<Experiment>> SearchExperiments(const base::WorkspaceId& workspace,
                                                             const ExperimentSearchQuery& query) override;
  absl::StatusOr<SearchedPage<LoggedModel>> SearchLoggedModels(const base::WorkspaceId& workspace,
                                                               const LoggedModelSearchQuery& query) override;

 private:
  pg::Database& db_;
  MetricKeys keys_;
  StatementTexts texts_;
};

}  // namespace millwright::tracker
