#include "lib/auth/access_rule.h"

#include <gtest/gtest.h>

#include "lib/auth/token.h"

namespace millwright::auth {
namespace {

api::v1::AccessRule Needs(api::v1::Role role, bool worker = false) {
  api::v1::AccessRule rule;
  rule.set_action("runs.write");
  rule.set_least_role(role);
  rule.set_worker(worker);
  return rule;
}

Caller With(Role role) { return {.subject = "ana", .role = role, .workspace = base::WorkspaceId("1")}; }

TEST(AccessRuleTest, NobodyIsUnauthenticated) {
  EXPECT_EQ(CheckAccess(Needs(api::v1::ROLE_VIEWER), nullptr).code(), absl::StatusCode::kUnauthenticated);
}

TEST(AccessRuleTest, AHigherRoleIncludesTheLower) {
  const Caller admin = With(Role::kAdmin);
  EXPECT_TRUE(CheckAccess(Needs(api::v1::ROLE_VIEWER), &admin).ok());
}

TEST(AccessRuleTest, ATooLowRoleIsToldTheRoleNeeded) {
  const Caller viewer = With(Role::kViewer);
  const absl::Status status = CheckAccess(Needs(api::v1::ROLE_ENGINEER), &viewer);
  EXPECT_EQ(status.code(), absl::StatusCode::kPermissionDenied);
  EXPECT_NE(status.message().find("engineer"), std::string::npos);
}

TEST(AccessRuleTest, AWorkerTokenOpensOnlyWorkerRpcs) {
  const Caller worker = With(Role::kWorker);
  EXPECT_TRUE(CheckAccess(Needs(api::v1::ROLE_ENGINEER, true), &worker).ok());
  EXPECT_EQ(CheckAccess(Needs(api::v1::ROLE_VIEWER), &worker).code(), absl::StatusCode::kPermissionDenied);
}

TEST(AccessRuleTest, AnInternalRpcIsClosedToAdmins) {
  api::v1::AccessRule rule;
  rule.set_action("deployments.watch");
  rule.set_internal(true);
  const Caller admin = With(Role::kAdmin);
  EXPECT_EQ(CheckAccess(rule, &admin).code(), absl::StatusCode::kPermissionDenied);
  const Caller service{.subject = "service:serving", .is_service = true};
  EXPECT_TRUE(CheckAccess(rule, &service).ok());
}

TEST(TokenTest, HashesDifferAndPasswordsVerify) {
  EXPECT_NE(NewToken(), NewToken());
  EXPECT_EQ(TokenHash("abc").size(), 32u);
  const std::string hash = HashPassword("correct horse battery").value();
  EXPECT_TRUE(VerifyPassword(hash, "correct horse battery"));
  EXPECT_FALSE(VerifyPassword(hash, "correct horse batterx"));
  EXPECT_FALSE(VerifyPassword("not a hash", "x"));
}

}  // namespace
}  // namespace millwright::auth
