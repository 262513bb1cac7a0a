#pragma once

#include "lib/pg/database.h"
#include "tracker/domain/run_store.h"

namespace millwright::tracker {

/// Runs in tracker.runs, with params, tags, the metric history and the latest metrics beside them.
class PgRunStore : public RunStore {
 public:
  explicit PgRunStore(pg::Database& db) : db_(db) {}
  absl::StatusOr<Run> Create(const base::WorkspaceId& workspace, const NewRun& run) override;
  absl::StatusOr<Run> Get(const base::WorkspaceId& workspace, const RunId& id) override;
  absl::StatusOr<PageOf<Run>> List(const base::WorkspaceId& workspace, const RunQuery& query) override;
  absl::Status Log(const base::WorkspaceId& workspace, const RunId& id, const Batch& batch) override;
  absl::StatusOr<Run> Finish(const base::WorkspaceId& workspace, const RunId& id, RunStatus status, absl::Time at) override;
  absl::StatusOr<std::vector<Metric>> History(const base::WorkspaceId& workspace, const RunId& id,
                                              const HistoryQuery& query) override;

 private:
  pg::Database& db_;
};

}  // namespace millwright::tracker
