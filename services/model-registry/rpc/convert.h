#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "lib/auth/caller.h"
#include "lib/base/id.h"
#include "millwright/registry/v1/registry.pb.h"
#include "model-registry/domain/release.h"

namespace millwright::registry {

namespace pb = millwright::registry::v1;

absl::StatusOr<Stage> FromProto(pb::Stage stage);  // InvalidArgument when it is not one of the four
absl::StatusOr<NewVersion> FromProto(const pb::CreateModelVersionRequest& request);
absl::StatusOr<Evaluation> FromProto(const pb::RecordEvaluationRequest& request);
absl::StatusOr<Gate> FromProto(const pb::SetGateRequest& request);

pb::Stage ToProto(Stage stage);
pb::RegisteredModel ToProto(const RegisteredModel& model);
pb::ModelVersion ToProto(const ModelVersion& version);
pb::Evaluation ToProto(const Evaluation& evaluation);
pb::GateDecision ToProto(const GateDecision& decision);
pb::Promotion ToProto(const Promotion& promotion);
pb::Deployment ToProto(const Deployment& deployment);
pb::Gate ToProto(const std::string& name, const Gate& gate);
pb::Approval ToProto(const Approval& approval);
pb::Check ToProto(const Check& check);

/// What a person with this role may do; PermissionDenied for programs (services and workers), which have no say.
absl::StatusOr<Rank> RankOf(const auth::Caller& caller);

/// The one workspace that a call acts in; InvalidArgument when a service calls without one.
absl::StatusOr<base::WorkspaceId> WorkspaceOf(const auth::Caller& caller);
/// The version number of a request; InvalidArgument unless it is positive.
absl::StatusOr<int> VersionOf(std::int32_t version);
/// The last row's key in a page token; `start` when there is no token.
absl::StatusOr<std::string> TextAfter(const std::string& page_token);
absl::StatusOr<std::int64_t> NumberBefore(const std::string& page_token, std::int64_t start);

}  // namespace millwright::registry
