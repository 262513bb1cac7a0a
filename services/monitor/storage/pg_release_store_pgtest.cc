#include <thread>

#include "monitor/storage/monitor_database_test.h"
#include "monitor/storage/pg_release_store.h"

namespace millwright::monitor {
namespace {

class PgReleaseStoreTest : public MonitorDatabaseTest {
 protected:
  bool Log(const std::vector<Prediction>& predictions) { return predictions_.Log(predictions, at_).value(); }
  std::vector<Release> Wanted(absl::Duration after = absl::ZeroDuration()) {
    return releases_.WantedRollbacks(at_ + after).value();
  }
  ReleaseState StateOfVersion(int version) { return HealthOf(version).release.value().state; }
};

TEST_F(PgReleaseStoreTest, BadFirstAnswersMakeARollbackWantedWithTheEvidence) {
  Follow(2, 2);
  EXPECT_FALSE(Log(Answers(1, 2, Outcome::kFailed)));
  EXPECT_TRUE(Log(Answers(3, 1, Outcome::kNotFinite)));
  const std::vector<Release> wanted = Wanted();
  ASSERT_EQ(wanted.size(), 1u);
  EXPECT_EQ(wanted[0].version, 2);
  EXPECT_EQ(wanted[0].evidence["failed"], 2);
  EXPECT_EQ(wanted[0].evidence["example_prediction_ids"][2], Id(3));
  EXPECT_EQ(wanted[0].reason, "3 of the first 3 answers of version 2 were bad: 2 failed, 1 not finite");
}

TEST_F(PgReleaseStoreTest, ARetriedLogIsNotCountedTwiceAgainstARelease) {
  Follow(2, 2);
  EXPECT_FALSE(Log(Answers(1, 2, Outcome::kFailed)));
  EXPECT_FALSE(Log(Answers(1, 2, Outcome::kFailed)));
  EXPECT_EQ(HealthOf(2).release->tally.requests, 2);
}

TEST_F(PgReleaseStoreTest, CountingGoesOnInAnotherProcess) {
  Follow(2, 2);
  EXPECT_FALSE(Log(Answers(1, 2, Outcome::kFailed)));
  PgPredictionStore restarted(db(), {});
  Follow(2, 2);  // the watch tells it again
  EXPECT_TRUE(restarted.Log(Answers(3, 1, Outcome::kFailed), at_).value());
}

TEST_F(PgReleaseStoreTest, AnswersLoggedBeforeTheReleaseIsKnownCount) {
  EXPECT_FALSE(Log(Answers(1, 4, Outcome::kFailed)));
  EXPECT_TRUE(releases_.Follow({.workspace = workspace_, .model = "pump", .revision = 2, .version = 2, .at = at_}).value());
  EXPECT_EQ(Wanted().size(), 1u);
}

TEST_F(PgReleaseStoreTest, ALogAndItsReleaseThatCrossAreCountedOnce) {
  for (int round = 1; round <= 10; ++round) {
    std::thread following([&] { Follow(round, round); });
    ASSERT_TRUE(predictions_.Log(Answers(round * 100, 2, Outcome::kFailed, round, round), at_).ok());
    following.join();
    EXPECT_EQ(HealthOf(round).release->tally.requests, 2) << round;
  }
}

TEST_F(PgReleaseStoreTest, TwoHundredGoodAnswersPass) {
  Follow(2, 2);
  EXPECT_FALSE(Log(Answers(1, 200, Outcome::kOk)));
  EXPECT_EQ(StateOfVersion(2), ReleaseState::kPassed);
  EXPECT_FALSE(Log(Answers(300, 50, Outcome::kFailed)));
  EXPECT_TRUE(Wanted().empty());
}

TEST_F(PgReleaseStoreTest, AnotherRevisionsAndAnotherWorkspacesAnswersDoNotCount) {
  Follow(2, 2);
  Log(Answers(1, 5, Outcome::kFailed, 2, 1));
  std::vector<Prediction> foreign = Answers(100, 5, Outcome::kFailed);
  for (Prediction& prediction : foreign) prediction.workspace = other_;
  Log(foreign);
  EXPECT_EQ(HealthOf(2).release->tally.requests, 0);
  EXPECT_TRUE(Wanted().empty());
}

TEST_F(PgReleaseStoreTest, ANewerDeploymentEndsTheWatchButNotAWantedRollback) {
  Follow(2, 2);
  Follow(3, 3);
  EXPECT_FALSE(HealthOf(3).release->state == ReleaseState::kSuperseded);
  EXPECT_FALSE(Log(Answers(1, 5, Outcome::kFailed, 2, 2)));
  EXPECT_TRUE(Log(Answers(10, 5, Outcome::kFailed, 3, 3)));
  Follow(4, 4);
  ASSERT_EQ(Wanted().size(), 1u);
  EXPECT_EQ(Wanted()[0].revision, 3);
}

TEST_F(PgReleaseStoreTest, AVerdictIsGivenOnceARevision) {
  Follow(2, 2);
  Log(Answers(1, 5, Outcome::kFailed));
  Release release = Wanted().at(0);
  release.state = ReleaseState::kRolledBack;
  ASSERT_TRUE(releases_.Conclude(release, at_).ok());
  Log(Answers(10, 50, Outcome::kFailed));
  Follow(2, 2);
  EXPECT_TRUE(Wanted(absl::Hours(1)).empty());
  EXPECT_EQ(StateOfVersion(2), ReleaseState::kRolledBack);
}

TEST_F(PgReleaseStoreTest, AFailedRollbackIsWantedAgainOnlyWhileItStaysBad) {
  Follow(2, 2);
  Log(Answers(1, 3, Outcome::kFailed));
  Release release = Wanted().at(0);
  release.state = ReleaseState::kRollbackFailed;
  ASSERT_TRUE(releases_.Conclude(release, at_ + absl::Seconds(60)).ok());
  EXPECT_TRUE(Wanted(absl::Seconds(61)).empty()) << "nothing was asked of it since";
  Log(Answers(10, 9, Outcome::kOk));
  Log(Answers(20, 1, Outcome::kFailed));
  EXPECT_TRUE(Wanted(absl::Seconds(61)).empty()) << "1 of 10 is not bad";
  Log(Answers(30, 5, Outcome::kFailed));
  EXPECT_TRUE(Wanted(absl::Seconds(59)).empty()) << "too early";
  EXPECT_EQ(Wanted(absl::Seconds(61)).size(), 1u);
}

TEST_F(PgReleaseStoreTest, AQuietReleasePassesAfterItsWindow) {
  Follow(2, 2);
  Log(Answers(1, 5, Outcome::kOk));
  ASSERT_TRUE(releases_.PassQuiet(at_, at_).ok());
  EXPECT_EQ(StateOfVersion(2), ReleaseState::kWatching);
  ASSERT_TRUE(releases_.PassQuiet(at_ + absl::Seconds(1), at_).ok());
  EXPECT_EQ(StateOfVersion(2), ReleaseState::kPassed);
}

TEST_F(PgReleaseStoreTest, AReleaseWithoutRequestsIsWatchedHoweverLong) {
  Follow(2, 2);
  ASSERT_TRUE(releases_.PassQuiet(at_ + absl::Hours(1000), at_).ok());
  EXPECT_EQ(StateOfVersion(2), ReleaseState::kWatching);
}

}  // namespace
}  // namespace millwright::monitor
