#include "scheduler/domain/cron.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <vector>

namespace millwright::scheduler {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

absl::Time At(const std::string& text) {
  absl::Time time;
  std::string error;
  EXPECT_TRUE(absl::ParseTime(absl::RFC3339_full, text, &time, &error)) << text << ": " << error;
  return time;
}

/// The next ticks in UTC.
std::vector<std::string> Ticks(const std::string& expression, const std::string& zone, const std::string& after, int count) {
  const absl::StatusOr<Cron> cron = Cron::Parse(expression, zone);
  EXPECT_TRUE(cron.ok()) << cron.status();
  std::vector<std::string> result;
  if (!cron.ok()) return result;
  absl::Time at = At(after);
  for (int i = 0; i < count; ++i) {
    const std::optional<absl::Time> next = cron->Next(at);
    if (!next) break;
    at = *next;
    result.push_back(absl::FormatTime("%Y-%m-%dT%H:%MZ", at, absl::UTCTimeZone()));
  }
  return result;
}

TEST(Cron, ListsRangesStepsAndNames) {
  EXPECT_THAT(Ticks("0,30 9-10 * * mon-FRI", "", "2026-01-02T10:00:00Z", 3),
              ElementsAre("2026-01-02T10:30Z", "2026-01-05T09:00Z", "2026-01-05T09:30Z"));
  EXPECT_THAT(Ticks("*/20 * * * *", "UTC", "2026-01-02T10:05:00Z", 3),
              ElementsAre("2026-01-02T10:20Z", "2026-01-02T10:40Z", "2026-01-02T11:00Z"));
  EXPECT_THAT(Ticks("5/25 0 1 jan,jul *", "UTC", "2026-01-01T00:05:00Z", 3),
              ElementsAre("2026-01-01T00:30Z", "2026-01-01T00:55Z", "2026-07-01T00:05Z"));
  EXPECT_THAT(Ticks("0 0 * * 7", "UTC", "2026-01-01T00:00:00Z", 1), ElementsAre("2026-01-04T00:00Z"));
  EXPECT_THAT(Ticks("0 0 * * fri-sun", "UTC", "2026-01-01T00:00:00Z", 3),
              ElementsAre("2026-01-02T00:00Z", "2026-01-03T00:00Z", "2026-01-04T00:00Z"));
}

TEST(Cron, EitherDayFieldIsEnoughWhenBothAreRestricted) {
  EXPECT_THAT(Ticks("0 0 13 * fri", "UTC", "2026-01-09T00:00:00Z", 3),
              ElementsAre("2026-01-13T00:00Z", "2026-01-16T00:00Z", "2026-01-23T00:00Z"));
}

TEST(Cron, RareAndImpossibleDays) {
  EXPECT_THAT(Ticks("0 0 29 2 *", "UTC", "2096-03-01T00:00:00Z", 1), ElementsAre("2104-02-29T00:00Z"));
  EXPECT_THAT(Ticks("0 0 30 2 *", "UTC", "2026-01-01T00:00:00Z", 1), ElementsAre());
}

TEST(Cron, ZoneWithoutClockChanges) {
  EXPECT_THAT(Ticks("0 3 * * *", "Asia/Seoul", "2026-03-28T00:00:00Z", 3),
              ElementsAre("2026-03-28T18:00Z", "2026-03-29T18:00Z", "2026-03-30T18:00Z"));
}

TEST(Cron, DailyJobInAGapRunsAtTheFirstValidInstant) {
  // Berlin 2026-03-29: 02:00 becomes 03:00 at 01:00Z.
  EXPECT_THAT(Ticks("30 2 * * *", "Europe/Berlin", "2026-03-27T12:00:00Z", 3),
              ElementsAre("2026-03-28T01:30Z", "2026-03-29T01:00Z", "2026-03-30T00:30Z"));
  // Several local times in the gap are one tick.
  EXPECT_THAT(Ticks("0,15,30 2 * * *", "Europe/Berlin", "2026-03-28T12:00:00Z", 2),
              ElementsAre("2026-03-29T01:00Z", "2026-03-30T00:00Z"));
}

TEST(Cron, DailyJobInAMidnightGapKeepsItsDay) {
  // Cairo 2026-04-24: 00:00 becomes 01:00 at 22:00Z of the day before.
  EXPECT_THAT(Ticks("0 0 * * *", "Africa/Cairo", "2026-04-22T12:00:00Z", 3),
              ElementsAre("2026-04-22T22:00Z", "2026-04-23T22:00Z", "2026-04-24T21:00Z"));
}

TEST(Cron, DailyJobInARepeatedHourRunsOnce) {
  // Berlin 2026-10-25: 03:00 becomes 02:00 at 01:00Z.
  EXPECT_THAT(Ticks("30 2 * * *", "Europe/Berlin", "2026-10-24T12:00:00Z", 2),
              ElementsAre("2026-10-25T00:30Z", "2026-10-26T01:30Z"));
  // Cairo 2026-10-30: 00:00 becomes 23:00 at 21:00Z, so 23:30 of the 29th comes twice.
  EXPECT_THAT(Ticks("30 23 * * *", "Africa/Cairo", "2026-10-29T12:00:00Z", 2),
              ElementsAre("2026-10-29T20:30Z", "2026-10-30T21:30Z"));
}

TEST(Cron, HourlyJobFollowsElapsedTime) {
  EXPECT_THAT(Ticks("0 * * * *", "Europe/Berlin", "2026-03-28T23:30:00Z", 4),
              ElementsAre("2026-03-29T00:00Z", "2026-03-29T01:00Z", "2026-03-29T02:00Z", "2026-03-29T03:00Z"));
  EXPECT_THAT(Ticks("0 * * * *", "Europe/Berlin", "2026-10-24T23:30:00Z", 4),
              ElementsAre("2026-10-25T00:00Z", "2026-10-25T01:00Z", "2026-10-25T02:00Z", "2026-10-25T03:00Z"));
  EXPECT_THAT(Ticks("*/30 * * * *", "Africa/Cairo", "2026-10-29T20:00:00Z", 4),
              ElementsAre("2026-10-29T20:30Z", "2026-10-29T21:00Z", "2026-10-29T21:30Z", "2026-10-29T22:00Z"));
}

TEST(Cron, ErrorsNameTheFieldAndWhatWouldBeRight) {
  const auto error = [](const char* expression, const char* zone = "UTC") {
    return std::string(Cron::Parse(expression, zone).status().message());
  };
  EXPECT_THAT(error("* * * *"), HasSubstr("has 4 fields; there are five"));
  EXPECT_THAT(error("60 * * * *"), HasSubstr("minute \"60\": \"60\" is not a number from 0 to 59"));
  EXPECT_THAT(error("0 9-5 * * *"), HasSubstr("hour \"9-5\""));
  EXPECT_THAT(error("*/0 * * * *"), HasSubstr("not a step"));
  EXPECT_THAT(error("0 0 * foo *"), HasSubstr("month"));
  EXPECT_THAT(error("0 0 , * *"), HasSubstr("day of month"));
  EXPECT_THAT(error("0 0 * * *", "Mars/Olympus"), HasSubstr("time_zone: \"Mars/Olympus\" is not an IANA time zone"));
  EXPECT_THAT(error("0 0 * * *", "../../etc/passwd"), HasSubstr("is not an IANA time zone"));
}

}  // namespace
}  // namespace millwright::scheduler
