#include "tracker/storage/metric_points.h"

#include <gtest/gtest.h>

#include <bit>
#include <cmath>
#include <limits>

namespace millwright::tracker {
namespace {

constexpr std::int64_t kMost = std::numeric_limits<std::int64_t>::max();
constexpr std::int64_t kLeast = std::numeric_limits<std::int64_t>::min();
const std::vector<Point> kOdd = {{kLeast, kMost, -0.0},
                                 {-1, kLeast, std::numeric_limits<double>::infinity()},
                                 {0, 0, -std::numeric_limits<double>::infinity()},
                                 {kMost, kMost, std::nan("")}};

void ExpectSameBits(const Point& a, const Point& b) {
  EXPECT_EQ(a.step, b.step);
  EXPECT_EQ(a.timestamp_ms, b.timestamp_ms);
  EXPECT_EQ(std::bit_cast<std::uint64_t>(a.value), std::bit_cast<std::uint64_t>(b.value));
}

TEST(MetricPointsTest, AChunkGivesBackItsPointsToTheBit) {
  std::vector<Point> read;
  ASSERT_TRUE(UnpackChunk(PackChunk(kOdd.data(), kOdd.data() + kOdd.size()), read).ok());
  ASSERT_EQ(read.size(), kOdd.size());
  for (std::size_t i = 0; i < kOdd.size(); ++i) ExpectSameBits(read[i], kOdd[i]);
}

TEST(MetricPointsTest, BatchesMayFollowEachOther) {
  std::vector<KeyedPoint> first;
  for (const Point& point : kOdd) first.push_back({700, point});
  const std::string packed = PackBatch(first) + PackBatch({}) + PackBatch({{2, {5, 6, 7}}, {1, {3, 4, 5}}, {2, {4, 9, 1}}});
  std::vector<KeyedPoint> read;
  ASSERT_TRUE(UnpackBatches(packed, read).ok());
  ASSERT_EQ(read.size(), 7u);
  for (std::size_t i = 0; i < 4; ++i) {
    EXPECT_EQ(read[i].key_id, 700);
    ExpectSameBits(read[i].point, kOdd[i]);
  }
  EXPECT_EQ(read[4].key_id, 1);
  ExpectSameBits(read[5].point, {4, 9, 1});
  ExpectSameBits(read[6].point, {5, 6, 7});
}

TEST(MetricPointsTest, APointOfASteadyMetricTakesFewBytes) {
  std::vector<Point> points;
  for (int i = 0; i < 1000; ++i) points.push_back({i, 1'700'000'000'000 + i * 40, 0.5});
  EXPECT_LE(PackChunk(points.data(), points.data() + points.size()).size(), 10'020u);
}

TEST(MetricPointsTest, DamageIsDataLossAndNeverACrash) {
  const std::string chunk = PackChunk(kOdd.data(), kOdd.data() + kOdd.size());
  const std::string batch = PackBatch({{1, kOdd[0]}, {2, kOdd[1]}});
  std::vector<Point> points;
  std::vector<KeyedPoint> keyed;
  EXPECT_EQ(UnpackChunk(chunk.substr(0, chunk.size() - 1), points).code(), absl::StatusCode::kDataLoss);
  EXPECT_EQ(UnpackBatches(batch.substr(0, batch.size() - 1), keyed).code(), absl::StatusCode::kDataLoss);
  EXPECT_EQ(UnpackBatches(std::string(40, '\xff'), keyed).code(), absl::StatusCode::kDataLoss);
}

}  // namespace
}  // namespace millwright::tracker
