#include "lib/learn/table/table.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <numeric>

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

// Values that only just fit an encoding, and their neighbours that do not.
TEST(TableTest, EveryEncodingGivesBackTheSameBits) {
  const std::vector<std::vector<double>> columns{
      {7, 7, 7},
      {kNan, kNan},
      {-0.0, -0.0},
      {0.0, -0.0},
      {641.82, 642.15, kNan, 643.0},
      {0, 254, kNan},
      {0, 255, 1},
      {0, 65535, kNan},
      {-2147483648.0, 2147483646.0, kNan},
      {0, 4294967295.0, kNan},
      {1700000000.25, 1700000060.5, 1700000000.123456},
      {0.1f, 0.2f, 3e38f},
      {0.1, 1e300, -1e-300},
      {1e22, 1, 0.5},
      {std::numeric_limits<double>::infinity(), 1, kNan},
      {std::numeric_limits<double>::denorm_min(), 1},
      {9007199254740993.0, 9007199254740992.0, 1},
      {1e-9, 2e-9, 123456.789},
      {0.30000000000000004, 0.3},
  };
  for (const std::vector<double>& values : columns) {
    Table table;
    ASSERT_TRUE(table.AddColumn(Numbers("x", values)).ok());
    const absl::StatusOr<Table> read = Table::FromBytes(table.ToBytes());
    ASSERT_TRUE(read.ok()) << read.status();
    EXPECT_EQ(read->ContentHash(), table.ContentHash()) << testing::PrintToString(values);
    EXPECT_EQ(read->ToBytes(), table.ToBytes()) << testing::PrintToString(values);
  }
}

TEST(TableTest, RandomDecimalsOfEveryLengthComeBack) {
  std::uint64_t state = 1;
  for (int decimals = 0; decimals <= 9; ++decimals) {
    std::vector<double> values;
    for (int i = 0; i < 3000; ++i) {
      state = state * 6364136223846793005u + 1442695040888963407u;
      const auto whole = static_cast<std::int64_t>(state >> 33) - (std::int64_t{1} << 30);
      values.push_back(static_cast<double>(whole) / std::pow(10.0, decimals));
    }
    Table table;
    ASSERT_TRUE(table.AddColumn(Numbers("x", values)).ok());
    const std::string bytes = table.ToBytes();
    EXPECT_LT(bytes.size(), values.size() * 4 + 300);
    EXPECT_EQ(Table::FromBytes(bytes)->ContentHash(), table.ContentHash()) << decimals;
  }
}

TEST(TableTest, AGroupOfRowsIsNoBorder) {
  std::vector<double> numbers;
  std::vector<std::string> texts;
  for (std::size_t i = 0; i < 200'000; ++i) {
    numbers.push_back(i % 70'000 < 100 ? kNan : static_cast<double>(i) / 8);
    texts.push_back("t" + std::to_string(i / 1000));
  }
  Table table;
  ASSERT_TRUE(table.AddColumn(Numbers("x", numbers)).ok());
  ASSERT_TRUE(table.AddColumn(Texts("t", texts)).ok());
  TempFolder folder;
  ASSERT_TRUE(table.Save(folder.path() / "t.mwt").ok());
  EXPECT_LT(std::filesystem::file_size(folder.path() / "t.mwt"), 1'300'000u);
  Table loaded = Table::Load(folder.path() / "t.mwt").value();
  EXPECT_EQ(loaded.ContentHash(), table.ContentHash());
  EXPECT_EQ(std::as_const(loaded).Find("x")->numbers[199'999], 199'999.0 / 8);
  EXPECT_EQ(loaded.Find("t")->texts[65'536], "t65");
  EXPECT_EQ(loaded.Slice(65'530, 65'540).ContentHash(), table.Slice(65'530, 65'540).ContentHash());
  // A mapped table may grow: it becomes one of its own.
  ASSERT_TRUE(loaded.Append(table.Slice(0, 3)).ok());
  EXPECT_EQ(loaded.rows(), 200'003u);
  EXPECT_EQ(loaded.Find("t")->texts.back(), "t0");
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
  Table alone;
  ASSERT_TRUE(alone.AddColumn(Numbers("at", {1388534400, 1388534700, 1388534400}, ColumnRole::kTime)).ok());
  EXPECT_THAT(std::string(GroupByAsset(alone, "", "at").status().message()),
              HasSubstr("the table's rows 1 and 3 have the same at 2014-01-01T00:00:00Z; an asset has one row per time"));
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

TEST(TableTest, AHistogramHasSingleValuesOrBinsOfEqualCount) {
  const nlohmann::json few = ProfileNumbers(std::vector<double>{0, 1, 0, 0, kNan});
  EXPECT_EQ(few["histogram"], nlohmann::json({{"values", {0.0, 1.0}}, {"counts", {3, 1}}, {"other", 0}}));
  EXPECT_EQ(few["distinct"], 2);
  std::vector<double> many;
  for (int i = 0; i < 1001; ++i) many.push_back(i % 2 == 0 ? i : 0);
  const nlohmann::json bins = ProfileNumbers(many)["histogram"];
  EXPECT_EQ(bins["edges"].size(), bins["counts"].size() + 1);
  EXPECT_EQ(bins["edges"].front(), 0);
  EXPECT_EQ(bins["edges"].back(), 1000);
  const auto counts = bins["counts"].get<std::vector<int>>();
  EXPECT_EQ(std::accumulate(counts.begin(), counts.end(), 0), 1001);
  EXPECT_FALSE(ProfileNumbers(many).contains("sampled"));
}

TEST(TableTest, ManyNumbersAreDrawnDeterministically) {
  std::vector<double> values;
  for (int i = 0; i < 500'000; ++i) values.push_back(i);
  const nlohmann::json json = ProfileNumbers(values);
  EXPECT_EQ(json["sampled"], 200'000);
  EXPECT_EQ(json["max"], 499'999);
  EXPECT_EQ(json["mean"], 249'999.5);
  EXPECT_NEAR(json["quantiles"][5].get<double>(), 250'000, 10);
  EXPECT_EQ(ProfileNumbers(values), json);
}

TEST(TableTest, TextsAreCounted) {
  const nlohmann::json json = ProfileTexts({"a", "b", "", "b"});
  EXPECT_EQ(json["missing"], 1);
  EXPECT_EQ(json["distinct"], 2);
  EXPECT_EQ(json["histogram"], nlohmann::json({{"values", {"b", "a"}}, {"counts", {2, 1}}, {"other", 0}}));
}

}  // namespace
}  // namespace millwright::learn
