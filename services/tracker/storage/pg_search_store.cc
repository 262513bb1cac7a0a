#include "tracker/storage/pg_search_store.h"

#include <set>

#include "absl/strings/numbers.h"
#include "lib/base/status_macros.h"
#include "tracker/storage/default_experiment.h"
#include "tracker/storage/experiment_rows.h"
#include "tracker/storage/experiment_search.h"
#include "tracker/storage/logged_model_rows.h"
#include "tracker/storage/logged_model_search.h"
#include "tracker/storage/run_page.h"
#include "tracker/storage/run_search.h"
#include "tracker/storage/settle_metrics.h"

namespace millwright::tracker {
namespace {

constexpr pg::Statement kExperiments{"searched_experiments", R"sql(
  SELECT id FROM tracker.experiments
   WHERE workspace_id = $1
     AND ($2::bigint[] IS NULL OR CASE WHEN is_default THEN 0 ELSE id END = ANY ($2::bigint[]))
   ORDER BY id
)sql",
                                     pg::Plan::kPrepared};

std::vector<std::int64_t> NumbersOf(const std::vector<ExperimentId>& ids) {
  std::vector<std::int64_t> numbers;
  for (const ExperimentId& id : ids) {
    std::int64_t number = 0;
    if (absl::SimpleAtoi(id.value(), &number)) numbers.push_back(number);
  }
  return numbers;
}

absl::StatusOr<std::vector<std::int64_t>> FindExperiments(pg::Tx& tx, const base::WorkspaceId& workspace,
                                                          const std::optional<std::vector<ExperimentId>>& ids) {
  const std::optional<std::vector<std::int64_t>> numbers = ids ? std::optional(NumbersOf(*ids)) : std::nullopt;
  ASSIGN_OR_RETURN(const std::vector<pg::Row> rows, tx.Many(kExperiments, workspace, numbers));
  std::vector<std::int64_t> found;
  for (const pg::Row& row : rows) found.push_back(row.Int(0));
  return found;
}

}  // namespace

absl::StatusOr<SearchedPage<Run>> PgSearchStore::SearchRuns(const base::WorkspaceId& workspace, const RunSearchQuery& query) {
  std::set<std::string> metrics;
  CollectMetrics(query.filter, metrics);
  for (const search::OrderKey& key : query.order) {
    if (key.field.entity == search::Entity::kMetric) metrics.insert(key.field.key);
  }
  if (!metrics.empty()) RETURN_IF_ERROR(SettleMetrics(db_).status());
  // Not one snapshot, as each statement sees what has committed when it begins.
  const auto find = [&](pg::Tx& tx) -> absl::StatusOr<FoundRuns> {
    RunScope scope;
    scope.texts = &texts_;
    if (!absl::SimpleAtoi(workspace.value(), &scope.workspace)) return absl::InternalError("a workspace is no number");
    ASSIGN_OR_RETURN(scope.experiments, FindExperiments(tx, workspace, query.experiments));
    scope.is_whole_workspace = !query.experiments;
    ASSIGN_OR_RETURN(scope.metrics, keys_.FindAll(tx, std::vector<std::string>(metrics.begin(), metrics.end())));
    return FindRuns(tx, scope, query);
  };
  ASSIGN_OR_RETURN(FoundRuns found, db_.Read(find));
  SearchedPage<Run> page;
  ASSIGN_OR_RETURN(page.items, ReadRuns(db_, keys_, found.numbers, query.columns));
  page.next = std::move(found.next);
  return page;
}

absl::StatusOr<SearchedPage<Experiment>> PgSearchStore::SearchExperiments(const base::WorkspaceId& workspace,
                                                                          const ExperimentSearchQuery& query) {
  return db_.Transact([&](pg::Tx& tx) -> absl::StatusOr<SearchedPage<Experiment>> {
    RETURN_IF_ERROR(DefaultExperiment(tx, workspace).status());
    return FindExperimentPage(tx, workspace, query);
  });
}

absl::StatusOr<SearchedPage<LoggedModel>> PgSearchStore::SearchLoggedModels(const base::WorkspaceId& workspace,
                                                                            const LoggedModelSearchQuery& query) {
  return db_.Transact([&](pg::Tx& tx) -> absl::StatusOr<SearchedPage<LoggedModel>> {
    ASSIGN_OR_RETURN(const std::vector<std::int64_t> experiments, FindExperiments(tx, workspace, query.experiments));
    return FindLoggedModelPage(tx, experiments, query);
  });
}

}  // namespace millwright::tracker
