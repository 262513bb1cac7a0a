// The handlers of gates, approvals and checks.
#include "lib/base/status_macros.h"
#include "lib/rpc/answer.h"
#include "model-registry/rpc/registry_service.h"

namespace millwright::registry {

grpc::Status RegistryService::SetGate(grpc::ServerContext* context, const pb::SetGateRequest* request, pb::Gate* reply) {
  return rpc::Answer(*context, [&](const auth::Caller& caller) -> absl::Status {
    ASSIGN_OR_RETURN(const base::WorkspaceId workspace, WorkspaceOf(caller));
    ASSIGN_OR_RETURN(const Gate gate, FromProto(*request));
    const bool with_people = request->has_approvals() || request->checks_size() > 0;
    Rank rank = Rank::kViewer;  // programs set metrics only, or what nobody of rank guards
    if (const absl::StatusOr<Rank> person = RankOf(caller); person.ok()) rank = *person;
    ASSIGN_OR_RETURN(const Gate set, registry_.SetGate(workspace, request->name(), gate, with_people, rank, caller.subject));
    *reply = ToProto(request->name(), set);
    return absl::OkStatus();
  });
}

grpc::Status RegistryService::ListGates(grpc::ServerContext* context, const pb::ListGatesRequest* request,
                                        pb::ListGatesResponse* reply) {
  return rpc::Answer(*context, [&](const auth::Caller& caller) -> absl::Status {
    ASSIGN_OR_RETURN(const base::WorkspaceId workspace, WorkspaceOf(caller));
    ASSIGN_OR_RETURN(const std::vector<Gate> gates, registry_.gates().ListGates(workspace, request->name()));
    for (const Gate& gate : gates) *reply->add_gates() = ToProto(request->name(), gate);
    return absl::OkStatus();
  });
}

grpc::Status RegistryService::CheckGate(grpc::ServerContext* context, const pb::CheckGateRequest* request,
                                        pb::GateDecision* reply) {
  return rpc::Answer(*context, [&](const auth::Caller& caller) -> absl::Status {
    ASSIGN_OR_RETURN(const base::WorkspaceId workspace, WorkspaceOf(caller));
    ASSIGN_OR_RETURN(const Stage stage, FromProto(request->stage()));
    ASSIGN_OR_RETURN(const int version, VersionOf(request->version()));
    ASSIGN_OR_RETURN(const GateDecision decision, registry_.gates().CheckGate(workspace, request->name(), version, stage));
    *reply = ToProto(decision);
    return absl::OkStatus();
  });
}

grpc::Status RegistryService::ApproveModelVersion(grpc::ServerContext* context, const pb::ApproveModelVersionRequest* request,
                                                  pb::Approval* reply) {
  return rpc::Answer(*context, [&](const auth::Caller& caller) -> absl::Status {
    ASSIGN_OR_RETURN(const base::WorkspaceId workspace, WorkspaceOf(caller));
    Approval approval{.name = request->name(), .is_approved = true, .actor = caller.subject, .reason = request->reason()};
    ASSIGN_OR_RETURN(approval.version, VersionOf(request->version()));
    ASSIGN_OR_RETURN(approval.stage, FromProto(request->stage()));
    ASSIGN_OR_RETURN(approval.rank, RankOf(caller));
    ASSIGN_OR_RETURN(const Approval recorded, registry_.RecordApproval(workspace, approval));
    *reply = ToProto(recorded);
    return absl::OkStatus();
  });
}

grpc::Status RegistryService::RejectModelVersion(grpc::ServerContext* context, const pb::RejectModelVersionRequest* request,
                                                 pb::Approval* reply) {
  return rpc::Answer(*context, [&](const auth::Caller& caller) -> absl::Status {
    ASSIGN_OR_RETURN(const base::WorkspaceId workspace, WorkspaceOf(caller));
    Approval approval{.name = request->name(), .is_approved = false, .actor = caller.subject, .reason = request->reason()};
    ASSIGN_OR_RETURN(approval.version, VersionOf(request->version()));
    ASSIGN_OR_RETURN(approval.stage, FromProto(request->stage()));
    ASSIGN_OR_RETURN(approval.rank, RankOf(caller));
    ASSIGN_OR_RETURN(const Approval recorded, registry_.RecordApproval(workspace, approval));
    *reply = ToProto(recorded);
    return absl::OkStatus();
  });
}

grpc::Status RegistryService::ListApprovals(grpc::ServerContext* context, const pb::ListApprovalsRequest* request,
                                            pb::ListApprovalsResponse* reply) {
  return rpc::Answer(*context, [&](const auth::Caller& caller) -> absl::Status {
    ASSIGN_OR_RETURN(const base::WorkspaceId workspace, WorkspaceOf(caller));
    ASSIGN_OR_RETURN(const int version, VersionOf(request->version()));
    ASSIGN_OR_RETURN(const std::vector<Approval> approvals, registry_.gates().ListApprovals(workspace, request->name(), version));
    for (const Approval& approval : approvals) *reply->add_approvals() = ToProto(approval);
    return absl::OkStatus();
  });
}

grpc::Status RegistryService::RecordCheck(grpc::ServerContext* context, const pb::RecordCheckRequest* request, pb::Check* reply) {
  return rpc::Answer(*context, [&](const auth::Caller& caller) -> absl::Status {
    ASSIGN_OR_RETURN(const base::WorkspaceId workspace, WorkspaceOf(caller));
    ASSIGN_OR_RETURN(const int version, VersionOf(request->version()));
    ASSIGN_OR_RETURN(const Check recorded, registry_.RecordCheck(workspace, {.model = request->name(),
                                                                             .version = version,
                                                                             .name = request->check(),
                                                                             .is_passed = request->is_passed(),
                                                                             .details = request->details(),
                                                                             .link = request->link(),
                                                                             .actor = caller.subject}));
    *reply = ToProto(recorded);
    return absl::OkStatus();
  });
}

grpc::Status RegistryService::ListChecks(grpc::ServerContext* context, const pb::ListChecksRequest* request,
                                         pb::ListChecksResponse* reply) {
  return rpc::Answer(*context, [&](const auth::Caller& caller) -> absl::Status {
    ASSIGN_OR_RETURN(const base::WorkspaceId workspace, WorkspaceOf(caller));
    ASSIGN_OR_RETURN(const int version, VersionOf(request->version()));
    ASSIGN_OR_RETURN(const std::vector<Check> checks, registry_.gates().ListChecks(workspace, request->name(), version));
    for (const Check& check : checks) *reply->add_checks() = ToProto(check);
    return absl::OkStatus();
  });
}

}  // namespace millwright::registry
