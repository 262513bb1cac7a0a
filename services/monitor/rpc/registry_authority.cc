#include "monitor/rpc/registry_authority.h"

#include "absl/strings/str_cat.h"
#include "lib/base/status_macros.h"
#include "lib/rpc/client.h"
#include "lib/rpc/convert.h"
#include "lib/rpc/status.h"

namespace millwright::monitor {
namespace {

namespace pb = millwright::registry::v1;
constexpr absl::Duration kTimeout = absl::Seconds(5);
constexpr int kHistory = 100;  // entries looked through for a rollback of ours whose answer was lost

}  // namespace

RegistryAuthority::RegistryAuthority(std::shared_ptr<grpc::Channel> channel, const auth::Signer& signer)
    : signer_(signer), registry_(pb::RegistryService::NewStub(channel)), deployments_(pb::DeploymentService::NewStub(channel)) {}

absl::StatusOr<RollbackAnswer> RegistryAuthority::RollBack(const Release& release) {
  {
    grpc::ClientContext context;
    rpc::PrepareFor(context, kTimeout, As(release));
    pb::GetDeploymentRequest request;
    request.set_name(release.model);
    pb::Deployment deployment;
    RETURN_IF_ERROR(rpc::FromGrpc(deployments_->GetDeployment(&context, request, &deployment)));
    if (deployment.revision() != release.revision) return WhatBecameOf(release);
  }
  grpc::ClientContext context;
  rpc::PrepareFor(context, kTimeout, As(release));
  pb::RollbackModelRequest request;
  request.set_name(release.model);
  request.set_expected_version(release.version);
  request.set_workspace_id(release.workspace.value());
  request.set_reason(release.reason);
  *request.mutable_evidence() = rpc::ToStruct(release.evidence);
  pb::Promotion promotion;
  const absl::Status status = rpc::FromGrpc(registry_->RollbackModel(&context, request, &promotion));
  if (status.ok()) return RollbackAnswer{.kind = RollbackAnswer::Kind::kRolledBack, .returned_version = promotion.version()};
  if (!absl::IsFailedPrecondition(status)) return status;
  ASSIGN_OR_RETURN(RollbackAnswer answer, WhatBecameOf(release));
  if (answer.kind == RollbackAnswer::Kind::kNoPrevious) answer.message = std::string(status.message());
  return answer;
}

absl::StatusOr<RollbackAnswer> RegistryAuthority::WhatBecameOf(const Release& release) {
  grpc::ClientContext context;
  rpc::PrepareFor(context, kTimeout, As(release));
  pb::ListPromotionsRequest request;
  request.set_name(release.model);
  request.set_page_size(kHistory);
  pb::ListPromotionsResponse history;
  RETURN_IF_ERROR(rpc::FromGrpc(registry_->ListPromotions(&context, request, &history)));
  // The entry that ended this release is the first after it that has a revision.
  const pb::Promotion* ended_by = nullptr;
  for (const pb::Promotion& entry : history.promotions()) {
    if (entry.revision() > release.revision) ended_by = &entry;
  }
  if (ended_by == nullptr) return RollbackAnswer{.kind = RollbackAnswer::Kind::kNoPrevious};
  const bool is_ours = ended_by->kind() == pb::PROMOTION_KIND_ROLLED_BACK && ended_by->replaced_version() == release.version &&
                       ended_by->actor() == As(release).subject;
  if (!is_ours) return RollbackAnswer{.kind = RollbackAnswer::Kind::kSuperseded};
  return RollbackAnswer{.kind = RollbackAnswer::Kind::kRolledBack, .returned_version = ended_by->version()};
}

}  // namespace millwright::monitor
