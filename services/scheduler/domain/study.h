#pragma once

#include <optional>
#include <string>
#include <vector>

#include "absl/time/time.h"
#include "nlohmann/json.hpp"
#include "scheduler/domain/distribution.h"
#include "scheduler/domain/pipeline_run.h"

namespace millwright::scheduler {

enum class TrialState { kWaiting, kRunning, kComplete, kPruned, kFailed };
const char* Name(TrialState state);
TrialState TrialStateFromName(const std::string& name);  // of ours: CHECK

struct IntermediateValue {
  std::int64_t step = 0;
  double value = 0;
};

/// One try of a study's parameters.
struct Trial {
  StudyId study;
  int number = 0;  // from 0, dense within the study
  TrialState state = TrialState::kWaiting;
  int attempt = 0;
  nlohmann::json params;
  std::optional<double> value;
  std::string run_id;
  std::string error;
  std::optional<absl::Time> started_at;
  std::optional<absl::Time> ended_at;
  std::vector<IntermediateValue> intermediate_values;
};

/// A search over a space.
struct Study {
  StudyId id;
  PipelineRunId pipeline_run;
  std::string step_id;
  std::string name;
  std::string metric;
  bool maximize = false;
  std::string sampler;
  std::int64_t seed = 0;
  int max_trials = 0;
  int parallel = 1;
  std::vector<Distribution> space;
  State state = State::kRunning;
  int created_trials = 0;
  int complete_trials = 0;
  int failed_trials = 0;
  std::optional<Trial> best_trial;
  absl::Time created_at;
};

/// How many trials to propose now, so that `parallel` are waiting or running and `max_trials` is never passed.
int TrialsToPropose(const Study& study);

/// The value of a trial's objective in its task's outputs (`metrics.<metric>`). InvalidArgument says what is there instead.
absl::StatusOr<double> TrialValue(const nlohmann::json& outputs, const std::string& metric);

/// Parameters of the next trial, from nothing but the study and its trials so far (by number).
nlohmann::json Propose(const Study& study, int number, const std::vector<Trial>& trials);

}  // namespace millwright::scheduler
