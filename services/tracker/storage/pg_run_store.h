#pragma once

#include <memory>

#include "lib/pg/database.h"
#include "tracker/domain/run_store.h"
#include "tracker/storage/log_committer.h"
#include "tracker/storage/metric_keys.h"

namespace millwright::tracker {

struct RunStoreOptions {
  CommitterOptions committer;
  ModelMetricWriter write_model_metrics;           // of metrics that name a logged model; none: the name is ignored
  absl::Duration settle_every = absl::Seconds(1);  // folding of the metric log; zero: only when asked
};

/// Runs in tracker.runs, with params, tags and metrics beside them.
class PgRunStore : public RunStore {
 public:
  explicit PgRunStore(pg::Database& db, RunStoreOptions options = {});
  ~PgRunStore() override;
  absl::StatusOr<Run> Create(const base::WorkspaceId& workspace, const NewRun& run) override;
  absl::StatusOr<Run> Get(const base::WorkspaceId& workspace, const RunId& id) override;
  absl::StatusOr<PageOf<Run>> List(const base::WorkspaceId& workspace, const RunQuery& query) override;
  std::future<absl::Status> StartLog(const base::WorkspaceId& workspace, const RunId& id, Batch batch) override;
  absl::StatusOr<Run> Finish(const base::WorkspaceId& workspace, const RunId& id, RunStatus status, absl::Time at) override;
  absl::StatusOr<Run> Update(const base::WorkspaceId& workspace, const RunId& id, const RunChange& change, absl::Time at,
                             RunDetail detail) override;
  absl::StatusOr<Run> DeleteTag(const base::WorkspaceId& workspace, const RunId& id, const std::string& key) override;
  absl::StatusOr<Run> Delete(const base::WorkspaceId& workspace, const RunId& id, absl::Time at) override;
  absl::StatusOr<Run> Restore(const base::WorkspaceId& workspace, const RunId& id) override;
  absl::Status Purge(const base::WorkspaceId& workspace, const RunId& id) override;
  absl::StatusOr<absl::Time> Beat(const base::WorkspaceId& workspace, const RunId& id, absl::Time at) override;
  absl::StatusOr<std::int64_t> FailLost(absl::Time at) override;
  absl::StatusOr<std::vector<Point>> History(const base::WorkspaceId& workspace, const RunId& id,
                                             const HistoryQuery& query) override;
  absl::StatusOr<std::vector<Series>> Charts(const base::WorkspaceId& workspace, const ChartQuery& query) override;

 private:
  class Settler;
  pg::Database& db_;
  MetricKeys keys_;
  LogCommitter committer_;
  std::unique_ptr<Settler> settler_;
};

}  // namespace millwright::tracker
