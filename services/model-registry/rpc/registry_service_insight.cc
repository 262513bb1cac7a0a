// The handlers that find and compare.
#include "lib/base/status_macros.h"
#include "lib/rpc/answer.h"
#include "lib/rpc/convert.h"
#include "lib/search/mlflow_schemas.h"
#include "lib/search/place.h"
#include "model-registry/rpc/registry_service.h"
#include "model-registry/rpc/search_request.h"

namespace millwright::registry {
namespace {

constexpr int kPage = 100;
constexpr int kMaxPage = 1000;

/// With the place of what is wrong in the message.
template <typename Request>
absl::StatusOr<SearchQuery> Read(const Request& request, const search::Schema& schema) {
  ASSIGN_OR_RETURN(const int size, rpc::PageSize(request.page_size(), kPage, kMaxPage));
  absl::StatusOr<SearchQuery> query =
      ReadSearch(request.filter(), {request.order_by().begin(), request.order_by().end()}, request.page_token(), size, schema);
  if (!query.ok()) return search::WithPlace(query.status(), request.filter());
  return query;
}

}  // namespace

grpc::Status RegistryService::SearchRegisteredModels(grpc::ServerContext* context,
                                                     const pb::SearchRegisteredModelsRequest* request,
                                                     pb::SearchRegisteredModelsResponse* reply) {
  return rpc::Answer(*context, [&](const auth::Caller& caller) -> absl::Status {
    ASSIGN_OR_RETURN(const base::WorkspaceId workspace, WorkspaceOf(caller));
    ASSIGN_OR_RETURN(const SearchQuery query, Read(*request, search::RegisteredModelSchema()));
    ASSIGN_OR_RETURN(const SearchPage<RegisteredModel> page, search_.SearchModels(workspace, query));
    for (const RegisteredModel& model : page.items) *reply->add_models() = ToProto(model);
    if (page.next) reply->set_next_page_token(NextToken(*page.next));
    return absl::OkStatus();
  });
}

grpc::Status RegistryService::SearchModelVersions(grpc::ServerContext* context, const pb::SearchModelVersionsRequest* request,
                                                  pb::SearchModelVersionsResponse* reply) {
  return rpc::Answer(*context, [&](const auth::Caller& caller) -> absl::Status {
    ASSIGN_OR_RETURN(const base::WorkspaceId workspace, WorkspaceOf(caller));
    ASSIGN_OR_RETURN(const SearchQuery query, Read(*request, search::ModelVersionSchema()));
    ASSIGN_OR_RETURN(const SearchPage<ModelVersion> page, search_.SearchVersions(workspace, query));
    for (const ModelVersion& version : page.items) *reply->add_model_versions() = ToProto(version);
    if (page.next) reply->set_next_page_token(NextToken(*page.next));
    return absl::OkStatus();
  });
}

grpc::Status RegistryService::GetLineage(grpc::ServerContext* context, const pb::GetLineageRequest* request, pb::Lineage* reply) {
  return rpc::Answer(*context, [&](const auth::Caller& caller) -> absl::Status {
    ASSIGN_OR_RETURN(const base::WorkspaceId workspace, WorkspaceOf(caller));
    ASSIGN_OR_RETURN(const std::vector<LineageChain> chains,
                     insight_.Lineage(workspace, {.dataset_version_id = request->dataset_version_id(),
                                                  .run_id = request->run_id(),
                                                  .logged_model_id = request->logged_model_id(),
                                                  .name = request->name(),
                                                  .version = request->version(),
                                                  .deployment = request->deployment()}));
    for (const LineageChain& chain : chains) {
      pb::LineageChain* added = reply->add_chains();
      added->set_dataset_version_id(chain.dataset_version_id);
      added->set_dataset(chain.dataset);
      added->set_run_id(chain.run_id);
      added->set_logged_model_id(chain.logged_model_id);
      added->set_name(chain.name);
      added->set_version(chain.version);
      if (chain.version != 0) added->set_stage(ToProto(chain.stage));
      added->set_deployment(chain.deployment);
      added->set_revision(chain.revision);
    }
    return absl::OkStatus();
  });
}

grpc::Status RegistryService::GetModelCard(grpc::ServerContext* context, const pb::GetModelCardRequest* request,
                                           pb::ModelCard* reply) {
  return rpc::Answer(*context, [&](const auth::Caller& caller) -> absl::Status {
    ASSIGN_OR_RETURN(const base::WorkspaceId workspace, WorkspaceOf(caller));
    ASSIGN_OR_RETURN(const int number, VersionOf(request->version()));
    ASSIGN_OR_RETURN(const ModelVersion version, registry_.versions().GetVersion(workspace, request->name(), number));
    ASSIGN_OR_RETURN(*reply->mutable_markdown(), insight_.Card(workspace, version));
    reply->set_name(version.name);
    reply->set_version(version.version);
    reply->set_card_text(version.card_text);
    return absl::OkStatus();
  });
}

grpc::Status RegistryService::CompareModelVersions(grpc::ServerContext* context, const pb::CompareModelVersionsRequest* request,
                                                   pb::ModelComparison* reply) {
  return rpc::Answer(*context, [&](const auth::Caller& caller) -> absl::Status {
    ASSIGN_OR_RETURN(const base::WorkspaceId workspace, WorkspaceOf(caller));
    ASSIGN_OR_RETURN(const int number, VersionOf(request->version()));
    ASSIGN_OR_RETURN(const int other_number, VersionOf(request->other_version()));
    const std::string& other_name = request->other_name().empty() ? request->name() : request->other_name();
    ASSIGN_OR_RETURN(const ModelVersion left, registry_.versions().GetVersion(workspace, request->name(), number));
    ASSIGN_OR_RETURN(const ModelVersion right, registry_.versions().GetVersion(workspace, other_name, other_number));
    ASSIGN_OR_RETURN(const Comparison comparison, insight_.Compare(workspace, left, right));
    *reply->mutable_left() = ToProto(left);
    *reply->mutable_right() = ToProto(right);
    for (const Difference& difference : comparison.differences) {
      if (difference.is_equal && !request->with_equal()) continue;
      pb::Difference* added = reply->add_differences();
      added->set_section(difference.section);
      added->set_key(difference.key);
      added->set_left(difference.left);
      added->set_right(difference.right);
      added->set_is_equal(difference.is_equal);
    }
    for (const std::string& note : comparison.notes) reply->add_notes(note);
    return absl::OkStatus();
  });
}

}  // namespace millwright::registry
