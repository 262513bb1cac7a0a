#include "tracker/rpc/logged_model_service.h"

#include "absl/strings/str_cat.h"
#include "lib/base/status_macros.h"
#include "lib/rpc/answer.h"
#include "lib/rpc/convert.h"
#include "tracker/rpc/convert.h"

namespace millwright::tracker {
namespace {

using KeyValues = google::protobuf::RepeatedPtrField<pb::KeyValue>;

std::vector<KeyValue> Read(const KeyValues& items) {
  std::vector<KeyValue> result;
  for (const pb::KeyValue& item : items) result.push_back({item.key(), item.value()});
  return result;
}

void Write(const std::vector<KeyValue>& items, KeyValues* out) {
  for (const KeyValue& item : items) {
    pb::KeyValue* added = out->Add();
    added->set_key(item.key);
    added->set_value(item.value);
  }
}

absl::StatusOr<LoggedModelId> ReadModelId(const std::string& text) {
  if (IsLoggedModelId(text)) return LoggedModelId(text);
  return absl::InvalidArgumentError(
      absl::StrCat("model_id: \"", text.substr(0, 100), "\" is not a logged model's id (m- and 32 lower-case hex digits)"));
}

pb::LoggedModel ToProto(const LoggedModel& model) {
  pb::LoggedModel result;
  result.set_model_id(model.id.value());
  result.set_experiment_id(model.experiment_id.value());
  result.set_name(model.name);
  result.set_model_type(model.model_type);
  result.set_source_run_id(model.source_run_id);
  result.set_artifact_uri(model.artifact_location);
  result.set_status(static_cast<pb::LoggedModelStatus>(static_cast<int>(model.status)));
  *result.mutable_created_at() = rpc::ToProto(model.created_at);
  *result.mutable_updated_at() = rpc::ToProto(model.updated_at);
  result.set_is_deleted(model.is_deleted);
  Write(model.params, result.mutable_params());
  Write(model.tags, result.mutable_tags());
  for (const ModelMetric& point : model.metrics) {
    pb::LoggedModelMetric* added = result.add_metrics();
    added->set_run_id(point.run_id);
    *added->mutable_metric() = ToProto(point.metric);
    added->mutable_metric()->clear_model_id();
    added->mutable_metric()->set_dataset_name(point.metric.model.dataset_name);
    added->mutable_metric()->set_dataset_digest(point.metric.model.dataset_digest);
  }
  return result;
}

pb::RunLinks ToProto(const RunLinks& links) {
  pb::RunLinks result;
  for (const DatasetInput& input : links.datasets) {
    pb::RunDataset* added = result.add_datasets();
    added->set_name(input.dataset.name);
    added->set_digest(input.dataset.digest);
    added->set_source_type(input.dataset.source_type);
    added->set_source(input.dataset.source);
    if (input.dataset.schema) added->set_schema(*input.dataset.schema);
    if (input.dataset.profile) added->set_profile(*input.dataset.profile);
    Write(input.tags, added->mutable_tags());
  }
  for (const std::string& model : links.model_inputs) result.add_model_inputs(model);
  for (const ModelOutput& output : links.model_outputs) {
    pb::ModelOutput* added = result.add_model_outputs();
    added->set_model_id(output.model_id);
    added->set_step(output.step);
  }
  return result;
}

RunLinks FromProto(const pb::RunLinks& links) {
  RunLinks result;
  for (const pb::RunDataset& dataset : links.datasets()) {
    DatasetInput input{{dataset.name(), dataset.digest(), dataset.source_type(), dataset.source(), {}, {}}, Read(dataset.tags())};
    if (dataset.has_schema()) input.dataset.schema = dataset.schema();
    if (dataset.has_profile()) input.dataset.profile = dataset.profile();
    result.datasets.push_back(std::move(input));
  }
  result.model_inputs.assign(links.model_inputs().begin(), links.model_inputs().end());
  for (const pb::ModelOutput& output : links.model_outputs()) result.model_outputs.push_back({output.model_id(), output.step()});
  return result;
}

}  // namespace

grpc::Status LoggedModelService::CreateLoggedModel(grpc::ServerContext* context, const v1::CreateLoggedModelRequest* request,
                                                   v1::LoggedModel* reply) {
  return rpc::Answer(*context, [&](const auth::Caller& caller) -> absl::Status {
    ASSIGN_OR_RETURN(const base::WorkspaceId workspace, WorkspaceOf(caller));
    NewLoggedModel fresh;
    ASSIGN_OR_RETURN(fresh.experiment_id, ParseExperimentId(request->experiment_id()));
    fresh.name = request->name();
    fresh.model_type = request->model_type();
    fresh.source_run_id = request->source_run_id();
    fresh.params = Read(request->params());
    fresh.tags = Read(request->tags());
    ASSIGN_OR_RETURN(const LoggedModel model, models_.Create(workspace, std::move(fresh)));
    *reply = ToProto(model);
    return absl::OkStatus();
  });
}

grpc::Status LoggedModelService::GetLoggedModel(grpc::ServerContext* context, const v1::GetLoggedModelRequest* request,
                                                v1::LoggedModel* reply) {
  return rpc::Answer(*context, [&](const auth::Caller& caller) -> absl::Status {
    ASSIGN_OR_RETURN(const base::WorkspaceId workspace, WorkspaceOf(caller));
    ASSIGN_OR_RETURN(const LoggedModelId id, ReadModelId(request->model_id()));
    ASSIGN_OR_RETURN(const LoggedModel model, models_.Get(workspace, id, request->include_deleted()));
    *reply = ToProto(model);
    return absl::OkStatus();
  });
}

grpc::Status LoggedModelService::ListLoggedModels(grpc::ServerContext* context, const v1::ListLoggedModelsRequest* request,
                                                  v1::ListLoggedModelsResponse* reply) {
  return rpc::Answer(*context, [&](const auth::Caller& caller) -> absl::Status {
    ASSIGN_OR_RETURN(const base::WorkspaceId workspace, WorkspaceOf(caller));
    LoggedModelQuery query;
    ASSIGN_OR_RETURN(query.page, ReadPage(request->page_size(), request->page_token()));
    if (!request->experiment_id().empty()) {
      ASSIGN_OR_RETURN(query.experiment_id, ParseExperimentId(request->experiment_id()));
    }
    query.source_run_id = request->source_run_id();
    ASSIGN_OR_RETURN(const PageOf<LoggedModel> page, models_.List(workspace, query));
    for (const LoggedModel& model : page.items) *reply->add_logged_models() = ToProto(model);
    reply->set_next_page_token(PageToken(page.next));
    return absl::OkStatus();
  });
}

grpc::Status LoggedModelService::FinalizeLoggedModel(grpc::ServerContext* context, const v1::FinalizeLoggedModelRequest* request,
                                                     v1::LoggedModel* reply) {
  return rpc::Answer(*context, [&](const auth::Caller& caller) -> absl::Status {
    ASSIGN_OR_RETURN(const base::WorkspaceId workspace, WorkspaceOf(caller));
    ASSIGN_OR_RETURN(const LoggedModelId id, ReadModelId(request->model_id()));
    if (!pb::LoggedModelStatus_IsValid(request->status())) {
      return absl::InvalidArgumentError(
          absl::StrCat("status: ", static_cast<int>(request->status()), " is not a logged model's status"));
    }
    const auto status = request->status() == pb::LOGGED_MODEL_STATUS_UNSPECIFIED
                            ? LoggedModelStatus::kReady
                            : static_cast<LoggedModelStatus>(static_cast<int>(request->status()));
    ASSIGN_OR_RETURN(const LoggedModel model, models_.Finalize(workspace, id, status));
    *reply = ToProto(model);
    return absl::OkStatus();
  });
}

grpc::Status LoggedModelService::DeleteLoggedModel(grpc::ServerContext* context, const v1::DeleteLoggedModelRequest* request,
                                                   v1::DeleteLoggedModelResponse*) {
  return rpc::Answer(*context, [&](const auth::Caller& caller) -> absl::Status {
    ASSIGN_OR_RETURN(const base::WorkspaceId workspace, WorkspaceOf(caller));
    ASSIGN_OR_RETURN(const LoggedModelId id, ReadModelId(request->model_id()));
    return models_.Delete(workspace, id);
  });
}

grpc::Status LoggedModelService::SetLoggedModelTags(grpc::ServerContext* context, const v1::SetLoggedModelTagsRequest* request,
                                                    v1::LoggedModel* reply) {
  return rpc::Answer(*context, [&](const auth::Caller& caller) -> absl::Status {
    ASSIGN_OR_RETURN(const base::WorkspaceId workspace, WorkspaceOf(caller));
    ASSIGN_OR_RETURN(const LoggedModelId id, ReadModelId(request->model_id()));
    RETURN_IF_ERROR(models_.SetTags(workspace, id, Read(request->tags())));
    ASSIGN_OR_RETURN(const LoggedModel model, models_.Get(workspace, id, true));
    *reply = ToProto(model);
    return absl::OkStatus();
  });
}

grpc::Status LoggedModelService::LogRunLinks(grpc::ServerContext* context, const v1::LogRunLinksRequest* request,
                                             v1::RunLinks* reply) {
  return rpc::Answer(*context, [&](const auth::Caller& caller) -> absl::Status {
    ASSIGN_OR_RETURN(const base::WorkspaceId workspace, WorkspaceOf(caller));
    ASSIGN_OR_RETURN(const RunId id, ParseRunId(request->run_id()));
    RunLinks links = FromProto(request->links());
    RETURN_IF_ERROR(lineage_.LogInputs(workspace, id, std::move(links.datasets), links.model_inputs));
    RETURN_IF_ERROR(lineage_.LogOutputs(workspace, id, links.model_outputs));
    ASSIGN_OR_RETURN(const RunLinks all, lineage_.GetOne(workspace, id));
    *reply = ToProto(all);
    return absl::OkStatus();
  });
}

grpc::Status LoggedModelService::GetRunLinks(grpc::ServerContext* context, const v1::GetRunLinksRequest* request,
                                             v1::RunLinks* reply) {
  return rpc::Answer(*context, [&](const auth::Caller& caller) -> absl::Status {
    ASSIGN_OR_RETURN(const base::WorkspaceId workspace, WorkspaceOf(caller));
    ASSIGN_OR_RETURN(const RunId id, ParseRunId(request->run_id()));
    ASSIGN_OR_RETURN(const RunLinks links, lineage_.GetOne(workspace, id));
    *reply = ToProto(links);
    return absl::OkStatus();
  });
}

}  // namespace millwright::tracker
