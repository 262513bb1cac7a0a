#include <algorithm>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "lib/base/status_macros.h"
#include "lib/mlflow/text.h"
#include "lib/rpc/status.h"
#include "tracker/domain/log_errors.h"
#include "tracker/rpc/mlflow_log_model.h"
#include "tracker/rpc/mlflow_tracking_service.h"
#include "tracker/rpc/mlflow_validation.h"

namespace millwright::tracker {
namespace {

// As a Python list of dictionaries, in the order of the request.
std::string DescribeConflicts(std::vector<ParamConflict> conflicts, const mlpb::LogBatchRequest& request) {
  const auto place = [&](const ParamConflict& conflict) {
    return std::find_if(request.params().begin(), request.params().end(),
                        [&](const mlpb::Param& param) { return param.key() == conflict.key; }) -
           request.params().begin();
  };
  std::stable_sort(conflicts.begin(), conflicts.end(),
                   [&](const ParamConflict& a, const ParamConflict& b) { return place(a) < place(b); });
  return absl::StrJoin(conflicts, ", ", [](std::string* out, const ParamConflict& conflict) {
    absl::StrAppend(out, "{'key': ", mlflow::PythonRepr(conflict.key), ", 'old_value': ", mlflow::PythonRepr(conflict.value),
                    ", 'new_value': ", mlflow::PythonRepr(conflict.refused), "}");
  });
}

}  // namespace

absl::Status MlflowTrackingService::Log(const base::WorkspaceId& workspace, const std::string& run_id, Batch batch) {
  ASSIGN_OR_RETURN(const RunId id, ReadRunId(run_id));
  const absl::Status status = tracker_.LogBatch(workspace, id, std::move(batch));
  if (absl::IsNotFound(status) && absl::StartsWith(status.message(), "Logged model"))
    return rpc::WithErrorCode(absl::InvalidArgumentError(status.message()), "BAD_REQUEST");
  return InMlflowWords(status, id);
}

grpc::Status MlflowTrackingService::LogMetric(grpc::ServerContext* context, const mlpb::LogMetricRequest* request,
                                              mlpb::LogMetricResponse*) {
  return AnswerIn(*context, [&](const base::WorkspaceId& workspace) -> absl::Status {
    mlpb::Metric sent;
    sent.set_key(request->key());
    sent.set_value(request->value());
    sent.set_timestamp(request->timestamp());
    sent.set_step(request->step());
    sent.set_model_id(request->model_id());
    sent.set_dataset_name(request->dataset_name());
    sent.set_dataset_digest(request->dataset_digest());
    ASSIGN_OR_RETURN(Metric metric, FromMlflow(sent));
    RETURN_IF_ERROR(CheckMetric({}, metric));
    Batch batch;
    batch.metrics.push_back(std::move(metric));
    return Log(workspace, request->run_id().empty() ? request->run_uuid() : request->run_id(), std::move(batch));
  });
}

grpc::Status MlflowTrackingService::LogParam(grpc::ServerContext* context, const mlpb::LogParamRequest* request,
                                             mlpb::LogParamResponse*) {
  return AnswerIn(*context, [&](const base::WorkspaceId& workspace) -> absl::Status {
    Batch batch;
    batch.params.push_back({request->key(), request->value()});
    RETURN_IF_ERROR(CheckParam({}, batch.params.front()));
    const std::string& run_id = request->run_id().empty() ? request->run_uuid() : request->run_id();
    const absl::Status status = Log(workspace, run_id, std::move(batch));
    const std::vector<ParamConflict> conflicts = ConflictsOf(status);
    if (conflicts.empty()) return status;
    return absl::InvalidArgumentError(absl::StrCat("Changing param values is not allowed. Param with key='", conflicts[0].key,
                                                   "' was already logged with value='", conflicts[0].value, "' for run ID='",
                                                   run_id, "'. Attempted logging new value '", conflicts[0].refused, "'."));
  });
}

grpc::Status MlflowTrackingService::SetTag(grpc::ServerContext* context, const mlpb::SetTagRequest* request,
                                           mlpb::SetTagResponse*) {
  return AnswerIn(*context, [&](const base::WorkspaceId& workspace) -> absl::Status {
    Batch batch;
    KeyValue tag{request->key(), request->value()};
    RETURN_IF_ERROR(CheckTag({}, tag));
    if (tag.key != kNameTag || !tag.value.empty()) batch.tags.push_back(std::move(tag));  // an empty name renames nothing
    return Log(workspace, request->run_id().empty() ? request->run_uuid() : request->run_id(), std::move(batch));
  });
}

grpc::Status MlflowTrackingService::DeleteTag(grpc::ServerContext* context, const mlpb::DeleteTagRequest* request,
                                              mlpb::DeleteTagResponse*) {
  return AnswerIn(*context, [&](const base::WorkspaceId& workspace) -> absl::Status {
    ASSIGN_OR_RETURN(const RunId id, ReadRunId(request->run_id()));
    const absl::Status status = tracker_.DeleteRunTag(workspace, id, request->key()).status();
    if (absl::IsNotFound(status) && tracker_.GetRun(workspace, id).ok())
      return absl::NotFoundError(absl::StrCat("No tag with name: ", request->key(), " in run with id ", id.value()));
    return InMlflowWords(status, id);
  });
}

grpc::Status MlflowTrackingService::LogBatch(grpc::ServerContext* context, const mlpb::LogBatchRequest* request,
                                             mlpb::LogBatchResponse*) {
  return AnswerIn(*context, [&](const base::WorkspaceId& workspace) -> absl::Status {
    Batch batch;
    batch.metrics.reserve(static_cast<std::size_t>(request->metrics_size()));
    for (const mlpb::Metric& sent : request->metrics()) {
      ASSIGN_OR_RETURN(Metric metric, FromMlflow(sent));
      batch.metrics.push_back(std::move(metric));
    }
    batch.params = KeyValuesFrom(request->params());
    batch.tags = KeyValuesFrom(request->tags());
    RETURN_IF_ERROR(CheckRunIdForm(request->run_id()));
    for (std::size_t i = 0; i < batch.metrics.size(); ++i) RETURN_IF_ERROR(CheckMetric({"metrics", i}, batch.metrics[i]));
    for (std::size_t i = 0; i < batch.params.size(); ++i) RETURN_IF_ERROR(CheckParam({"params", i}, batch.params[i]));
    for (std::size_t i = 0; i < batch.tags.size(); ++i) RETURN_IF_ERROR(CheckTag({"tags", i}, batch.tags[i]));
    RETURN_IF_ERROR(CheckBatchLimits(batch.metrics.size(), batch.params.size(), batch.tags.size()));
    RETURN_IF_ERROR(CheckParamKeysDiffer(batch.params));
    batch.tags.erase(std::remove_if(batch.tags.begin(), batch.tags.end(),
                                    [](const KeyValue& tag) { return tag.key == kNameTag && tag.value.empty(); }),
                     batch.tags.end());
    const absl::Status status = Log(workspace, request->run_id(), std::move(batch));
    const std::vector<ParamConflict> conflicts = ConflictsOf(status);
    if (conflicts.empty()) return status;
    return absl::InvalidArgumentError(absl::StrCat("Changing param values is not allowed. Params were already logged='[",
                                                   DescribeConflicts(conflicts, *request), "]' for run ID='", request->run_id(),
                                                   "'."));
  });
}

grpc::Status MlflowTrackingService::LogInputs(grpc::ServerContext* context, const mlpb::LogInputsRequest* request,
                                              mlpb::LogInputsResponse*) {
  return AnswerIn(*context, [&](const base::WorkspaceId& workspace) -> absl::Status {
    RETURN_IF_ERROR(CheckRunIdForm(request->run_id()));
    std::vector<DatasetInput> datasets;
    for (const mlpb::DatasetInput& input : request->datasets()) {
      datasets.push_back(FromMlflow(input));
      const absl::Status differ = CheckKeysDiffer("datasets.tags", datasets.back().tags);
      if (!differ.ok()) return rpc::WithErrorCode(absl::InvalidArgumentError(differ.message()), "BAD_REQUEST");
    }
    RETURN_IF_ERROR(NormaliseDatasets(datasets));
    std::vector<std::string> models;
    for (const mlpb::ModelInput& model : request->models()) models.push_back(model.model_id());
    ASSIGN_OR_RETURN(const RunId id, ReadRunId(request->run_id()));
    return InMlflowWords(lineage_.LogInputs(workspace, id, std::move(datasets), models), id);
  });
}

grpc::Status MlflowTrackingService::LogOutputs(grpc::ServerContext* context, const mlpb::LogOutputsRequest* request,
                                               mlpb::LogOutputsResponse*) {
  return AnswerIn(*context, [&](const base::WorkspaceId& workspace) -> absl::Status {
    ASSIGN_OR_RETURN(const RunId id, ReadRunId(request->run_id()));
    std::vector<ModelOutput> models;
    for (const mlpb::ModelOutput& model : request->models()) models.push_back({model.model_id(), model.step()});
    const absl::Status status = lineage_.LogOutputs(workspace, id, models, /*may_be_there=*/false);
    if (absl::IsAlreadyExists(status)) return rpc::WithErrorCode(absl::InvalidArgumentError(status.message()), "BAD_REQUEST");
    return InMlflowWords(status, id);
  });
}

grpc::Status MlflowTrackingService::LogModel(grpc::ServerContext* context, const mlpb::LogModelRequest* request,
                                             mlpb::LogModelResponse*) {
  return AnswerIn(*context, [&](const base::WorkspaceId& workspace) -> absl::Status {
    ASSIGN_OR_RETURN(const std::string entry, ReadModelEntry(request->model_json()));
    ASSIGN_OR_RETURN(const RunId id, ReadRunId(request->run_id()));
    const absl::Status status =
        lineage_.EditTag(workspace, id, kModelHistoryTag, [&](const std::string& history) -> absl::StatusOr<std::string> {
          KeyValue tag{kModelHistoryTag, AppendToModelHistory(history, entry)};
          RETURN_IF_ERROR(CheckTag({}, tag));
          return tag.value;
        });
    return InMlflowWords(status, id);
  });
}

}  // namespace millwright::tracker
