#include "serving/domain/token_table.h"

#include <gtest/gtest.h>

#include "lib/base/sha256.h"

namespace millwright::serving {
namespace {

const absl::Time kNoon = absl::FromUnixSeconds(1'700'000'000);

TEST(TokenTable, KnowsNothingBeforeTheGatewaySpoke) {
  TokenTable tokens;
  EXPECT_FALSE(tokens.is_known());
  EXPECT_EQ(tokens.Authenticate("mw_x").status().code(), absl::StatusCode::kUnavailable);
}

TEST(TokenTable, AcceptsAValidTokenUntilItExpires) {
  base::ManualClock clock(kNoon);
  TokenTable tokens(clock);
  tokens.Replace({{base::Sha256Hex("mw_a"), Grant{.subject = "ann",
                                                  .role = auth::Role::kViewer,
                                                  .workspace = base::WorkspaceId("7"),
                                                  .expires_at = kNoon + absl::Seconds(1)}}});
  ASSERT_TRUE(tokens.Authenticate("mw_a").ok());
  EXPECT_EQ(tokens.Authenticate("mw_a")->workspace.value(), "7");
  EXPECT_EQ(tokens.Authenticate("mw_b").status().code(), absl::StatusCode::kUnauthenticated);
  clock.Advance(absl::Seconds(1));
  EXPECT_EQ(tokens.Authenticate("mw_a").status().code(), absl::StatusCode::kUnauthenticated);
}

TEST(TokenTable, ForgetsATokenThatIsNotInTheNextSnapshot) {
  TokenTable tokens;
  tokens.Replace({{base::Sha256Hex("mw_a"), Grant{}}});
  tokens.Replace({});
  EXPECT_TRUE(tokens.is_known());
  EXPECT_EQ(tokens.Authenticate("mw_a").status().code(), absl::StatusCode::kUnauthenticated);
}

TEST(TokenOf, ReadsBearerAndBasic) {
  EXPECT_EQ(TokenOf("Bearer mw_1").value(), "mw_1");
  EXPECT_EQ(TokenOf("bearer  mw_1 ").value(), "mw_1");
  EXPECT_EQ(TokenOf("Basic YW5uOm13XzE=").value(), "mw_1");  // ann:mw_1
  for (const char* wrong : {"", "Bearer", "Digest x", "Basic !!", "Basic YW5u"}) {
    EXPECT_EQ(TokenOf(wrong).status().code(), absl::StatusCode::kUnauthenticated) << wrong;
  }
}

TEST(CheckMayPredict, NeedsViewerAndRefusesWorkers) {
  EXPECT_TRUE(CheckMayPredict({.role = auth::Role::kViewer}).ok());
  EXPECT_TRUE(CheckMayPredict({.role = auth::Role::kAdmin}).ok());
  EXPECT_EQ(CheckMayPredict({.role = auth::Role::kWorker}).code(), absl::StatusCode::kPermissionDenied);
  EXPECT_EQ(CheckMayPredict({.role = auth::Role::kNone}).code(), absl::StatusCode::kPermissionDenied);
}

}  // namespace
}  // namespace millwright::serving
