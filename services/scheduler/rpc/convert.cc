#include "scheduler/rpc/convert.h"

#include <algorithm>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "lib/rpc/convert.h"

namespace millwright::scheduler {
namespace {

pb::ParameterType ToProto(ParameterType type) {
  switch (type) {
    case ParameterType::kString:
      return pb::PARAMETER_TYPE_STRING;
    case ParameterType::kInt:
      return pb::PARAMETER_TYPE_INT;
    case ParameterType::kFloat:
      return pb::PARAMETER_TYPE_FLOAT;
    case ParameterType::kBool:
      return pb::PARAMETER_TYPE_BOOL;
    case ParameterType::kList:
      return pb::PARAMETER_TYPE_LIST;
    case ParameterType::kFile:
      return pb::PARAMETER_TYPE_FILE;
  }
  return pb::PARAMETER_TYPE_UNSPECIFIED;
}

pb::State ToProto(State state) {
  switch (state) {
    case State::kWaiting:
      return pb::STATE_WAITING;
    case State::kRunning:
      return pb::STATE_RUNNING;
    case State::kSucceeded:
      return pb::STATE_SUCCEEDED;
    case State::kFailed:
      return pb::STATE_FAILED;
    case State::kCancelled:
      return pb::STATE_CANCELLED;
    case State::kSkipped:
      return pb::STATE_SKIPPED;
  }
  return pb::STATE_UNSPECIFIED;
}

pb::TrialState ToProto(TrialState state) {
  switch (state) {
    case TrialState::kWaiting:
      return pb::TRIAL_STATE_WAITING;
    case TrialState::kRunning:
      return pb::TRIAL_STATE_RUNNING;
    case TrialState::kComplete:
      return pb::TRIAL_STATE_COMPLETE;
    case TrialState::kPruned:
      return pb::TRIAL_STATE_PRUNED;
    case TrialState::kFailed:
      return pb::TRIAL_STATE_FAILED;
  }
  return pb::TRIAL_STATE_UNSPECIFIED;
}

pb::Step ToProto(const Step& step) {
  pb::Step result;
  result.set_step_id(step.step_id);
  result.set_title(step.title);
  result.set_kind(step.kind);
  result.set_state(ToProto(step.state));
  result.set_attempt(step.attempt);
  const Progress& progress = step.progress;
  if (progress.done != 0 || progress.total != 0 || !progress.message.empty()) {
    result.mutable_progress()->set_done(progress.done);
    result.mutable_progress()->set_total(progress.total);
    result.mutable_progress()->set_unit(progress.unit);
    result.mutable_progress()->set_message(progress.message);
  }
  result.set_error(step.error);
  result.set_worker(step.worker);
  if (step.outputs) *result.mutable_outputs() = rpc::ToStruct(*step.outputs);
  if (step.started_at) *result.mutable_started_at() = rpc::ToProto(*step.started_at);
  if (step.ended_at) *result.mutable_ended_at() = rpc::ToProto(*step.ended_at);
  return result;
}

pb::Distribution ToProto(const Distribution& distribution) {
  pb::Distribution result;
  result.set_name(distribution.name);
  if (const auto* real = std::get_if<FloatDistribution>(&distribution.kind)) {
    result.mutable_float_()->set_low(real->low);
    result.mutable_float_()->set_high(real->high);
    result.mutable_float_()->set_log(real->log);
    result.mutable_float_()->set_step(real->step);
  } else if (const auto* whole = std::get_if<IntDistribution>(&distribution.kind)) {
    result.mutable_int_()->set_low(whole->low);
    result.mutable_int_()->set_high(whole->high);
    result.mutable_int_()->set_log(whole->log);
    result.mutable_int_()->set_step(whole->step);
  } else {
    for (const nlohmann::json& choice : std::get<CategoricalDistribution>(distribution.kind).choices)
      *result.mutable_categorical()->add_choices() = rpc::ToValue(choice);
  }
  return result;
}

}  // namespace

pb::Pipeline ToProto(const Pipeline& pipeline) {
  pb::Pipeline result;
  result.set_name(pipeline.definition.name);
  result.set_description(pipeline.definition.description);
  result.set_revision(pipeline.revision);
  result.set_definition(pipeline.text);
  *result.mutable_updated_at() = rpc::ToProto(pipeline.updated_at);
  for (const Parameter& parameter : pipeline.definition.parameters) {
    pb::PipelineParameter& entry = *result.add_parameters();
    entry.set_name(parameter.name);
    entry.set_type(ToProto(parameter.type));
    entry.set_help(parameter.help);
    entry.set_optional(parameter.is_optional);
    if (parameter.default_value) *entry.mutable_default_() = rpc::ToValue(*parameter.default_value);
  }
  return result;
}

pb::PipelineRun ToProto(const PipelineRun& run) {
  pb::PipelineRun result;
  result.set_pipeline_run_id(run.id.value());
  result.set_pipeline(run.pipeline);
  result.set_revision(run.revision);
  result.set_state(ToProto(run.state));
  *result.mutable_parameters() = rpc::ToStruct(run.parameters);
  for (const Step& step : run.steps) *result.add_steps() = ToProto(step);
  if (run.outputs) *result.mutable_outputs() = rpc::ToStruct(*run.outputs);
  result.set_error(run.error);
  result.set_trigger(run.trigger);
  result.set_created_by(run.created_by);
  *result.mutable_created_at() = rpc::ToProto(run.created_at);
  if (run.ended_at) *result.mutable_ended_at() = rpc::ToProto(*run.ended_at);
  return result;
}

pb::Schedule ToProto(const Schedule& schedule) {
  pb::Schedule result;
  result.set_name(schedule.name);
  result.set_pipeline(schedule.pipeline);
  *result.mutable_parameters() = rpc::ToStruct(schedule.parameters);
  result.set_cron(schedule.cron);
  result.set_time_zone(schedule.time_zone);
  result.set_is_paused(schedule.is_paused);
  if (schedule.next_at) *result.mutable_next_at() = rpc::ToProto(*schedule.next_at);
  if (schedule.last_at) *result.mutable_last_at() = rpc::ToProto(*schedule.last_at);
  result.set_last_pipeline_run_id(schedule.last_pipeline_run_id);
  return result;
}

pb::Study ToProto(const Study& study) {
  pb::Study result;
  result.set_study_id(study.id.value());
  result.set_name(study.name);
  result.set_metric(study.metric);
  result.set_maximize(study.maximize);
  result.set_sampler(study.sampler);
  result.set_seed(study.seed);
  result.set_max_trials(study.max_trials);
  for (const Distribution& distribution : study.space) *result.add_space() = ToProto(distribution);
  result.set_state(ToProto(study.state));
  result.set_complete_trials(study.complete_trials);
  result.set_failed_trials(study.failed_trials);
  if (study.best_trial) *result.mutable_best_trial() = ToProto(*study.best_trial);
  *result.mutable_created_at() = rpc::ToProto(study.created_at);
  result.set_pipeline_run_id(study.pipeline_run.value());
  return result;
}

pb::Trial ToProto(const Trial& trial) {
  pb::Trial result;
  result.set_study_id(trial.study.value());
  result.set_number(trial.number);
  result.set_state(ToProto(trial.state));
  result.set_attempt(trial.attempt);
  *result.mutable_params() = rpc::ToStruct(trial.params);
  if (trial.value) result.set_value(*trial.value);
  result.set_run_id(trial.run_id);
  result.set_error(trial.error);
  if (trial.started_at) *result.mutable_started_at() = rpc::ToProto(*trial.started_at);
  if (trial.ended_at) *result.mutable_ended_at() = rpc::ToProto(*trial.ended_at);
  for (const IntermediateValue& value : trial.intermediate_values) {
    pb::IntermediateValue& entry = *result.add_intermediate_values();
    entry.set_step(value.step);
    entry.set_value(value.value);
  }
  return result;
}

pb::Task ToProto(const LeasedTask& task, absl::Duration lease) {
  pb::Task result;
  result.set_task_id(task.id.value());
  result.set_attempt(task.attempt);
  result.set_kind(task.kind);
  *result.mutable_spec() = rpc::ToStruct(task.spec);
  result.set_pipeline_run_id(task.pipeline_run.value());
  result.set_step_id(task.step_id);
  if (task.study) {
    result.set_study_id(task.study->value());
    result.set_trial_number(task.trial_number);
    result.set_metric(task.metric);
  }
  result.set_lease_seconds(static_cast<int>(absl::ToInt64Seconds(lease)));
  return result;
}

Progress FromProto(const pb::Progress& progress) {
  return {.done = progress.done(),
          .total = progress.total(),
          .unit = progress.unit().substr(0, 100),
          .message = progress.message().substr(0, 1000)};
}

absl::StatusOr<base::WorkspaceId> WorkspaceOf(const auth::Caller& caller) {
  if (caller.workspace.empty())
    return absl::InvalidArgumentError(absl::StrCat(caller.subject, " acts in no workspace; this call needs one"));
  return caller.workspace;
}

absl::Status CheckText(const char* field, const std::string& value, std::size_t max) {
  if (value.empty()) return absl::InvalidArgumentError(absl::StrCat(field, ": is missing"));
  if (value.size() > max)
    return absl::InvalidArgumentError(absl::StrCat(field, ": ", value.size(), " bytes is over the bound of ", max));
  return absl::OkStatus();
}

absl::Status CheckName(const char* field, const std::string& value) {
  const bool is_good = !value.empty() && value.size() <= 100 && std::all_of(value.begin(), value.end(), [](unsigned char c) {
    return absl::ascii_isalnum(c) || c == '_' || c == '-' || c == '.';
  });
  if (is_good) return absl::OkStatus();
  return absl::InvalidArgumentError(
      absl::StrCat(field, ": \"", value.substr(0, 100), "\" is not a name: 1 to 100 letters, digits, _ - ."));
}

}  // namespace millwright::scheduler
