#include "lib/auth/access_rule.h"

#include "absl/strings/str_cat.h"

namespace millwright::auth {

absl::StatusOr<api::v1::AccessRule> RuleOf(const google::protobuf::MethodDescriptor& method) {
  const std::string& name = method.full_name();
  if (!method.options().HasExtension(api::v1::access)) {
    return absl::FailedPreconditionError(absl::StrCat("RPC ", name, " has no access rule"));
  }
  const api::v1::AccessRule& rule = method.options().GetExtension(api::v1::access);
  if (rule.action().empty())
    return absl::FailedPreconditionError(absl::StrCat("the access rule of RPC ", name, " names no action"));
  const bool has_role = rule.least_role() != api::v1::ROLE_UNSPECIFIED;
  const int doors = (has_role ? 1 : 0) + (rule.public_() ? 1 : 0) + (rule.internal() ? 1 : 0);
  if (doors != 1 || rule.least_role() == api::v1::ROLE_WORKER || (rule.worker() && !has_role)) {
    return absl::FailedPreconditionError(
        absl::StrCat("the access rule of RPC ", name, " must have exactly one of least_role, public and internal"));
  }
  return rule;
}

absl::Status CheckAccess(const api::v1::AccessRule& rule, const Caller* caller) {
  if (rule.public_()) return absl::OkStatus();
  if (caller == nullptr) return absl::UnauthenticatedError("sign in, or send an API token");
  if (caller->is_service) return absl::OkStatus();
  if (rule.internal()) return absl::PermissionDeniedError(absl::StrCat(rule.action(), " is for the platform's own services"));
  if (caller->role == Role::kWorker) {
    if (rule.worker()) return absl::OkStatus();
    return absl::PermissionDeniedError(absl::StrCat(rule.action(), " is not for worker tokens"));
  }
  const Role least = static_cast<Role>(rule.least_role());
  if (static_cast<int>(caller->role) >= static_cast<int>(least)) return absl::OkStatus();
  return absl::PermissionDeniedError(absl::StrCat(rule.action(), " needs the role ", RoleName(least), "; ", caller->subject,
                                                  " is ",
                                                  caller->role == Role::kNone ? "without a role" : RoleName(caller->role)));
}

std::string RoleName(Role role) {
  switch (role) {
    case Role::kViewer:
      return "viewer";
    case Role::kEngineer:
      return "engineer";
    case Role::kAdmin:
      return "admin";
    case Role::kWorker:
      return "worker";
    case Role::kNone:
      break;
  }
  return "none";
}

}  // namespace millwright::auth
