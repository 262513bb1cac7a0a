#include "lib/learn/table/labels.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "lib/learn/testing.h"

namespace millwright::learn {
namespace {

using ::testing::ElementsAre;

TEST(LabelsTest, AnEventMarksARowWithinReachOnly) {
  Table table;
  ASSERT_TRUE(table.AddColumn(Texts("pump", {"a", "a", "a", "a", "b"})).ok());
  ASSERT_TRUE(table.AddColumn(Numbers("time", {0, 60, 120, 6000, 0}, ColumnRole::kTime)).ok());
  const std::vector<AssetEvent> events{{"a", -5}, {"a", 700}, {"a", 800}, {"b", 1}, {"b", 0}, {"c", 60}, {"a", 1e6}};
  const UnmarkedEvents unmarked = AddEventLabel(table, "pump", "time", events, "failure").value();
  EXPECT_THAT(table.Find("failure")->numbers, ElementsAre(0, 0, 1, 0, 1));  // 700 is within 10 steps of 120, 800 is in the gap
  EXPECT_EQ(unmarked.before, 1u);
  EXPECT_EQ(unmarked.beyond, 3u);  // 800, b's 1 (one row has no step), 1e6
  EXPECT_EQ(unmarked.strangers, 1u);
  EXPECT_EQ(unmarked.example, "that of asset \"a\" at 800, whose last row before it is at 120, more than 600 earlier");
  ASSERT_EQ(AddEventLabel(table, "pump", "time", events, "wide", 5000).value().beyond, 1u);
  EXPECT_THAT(table.Find("wide")->numbers, ElementsAre(0, 0, 1, 0, 1));
}

}  // namespace
}  // namespace millwright::learn
