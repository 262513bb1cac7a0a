#include "model-registry/rpc/registry_service.h"

#include <algorithm>
#include <limits>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "lib/base/status_macros.h"
#include "lib/rpc/answer.h"
#include "lib/rpc/convert.h"

namespace millwright::registry {
namespace {

constexpr int kPage = 100;
constexpr int kMaxPage = 1000;

/// A service says in the request which workspace it acts for; people and workers act in their own.
absl::StatusOr<base::WorkspaceId> WorkspaceFor(const auth::Caller& caller, const std::string& requested) {
  if (requested.empty() || requested == caller.workspace.value()) return WorkspaceOf(caller);
  if (!caller.is_service || !caller.workspace.empty()) {
    return absl::InvalidArgumentError("workspace_id: only for services that act in many workspaces; leave it empty");
  }
  std::int64_t number = 0;
  if (!absl::SimpleAtoi(requested, &number) || number <= 0) {
    return absl::InvalidArgumentError(absl::StrCat("workspace_id: \"", requested, "\" is not a workspace's number"));
  }
  return base::WorkspaceId(requested);
}

}  // namespace

grpc::Status RegistryService::CreateRegisteredModel(grpc::ServerContext* context, const pb::CreateRegisteredModelRequest* request,
                                                    pb::RegisteredModel* reply) {
  return rpc::Answer(*context, [&](const auth::Caller& caller) -> absl::Status {
    ASSIGN_OR_RETURN(const base::WorkspaceId workspace, WorkspaceOf(caller));
    ASSIGN_OR_RETURN(const RegisteredModel model,
                     registry_.CreateModel(workspace,
                                           {.name = request->name(),
                                            .description = request->description(),
                                            .tags = Tags(request->tags().begin(), request->tags().end())},
                                           caller.subject));
    *reply = ToProto(model);
    return absl::OkStatus();
  });
}

grpc::Status RegistryService::GetRegisteredModel(grpc::ServerContext* context, const pb::GetRegisteredModelRequest* request,
                                                 pb::RegisteredModel* reply) {
  return rpc::Answer(*context, [&](const auth::Caller& caller) -> absl::Status {
    ASSIGN_OR_RETURN(const base::WorkspaceId workspace, WorkspaceOf(caller));
    ASSIGN_OR_RETURN(const RegisteredModel model, registry_.models().GetModel(workspace, request->name()));
    *reply = ToProto(model);
    return absl::OkStatus();
  });
}

grpc::Status RegistryService::ListRegisteredModels(grpc::ServerContext* context, const pb::ListRegisteredModelsRequest* request,
                                                   pb::ListRegisteredModelsResponse* reply) {
  return rpc::Answer(*context, [&](const auth::Caller& caller) -> absl::Status {
    ASSIGN_OR_RETURN(const base::WorkspaceId workspace, WorkspaceOf(caller));
    ASSIGN_OR_RETURN(const int size, rpc::PageSize(request->page_size(), kPage, kMaxPage));
    ASSIGN_OR_RETURN(const std::string after, TextAfter(request->page_token()));
    ASSIGN_OR_RETURN(const std::vector<RegisteredModel> models, registry_.models().ListModels(workspace, after, size + 1));
    for (int i = 0; i < std::min<int>(size, models.size()); ++i) *reply->add_models() = ToProto(models[i]);
    if (static_cast<int>(models.size()) > size) reply->set_next_page_token(rpc::EncodePageToken({models[size - 1].name}));
    return absl::OkStatus();
  });
}

grpc::Status RegistryService::CreateModelVersion(grpc::ServerContext* context, const pb::CreateModelVersionRequest* request,
                                                 pb::ModelVersion* reply) {
  return rpc::Answer(*context, [&](const auth::Caller& caller) -> absl::Status {
    ASSIGN_OR_RETURN(const base::WorkspaceId workspace, WorkspaceOf(caller));
    ASSIGN_OR_RETURN(const NewVersion version, FromProto(*request));
    ASSIGN_OR_RETURN(const ModelVersion made, registry_.CreateVersion(workspace, request->name(), version, caller.subject));
    *reply = ToProto(made);
    return absl::OkStatus();
  });
}

grpc::Status RegistryService::GetModelVersion(grpc::ServerContext* context, const pb::GetModelVersionRequest* request,
                                              pb::ModelVersion* reply) {
  return rpc::Answer(*context, [&](const auth::Caller& caller) -> absl::Status {
    ASSIGN_OR_RETURN(const base::WorkspaceId workspace, WorkspaceOf(caller));
    ASSIGN_OR_RETURN(const int number, VersionOf(request->version()));
    ASSIGN_OR_RETURN(const ModelVersion version, registry_.versions().GetVersion(workspace, request->name(), number));
    *reply = ToProto(version);
    return absl::OkStatus();
  });
}

grpc::Status RegistryService::ListModelVersions(grpc::ServerContext* context, const pb::ListModelVersionsRequest* request,
                                                pb::ListModelVersionsResponse* reply) {
  return rpc::Answer(*context, [&](const auth::Caller& caller) -> absl::Status {
    ASSIGN_OR_RETURN(const base::WorkspaceId workspace, WorkspaceOf(caller));
    ASSIGN_OR_RETURN(const int size, rpc::PageSize(request->page_size(), kPage, kMaxPage));
    constexpr int kEnd = std::numeric_limits<int>::max();
    ASSIGN_OR_RETURN(const std::int64_t before, NumberBefore(request->page_token(), kEnd));
    ASSIGN_OR_RETURN(const std::vector<ModelVersion> versions,
                     registry_.versions().ListVersions(workspace, request->name(),
                                                       static_cast<int>(std::clamp<std::int64_t>(before, 0, kEnd)), size + 1));
    for (int i = 0; i < std::min<int>(size, versions.size()); ++i) *reply->add_model_versions() = ToProto(versions[i]);
    if (static_cast<int>(versions.size()) > size) reply->set_next_page_token(rpc::EncodePageToken({versions[size - 1].version}));
    return absl::OkStatus();
  });
}

grpc::Status RegistryService::RecordEvaluation(grpc::ServerContext* context, const pb::RecordEvaluationRequest* request,
                                               pb::Evaluation* reply) {
  return rpc::Answer(*context, [&](const auth::Caller& caller) -> absl::Status {
    ASSIGN_OR_RETURN(const base::WorkspaceId workspace, WorkspaceOf(caller));
    ASSIGN_OR_RETURN(const Evaluation evaluation, FromProto(*request));
    ASSIGN_OR_RETURN(const Evaluation recorded, registry_.RecordEvaluation(workspace, evaluation, caller.subject));
    *reply = ToProto(recorded);
    return absl::OkStatus();
  });
}

grpc::Status RegistryService::ListEvaluations(grpc::ServerContext* context, const pb::ListEvaluationsRequest* request,
                                              pb::ListEvaluationsResponse* reply) {
  return rpc::Answer(*context, [&](const auth::Caller& caller) -> absl::Status {
    ASSIGN_OR_RETURN(const base::WorkspaceId workspace, WorkspaceOf(caller));
    ASSIGN_OR_RETURN(const int version, VersionOf(request->version()));
    ASSIGN_OR_RETURN(const std::vector<Evaluation> evaluations, registry_.ListEvaluations(workspace, request->name(), version));
    for (const Evaluation& evaluation : evaluations) *reply->add_evaluations() = ToProto(evaluation);
    return absl::OkStatus();
  });
}

grpc::Status RegistryService::PromoteModelVersion(grpc::ServerContext* context, const pb::PromoteModelVersionRequest* request,
                                                  pb::Promotion* reply) {
  return rpc::Answer(*context, [&](const auth::Caller& caller) -> absl::Status {
    ASSIGN_OR_RETURN(const base::WorkspaceId workspace, WorkspaceOf(caller));
    PromotionOrder order{
        .name = request->name(), .reason = request->reason(), .request_id = request->request_id(), .actor = caller.subject};
    ASSIGN_OR_RETURN(order.stage, FromProto(request->stage()));
    ASSIGN_OR_RETURN(order.version, VersionOf(request->version()));
    if (request->has_archive_existing_versions()) order.archive_existing_versions = request->archive_existing_versions();
    ASSIGN_OR_RETURN(const Promotion promotion, registry_.Promote(workspace, order));
    *reply = ToProto(promotion);
    return absl::OkStatus();
  });
}

grpc::Status RegistryService::RollbackModel(grpc::ServerContext* context, const pb::RollbackModelRequest* request,
                                            pb::Promotion* reply) {
  return rpc::Answer(*context, [&](const auth::Caller& caller) -> absl::Status {
    ASSIGN_OR_RETURN(const base::WorkspaceId workspace, WorkspaceFor(caller, request->workspace_id()));
    if (request->expected_version() < 0) {
      return absl::InvalidArgumentError(
          absl::StrCat("expected_version: ", request->expected_version(), " is not a version number"));
    }
    RollbackOrder order{.name = request->name(),
                        .reason = request->reason(),
                        .expected_version = request->expected_version(),
                        .actor = caller.subject};
    ASSIGN_OR_RETURN(order.evidence, rpc::ToJson(request->evidence(), "evidence"));
    ASSIGN_OR_RETURN(const Promotion promotion, registry_.RollBack(workspace, order));
    *reply = ToProto(promotion);
    return absl::OkStatus();
  });
}

grpc::Status RegistryService::ListPromotions(grpc::ServerContext* context, const pb::ListPromotionsRequest* request,
                                             pb::ListPromotionsResponse* reply) {
  return rpc::Answer(*context, [&](const auth::Caller& caller) -> absl::Status {
    ASSIGN_OR_RETURN(const base::WorkspaceId workspace, WorkspaceOf(caller));
    ASSIGN_OR_RETURN(const int size, rpc::PageSize(request->page_size(), kPage, kMaxPage));
    ASSIGN_OR_RETURN(const std::int64_t before, NumberBefore(request->page_token(), std::numeric_limits<std::int64_t>::max()));
    ASSIGN_OR_RETURN(const std::vector<Promotion> promotions,
                     registry_.releases().ListPromotions(workspace, request->name(), before, size + 1));
    for (int i = 0; i < std::min<int>(size, promotions.size()); ++i) *reply->add_promotions() = ToProto(promotions[i]);
    if (static_cast<int>(promotions.size()) > size) reply->set_next_page_token(rpc::EncodePageToken({promotions[size - 1].id}));
    return absl::OkStatus();
  });
}

}  // namespace millwright::registry
