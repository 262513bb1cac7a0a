#pragma once

#include <functional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "lib/base/clock.h"
#include "monitor/domain/prediction_store.h"

namespace millwright::monitor {

/// The log and its labels as callers may use them. Thread-safe.
class Monitor {
 public:
  /// `wake` is called after a log that makes a rollback wanted. Predictions older than `retention` are let go.
  Monitor(PredictionStore& store, const base::Clock& clock, absl::Duration retention, std::function<void()> wake)
      : store_(store), clock_(clock), retention_(retention), wake_(std::move(wake)) {}

  absl::Status Log(std::vector<Prediction> predictions);
  absl::StatusOr<LabelReceipt> Label(const base::WorkspaceId& workspace, const std::vector<monitor::Label>& labels);
  absl::StatusOr<Prediction> Get(const base::WorkspaceId& workspace, const std::string& id);
  /// NotFound when nothing is known of the model.
  absl::StatusOr<std::vector<VersionHealth>> Health(const base::WorkspaceId& workspace, const std::string& model);
  PredictionStore& store() { return store_; }

  /// Makes the next days' partitions and drops what is older than the retention.
  absl::Status KeepPartitions();

 private:
  PredictionStore& store_;
  const base::Clock& clock_;
  absl::Duration retention_;
  std::function<void()> wake_;
};

}  // namespace millwright::monitor
