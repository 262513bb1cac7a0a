#include "tracker/rpc/convert.h"

#include <bit>

#include "absl/strings/str_cat.h"
#include "lib/base/status_macros.h"
#include "lib/rpc/convert.h"

namespace millwright::tracker {
namespace {

std::vector<Metric> ReadMetrics(const google::protobuf::RepeatedPtrField<pb::Metric>& metrics) {
  std::vector<Metric> result;
  result.reserve(static_cast<std::size_t>(metrics.size()));
  for (const pb::Metric& metric : metrics) {
    result.push_back({metric.key(),
                      metric.value(),
                      metric.step(),
                      metric.timestamp_ms(),
                      {metric.model_id(), metric.dataset_name(), metric.dataset_digest()}});
  }
  return result;
}

void WriteKeyValues(const std::vector<KeyValue>& items, google::protobuf::RepeatedPtrField<pb::KeyValue>* out) {
  for (const KeyValue& item : items) {
    pb::KeyValue* added = out->Add();
    added->set_key(item.key);
    added->set_value(item.value);
  }
}

absl::Status NotOurToken() { return absl::InvalidArgumentError("page_token: is not one that this list gave"); }

}  // namespace

absl::StatusOr<base::WorkspaceId> WorkspaceOf(const auth::Caller& caller) {
  if (caller.workspace.empty()) return absl::InvalidArgumentError("the call names no workspace: a service has to act in one");
  return caller.workspace;
}

pb::Experiment ToProto(const Experiment& experiment) {
  pb::Experiment result;
  result.set_experiment_id(experiment.id.value());
  result.set_name(experiment.name);
  *result.mutable_created_at() = rpc::ToProto(experiment.created_at);
  result.set_is_deleted(experiment.is_deleted);
  *result.mutable_updated_at() = rpc::ToProto(experiment.updated_at);
  result.set_artifact_location(experiment.artifact_location);
  WriteKeyValues(experiment.tags, result.mutable_tags());
  return result;
}

pb::Metric ToProto(const std::string& key, const Point& point) {
  pb::Metric result;
  result.set_key(key);
  result.set_value(point.value);
  result.set_step(point.step);
  result.set_timestamp_ms(point.timestamp_ms);
  return result;
}

pb::Metric ToProto(const Metric& metric) {
  pb::Metric result = ToProto(metric.key, {metric.step, metric.timestamp_ms, metric.value});
  result.set_model_id(metric.model.model_id);
  result.set_dataset_name(metric.model.dataset_name);
  result.set_dataset_digest(metric.model.dataset_digest);
  return result;
}

pb::MetricSeries ToProto(const Series& series) {
  pb::MetricSeries result;
  result.set_run_id(series.run.value());
  result.set_key(series.key);
  for (const Point& point : series.points) {
    result.add_steps(point.step);
    result.add_timestamps_ms(point.timestamp_ms);
    result.add_values(point.value);
  }
  result.set_point_count(series.point_count);
  return result;
}

pb::Run ToProto(const Run& run) {
  pb::Run result;
  result.set_run_id(run.id.value());
  result.set_experiment_id(run.experiment_id.value());
  result.set_name(run.name);
  result.set_status(static_cast<pb::RunStatus>(static_cast<int>(run.status) + 1));
  *result.mutable_started_at() = rpc::ToProto(run.started_at);
  if (run.ended_at) *result.mutable_ended_at() = rpc::ToProto(*run.ended_at);
  WriteKeyValues(run.params, result.mutable_params());
  for (const Metric& metric : run.metrics) *result.add_metrics() = ToProto(metric);
  WriteKeyValues(run.tags, result.mutable_tags());
  result.set_created_by(run.created_by);
  result.set_is_deleted(run.is_deleted);
  result.set_user(run.user.empty() ? run.created_by : run.user);
  result.set_artifact_uri(run.artifact_uri);
  result.set_parent_run_id(TagOf(run, kParentTag));
  result.set_status_reason(run.status_reason);
  if (run.heartbeat_grace) result.mutable_heartbeat_grace()->set_seconds(absl::ToInt64Seconds(*run.heartbeat_grace));
  result.set_note(TagOf(run, kNoteTag));
  return result;
}

pb::Blob ToProto(const Blob& blob) {
  pb::Blob result;
  result.set_sha256(blob.sha256);
  result.set_size(blob.size);
  return result;
}

pb::Artifact ToProto(const RunId& run, const Artifact& artifact) {
  pb::Artifact result;
  result.set_run_id(run.value());
  result.set_path(artifact.path);
  *result.mutable_blob() = ToProto(artifact.blob);
  return result;
}

pb::DatasetVersion ToProto(const DatasetVersion& version) {
  pb::DatasetVersion result;
  result.set_dataset_version_id(version.id.value());
  result.set_name(version.facts.name);
  result.set_version(version.version);
  result.set_content_hash(version.facts.content_hash);
  *result.mutable_blob() = ToProto(version.blob);
  result.set_row_count(version.facts.row_count);
  *result.mutable_schema() = rpc::ToStruct(version.facts.schema);
  if (version.facts.statistics.is_object()) *result.mutable_statistics() = rpc::ToStruct(version.facts.statistics);
  *result.mutable_origin() = rpc::ToStruct(version.facts.origin);
  *result.mutable_created_at() = rpc::ToProto(version.created_at);
  if (!version.facts.validation.empty()) *result.mutable_validation() = rpc::ToStruct(version.facts.validation);
  return result;
}

pb::Dataset ToProto(const Dataset& dataset) {
  pb::Dataset result;
  result.set_name(dataset.name);
  result.set_version_count(dataset.version_count);
  *result.mutable_latest_version() = ToProto(dataset.latest);
  *result.mutable_created_at() = rpc::ToProto(dataset.created_at);
  return result;
}

pb::ColumnDifference ToProto(const ColumnDifference& difference) {
  pb::ColumnDifference result;
  result.set_name(difference.name);
  result.set_change(difference.change);
  for (const std::string& change : difference.schema_changes) result.add_schema_changes(change);
  if (difference.psi) {
    result.set_psi(*difference.psi);
    result.set_drift(DriftOf(*difference.psi));
  }
  for (const StatisticDifference& statistic : difference.statistics) {
    pb::StatisticDifference* added = result.add_statistics();
    added->set_name(statistic.name);
    if (statistic.base) added->set_base(*statistic.base);
    if (statistic.value) added->set_value(*statistic.value);
  }
  return result;
}

absl::StatusOr<Page> ReadPage(int page_size, const std::string& token) {
  Page page;
  ASSIGN_OR_RETURN(page.size, rpc::PageSize(page_size, 100, 1000));
  if (token.empty()) return page;
  ASSIGN_OR_RETURN(const nlohmann::json keys, rpc::DecodePageToken(token));
  if (keys.size() != 1 || !keys[0].is_number_integer()) return NotOurToken();
  page.before = keys[0].get<std::int64_t>();
  return page;
}

std::string PageToken(std::optional<std::int64_t> next) {
  return next ? rpc::EncodePageToken(nlohmann::json::array({*next})) : "";
}

absl::StatusOr<ExperimentQuery> FromProto(const pb::ListExperimentsRequest& request) {
  ExperimentQuery query;
  ASSIGN_OR_RETURN(query.page, ReadPage(request.page_size(), request.page_token()));
  if (!request.name().empty()) query.name = request.name();
  ASSIGN_OR_RETURN(query.view, FromProto(request.view()));
  return query;
}

NewExperiment FromProto(const pb::CreateExperimentRequest& request) {
  return {request.name(), request.artifact_location(), FromProto(request.tags())};
}

std::vector<KeyValue> FromProto(const google::protobuf::RepeatedPtrField<pb::KeyValue>& items) {
  std::vector<KeyValue> result;
  result.reserve(static_cast<std::size_t>(items.size()));
  for (const pb::KeyValue& item : items) result.push_back({item.key(), item.value()});
  return result;
}

absl::StatusOr<LifecycleView> FromProto(pb::LifecycleView view) {
  switch (view) {
    case pb::LIFECYCLE_VIEW_UNSPECIFIED:
    case pb::LIFECYCLE_VIEW_ACTIVE:
      return LifecycleView::kActive;
    case pb::LIFECYCLE_VIEW_DELETED:
      return LifecycleView::kDeleted;
    case pb::LIFECYCLE_VIEW_ALL:
      return LifecycleView::kAll;
    default:
      return absl::InvalidArgumentError(absl::StrCat("view: ", static_cast<int>(view), " is not a view of the lifecycle"));
  }
}

absl::StatusOr<NewRun> FromProto(const pb::CreateRunRequest& request) {
  NewRun run;
  ASSIGN_OR_RETURN(run.experiment_id, ParseExperimentId(request.experiment_id()));
  run.name = request.name();
  run.tags = FromProto(request.tags());
  if (!request.request_id().empty()) run.request_id = request.request_id();
  run.user = request.user();
  if (!request.parent_run_id().empty()) {
    ASSIGN_OR_RETURN(const RunId parent, ParseRunId(request.parent_run_id()));
    run.tags.push_back({kParentTag, parent.value()});
  }
  if (request.has_started_at()) run.started_at = rpc::FromProto(request.started_at());
  if (request.has_heartbeat_grace()) {
    run.heartbeat_grace =
        absl::Seconds(request.heartbeat_grace().seconds()) + absl::Nanoseconds(request.heartbeat_grace().nanos());
  }
  return run;
}

absl::StatusOr<RunChange> FromProto(const pb::UpdateRunRequest& request) {
  RunChange change;
  if (request.has_name()) change.name = request.name();
  if (request.status() != pb::RUN_STATUS_UNSPECIFIED) {
    ASSIGN_OR_RETURN(change.status, FromProto(request.status()));
  }
  if (request.has_ended_at()) change.ended_at = rpc::FromProto(request.ended_at());
  if (request.has_note()) change.tags.push_back({kNoteTag, request.note()});
  return change;
}

absl::StatusOr<RunQuery> FromProto(const pb::ListRunsRequest& request) {
  RunQuery query;
  ASSIGN_OR_RETURN(query.page, ReadPage(request.page_size(), request.page_token()));
  if (!request.experiment_id().empty()) {
    ASSIGN_OR_RETURN(query.experiment_id, ParseExperimentId(request.experiment_id()));
  }
  for (const std::string& tag : request.tags()) {
    const std::size_t equals = tag.find('=');
    if (equals == std::string::npos || equals == 0) {
      return absl::InvalidArgumentError(absl::StrCat("tags: \"", tag.substr(0, 100), "\" is not of the form key=value"));
    }
    query.tags.push_back({tag.substr(0, equals), tag.substr(equals + 1)});
  }
  if (!request.parent_run_id().empty()) query.tags.push_back({kParentTag, request.parent_run_id()});
  ASSIGN_OR_RETURN(query.view, FromProto(request.view()));
  return query;
}

Batch FromProto(const pb::LogMetricsRequest& request) {
  Batch batch;
  batch.metrics = ReadMetrics(request.metrics());
  return batch;
}

absl::StatusOr<ChartQuery> FromProto(const pb::GetMetricChartsRequest& request) {
  ChartQuery query;
  for (const std::string& text : request.run_ids()) {
    ASSIGN_OR_RETURN(const RunId run, ParseRunId(text));
    query.runs.push_back(run);
  }
  query.keys.assign(request.keys().begin(), request.keys().end());
  if (!pb::MetricAxis_IsValid(request.axis()))
    return absl::InvalidArgumentError(absl::StrCat("axis: ", static_cast<int>(request.axis()), " is not an axis"));
  if (request.axis() == pb::METRIC_AXIS_TIME) query.axis = MetricAxis::kTime;
  if (request.has_from()) query.from = request.from();
  if (request.has_to()) query.to = request.to();
  if (request.max_points() < 0) return absl::InvalidArgumentError("max_points: is less than 0");
  if (request.max_points() > 0) query.max_points = static_cast<std::size_t>(request.max_points());
  return query;
}

Batch FromProto(const pb::LogBatchRequest& request) {
  Batch batch;
  batch.metrics = ReadMetrics(request.metrics());
  batch.params = FromProto(request.params());
  batch.tags = FromProto(request.tags());
  return batch;
}

absl::StatusOr<RunStatus> FromProto(pb::RunStatus status) {
  if (status == pb::RUN_STATUS_UNSPECIFIED) return RunStatus::kFinished;
  if (!pb::RunStatus_IsValid(status))
    return absl::InvalidArgumentError(absl::StrCat("status: ", static_cast<int>(status), " is not a run's status"));
  return static_cast<RunStatus>(static_cast<int>(status) - 1);
}

// The value travels as its bits: a NaN has no JSON number.
std::string HistoryToken(const Point& last) {
  return rpc::EncodePageToken(nlohmann::json::array({last.step, last.timestamp_ms, std::bit_cast<std::int64_t>(last.value)}));
}

absl::StatusOr<HistoryQuery> FromProto(const pb::GetMetricHistoryRequest& request) {
  HistoryQuery query;
  query.key = request.key();
  ASSIGN_OR_RETURN(query.size, rpc::PageSize(request.page_size(), 1000, 25000));
  if (request.page_token().empty()) return query;
  ASSIGN_OR_RETURN(const nlohmann::json keys, rpc::DecodePageToken(request.page_token()));
  if (keys.size() != 3 || !keys[0].is_number_integer() || !keys[1].is_number_integer() || !keys[2].is_number_integer())
    return NotOurToken();
  query.after =
      Point{keys[0].get<std::int64_t>(), keys[1].get<std::int64_t>(), std::bit_cast<double>(keys[2].get<std::int64_t>())};
  return query;
}

absl::StatusOr<NewDatasetVersion> FromProto(const pb::CreateDatasetVersionRequest& request) {
  NewDatasetVersion facts;
  facts.name = request.name();
  facts.sha256 = request.sha256();
  facts.content_hash = request.content_hash();
  facts.row_count = request.row_count();
  ASSIGN_OR_RETURN(facts.schema, rpc::ToJson(request.schema(), "schema"));
  ASSIGN_OR_RETURN(facts.statistics, rpc::ToJson(request.statistics(), "statistics"));
  ASSIGN_OR_RETURN(facts.origin, rpc::ToJson(request.origin(), "origin"));
  ASSIGN_OR_RETURN(facts.validation, rpc::ToJson(request.validation(), "validation"));
  return facts;
}

}  // namespace millwright::tracker
