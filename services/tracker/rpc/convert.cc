#include "tracker/rpc/convert.h"

#include <bit>

#include "absl/strings/str_cat.h"
#include "lib/base/status_macros.h"
#include "lib/rpc/convert.h"

namespace millwright::tracker {
namespace {

std::vector<KeyValue> ReadKeyValues(const google::protobuf::RepeatedPtrField<pb::KeyValue>& items) {
  std::vector<KeyValue> result;
  result.reserve(static_cast<std::size_t>(items.size()));
  for (const pb::KeyValue& item : items) result.push_back({item.key(), item.value()});
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
  return result;
}

pb::Metric ToProto(const Metric& metric) {
  pb::Metric result;
  result.set_key(metric.key);
  result.set_value(metric.value);
  result.set_step(metric.step);
  result.set_timestamp_ms(metric.timestamp_ms);
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
  return result;
}

pb::Blob ToProto(const Blob& blob) {
  pb::Blob result;
  result.set_sha256(blob.sha256);
  result.set_size(blob.size);
  return result;
}

pb::Artifact ToProto(const Artifact& artifact) {
  pb::Artifact result;
  result.set_run_id(artifact.run_id.value());
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
  *result.mutable_statistics() = rpc::ToStruct(version.facts.statistics);
  *result.mutable_origin() = rpc::ToStruct(version.facts.origin);
  *result.mutable_created_at() = rpc::ToProto(version.created_at);
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
  return query;
}

absl::StatusOr<NewRun> FromProto(const pb::CreateRunRequest& request) {
  NewRun run;
  ASSIGN_OR_RETURN(run.experiment_id, ParseExperimentId(request.experiment_id()));
  run.name = request.name();
  run.tags = ReadKeyValues(request.tags());
  if (!request.request_id().empty()) run.request_id = request.request_id();
  return run;
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
  return query;
}

Batch FromProto(const pb::LogBatchRequest& request) {
  Batch batch;
  batch.metrics.reserve(static_cast<std::size_t>(request.metrics_size()));
  for (const pb::Metric& metric : request.metrics())
    batch.metrics.push_back({metric.key(), metric.value(), metric.step(), metric.timestamp_ms()});
  batch.params = ReadKeyValues(request.params());
  batch.tags = ReadKeyValues(request.tags());
  return batch;
}

absl::StatusOr<RunStatus> FromProto(pb::RunStatus status) {
  if (status == pb::RUN_STATUS_UNSPECIFIED) return RunStatus::kFinished;
  if (!pb::RunStatus_IsValid(status))
    return absl::InvalidArgumentError(absl::StrCat("status: ", static_cast<int>(status), " is not a run's status"));
  return static_cast<RunStatus>(static_cast<int>(status) - 1);
}

// The value travels as its bits: a NaN has no JSON number.
std::string HistoryToken(const Metric& last) {
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
  query.after = Metric{query.key, std::bit_cast<double>(keys[2].get<std::int64_t>()), keys[0].get<std::int64_t>(),
                       keys[1].get<std::int64_t>()};
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
  return facts;
}

}  // namespace millwright::tracker
