#include "scheduler/domain/pipeline_run.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "lib/base/check.h"
#include "lib/base/status_macros.h"
#include "scheduler/domain/reference.h"

namespace millwright::scheduler {
namespace {

constexpr State kStates[] = {State::kWaiting, State::kRunning,   State::kSucceeded,
                             State::kFailed,  State::kCancelled, State::kSkipped};

/// Whether the step is to run at all.
absl::StatusOr<bool> IsWanted(const StepDefinition& step, const Scope& scope, const std::string& path) {
  if (step.when.is_null()) return true;
  ASSIGN_OR_RETURN(const nlohmann::json value, Resolve(step.when, scope, path));
  return !value.is_null() && value != false;
}

absl::StatusOr<Advance::Start> Prepare(const Definition& definition, std::size_t at, const Scope& scope) {
  const StepDefinition& step = definition.steps[at];
  const std::string path = absl::StrCat("steps[", at, "]");
  Advance::Start start{.step = at};
  ASSIGN_OR_RETURN(start.with, Resolve(step.with, scope, absl::StrCat(path, ".with")));
  if (step.study) {
    ASSIGN_OR_RETURN(const nlohmann::json study, Resolve(*step.study, scope, absl::StrCat(path, ".study")));
    ASSIGN_OR_RETURN(start.study, ParseStudySpec(study, absl::StrCat(path, ".study")));
  }
  return start;
}

}  // namespace

const char* Name(State state) {
  switch (state) {
    case State::kWaiting:
      return "waiting";
    case State::kRunning:
      return "running";
    case State::kSucceeded:
      return "succeeded";
    case State::kFailed:
      return "failed";
    case State::kCancelled:
      return "cancelled";
    case State::kSkipped:
      return "skipped";
  }
  return "";
}

State StateFromName(const std::string& name) {
  const auto* found = std::find_if(std::begin(kStates), std::end(kStates), [&](State state) { return name == Name(state); });
  CHECK(found != std::end(kStates));
  return *found;
}

bool IsFinal(State state) { return state != State::kWaiting && state != State::kRunning; }

Advance NextMoves(const Definition& definition, const nlohmann::json& parameters, const std::vector<Step>& steps) {
  CHECK(steps.size() == definition.steps.size());
  Advance advance;
  Scope scope{.params = parameters};
  std::vector<State> states;
  std::vector<bool> omitted;
  std::vector<bool> started(steps.size(), false);
  for (const Step& step : steps) {
    states.push_back(step.state);
    omitted.push_back(step.state == State::kSkipped && step.outputs.has_value());
    started[states.size() - 1] = step.is_queued || step.state != State::kWaiting;
    if (step.state == State::kSucceeded) scope.steps[step.step_id] = step.outputs.value_or(nlohmann::json::object());
  }
  const auto is_passed = [&](std::size_t i) { return states[i] == State::kSucceeded || omitted[i]; };
  // A step that fails or is skipped here may decide others: again until nothing changes.
  for (bool changed = true; changed;) {
    changed = false;
    for (std::size_t i = 0; i < steps.size(); ++i) {
      if (started[i]) continue;
      const std::vector<std::size_t>& needs = definition.steps[i].needs;
      if (std::any_of(needs.begin(), needs.end(), [&](std::size_t n) { return IsFinal(states[n]) && !is_passed(n); })) {
        advance.skips.push_back(i);
        states[i] = State::kSkipped;
      } else if (std::all_of(needs.begin(), needs.end(), is_passed)) {
        const absl::StatusOr<bool> is_wanted = IsWanted(definition.steps[i], scope, absl::StrCat("steps[", i, "].when"));
        absl::StatusOr<Advance::Start> start =
            is_wanted.ok() ? Prepare(definition, i, scope) : absl::StatusOr<Advance::Start>(is_wanted.status());
        if (is_wanted.ok() && !*is_wanted) {
          advance.omissions.push_back(i);
          states[i] = State::kSkipped;
          omitted[i] = true;
        } else if (start.ok()) {
          advance.starts.push_back(*std::move(start));
          states[i] = State::kRunning;
        } else {
          advance.failures.push_back({i, std::string(start.status().message())});
          states[i] = State::kFailed;
        }
      } else {
        continue;
      }
      started[i] = changed = true;
    }
  }
  if (!std::all_of(states.begin(), states.end(), IsFinal)) return advance;
  bool are_passed = true;
  for (std::size_t i = 0; i < states.size(); ++i) are_passed = are_passed && is_passed(i);
  if (are_passed) {
    absl::StatusOr<nlohmann::json> outputs = Resolve(definition.outputs, scope, "outputs");
    advance.end = outputs.ok() ? State::kSucceeded : State::kFailed;
    if (outputs.ok()) advance.outputs = *std::move(outputs);
    if (!outputs.ok()) advance.error = std::string(outputs.status().message());
  } else {
    advance.end = State::kFailed;
  }
  return advance;
}

}  // namespace millwright::scheduler
