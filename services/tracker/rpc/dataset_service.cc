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

}  // namespace millwright::tracker
