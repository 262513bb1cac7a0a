#include "lib/learn/features/target.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>

#include "lib/learn/testing.h"

namespace millwright::learn {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

TEST(TargetTest, FailureWithinLooksAheadOnlyAndLeavesTheUnknownOut) {
  Table table;
  ASSERT_TRUE(table.AddColumn(Numbers("time", {0, 60, 120, 180, 240, 300}, ColumnRole::kTime)).ok());
  ASSERT_TRUE(AddEventLabel(table, "", "time", std::vector<AssetEvent>{{"", 185}}, "failure").ok());
  EXPECT_THAT(table.Find("failure")->numbers, ElementsAre(0, 0, 0, 1, 0, 0));
  const TargetSpec target = ParseTarget({{"kind", "failure_within"}, {"label", "failure"}, {"horizon", 60}}, "target").value();
  const std::vector<double> values =
      ComputeTarget(target, {.time_column = "time"}, table, GroupByAsset(table, "", "time").value()).value();
  EXPECT_EQ(values[0], 0);
  EXPECT_EQ(values[1], 0);
  EXPECT_EQ(values[2], 1);
  EXPECT_TRUE(std::isnan(values[3]));
  EXPECT_EQ(values[4], 0);
  EXPECT_TRUE(std::isnan(values[5]));
}

TEST(TargetTest, RemainingLifeAddsTheTruthOfACutAsset) {
  Table table;
  ASSERT_TRUE(table.AddColumn(Texts("unit", {"1", "1", "2"})).ok());
  ASSERT_TRUE(table.AddColumn(Numbers("cycle", {1, 2, 1}, ColumnRole::kTime)).ok());
  Table truth;
  ASSERT_TRUE(truth.AddColumn(Numbers("c1", {10, 20})).ok());
  ASSERT_TRUE(AttachTruth(table, truth, "unit", "end").ok());
  const TargetSpec target = ParseTarget({{"kind", "rul"}, {"truth", "end"}}, "target").value();
  EXPECT_THAT(ComputeTarget(target, {.time_column = "cycle"}, table, GroupByAsset(table, "unit", "cycle").value()).value(),
              ElementsAre(11, 10, 20));
  Table wrong;
  ASSERT_TRUE(wrong.AddColumn(Numbers("c1", {10})).ok());
  EXPECT_THAT(std::string(AttachTruth(table, wrong, "unit", "other").message()), HasSubstr("1 rows and the test data 2 assets"));
}

}  // namespace
}  // namespace millwright::learn
