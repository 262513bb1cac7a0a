#include "trainer-worker/tasks/run_log.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "lib/base/status_macros.h"
#include "trainer-worker/tasks/artifact.h"

namespace millwright::trainer {
namespace {

constexpr std::size_t kBatch = 1000;
constexpr int kParamsPerCall = 100;
constexpr char kTaskTag[] = "millwright.task_id";

void AddTag(const std::string& key, const std::string& value, google::protobuf::RepeatedPtrField<tracker::v1::KeyValue>* tags) {
  tracker::v1::KeyValue* tag = tags->Add();
  tag->set_key(key);
  tag->set_value(value);
}

absl::StatusOr<std::string> FindOrCreateExperiment(const std::string& name, TaskContext& context) {
  tracker::v1::ListExperimentsRequest list;
  list.set_name(name);
  tracker::v1::ListExperimentsResponse found;
  RETURN_IF_ERROR(
      context.platform.Call(&tracker::v1::TrackerService::Stub::ListExperiments, context.platform.tracker(), list, &found));
  if (found.experiments_size() > 0) return found.experiments(0).experiment_id();
  tracker::v1::CreateExperimentRequest create;
  create.set_name(name);
  tracker::v1::Experiment experiment;
  const absl::Status created =
      context.Write(&tracker::v1::TrackerService::Stub::CreateExperiment, context.platform.tracker(), create, &experiment);
  if (created.ok()) return experiment.experiment_id();
  if (!absl::IsAlreadyExists(created)) return created;
  // Another worker was faster.
  RETURN_IF_ERROR(
      context.platform.Call(&tracker::v1::TrackerService::Stub::ListExperiments, context.platform.tracker(), list, &found));
  if (found.experiments_size() == 0) return absl::NotFoundError(absl::StrCat("experiment \"", name, "\" is gone"));
  return found.experiments(0).experiment_id();
}

absl::Status KillRunsOfEarlierAttempts(TaskContext& context) {
  if (context.task.attempt() <= 1) return absl::OkStatus();
  tracker::v1::ListRunsRequest list;
  list.add_tags(absl::StrCat(kTaskTag, "=", context.task.task_id()));
  tracker::v1::ListRunsResponse found;
  RETURN_IF_ERROR(context.platform.Call(&tracker::v1::TrackerService::Stub::ListRuns, context.platform.tracker(), list, &found));
  for (const tracker::v1::Run& run : found.runs()) {
    if (run.status() != tracker::v1::RUN_STATUS_RUNNING) continue;
    tracker::v1::FinishRunRequest request;
    request.set_run_id(run.run_id());
    request.set_status(tracker::v1::RUN_STATUS_KILLED);
    tracker::v1::Run reply;
    RETURN_IF_ERROR(context.Write(&tracker::v1::TrackerService::Stub::FinishRun, context.platform.tracker(), request, &reply));
  }
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<RunLog> RunLog::Open(const std::string& experiment, const std::string& name, TaskContext& context) {
  RETURN_IF_ERROR(KillRunsOfEarlierAttempts(context));
  tracker::v1::CreateRunRequest request;
  ASSIGN_OR_RETURN(*request.mutable_experiment_id(), FindOrCreateExperiment(experiment, context));
  request.set_name(context.task.study_id().empty() ? name : absl::StrCat("trial ", context.task.trial_number()));
  request.set_request_id(context.RequestId(absl::StrCat("run:", context.task.attempt())));
  AddTag(kTaskTag, context.task.task_id(), request.mutable_tags());
  AddTag("millwright.pipeline_run_id", context.task.pipeline_run_id(), request.mutable_tags());
  if (!context.task.study_id().empty()) {
    AddTag("millwright.study_id", context.task.study_id(), request.mutable_tags());
    AddTag("millwright.trial_number", absl::StrCat(context.task.trial_number()), request.mutable_tags());
  }
  tracker::v1::Run run;
  RETURN_IF_ERROR(context.Write(&tracker::v1::TrackerService::Stub::CreateRun, context.platform.tracker(), request, &run));
  return RunLog(run.run_id(), context);
}

absl::Status RunLog::LogParams(const nlohmann::json& params) {
  tracker::v1::LogBatchRequest request;
  tracker::v1::LogBatchResponse reply;
  request.set_run_id(run_id_);
  for (const auto& [key, value] : params.items()) {
    tracker::v1::KeyValue* param = request.add_params();
    param->set_key(key);
    param->set_value((value.is_string() ? value.get<std::string>() : value.dump()).substr(0, 6000));
    if (request.params_size() < kParamsPerCall) continue;
    RETURN_IF_ERROR(context_->Write(&tracker::v1::TrackerService::Stub::LogBatch, context_->platform.tracker(), request, &reply));
    request.clear_params();
  }
  if (request.params_size() == 0) return absl::OkStatus();
  return context_->Write(&tracker::v1::TrackerService::Stub::LogBatch, context_->platform.tracker(), request, &reply);
}

absl::Status RunLog::LogTag(const std::string& key, const std::string& value) {
  tracker::v1::LogBatchRequest request;
  request.set_run_id(run_id_);
  AddTag(key, value, request.mutable_tags());
  tracker::v1::LogBatchResponse reply;
  return context_->Write(&tracker::v1::TrackerService::Stub::LogBatch, context_->platform.tracker(), request, &reply);
}

absl::Status RunLog::LogMetric(const std::string& key, double value, std::int64_t step) {
  tracker::v1::Metric& metric = waiting_.emplace_back();
  metric.set_key(key);
  metric.set_value(value);
  metric.set_step(step);
  metric.set_timestamp_ms(absl::ToUnixMillis(absl::Now()));
  if (waiting_.size() < kBatch && absl::Now() - flushed_at_ < absl::Seconds(1)) return absl::OkStatus();
  return Flush();
}

absl::Status RunLog::LogNewMetrics(const std::map<std::string, double>& metrics) {
  tracker::v1::GetRunRequest request;
  request.set_run_id(run_id_);
  tracker::v1::Run run;
  RETURN_IF_ERROR(
      context_->platform.Call(&tracker::v1::TrackerService::Stub::GetRun, context_->platform.tracker(), request, &run));
  std::map<std::string, double> known;
  for (const tracker::v1::Metric& metric : run.metrics()) known[metric.key()] = metric.value();
  for (const auto& [key, value] : metrics) {
    const auto there = known.find(key);
    if (there == known.end() || there->second != value) RETURN_IF_ERROR(LogMetric(key, value));
  }
  return Flush();
}

absl::Status RunLog::LogArtifact(const std::string& path, const std::string& bytes) {
  return StoreArtifact(bytes, path, run_id_, *context_).status();
}

absl::Status RunLog::Flush() {
  flushed_at_ = absl::Now();
  for (std::size_t at = 0; at < waiting_.size(); at += kBatch) {
    const std::size_t end = std::min(waiting_.size(), at + kBatch);
    tracker::v1::LogBatchRequest request;
    request.set_run_id(run_id_);
    for (std::size_t i = at; i < end; ++i) *request.add_metrics() = waiting_[i];
    tracker::v1::LogBatchResponse reply;
    RETURN_IF_ERROR(context_->Write(&tracker::v1::TrackerService::Stub::LogBatch, context_->platform.tracker(), request, &reply));
  }
  waiting_.clear();
  return absl::OkStatus();
}

absl::Status RunLog::Finish(const absl::Status& outcome) {
  const bool is_killed = absl::IsCancelled(outcome);
  tracker::v1::FinishRunRequest request;
  request.set_run_id(run_id_);
  request.set_status(outcome.ok() ? tracker::v1::RUN_STATUS_FINISHED
                     : is_killed  ? tracker::v1::RUN_STATUS_KILLED
                                  : tracker::v1::RUN_STATUS_FAILED);
  tracker::v1::Run reply;
  // The lease of a cancelled task is gone, and no other attempt will end the run.
  if (is_killed)
    return context_->platform.Call(&tracker::v1::TrackerService::Stub::FinishRun, context_->platform.tracker(), request, &reply);
  RETURN_IF_ERROR(Flush());
  return context_->Write(&tracker::v1::TrackerService::Stub::FinishRun, context_->platform.tracker(), request, &reply);
}

}  // namespace millwright::trainer
