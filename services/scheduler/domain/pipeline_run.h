#pragma once

#include <optional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "lib/base/id.h"
#include "nlohmann/json.hpp"
#include "scheduler/domain/definition.h"
#include "scheduler/domain/study_spec.h"

namespace millwright::scheduler {

using PipelineRunId = base::Id<struct PipelineRunTag>;  // 32 hex digits
using StudyId = base::Id<struct StudyTag>;              // 32 hex digits
using TaskId = base::Id<struct TaskTag>;                // 32 hex digits

/// Of a run, a step or a study. A run is waiting until its first step has started.
enum class State { kWaiting, kRunning, kSucceeded, kFailed, kCancelled, kSkipped };
const char* Name(State state);
State StateFromName(const std::string& name);  // of ours: CHECK

/// Succeeded, failed, cancelled and skipped are for ever.
bool IsFinal(State state);

/// How far a step is; total 0: not known.
struct Progress {
  std::int64_t done = 0;
  std::int64_t total = 0;
  std::string unit;
  std::string message;
};

/// A step of a run.
struct Step {
  std::string step_id;
  std::string title;
  std::string kind;
  State state = State::kWaiting;
  bool is_queued = false;  // its task or study was made; it waits for a worker or runs
  int attempt = 0;
  Progress progress;
  std::string error;
  std::optional<nlohmann::json> outputs;
  std::string worker;
  std::optional<absl::Time> started_at;
  std::optional<absl::Time> ended_at;
};

/// One execution of a pipeline's revision.
struct PipelineRun {
  PipelineRunId id;
  std::string pipeline;
  int revision = 0;
  State state = State::kWaiting;
  nlohmann::json parameters;
  std::vector<Step> steps;  // in the order of the definition; empty in lists
  std::optional<nlohmann::json> outputs;
  std::string error;
  std::string trigger;
  std::string created_by;
  absl::Time created_at;
  std::optional<absl::Time> ended_at;
};

/// What follows from the states that a run's steps are in.
struct Advance {
  struct Start {
    std::size_t step;
    nlohmann::json with;  // references resolved
    std::optional<StudySpec> study;
  };
  struct Failure {
    std::size_t step;
    std::string error;
  };
  std::vector<Start> starts;
  std::vector<Failure> failures;       // steps that can not start: what they refer to is not there
  std::vector<std::size_t> skips;      // steps whose needs failed
  std::vector<std::size_t> omissions;  // steps whose `when` is nothing or false: skipped with outputs {}, what needs them goes on
  std::optional<State> end;            // set when nothing is left to do
  std::optional<nlohmann::json> outputs;  // when it has succeeded
  std::string error;                      // when the outputs can not be made
};

/// The next moves of a run, given each step's state and outputs (in the order of the definition). Pure: the same states give the
/// same moves.
Advance NextMoves(const Definition& definition, const nlohmann::json& parameters, const std::vector<Step>& steps);

}  // namespace millwright::scheduler
