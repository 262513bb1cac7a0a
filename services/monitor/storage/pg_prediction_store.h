#pragma once

#include <set>
#include <string>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/synchronization/mutex.h"
#include "lib/pg/database.h"
#include "monitor/domain/prediction_store.h"

namespace millwright::monitor {

/// PredictionStore over the schema `monitor`. Thread-safe. Locks in the order: the log's, counts by key, releases by key.
class PgPredictionStore : public PredictionStore {
 public:
  PgPredictionStore(pg::Database& db, GuardOptions guard) : db_(db), guard_(guard) {}

  absl::StatusOr<bool> Log(const std::vector<Prediction>& predictions, absl::Time now) override;
  absl::StatusOr<LabelReceipt> Label(const base::WorkspaceId& workspace, const std::vector<monitor::Label>& labels,
                                     absl::Time now) override;
  absl::StatusOr<Prediction> Get(const base::WorkspaceId& workspace, const std::string& id) override;
  absl::StatusOr<std::vector<Prediction>> List(const base::WorkspaceId& workspace, const std::string& model,
                                               const std::optional<PredictionKey>& below, int limit) override;
  absl::StatusOr<std::vector<VersionHealth>> Health(const base::WorkspaceId& workspace, const std::string& model) override;
  absl::Status MakePartitions(absl::Time from, absl::Time to) override;
  absl::Status DropBefore(absl::Time time) override;

 private:
  absl::Status MakePartitionsOf(const std::vector<Prediction>& predictions);
  absl::Status MakePartition(const std::string& day);

  pg::Database& db_;
  GuardOptions guard_;
  absl::Mutex mutex_;
  std::set<std::string> made_ ABSL_GUARDED_BY(mutex_);  // days whose partition is there
};

}  // namespace millwright::monitor
