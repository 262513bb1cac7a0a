#include "telemetry/domain/sample.h"

#include <gmock/gmock.h>

#include <limits>

namespace millwright::telemetry {
namespace {

using testing::HasSubstr;
constexpr double kNan = std::numeric_limits<double>::quiet_NaN();

SampleBatch Batch(std::vector<std::int64_t> times, std::vector<double> values, std::vector<Quality> qualities = {}) {
  return {AssetId("pump-1"), {"a", "b"}, std::move(times), std::move(values), std::move(qualities)};
}

TEST(EventTimeTest, IsSecondsInMicrosecondSteps) {
  EXPECT_EQ(*ParseEventTime(1'700'000'000.123456, 0), 1'700'000'000'123'456);
  EXPECT_EQ(*ParseEventTime(-0.5, 0), -500'000);
  for (const double bad : {kNan, std::numeric_limits<double>::infinity(), 1e12, -1e12}) {
    EXPECT_THAT(ParseEventTime(bad, 7).status().message(), HasSubstr("batch.event_times[7]"));
  }
}

TEST(CheckBatchTest, SizesFitEachOther) {
  EXPECT_EQ(CheckBatch(Batch({1, 2}, {1, 2, 3, kNan})), absl::OkStatus());
  EXPECT_EQ(CheckBatch(Batch({}, {})), absl::OkStatus());
  EXPECT_THAT(CheckBatch(Batch({1, 2}, {1, 2, 3})).message(),
              HasSubstr("batch.values: has 3 entries; 2 event times of 2 sensors need 4"));
  EXPECT_THAT(CheckBatch(Batch({1}, {1, 2}, {Quality::kBad})).message(), HasSubstr("batch.qualities"));
  EXPECT_THAT(CheckBatch(Batch({1}, {1, std::numeric_limits<double>::infinity()})).message(),
              HasSubstr("batch.values[1]: is infinite"));
  EXPECT_THAT(CheckBatch(Batch(std::vector<std::int64_t>(kMaxValues), std::vector<double>(2 * kMaxValues))).message(),
              HasSubstr("at most 100000"));
  EXPECT_THAT(CheckBatch({AssetId("p"), {"a", "a"}, {1}, {1, 1}, {}}).message(), HasSubstr("named twice"));
  EXPECT_THAT(CheckBatch({AssetId("p"), {}, {1}, {}, {}}).message(), HasSubstr("batch.sensors"));
}

TEST(SamplesTest, MissingValuesAreLeftOut) {
  const std::vector<Sample> samples =
      SamplesOf(Batch({1, 2}, {1, kNan, kNan, 4}, {Quality::kGood, Quality::kBad, Quality::kGood, Quality::kUncertain}));
  ASSERT_EQ(samples.size(), 2u);
  EXPECT_EQ(samples[0].value, 1);
  EXPECT_EQ(samples[1].column, 1u);
  EXPECT_EQ(samples[1].event_us, 2);
  EXPECT_EQ(samples[1].quality, Quality::kUncertain);
}

TEST(SamplesTest, OfTwoRowsWithOneTimeTheLaterCountsAndTimesAreSorted) {
  const std::vector<Sample> samples = SamplesOf(Batch({5, 3, 5}, {1, 10, 2, 20, 3, kNan}));
  ASSERT_EQ(samples.size(), 4u);
  EXPECT_EQ(samples[0].event_us, 3);
  EXPECT_EQ(samples[1].value, 3);
  EXPECT_EQ(samples[2].value, 20);
  EXPECT_EQ(samples[3].value, 10);
}

}  // namespace
}  // namespace millwright::telemetry
