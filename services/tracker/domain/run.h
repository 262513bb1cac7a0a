#pragma once

#include <optional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "lib/base/id.h"
#include "tracker/domain/experiment.h"
#include "tracker/domain/metric.h"

namespace millwright::tracker {

using RunId = base::Id<struct RunTag>;  // 32 lower-case hex digits
enum class RunStatus { kScheduled, kRunning, kFinished, kFailed, kKilled };

/// One execution of training code inside an experiment.
struct Run {
  RunId id;
  ExperimentId experiment_id;
  std::string name;
  RunStatus status = RunStatus::kScheduled;
  absl::Time started_at;
  std::optional<absl::Time> ended_at;  // empty while the run is active
  std::string created_by;
  std::vector<KeyValue> params;
  std::vector<Metric> metrics;  // the latest of each key
  std::vector<KeyValue> tags;
};

/// "scheduled", "running", "finished", "failed", "killed".
const char* Name(RunStatus status);
RunStatus ParseRunStatus(absl::string_view name);  // of a name that Name gave

/// Whether the run is over in this status.
bool IsFinal(RunStatus status);

/// Whether a run may go from one status to the other: an active one anywhere, a finished one nowhere else.
bool CanMove(RunStatus from, RunStatus to);

/// InvalidArgument unless 32 lower-case hex digits.
absl::StatusOr<RunId> ParseRunId(absl::string_view text);
RunId NewRunId();

/// Two words and a number, for a run that nobody named.
std::string MakeUpName();

}  // namespace millwright::tracker
