#include "lib/learn/table/table.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <limits>

#include "lib/learn/testing.h"

namespace millwright::learn {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

constexpr double kNan = std::numeric_limits<double>::quiet_NaN();

Table Sample() {
  Table table;
  EXPECT_TRUE(table.AddColumn(Texts("asset", {"b", "a", "b", "a"})).ok());
  EXPECT_TRUE(table.AddColumn(Numbers("time", {2, 1, 1, 2}, ColumnRole::kTime)).ok());
  EXPECT_TRUE(table.AddColumn(Numbers("x", {0.1, kNan, -0.0, 1e300})).ok());
  return table;
}

TEST(TableTest, SavedAndLoadedTablesAreTheSame) {
  const Table table = Sample();
  TempFolder folder;
  ASSERT_TRUE(table.Save(folder.path() / "t.mwt").ok());
  const absl::StatusOr<Table> loaded = Table::Load(folder.path() / "t.mwt");
  ASSERT_TRUE(loaded.ok()) << loaded.status();
  EXPECT_EQ(loaded->ContentHash(), table.ContentHash());
  EXPECT_EQ(loaded->schema(), table.schema());
  EXPECT_EQ(loaded->Find("asset")->texts, table.Find("asset")->texts);
}

TEST(TableTest, EveryNanHashesAlike) {
  Table table = Sample();
  Table other = Sample();
  Column column = Numbers("y", {1, 2, 3, -kNan});
  ASSERT_TRUE(table.AddColumn(column).ok());
  column.numbers[3] = kNan;
  ASSERT_TRUE(other.AddColumn(column).ok());
  EXPECT_EQ(table.ContentHash(), other.ContentHash());
}

TEST(TableTest, EveryCutOfAFileIsRefused) {
  const std::string bytes = Sample().ToBytes();
  for (std::size_t size = 0; size < bytes.size(); ++size)
    EXPECT_FALSE(Table::FromBytes(std::string_view(bytes).substr(0, size)).ok()) << size;
  EXPECT_FALSE(Table::FromBytes(bytes + "x").ok());
  for (std::size_t i = 0; i < bytes.size(); ++i) {
    std::string changed = bytes;
    changed[i] = static_cast<char>(changed[i] ^ 0xff);
    (void)Table::FromBytes(changed);  // may be another table, must not crash
  }
}

TEST(TableTest, AppendRefusesAnotherSchema) {
  Table table = Sample();
  ASSERT_TRUE(table.Append(Sample()).ok());
  EXPECT_EQ(table.rows(), 8u);
  Table other;
  ASSERT_TRUE(other.AddColumn(Numbers("x", {1})).ok());
  EXPECT_EQ(table.Append(other).code(), absl::StatusCode::kInvalidArgument);
}

TEST(TableTest, GroupsByAssetInOrderOfTime) {
  const std::vector<AssetRows> assets = GroupByAsset(Sample(), "asset", "time").value();
  ASSERT_EQ(assets.size(), 2u);
  EXPECT_EQ(assets[0].asset, "b");
  EXPECT_THAT(assets[0].rows, ElementsAre(2, 0));
  EXPECT_THAT(assets[1].rows, ElementsAre(1, 3));
  Table twice = Sample();
  ASSERT_TRUE(twice.Append(Sample()).ok());
  EXPECT_THAT(std::string(GroupByAsset(twice, "asset", "time").status().message()), HasSubstr("have the same time"));
}

TEST(TableTest, StatisticsSkipMissingValues) {
  const std::vector<double> values{4, kNan, 1, 3, 2};
  const nlohmann::json json = DescribeNumbers(values);
  EXPECT_EQ(json["count"], 4);
  EXPECT_EQ(json["missing"], 1);
  EXPECT_EQ(json["mean"], 2.5);
  EXPECT_DOUBLE_EQ(json["sd"].get<double>(), std::sqrt(5.0 / 3));
  EXPECT_EQ(json["quantiles"][0], 1.0);
  EXPECT_EQ(json["quantiles"][10], 4.0);
  EXPECT_TRUE(DescribeNumbers({})["mean"].is_null());
}

}  // namespace
}  // namespace millwright::learn
