#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <filesystem>
#include <thread>

#include "gateway/domain/accounts.h"
#include "gateway/domain/bootstrap.h"
#include "gateway/storage/pg_audit_log.h"
#include "gateway/storage/pg_identity_stores.h"
#include "lib/auth/token.h"
#include "lib/base/files.h"
#include "lib/pg/database_test.h"
#include "migrations.h"

namespace millwright::gateway {
namespace {

using testing::HasSubstr;

const base::WorkspaceId kDefault("1");
const auth::Caller kAdmin{.subject = "admin", .role = auth::Role::kAdmin, .workspace = kDefault};

class PgIdentityStoreTest : public pg::DatabaseTest {
 protected:
  PgIdentityStoreTest() : DatabaseTest({{"gateway", migrations()}}) {}

  std::optional<Identity> Find(const std::string& token) {
    return stores_.tokens.FindToken(auth::TokenHash(token), clock_.Now()).value();
  }
  SessionStart SignIn() { return accounts_.SignInWithCode(accounts_.CreateSignInCode(kDefault, "admin").value().code).value(); }
  std::string TokenFor(const auth::Caller& caller, auth::Role role = auth::Role::kNone) {
    return accounts_.CreateApiToken(caller, {.name = "t", .role = role}).value().token;
  }
  auth::Caller AddUser(const std::string& name, auth::Role role) {
    EXPECT_TRUE(accounts_.CreateUser(kAdmin, name, role).ok());
    return {.subject = name, .role = role, .workspace = kDefault};
  }

