// Searches. Tokens are keysets, which clients do not look into.
#include <algorithm>

#include "absl/strings/str_cat.h"
#include "lib/base/status_macros.h"
#include "lib/rpc/answer.h"
#include "lib/rpc/status.h"
#include "lib/search/mlflow_schemas.h"
#include "lib/search/place.h"
#include "model-registry/rpc/convert.h"
#include "model-registry/rpc/mlflow_registry_service.h"
#include "model-registry/rpc/search_request.h"

namespace millwright::registry {
namespace {

constexpr int kModels = 100;
constexpr int kMaxModels = 1000;
constexpr int kMaxVersions = 200'000;

template <typename Request>
absl::StatusOr<SearchQuery> Read(const Request& request, int limit, const search::Schema& schema) {
  absl::StatusOr<SearchQuery> query =
      ReadSearch(request.filter(), {request.order_by().begin(), request.order_by().end()}, request.page_token(), limit, schema);
  if (query.ok()) return query;
  if (search::IsRepeatedOrder(query.status())) return rpc::WithErrorCode(query.status(), "INTERNAL_ERROR");
  if (!search::PlaceOf(query.status()) && !request.page_token().empty() && absl::IsInvalidArgument(query.status()))
    return absl::InvalidArgumentError("Invalid page token, could not base64-decode");
  return query;
}

}  // namespace

grpc::Status MlflowRegistryService::SearchRegisteredModels(grpc::ServerContext* context,
                                                           const mlflow_pb::SearchRegisteredModelsRequest* request,
                                                           mlflow_pb::SearchRegisteredModelsResponse* reply) {
  return rpc::Answer(*context, [&](const auth::Caller& caller) -> absl::Status {
    ASSIGN_OR_RETURN(const base::WorkspaceId workspace, WorkspaceOf(caller));
    const std::int64_t asked = request->has_max_results() ? request->max_results() : kModels;
    const int limit = static_cast<int>(std::clamp<std::int64_t>(asked, 0, kMaxModels));
    ASSIGN_OR_RETURN(const SearchQuery query, Read(*request, limit, search::RegisteredModelSchema()));
    ASSIGN_OR_RETURN(const SearchPage<RegisteredModel> page, search_.SearchModels(workspace, query));
    std::vector<std::string> names;
    for (const RegisteredModel& model : page.items) names.push_back(model.name);
    ASSIGN_OR_RETURN(const std::vector<ModelVersion> latest, registry_.versions().LatestVersions(workspace, names, {}));
    for (const RegisteredModel& model : page.items) {  // in their own order; `latest` stands in that of names
      auto version = std::lower_bound(latest.begin(), latest.end(), model.name,
                                      [](const ModelVersion& a, const std::string& name) { return a.name < name; });
      std::vector<ModelVersion> own;
      for (; version != latest.end() && version->name == model.name; ++version) own.push_back(*version);
      *reply->add_registered_models() = ToMlflow(model, own);
    }
    if (page.next) reply->set_next_page_token(NextToken(*page.next));
    return absl::OkStatus();
  });
}

grpc::Status MlflowRegistryService::SearchModelVersions(grpc::ServerContext* context,
                                                        const mlflow_pb::SearchModelVersionsRequest* request,
                                                        mlflow_pb::SearchModelVersionsResponse* reply) {
  return rpc::Answer(*context, [&](const auth::Caller& caller) -> absl::Status {
    ASSIGN_OR_RETURN(const base::WorkspaceId workspace, WorkspaceOf(caller));
    const std::int64_t asked = request->has_max_results() ? request->max_results() : kMaxVersions;
    if (asked < 1) {
      return absl::InvalidArgumentError(
          absl::StrCat("Invalid value for max_results. It must be a positive integer, but got ", asked));
    }
    const int limit = static_cast<int>(std::min<std::int64_t>(asked, kMaxVersions));
    ASSIGN_OR_RETURN(const SearchQuery query, Read(*request, limit, search::ModelVersionSchema()));
    ASSIGN_OR_RETURN(const SearchPage<ModelVersion> page, search_.SearchVersions(workspace, query));
    for (const ModelVersion& version : page.items) *reply->add_model_versions() = ToMlflow(version);
    if (page.next) reply->set_next_page_token(NextToken(*page.next));
    return absl::OkStatus();
  });
}

}  // namespace millwright::registry
