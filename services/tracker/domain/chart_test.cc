#include "tracker/domain/chart.h"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>

namespace millwright::tracker {
namespace {

std::vector<Point> Wave(int count) {
  std::vector<Point> points;
  for (int i = 0; i < count; ++i) points.push_back({i, i, std::sin(i * 0.001)});
  return points;
}

TEST(ChartTest, AShortSeriesIsDrawnWhole) { EXPECT_EQ(ThinOut(Wave(2000), 2000).size(), 2000u); }

TEST(ChartTest, ALongSeriesKeepsItsEndsAndItsExtremes) {
  std::vector<Point> points = Wave(100'000);
  points[40'404].value = 7;
  points[40'405].value = -std::numeric_limits<double>::infinity();
  points[70'000].value = std::nan("");
  const std::vector<Point> kept = ThinOut(points, 2000);
  EXPECT_LE(kept.size(), 2000u);
  EXPECT_GT(kept.size(), 1000u);
  EXPECT_EQ(kept.front().step, 0);
  EXPECT_EQ(kept.back().step, 99'999);
  bool has_peak = false;
  bool has_pit = false;
  bool has_nan = false;
  for (std::size_t i = 0; i < kept.size(); ++i) {
    if (i > 0) {
      EXPECT_LT(kept[i - 1].step, kept[i].step);
    }
    has_peak = has_peak || kept[i].step == 40'404;
    has_pit = has_pit || kept[i].step == 40'405;
    has_nan = has_nan || kept[i].step == 70'000;
  }
  EXPECT_TRUE(has_peak && has_pit && has_nan);
}

TEST(ChartTest, ThinningOutNeverExceedsItsBound) {
  std::vector<Point> points = Wave(999);
  points[500].value = std::nan("");
  for (std::size_t most = 10; most < 60; ++most) EXPECT_LE(ThinOut(points, most).size(), most);
}

TEST(ChartTest, AQueryNamesWhatIsOutOfBounds) {
  ChartQuery query;
  EXPECT_EQ(Normalise(query).code(), absl::StatusCode::kInvalidArgument);
  query.runs = {RunId("a"), RunId("a")};
  query.keys = {"loss"};
  ASSERT_TRUE(Normalise(query).ok());
  EXPECT_EQ(query.runs.size(), 1u);
  query.from = 5;
  query.to = 4;
  EXPECT_EQ(Normalise(query).code(), absl::StatusCode::kInvalidArgument);
}

}  // namespace
}  // namespace millwright::tracker
