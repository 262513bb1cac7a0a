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
  std::vector<KeyValue> tags;   // by key
  bool is_deleted = false;
  std::string user;  // whom the run is of, as the client says; empty: created_by
  std::string artifact_uri;
  std::string status_reason;                      // kLost, or empty
  std::optional<absl::Duration> heartbeat_grace;  // of a run that promised to beat
};

/// Why a run failed whose heartbeats stopped.
inline constexpr char kLost[] = "lost";

/// Tags by which the field's clients say what we keep in columns too, or show apart.
inline constexpr char kNameTag[] = "mlflow.runName";  // is the run's name: setting it renames the run, and the other way round
inline constexpr char kParentTag[] = "mlflow.parentRunId";
inline constexpr char kNoteTag[] = "mlflow.note.content";

/// The value of a run's tag; empty when it has none.
const std::string& TagOf(const Run& run, absl::string_view key);

/// "scheduled", "running", "finished", "failed", "killed".
const char* Name(RunStatus status);
RunStatus ParseRunStatus(absl::string_view name);  // of a name that Name gave

/// Whether the run is over in this status.
bool IsFinal(RunStatus status);

/// Whether finishing may take a run from one status to the other: an active one anywhere, a finished one nowhere else.
/// (Updating may do more: a client's script resumes its own run.)
bool CanMove(RunStatus from, RunStatus to);

/// InvalidArgument unless 32 lower-case hex digits.
absl::StatusOr<RunId> ParseRunId(absl::string_view text);
RunId NewRunId();

/// Two words and a number, for a run that nobody named.
std::string MakeUpName();

}  // namespace millwright::tracker
