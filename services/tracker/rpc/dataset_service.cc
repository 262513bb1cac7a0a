#include "tracker/rpc/dataset_service.h"

#include "lib/base/status_macros.h"
#include "lib/rpc/answer.h"
#include "tracker/rpc/convert.h"

namespace millwright::tracker {

grpc::Status DatasetService::CreateDatasetVersion(grpc::ServerContext* context, const v1::CreateDatasetVersionRequest* request,
                                                  v1::DatasetVersion* reply) {
  return rpc::Answer(*context, [&](const auth::Caller& caller) -> absl::Status {
    ASSIGN_OR_RETURN(const base::WorkspaceId workspace, WorkspaceOf(caller));
    ASSIGN_OR_RETURN(const NewDatasetVersion facts, FromProto(*request));
    RETURN_IF_ERROR(Check(facts));
    ASSIGN_OR_RETURN(const DatasetVersion version, datasets_.CreateVersion(workspace, facts));
    *reply = ToProto(version);
    return absl::OkStatus();
  });
}

grpc::Status DatasetService::GetDatasetVersion(grpc::ServerContext* context, const v1::GetDatasetVersionRequest* request,
                                               v1::DatasetVersion* reply) {
  return rpc::Answer(*context, [&](const auth::Caller& caller) -> absl::Status {
    ASSIGN_OR_RETURN(const base::WorkspaceId workspace, WorkspaceOf(caller));
    ASSIGN_OR_RETURN(const DatasetVersionId id, ParseDatasetVersionId(request->dataset_version_id()));
    ASSIGN_OR_RETURN(const DatasetVersion version, datasets_.Get(workspace, id));
    *reply = ToProto(version);
    return absl::OkStatus();
  });
}

grpc::Status DatasetService::ListDatasetVersions(grpc::ServerContext* context, const v1::ListDatasetVersionsRequest* request,
                                                 v1::ListDatasetVersionsResponse* reply) {
  return rpc::Answer(*context, [&](const auth::Caller& caller) -> absl::Status {
    ASSIGN_OR_RETURN(const base::WorkspaceId workspace, WorkspaceOf(caller));
    ASSIGN_OR_RETURN(const Page page, ReadPage(request->page_size(), request->page_token()));
    std::optional<std::string> name;
    if (!request->name().empty()) name = request->name();
    ASSIGN_OR_RETURN(const PageOf<DatasetVersion> versions, datasets_.List(workspace, name, page));
    for (const DatasetVersion& version : versions.items) *reply->add_dataset_versions() = ToProto(version);
    reply->set_next_page_token(PageToken(versions.next));
    return absl::OkStatus();
  });
}

grpc::Status DatasetService::ListDatasets(grpc::ServerContext* context, const v1::ListDatasetsRequest* request,
                                          v1::ListDatasetsResponse* reply) {
  return rpc::Answer(*context, [&](const auth::Caller& caller) -> absl::Status {
    ASSIGN_OR_RETURN(const base::WorkspaceId workspace, WorkspaceOf(caller));
    ASSIGN_OR_RETURN(const Page page, ReadPage(request->page_size(), request->page_token()));
    ASSIGN_OR_RETURN(const PageOf<Dataset> datasets, datasets_.ListDatasets(workspace, page));
    for (const Dataset& dataset : datasets.items) *reply->add_datasets() = ToProto(dataset);
    reply->set_next_page_token(PageToken(datasets.next));
    return absl::OkStatus();
  });
}

grpc::Status DatasetService::CompareDatasetVersions(grpc::ServerContext* context,
                                                    const v1::CompareDatasetVersionsRequest* request,
                                                    v1::CompareDatasetVersionsResponse* reply) {
  return rpc::Answer(*context, [&](const auth::Caller& caller) -> absl::Status {
    ASSIGN_OR_RETURN(const base::WorkspaceId workspace, WorkspaceOf(caller));
    ASSIGN_OR_RETURN(const DatasetVersionId id, ParseDatasetVersionId(request->dataset_version_id()));
    std::optional<DatasetVersionId> base_id;
    if (!request->base_id().empty()) {
      ASSIGN_OR_RETURN(base_id, ParseDatasetVersionId(request->base_id(), "base_id"));
    }
    ASSIGN_OR_RETURN(DatasetVersion version, datasets_.Get(workspace, id));
    ASSIGN_OR_RETURN(DatasetVersion base,
                     base_id ? datasets_.Get(workspace, *base_id) : datasets_.GetPrevious(workspace, version));
    for (const ColumnDifference& difference : CompareStatistics(base.facts.statistics, version.facts.statistics)) {
      *reply->add_columns() = ToProto(difference);
    }
    for (DatasetVersion* side : {&base, &version}) {
      side->facts.statistics = nullptr;
      side->facts.validation = nlohmann::json::object();
    }
    *reply->mutable_base() = ToProto(base);
    *reply->mutable_version() = ToProto(version);
    return absl::OkStatus();
  });
}

}  // namespace millwright::tracker