  base::ManualClock clock_{absl::FromUnixSeconds(1800000000)};
  PgIdentityStores stores_{db()};
  Accounts accounts_{stores_.all, clock_};
};

TEST_F(PgIdentityStoreTest, StartsWithOneWorkspaceAndAnAdminWithoutPassword) {
  const std::vector<User> users = stores_.users.ListUsers(kDefault, "", 10).value();
  ASSERT_EQ(users.size(), 1u);
  EXPECT_EQ(users[0].name, "admin");
  EXPECT_EQ(users[0].role, auth::Role::kAdmin);
  EXPECT_FALSE(users[0].has_password);
  EXPECT_EQ(stores_.workspaces.GetWorkspace(kDefault)->name, "default");
  EXPECT_EQ(accounts_.SignInWithPassword("admin", "").status().code(), absl::StatusCode::kUnauthenticated);
}

TEST_F(PgIdentityStoreTest, CodeStartsOneSessionOnly) {
  const std::string code = accounts_.CreateSignInCode(kDefault, "admin").value().code;
  const SessionStart session = accounts_.SignInWithCode(code).value();
  EXPECT_EQ(Find(session.token)->subject, "admin");
  EXPECT_EQ(Find(session.token)->role, auth::Role::kAdmin);
  EXPECT_EQ(accounts_.SignInWithCode(code).status().code(), absl::StatusCode::kUnauthenticated);
}

TEST_F(PgIdentityStoreTest, CodeStartsOneSessionOnlyUnderManyConnections) {
  const std::string code = accounts_.CreateSignInCode(kDefault, "admin").value().code;
  std::atomic<int> started = 0;
  std::vector<std::thread> threads;
  for (int i = 0; i < 6; ++i) {
    threads.emplace_back([&] { started += accounts_.SignInWithCode(code).ok() ? 1 : 0; });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(started, 1);
}

TEST_F(PgIdentityStoreTest, CodesAndSessionsExpire) {
  const std::string late = accounts_.CreateSignInCode(kDefault, "admin").value().code;
  const SessionStart session = accounts_.SignInWithCode(accounts_.CreateSignInCode(kDefault, "admin").value().code).value();
  clock_.Advance(absl::Hours(24));
  EXPECT_EQ(accounts_.SignInWithCode(late).status().code(), absl::StatusCode::kUnauthenticated);
  EXPECT_TRUE(Find(session.token).has_value());
  clock_.Advance(absl::Hours(6 * 24));
  EXPECT_FALSE(Find(session.token).has_value());
}

TEST_F(PgIdentityStoreTest, SignOutEndsTheSession) {
  const SessionStart session = accounts_.SignInWithCode(accounts_.CreateSignInCode(kDefault, "admin").value().code).value();
  EXPECT_TRUE(accounts_.SignOut(session.identity.token_id).ok());
  EXPECT_FALSE(Find(session.token).has_value());
  EXPECT_EQ(accounts_.SignOut(0).code(), absl::StatusCode::kFailedPrecondition);
}

TEST_F(PgIdentityStoreTest, PasswordSignsInAndEndsOtherSessions) {
  const SessionStart mine = accounts_.SignInWithCode(accounts_.CreateSignInCode(kDefault, "admin").value().code).value();
  const SessionStart other = accounts_.SignInWithCode(accounts_.CreateSignInCode(kDefault, "admin").value().code).value();
  EXPECT_THAT(std::string(accounts_.SetPassword(kAdmin, 0, "", "short").message()), HasSubstr("12 characters"));
  ASSERT_TRUE(accounts_.SetPassword(kAdmin, mine.identity.token_id, "", "correct horse battery").ok());
  EXPECT_TRUE(Find(mine.token).has_value());
  EXPECT_FALSE(Find(other.token).has_value());
  EXPECT_EQ(accounts_.SignInWithPassword("admin", "correct horse battery")->identity.subject, "admin");
  // The same words for a wrong password and a user who does not exist.
  EXPECT_EQ(accounts_.SignInWithPassword("admin", "wrong").status(), accounts_.SignInWithPassword("nobody", "wrong").status());
  EXPECT_EQ(accounts_.SetPassword(kAdmin, 0, "wrong", "correct horse battery 2").code(), absl::StatusCode::kPermissionDenied);
}

TEST_F(PgIdentityStoreTest, AnApiTokenDoesNotSetTheFirstPassword) {
  // Made for reading only, it would sign in as its user with the password it chose.
  const std::int64_t token = Find(TokenFor(kAdmin, auth::Role::kViewer))->token_id;
  const auth::Caller reader{.subject = "admin", .role = auth::Role::kViewer, .workspace = kDefault};
  EXPECT_EQ(accounts_.SetPassword(reader, token, "", "correct horse battery").code(), absl::StatusCode::kPermissionDenied);
  EXPECT_EQ(accounts_.SetPassword(reader, 0, "", "correct horse battery").code(), absl::StatusCode::kPermissionDenied);
  EXPECT_FALSE(stores_.users.GetUser(kDefault, "admin")->has_password);
}

TEST_F(PgIdentityStoreTest, GuessingAPasswordIsSlowedDown) {
  ASSERT_TRUE(accounts_.SetPassword(kAdmin, SignIn().identity.token_id, "", "correct horse battery").ok());
  ASSERT_TRUE(accounts_.SignInWithPassword("admin", "correct horse battery").ok());
  for (int i = 0; i < 10; ++i)
    EXPECT_EQ(accounts_.SignInWithPassword("admin", "wrong wrong wrong").status().code(), absl::StatusCode::kUnauthenticated);
  EXPECT_EQ(accounts_.SignInWithPassword("admin", "correct horse battery").status().code(), absl::StatusCode::kResourceExhausted);
  clock_.Advance(absl::Minutes(1));
  EXPECT_TRUE(accounts_.SignInWithPassword("admin", "correct horse battery").ok());
}

TEST_F(PgIdentityStoreTest, TokenActsWithTheLowerOfItsRoleAndItsUsers) {
  const auth::Caller ada = AddUser("ada", auth::Role::kEngineer);
  const std::string full = TokenFor(ada);
  const std::string weak = TokenFor(ada, auth::Role::kViewer);
  EXPECT_EQ(accounts_.CreateApiToken(ada, {.name = "t", .role = auth::Role::kAdmin}).status().code(),
            absl::StatusCode::kPermissionDenied);
  EXPECT_EQ(accounts_.CreateApiToken(ada, {.name = "t", .role = auth::Role::kWorker}).status().code(),
            absl::StatusCode::kPermissionDenied);
  EXPECT_EQ(Find(full)->role, auth::Role::kEngineer);
  EXPECT_EQ(Find(weak)->role, auth::Role::kViewer);
  ASSERT_TRUE(accounts_.UpdateUser(kAdmin, "ada", {.role = auth::Role::kViewer}).ok());
  EXPECT_EQ(Find(full)->role, auth::Role::kViewer);
}

TEST_F(PgIdentityStoreTest, DisablingAUserEndsTheirTokensForGood) {
  const std::string token = TokenFor(AddUser("ada", auth::Role::kEngineer));
  ASSERT_TRUE(accounts_.UpdateUser(kAdmin, "ada", {.is_disabled = true}).ok());
  EXPECT_FALSE(Find(token).has_value());
  ASSERT_TRUE(accounts_.UpdateUser(kAdmin, "ada", {.is_disabled = false}).ok());
  EXPECT_FALSE(Find(token).has_value());
}

TEST_F(PgIdentityStoreTest, TheLastAdminStays) {
  EXPECT_EQ(accounts_.UpdateUser(kAdmin, "admin", {.role = auth::Role::kViewer}).status().code(),
            absl::StatusCode::kFailedPrecondition);
  EXPECT_EQ(accounts_.UpdateUser(kAdmin, "admin", {.is_disabled = true}).status().code(), absl::StatusCode::kFailedPrecondition);
  AddUser("eve", auth::Role::kAdmin);
  EXPECT_TRUE(accounts_.UpdateUser(kAdmin, "admin", {.role = auth::Role::kViewer}).ok());
  EXPECT_EQ(accounts_.UpdateUser(kAdmin, "eve", {.is_disabled = true}).status().code(), absl::StatusCode::kFailedPrecondition);
}

TEST_F(PgIdentityStoreTest, UsersOfAnotherWorkspaceAreNotFound) {
  const Workspace plant = accounts_.CreateWorkspace(kAdmin, "plant-2").value();
  AddUser("ada", auth::Role::kViewer);
  EXPECT_EQ(stores_.users.GetUser(plant.id, "ada").status().code(), absl::StatusCode::kNotFound);
  EXPECT_EQ(stores_.users.ListUsers(plant.id, "", 10)->size(), 1u);
  EXPECT_EQ(accounts_.CreateSignInCode(plant.id, "ada").status().code(), absl::StatusCode::kNotFound);
  const std::string token = TokenFor(kAdmin);
  const std::int64_t id = Find(token)->token_id;
  EXPECT_EQ(stores_.tokens.RevokeApiToken(plant.id, "", id, clock_.Now()).code(), absl::StatusCode::kNotFound);
  EXPECT_TRUE(Find(token).has_value());
}

TEST_F(PgIdentityStoreTest, AnAccountIsRuledFromTheWorkspaceItWasMadeIn) {
  const Workspace plant = accounts_.CreateWorkspace(kAdmin, "plant-2").value();
  const auth::Caller tenant{.subject = "tom", .role = auth::Role::kAdmin, .workspace = plant.id};
  const auth::Caller admin_there{.subject = "admin", .role = auth::Role::kAdmin, .workspace = plant.id};
  ASSERT_TRUE(accounts_.CreateUser(admin_there, "tom", auth::Role::kAdmin).ok());
  // As the user of another workspace, the admin of this one would be admin there.
  EXPECT_EQ(accounts_.CreateSignInLink(tenant, "admin").status().code(), absl::StatusCode::kPermissionDenied);
  EXPECT_EQ(accounts_.UpdateUser(tenant, "admin", {.is_disabled = true}).status().code(), absl::StatusCode::kPermissionDenied);
  EXPECT_TRUE(accounts_.UpdateUser(tenant, "admin", {.role = auth::Role::kViewer}).ok());
  EXPECT_TRUE(accounts_.CreateSignInLink(tenant, "tom").ok());
  EXPECT_TRUE(accounts_.CreateSignInLink(admin_there, "admin").ok());
  EXPECT_TRUE(accounts_.CreateSignInLink(admin_there, "tom").ok());
  EXPECT_TRUE(accounts_.CreateSignInLink(kAdmin, "admin").ok());
  EXPECT_EQ(accounts_.CreateSignInLink(kAdmin, "tom").status().code(), absl::StatusCode::kNotFound);
}

TEST_F(PgIdentityStoreTest, TokenOfAnotherWorkspaceNeedsARoleThere) {
  const auth::Caller ada = AddUser("ada", auth::Role::kEngineer);
  ASSERT_TRUE(accounts_.CreateWorkspace(kAdmin, "plant-2").ok());
  EXPECT_EQ(accounts_.CreateApiToken(ada, {.name = "t", .workspace = "plant-2"}).status().code(), absl::StatusCode::kNotFound);
  const TokenStart start = accounts_.CreateApiToken(kAdmin, {.name = "t", .workspace = "plant-2"}).value();
  EXPECT_EQ(Find(start.token)->workspace, base::WorkspaceId("2"));
  EXPECT_EQ(Find(start.token)->role, auth::Role::kAdmin);
}

TEST_F(PgIdentityStoreTest, OthersTokensAreNotOnesOwnToRevoke) {
  const std::string token = TokenFor(kAdmin);
  const auth::Caller ada = AddUser("ada", auth::Role::kEngineer);
  EXPECT_EQ(accounts_.RevokeApiToken(ada, Find(token)->token_id).code(), absl::StatusCode::kNotFound);
  EXPECT_TRUE(accounts_.ListApiTokens(ada, 0, 10)->empty());
  EXPECT_TRUE(accounts_.RevokeApiToken(kAdmin, Find(token)->token_id).ok());
  EXPECT_FALSE(Find(token).has_value());
}

TEST_F(PgIdentityStoreTest, PlatformTokensAreEnsuredOnceAndReplacedWithTheirFile) {
  const std::filesystem::path file = std::filesystem::path(testing::TempDir()) / "platform.token";
  const auto ensure = [&](const std::string& token) {
    ASSERT_TRUE(base::WriteFileAtomically(file, token + "\n", 0600).ok());
    ASSERT_TRUE(EnsureTokenOfFile(stores_.tokens, file, "local", "", auth::Role::kWorker, clock_.Now()).ok());
  };
  const std::string first = auth::NewToken();
  ensure(first);
  ensure(first);
  EXPECT_EQ(Find(first)->subject, "worker:local");
  EXPECT_EQ(stores_.tokens.ListGrants(clock_.Now())->size(), 1u);
  const std::string second = auth::NewToken();
  ensure(second);
  EXPECT_FALSE(Find(first).has_value());
  EXPECT_EQ(Find(second)->role, auth::Role::kWorker);
  ASSERT_TRUE(base::WriteFileAtomically(file, "guessme", 0600).ok());
  EXPECT_FALSE(EnsureTokenOfFile(stores_.tokens, file, "local", "", auth::Role::kWorker, clock_.Now()).ok());
}

TEST_F(PgIdentityStoreTest, FirstCodeIsWrittenUntilTheAdminHasSignedIn) {
  const std::filesystem::path file = std::filesystem::path(testing::TempDir()) / "sign-in.code";
  std::filesystem::remove(file);
  ASSERT_TRUE(EnsureFirstSignInCode(stores_.all, accounts_, file, clock_.Now()).ok());
  const std::string code = base::ReadFile(file).value();
  EXPECT_EQ(std::filesystem::status(file).permissions(), std::filesystem::perms(0600));
  ASSERT_TRUE(EnsureFirstSignInCode(stores_.all, accounts_, file, clock_.Now()).ok());
  EXPECT_EQ(base::ReadFile(file).value(), code);
  clock_.Advance(absl::Hours(25));
  ASSERT_TRUE(EnsureFirstSignInCode(stores_.all, accounts_, file, clock_.Now()).ok());
  const std::string renewed = base::ReadFile(file).value();
  EXPECT_NE(renewed, code);
  ASSERT_TRUE(accounts_.SignInWithCode(renewed.substr(0, 64)).ok());
  ASSERT_TRUE(EnsureFirstSignInCode(stores_.all, accounts_, file, clock_.Now()).ok());
  EXPECT_EQ(base::ReadFile(file).value(), renewed);
}

TEST_F(PgIdentityStoreTest, AuditLogKeepsOrderAndRefusesChanges) {
  PgAuditLog log(db());
  const AuditEntry entry{.at = clock_.Now(),
                         .workspace = kDefault,
                         .subject = "ada",
                         .action = "a",
                         .resource = "r",
                         .method = "m",
                         .request_id = "q",
                         .client_address = "::1"};
  const std::int64_t first = log.Begin(entry).value();
  const std::int64_t second = log.Begin(entry).value();
  ASSERT_TRUE(log.End(first, "OK", clock_.Now()).ok());
  const std::vector<AuditEntry> entries = log.List(kDefault, INT64_MAX, 10).value();
  ASSERT_EQ(entries.size(), 2u);
  EXPECT_EQ(entries[0].id, second);
  EXPECT_EQ(entries[0].outcome, "");
  EXPECT_EQ(entries[1].outcome, "OK");
  EXPECT_FALSE(log.End(first, "NOT_FOUND", clock_.Now()).ok());
  constexpr pg::Statement kErase{"erase_audit", "DELETE FROM gateway.audit_entries"};
  constexpr pg::Statement kForge{"forge_audit", "UPDATE gateway.audit_outcomes SET outcome = 'x'"};
  for (const pg::Statement& statement : {kErase, kForge}) {
    EXPECT_FALSE(db().Transact([&](pg::Tx& tx) { return tx.Execute(statement).status(); }).ok()) << statement.name;
  }
}

}  // namespace
}  // namespace millwright::gateway
