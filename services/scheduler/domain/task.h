#pragma once

#include <optional>
#include <string>
#include <vector>

#include "absl/time/time.h"
#include "lib/base/id.h"
#include "nlohmann/json.hpp"
#include "scheduler/domain/pipeline_run.h"

namespace millwright::scheduler {

/// A task as it was leased: (id, attempt) is the right to write about it.
struct LeasedTask {
  TaskId id;
  int attempt = 0;
  std::string kind;
  nlohmann::json spec;
  PipelineRunId pipeline_run;
  std::string step_id;
  std::optional<StudyId> study;  // set for a trial
  int trial_number = 0;
  std::string metric;
};

/// What a worker shows to write about its task.
struct Lease {
  base::WorkspaceId workspace;
  TaskId task;
  int attempt = 0;
};

inline constexpr std::size_t kMaxOutputBytes = 1 << 20;
inline constexpr std::size_t kMaxErrorBytes = 16 << 10;
inline constexpr std::int64_t kMaxTrialSteps = 10'000;  // intermediate values are of steps 0 to this

}  // namespace millwright::scheduler
