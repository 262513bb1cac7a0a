#pragma once

#include <optional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "monitor/domain/prediction.h"
#include "monitor/domain/release.h"

namespace millwright::monitor {

/// Where a list of predictions goes on: below this one.
struct PredictionKey {
  absl::Time at;
  std::string id;
};

/// Counts of one version, with the newest verdict on it that was not overtaken by a later deployment.
struct VersionHealth {
  int version = 0;
  std::int64_t predictions = 0;
  std::int64_t not_finite = 0;
  std::int64_t failed = 0;
  std::int64_t labelled = 0;
  double mean_latency_ms = 0;
  std::optional<absl::Time> last_at;
  std::optional<Release> release;
};

/// The prediction log and its labels.
class PredictionStore {
 public:
  virtual ~PredictionStore() = default;
  /// Logs what is not logged yet, counts it, and lets the guard see it, in one transaction. True when a rollback is wanted.
  virtual absl::StatusOr<bool> Log(const std::vector<Prediction>& predictions, absl::Time now) = 0;
  virtual absl::StatusOr<LabelReceipt> Label(const base::WorkspaceId& workspace, const std::vector<monitor::Label>& labels,
                                             absl::Time now) = 0;
  virtual absl::StatusOr<Prediction> Get(const base::WorkspaceId& workspace, const std::string& id) = 0;
  /// Newest first; of all models when `model` is empty.
  virtual absl::StatusOr<std::vector<Prediction>> List(const base::WorkspaceId& workspace, const std::string& model,
                                                       const std::optional<PredictionKey>& below, int limit) = 0;
  /// Newest version first; empty when nothing is known of the model.
  virtual absl::StatusOr<std::vector<VersionHealth>> Health(const base::WorkspaceId& workspace, const std::string& model) = 0;

  /// Makes the partitions of the days from `from` to `to`.
  virtual absl::Status MakePartitions(absl::Time from, absl::Time to) = 0;
  /// Drops the days that lie wholly before `time`, and labels older than it.
  virtual absl::Status DropBefore(absl::Time time) = 0;
};

}  // namespace millwright::monitor
