#include "monitor/domain/hard_guard.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "absl/strings/str_cat.h"

namespace millwright::monitor {
namespace {

class HardGuardTest : public testing::Test {
 protected:
  Finding See(Outcome outcome, absl::Duration after = absl::ZeroDuration()) {
    ++seen_;
    return Observe(tally_, {.id = absl::StrCat("p", seen_), .at = start_ + after, .outcome = outcome}, options_);
  }
  const absl::Time start_ = absl::FromUnixSeconds(1'700'000'000);
  GuardOptions options_;
  GuardTally tally_;
  int seen_ = 0;
};

TEST_F(HardGuardTest, TheThirdBadAnswerOfThreeIsEnough) {
  EXPECT_EQ(See(Outcome::kFailed), Finding::kWatching);
  EXPECT_EQ(See(Outcome::kNotFinite), Finding::kWatching);
  EXPECT_EQ(See(Outcome::kFailed), Finding::kBad);
  EXPECT_EQ(tally_.failed, 2);
  EXPECT_EQ(tally_.not_finite, 1);
  EXPECT_THAT(tally_.examples, testing::ElementsAre("p1", "p2", "p3"));
}

TEST_F(HardGuardTest, AFewBadAnswersAmongManyGoodOnesPass) {
  for (int i = 0; i < 197; ++i) ASSERT_EQ(See(Outcome::kOk), Finding::kWatching);
  EXPECT_EQ(See(Outcome::kFailed), Finding::kWatching);
  EXPECT_EQ(See(Outcome::kFailed), Finding::kWatching);
  EXPECT_EQ(See(Outcome::kFailed), Finding::kPassed);
}

TEST_F(HardGuardTest, TurningBadAfterAGoodStartIsFoundAtTheShare) {
  for (int i = 0; i < 40; ++i) ASSERT_EQ(See(Outcome::kOk), Finding::kWatching);
  for (int i = 0; i < 9; ++i) ASSERT_EQ(See(Outcome::kNotFinite), Finding::kWatching);
  EXPECT_EQ(See(Outcome::kNotFinite), Finding::kBad);  // 10 of 50
}

TEST_F(HardGuardTest, GoodRequestsPassAtTheirNumber) {
  options_.requests = 3;
  EXPECT_EQ(See(Outcome::kOk), Finding::kWatching);
  EXPECT_EQ(See(Outcome::kOk), Finding::kWatching);
  EXPECT_EQ(See(Outcome::kOk), Finding::kPassed);
}

TEST_F(HardGuardTest, TheWindowStartsWithTheFirstRequestAndEndsTheWatch) {
  EXPECT_EQ(See(Outcome::kFailed), Finding::kWatching);
  EXPECT_EQ(See(Outcome::kFailed, absl::Seconds(600)), Finding::kWatching);
  EXPECT_EQ(See(Outcome::kFailed, absl::Seconds(601)), Finding::kPassed);
  EXPECT_EQ(tally_.requests, 2);
}

TEST_F(HardGuardTest, ExamplesAreBounded) {
  options_.min_bad = 1000;
  for (int i = 0; i < 50; ++i) See(Outcome::kFailed);
  EXPECT_EQ(tally_.examples.size(), 10u);
  EXPECT_EQ(tally_.failed, 50);
}

TEST_F(HardGuardTest, TheReasonAndTheEvidenceHoldTheNumbers) {
  for (int i = 0; i < 3; ++i) See(Outcome::kNotFinite);
  EXPECT_EQ(ReasonOf(tally_, 7), "3 of the first 3 answers of version 7 were bad: 0 failed, 3 not finite");
  const nlohmann::json evidence = EvidenceOf(tally_, options_);
  EXPECT_EQ(evidence["not_finite"], 3);
  EXPECT_EQ(evidence["bad_share"], 1.0);
  EXPECT_EQ(evidence["example_prediction_ids"].size(), 3u);
  EXPECT_EQ(evidence["first_at"], "2023-11-14T22:13:20Z");
}

}  // namespace
}  // namespace millwright::monitor
