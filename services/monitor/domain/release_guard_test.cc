#include "monitor/domain/release_guard.h"

#include <gtest/gtest.h>

namespace millwright::monitor {
namespace {

/// Releases in memory, with the store's rules.
class MemoryReleases : public ReleaseStore {
 public:
  absl::StatusOr<bool> Follow(const Deployed&) override { return false; }
  absl::StatusOr<std::vector<Release>> WantedRollbacks(absl::Time now) override {
    std::vector<Release> wanted;
    if (release.state == ReleaseState::kRollbackWanted) wanted.push_back(release);
    if (release.state == ReleaseState::kRollbackFailed && now >= next && release.recent_bad > 0) wanted.push_back(release);
    return wanted;
  }
  absl::Status Conclude(const Release& concluded, absl::Time next_attempt) override {
    release = concluded;
    release.recent = release.recent_bad = 0;
    next = next_attempt;
    return absl::OkStatus();
  }
  absl::Status PassQuiet(absl::Time, absl::Time) override { return absl::OkStatus(); }

  Release release{
      .workspace = base::WorkspaceId("1"), .model = "pump", .revision = 2, .version = 2, .state = ReleaseState::kRollbackWanted};
  absl::Time next;
};

class Answering : public ReleaseAuthority {
 public:
  absl::StatusOr<RollbackAnswer> RollBack(const Release&) override {
    ++asked;
    return answer;
  }
  absl::StatusOr<RollbackAnswer> answer = RollbackAnswer{.returned_version = 1};
  int asked = 0;
};

class ReleaseGuardTest : public testing::Test {
 protected:
  base::ManualClock clock_{absl::FromUnixSeconds(1'700'000'000)};
  MemoryReleases releases_;
  Answering registry_;
  ReleaseGuard guard_{releases_, registry_, clock_, {}};
};

TEST_F(ReleaseGuardTest, ABadReleaseIsRolledBackOnce) {
  ASSERT_TRUE(guard_.RunOnce().ok());
  ASSERT_TRUE(guard_.RunOnce().ok());
  EXPECT_EQ(registry_.asked, 1);
  EXPECT_EQ(releases_.release.state, ReleaseState::kRolledBack);
  EXPECT_EQ(releases_.release.evidence["returned_version"], 1);
}

TEST_F(ReleaseGuardTest, WhileTheRegistryIsAwayItIsAskedAgain) {
  registry_.answer = absl::UnavailableError("away");
  EXPECT_TRUE(absl::IsUnavailable(guard_.RunOnce()));
  EXPECT_EQ(releases_.release.state, ReleaseState::kRollbackWanted);
  registry_.answer = RollbackAnswer{.returned_version = 1};
  ASSERT_TRUE(guard_.RunOnce().ok());
  EXPECT_EQ(releases_.release.state, ReleaseState::kRolledBack);
}

TEST_F(ReleaseGuardTest, WithNothingToReturnToItIsAskedAgainSparinglyWhileItStaysBad) {
  registry_.answer = RollbackAnswer{.kind = RollbackAnswer::Kind::kNoPrevious, .message = "none before"};
  ASSERT_TRUE(guard_.RunOnce().ok());
  EXPECT_EQ(releases_.release.state, ReleaseState::kRollbackFailed);
  releases_.release.recent_bad = 1;
  ASSERT_TRUE(guard_.RunOnce().ok());
  EXPECT_EQ(registry_.asked, 1);
  clock_.Advance(absl::Seconds(61));
  ASSERT_TRUE(guard_.RunOnce().ok());
  EXPECT_EQ(registry_.asked, 2);
  clock_.Advance(absl::Seconds(61));
  ASSERT_TRUE(guard_.RunOnce().ok());
  EXPECT_EQ(registry_.asked, 2) << "no bad answer since";
}

TEST_F(ReleaseGuardTest, AReleaseThatWasOvertakenIsLetGo) {
  registry_.answer = RollbackAnswer{.kind = RollbackAnswer::Kind::kSuperseded};
  ASSERT_TRUE(guard_.RunOnce().ok());
  EXPECT_EQ(releases_.release.state, ReleaseState::kSuperseded);
}

TEST(ReleaseTest, AnswersOfAnotherVersionDoNotCount) {
  Release release{.version = 2};
  EXPECT_FALSE(Count(release, {.version = 1, .outcome = Outcome::kFailed}, {}, absl::UnixEpoch()));
  EXPECT_EQ(release.tally.requests, 0);
}

TEST(ReleaseTest, APassedReleaseIsNotJudgedAgain) {
  Release release{.version = 2, .state = ReleaseState::kPassed};
  for (int i = 0; i < 10; ++i) Count(release, {.version = 2, .outcome = Outcome::kFailed}, {}, absl::UnixEpoch());
  EXPECT_EQ(release.state, ReleaseState::kPassed);
}

}  // namespace
}  // namespace millwright::monitor
