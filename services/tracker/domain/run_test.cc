#include "tracker/domain/run.h"

#include <gtest/gtest.h>

namespace millwright::tracker {
namespace {

TEST(RunStatusTest, AnActiveRunMayEndAndAFinishedOneStays) {
  for (const RunStatus from : {RunStatus::kScheduled, RunStatus::kRunning}) {
    for (const RunStatus to : {RunStatus::kFinished, RunStatus::kFailed, RunStatus::kKilled}) EXPECT_TRUE(CanMove(from, to));
  }
  EXPECT_TRUE(CanMove(RunStatus::kFailed, RunStatus::kFailed));
  EXPECT_FALSE(CanMove(RunStatus::kFinished, RunStatus::kFailed));
  EXPECT_FALSE(CanMove(RunStatus::kKilled, RunStatus::kRunning));
}

TEST(RunStatusTest, NamesReadBack) {
  for (const RunStatus status :
       {RunStatus::kScheduled, RunStatus::kRunning, RunStatus::kFinished, RunStatus::kFailed, RunStatus::kKilled}) {
    EXPECT_EQ(ParseRunStatus(Name(status)), status);
  }
}

TEST(RunIdTest, AreThirtyTwoLowerCaseHexDigits) {
  EXPECT_TRUE(ParseRunId(NewRunId().value()).ok());
  for (const char* text : {"", "abc", "0123456789ABCDEF0123456789ABCDEF", "../../../../../../../../etc/passw"})
    EXPECT_FALSE(ParseRunId(text).ok()) << text;
}

TEST(ExperimentIdTest, EmptyIsTheDefaultAndOnlyNumbersAreIds) {
  EXPECT_EQ(ParseExperimentId("")->value(), "0");
  EXPECT_EQ(ParseExperimentId("17")->value(), "17");
  for (const char* text : {"-1", "01", "1e3", "x", "9999999999999999999"})
    EXPECT_TRUE(absl::IsInvalidArgument(ParseExperimentId(text).status())) << text;
}

TEST(RunNameTest, IsMadeUpWhenThereIsNone) { EXPECT_NE(MakeUpName().find('-'), std::string::npos); }

}  // namespace
}  // namespace millwright::tracker
