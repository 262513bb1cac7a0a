#pragma once

#include <map>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "nlohmann/json.hpp"
#include "trainer-worker/tasks/task.h"

namespace millwright::trainer {

/// The tracker's run of one attempt of a task: params, metric points in batches, an end. Not thread-safe.
class RunLog {
 public:
  /// Opens a run in the experiment of that name (made if need be); a trial's is called by its number. Runs that earlier attempts
  /// of the task left open become KILLED.
  static absl::StatusOr<RunLog> Open(const std::string& experiment, const std::string& name, TaskContext& context);
  /// Goes on in a run that is there.
  static RunLog Of(std::string run_id, TaskContext& context) { return RunLog(std::move(run_id), context); }

  const std::string& run_id() const { return run_id_; }
  absl::Status LogParams(const nlohmann::json& params);  // flat: key → value
  absl::Status LogTag(const std::string& key, const std::string& value);
  /// Kept until there are many, a second has passed, or Flush. NaN and infinities are fine.
  absl::Status LogMetric(const std::string& key, double value, std::int64_t step = 0);
  /// Those of the metrics that the run does not have with that value already.
  absl::Status LogNewMetrics(const std::map<std::string, double>& metrics);
  absl::Status LogArtifact(const std::string& path, const std::string& bytes);
  absl::Status Flush();
  /// FINISHED, KILLED where the outcome is a cancellation, else FAILED. KILLED ends the run without its last points, and also
  /// when the lease is lost: the run is of this attempt alone.
  absl::Status Finish(const absl::Status& outcome);

 private:
  RunLog(std::string run_id, TaskContext& context) : run_id_(std::move(run_id)), context_(&context) {}
  std::string run_id_;
  TaskContext* context_;
  std::vector<tracker::v1::Metric> waiting_;
  absl::Time flushed_at_ = absl::Now();
};

}  // namespace millwright::trainer
