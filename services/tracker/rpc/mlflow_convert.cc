#include "tracker/rpc/mlflow_convert.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include "absl/strings/str_cat.h"
#include "lib/rpc/status.h"

namespace millwright::tracker {
namespace {

const char* StageOf(bool is_deleted) { return is_deleted ? "deleted" : "active"; }

mlpb::RunStatus ToMlflow(RunStatus status) {
  switch (status) {
    case RunStatus::kScheduled:
      return mlpb::SCHEDULED;
    case RunStatus::kRunning:
      return mlpb::RUNNING;
    case RunStatus::kFinished:
      return mlpb::FINISHED;
    case RunStatus::kFailed:
      return mlpb::FAILED;
    case RunStatus::kKilled:
      return mlpb::KILLED;
  }
  return mlpb::RUN_STATUS_UNSPECIFIED;
}

template <typename Items>
void KeyValuesTo(const std::vector<KeyValue>& items, Items* out) {
  for (const KeyValue& item : items) {
    auto* added = out->Add();
    added->set_key(item.key);
    added->set_value(item.value);
  }
}

// The workspace's own codes for what MLflow calls an invalid parameter.
absl::Status Refused(const absl::Status& status) {
  if (absl::IsFailedPrecondition(status)) return absl::InvalidArgumentError(status.message());
  return status;
}

}  // namespace

double FiniteOrNan(double value) {
  if (!std::isinf(value)) return value;
  return value > 0 ? std::numeric_limits<double>::max() : std::numeric_limits<double>::lowest();
}

mlpb::Experiment ToMlflow(const Experiment& experiment) {
  mlpb::Experiment result;
  result.set_experiment_id(experiment.id.value());
  result.set_name(experiment.name);
  result.set_artifact_location(experiment.artifact_location);
  result.set_lifecycle_stage(StageOf(experiment.is_deleted));
  result.set_last_update_time(absl::ToUnixMillis(experiment.updated_at));
  result.set_creation_time(absl::ToUnixMillis(experiment.created_at));
  KeyValuesTo(experiment.tags, result.mutable_tags());
  result.set_workspace("default");
  return result;
}

mlpb::RunInfo InfoToMlflow(const Run& run) {
  mlpb::RunInfo info;
  info.set_run_uuid(run.id.value());
  info.set_run_id(run.id.value());
  info.set_experiment_id(run.experiment_id.value());
  info.set_run_name(run.name);
  info.set_user_id(run.user);
  info.set_status(ToMlflow(run.status));
  info.set_start_time(absl::ToUnixMillis(run.started_at));
  if (run.ended_at && *run.ended_at != absl::UnixEpoch()) info.set_end_time(absl::ToUnixMillis(*run.ended_at));
  info.set_artifact_uri(run.artifact_uri);
  info.set_lifecycle_stage(StageOf(run.is_deleted));
  return info;
}

mlpb::Metric ToMlflow(const std::string& key, const Point& point) {
  mlpb::Metric metric;
  metric.set_key(key);
  metric.set_value(FiniteOrNan(point.value));
  metric.set_timestamp(point.timestamp_ms);
  metric.set_step(point.step);
  return metric;
}

mlpb::Run ToMlflow(const Run& run) {
  mlpb::Run result;
  *result.mutable_info() = InfoToMlflow(run);
  mlpb::RunData* data = result.mutable_data();
  for (const Metric& metric : run.metrics)
    *data->add_metrics() = ToMlflow(metric.key, Point{metric.step, metric.timestamp_ms, metric.value});
  KeyValuesTo(run.params, data->mutable_params());
  KeyValuesTo(run.tags, data->mutable_tags());
  return result;
}

void InputsToMlflow(const RunLinks& links, mlpb::RunInputs* inputs) {
  for (const DatasetInput& input : links.datasets) {
    mlpb::DatasetInput* added = inputs->add_dataset_inputs();
    KeyValuesTo(input.tags, added->mutable_tags());
    mlpb::Dataset* dataset = added->mutable_dataset();
    dataset->set_name(input.dataset.name);
    dataset->set_digest(input.dataset.digest);
    dataset->set_source_type(input.dataset.source_type);
    dataset->set_source(input.dataset.source);
    if (input.dataset.schema) dataset->set_schema(*input.dataset.schema);
    if (input.dataset.profile) dataset->set_profile(*input.dataset.profile);
  }
  for (const std::string& model : links.model_inputs) inputs->add_model_inputs()->set_model_id(model);
}

void OutputsToMlflow(const RunLinks& links, mlpb::RunOutputs* outputs) {
  for (const ModelOutput& output : links.model_outputs) {
    mlpb::ModelOutput* added = outputs->add_model_outputs();
    added->set_model_id(output.model_id);
    added->set_step(output.step);
  }
}

mlpb::LoggedModel ToMlflow(const LoggedModel& model) {
  mlpb::LoggedModel result;
  mlpb::LoggedModelInfo* info = result.mutable_info();
  info->set_model_id(model.id.value());
  info->set_experiment_id(model.experiment_id.value());
  info->set_name(model.name);
  info->set_creation_timestamp_ms(absl::ToUnixMillis(model.created_at));
  info->set_last_updated_timestamp_ms(absl::ToUnixMillis(model.updated_at));
  info->set_artifact_uri(model.artifact_location);
  info->set_status(static_cast<mlpb::LoggedModelStatus>(static_cast<int>(model.status)));
  info->set_model_type(model.model_type);
  info->set_source_run_id(model.source_run_id);
  KeyValuesTo(model.tags, info->mutable_tags());
  mlpb::LoggedModelData* data = result.mutable_data();
  KeyValuesTo(model.params, data->mutable_params());
  for (const ModelMetric& point : model.metrics) {
    mlpb::Metric* metric = data->add_metrics();
    *metric = ToMlflow(point.metric.key, Point{point.metric.step, point.metric.timestamp_ms, point.metric.value});
    if (std::isnan(point.metric.value)) metric->set_value(0);  // as MLflow answers for models, though not for runs
    metric->set_model_id(model.id.value());
    metric->set_run_id(point.run_id);
    if (point.metric.model.dataset_name.empty()) continue;
    metric->set_dataset_name(point.metric.model.dataset_name);
    metric->set_dataset_digest(point.metric.model.dataset_digest);
  }
  return result;
}

absl::StatusOr<Metric> FromMlflow(const mlpb::Metric& metric) {
  if (metric.dataset_name().empty() != metric.dataset_digest().empty())
    return absl::InvalidArgumentError("Both dataset_name and dataset_digest must be provided if one is provided");
  Metric result{metric.key(), metric.value(), metric.step(), metric.timestamp()};
  if (!metric.model_id().empty()) result.model = {metric.model_id(), metric.dataset_name(), metric.dataset_digest()};
  return result;
}

DatasetInput FromMlflow(const mlpb::DatasetInput& input) {
  const mlpb::Dataset& dataset = input.dataset();
  DatasetInput result{{dataset.name(), dataset.digest(), dataset.source_type(), dataset.source(), {}, {}},
                      KeyValuesFrom(input.tags())};
  if (!dataset.schema().empty()) result.dataset.schema = dataset.schema();
  if (!dataset.profile().empty()) result.dataset.profile = dataset.profile();
  return result;
}

RunStatus FromMlflow(mlpb::RunStatus status) {
  switch (status) {
    case mlpb::SCHEDULED:
      return RunStatus::kScheduled;
    case mlpb::FINISHED:
      return RunStatus::kFinished;
    case mlpb::FAILED:
      return RunStatus::kFailed;
    case mlpb::KILLED:
      return RunStatus::kKilled;
    default:
      return RunStatus::kRunning;
  }
}

absl::Status InMlflowWords(const absl::Status& status, const ExperimentId& id) {
  if (absl::IsNotFound(status)) return absl::NotFoundError(absl::StrCat("No Experiment with id=", id.value(), " exists"));
  return Refused(status);
}

absl::Status InMlflowWords(const absl::Status& status, const RunId& id) {
  if (absl::IsNotFound(status)) return absl::NotFoundError(absl::StrCat("Run with id=", id.value(), " not found"));
  return Refused(status);
}

}  // namespace millwright::tracker
