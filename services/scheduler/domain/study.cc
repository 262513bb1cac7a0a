#include "scheduler/domain/study.h"

#include <algorithm>
#include <cmath>

#include "absl/strings/str_cat.h"
#include "lib/base/check.h"
#include "scheduler/domain/samplers/sampler.h"

namespace millwright::scheduler {

const char* Name(TrialState state) {
  switch (state) {
    case TrialState::kWaiting:
      return "waiting";
    case TrialState::kRunning:
      return "running";
    case TrialState::kComplete:
      return "complete";
    case TrialState::kPruned:
      return "pruned";
    case TrialState::kFailed:
      return "failed";
  }
  return "";
}

TrialState TrialStateFromName(const std::string& name) {
  for (const TrialState state :
       {TrialState::kWaiting, TrialState::kRunning, TrialState::kComplete, TrialState::kPruned, TrialState::kFailed}) {
    if (name == Name(state)) return state;
  }
  base::CheckFailed(__FILE__, __LINE__, name.c_str());
}

int TrialsToPropose(const Study& study) {
  const int unfinished = study.created_trials - study.complete_trials - study.failed_trials;
  return std::max(0, std::min(study.parallel - unfinished, study.max_trials - study.created_trials));
}

absl::StatusOr<double> TrialValue(const nlohmann::json& outputs, const std::string& metric) {
  const auto metrics = outputs.find("metrics");
  if (metrics == outputs.end() || !metrics->is_object()) return absl::InvalidArgumentError("the outputs have no \"metrics\"");
  const auto found = metrics->find(metric);
  if (found == metrics->end()) {
    std::string names;
    for (const auto& [name, value] : metrics->items()) absl::StrAppend(&names, names.empty() ? "" : ", ", name);
    return absl::InvalidArgumentError(absl::StrCat("the outputs have no metric \"", metric, "\"; there are ", names));
  }
  if (!found->is_number() || !std::isfinite(found->get<double>()))
    return absl::InvalidArgumentError(absl::StrCat("the metric \"", metric, "\" is ", found->dump(), ", not a finite number"));
  return found->get<double>();
}

nlohmann::json Propose(const Study& study, int number, const std::vector<Trial>& trials) {
  std::vector<Observation> history;
  for (const Trial& trial : trials) {
    if (trial.state == TrialState::kFailed || trial.state == TrialState::kPruned) continue;
    history.push_back({trial.number, trial.params, trial.state == TrialState::kComplete ? trial.value : std::nullopt});
  }
  const absl::StatusOr<Sampler> sampler = FindSampler(study.sampler);
  CHECK(sampler.ok());  // checked when the study was made
  return (*sampler)({.space = study.space,
                     .maximize = study.maximize,
                     .seed = study.seed,
                     .number = number,
                     .max_trials = study.max_trials,
                     .history = history});
}

}  // namespace millwright::scheduler
