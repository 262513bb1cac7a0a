#pragma once

#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "google/protobuf/descriptor.h"
#include "lib/auth/caller.h"
#include "millwright/api/v1/options.pb.h"

namespace millwright::auth {

/// The rule of an RPC as its proto states it; FailedPrecondition when it has none or contradicts itself.
absl::StatusOr<api::v1::AccessRule> RuleOf(const google::protobuf::MethodDescriptor& method);

/// Whether a caller may make a call under the rule: OK, Unauthenticated (no caller) or PermissionDenied, which names the role
/// needed. `caller` is null for an anonymous call.
absl::Status CheckAccess(const api::v1::AccessRule& rule, const Caller* caller);

/// "viewer", "engineer", "admin", "worker".
std::string RoleName(Role role);

}  // namespace millwright::auth
