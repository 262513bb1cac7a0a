#include "lib/learn/training/split.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>

#include "lib/learn/testing.h"

namespace millwright::learn {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

PipelineSpec Pipeline(bool has_asset, bool has_time, int window = 1) {
  const nlohmann::json features{{"window", window},
                                {"steps", {{{"op", "select"}, {"columns", {"x"}}}, {{"op", "window"}, {"stats", {"last"}}}}}};
  return ParsePipeline(has_asset ? nlohmann::json("asset") : nlohmann::json(),
                       has_time ? nlohmann::json{{"column", "time"}} : nlohmann::json(), features)
      .value();
}

TargetSpec Column() { return ParseTarget({{"kind", "column"}, {"column", "y"}}, "target").value(); }
TargetSpec Change(int horizon) {
  return ParseTarget({{"kind", "change"}, {"column", "x"}, {"base", 1}, {"horizon", horizon}}, "target").value();
}

/// Two assets of 10 rows, or one of 20.
Table Rows(bool has_asset) {
  std::vector<std::string> assets;
  std::vector<double> times, x, y;
  for (int i = 0; i < 20; ++i) {
    assets.push_back(i < 10 ? "a" : "b");
    times.push_back(has_asset ? i % 10 : i);
    x.push_back(i);
    y.push_back(i % 5 == 0 ? 1 : 0);
  }
  Table table;
  if (has_asset) {
    EXPECT_TRUE(table.AddColumn(Texts("asset", assets)).ok());
  }
  EXPECT_TRUE(table.AddColumn(Numbers("time", times, ColumnRole::kTime)).ok());
  EXPECT_TRUE(table.AddColumn(Numbers("x", x)).ok());
  EXPECT_TRUE(table.AddColumn(Numbers("y", y, ColumnRole::kLabel)).ok());
  return table;
}

/// One letter a row: T(raining), V(alidation), E (test), - (left out).
std::string Letters(const nlohmann::json& json, const PipelineSpec& pipeline, const TargetSpec& target, const Table& table) {
  const TargetSpec targets[] = {target};
  const absl::StatusOr<SplitSpec> split = ParseSplit(json, pipeline, targets);
  EXPECT_TRUE(split.ok()) << split.status();
  const std::vector<AssetRows> assets = GroupByAsset(table, pipeline.asset_column, pipeline.time_column).value();
  const absl::StatusOr<std::vector<Part>> parts = SplitRows(*split, pipeline, targets, table, assets);
  EXPECT_TRUE(parts.ok()) << parts.status();
  std::string letters;
  for (const Part part : *parts) letters += "TVE-"[static_cast<int>(part)];
  return letters;
}

std::string Refusal(const nlohmann::json& json, const PipelineSpec& pipeline, const TargetSpec& target) {
  const TargetSpec targets[] = {target};
  const absl::Status status = ParseSplit(json, pipeline, targets).status();
  EXPECT_EQ(status.code(), absl::StatusCode::kInvalidArgument) << json;
  return std::string(status.message());
}

TEST(SplitTest, ByTimeTheLastRowsTestAndTheOnesBeforeValidate) {
  EXPECT_EQ(Letters({{"by", "time"}, {"validation", 0.2}, {"test", 0.1}}, Pipeline(false, true), Column(), Rows(false)),
            "TTTTTTTTTTTTTTVVVVEE");
  EXPECT_EQ(
      Letters({{"by", "time"}, {"validation", 0.2}, {"test", 0.1}, {"gap", 2}}, Pipeline(false, true), Column(), Rows(false)),
      "TTTTTTTTTTTT--VV--EE");
}

TEST(SplitTest, ByTimeAllAssetsChangeSidesAtOneMoment) {
  EXPECT_EQ(Letters({{"by", "time"}, {"validation", 0.2}}, Pipeline(true, true), Column(), Rows(true)), "TTTTTTTTVVTTTTTTTTVV");
}

TEST(SplitTest, ByTimeRowsWhoseTargetLooksOverTheBoundaryAreLeftOut) {
  EXPECT_EQ(Letters({{"by", "time"}, {"validation", 0.2}}, Pipeline(false, true), Change(3), Rows(false)),
            "TTTTTTTTTTTTT---VVVV");
}

TEST(SplitTest, SeveralTargetsAndAGapLeaveOutNoMoreThanTheFurthestLook) {
  const PipelineSpec pipeline = Pipeline(false, false);
  const std::vector<TargetSpec> targets(4, Change(3));
  const SplitSpec split = ParseSplit({{"by", "time"}, {"validation", 0.25}, {"gap", 3}}, pipeline, targets).value();
  const Table table = Rows(false);
  const std::vector<Part> parts = SplitRows(split, pipeline, targets, table, GroupByAsset(table, "", "").value()).value();
  EXPECT_EQ(std::count(parts.begin(), parts.end(), Part::kNone), 3);
}

TEST(SplitTest, RowsOfNoKnownClassAreInNoPart) {
  Table table = Rows(false);
  std::vector<double> flag;
  for (int i = 0; i < 20; ++i) flag.push_back(i == 7 ? std::nan("") : i % 2);
  ASSERT_TRUE(table.AddColumn(Numbers("flag", flag, ColumnRole::kLabel)).ok());
  const TargetSpec target = ParseTarget({{"kind", "class"}, {"column", "flag"}}, "target").value();
  const std::string letters =
      Letters({{"by", "row"}, {"stratify", true}, {"validation", 0.2}, {"test", 0.2}}, Pipeline(false, false), target, table);
  EXPECT_EQ(std::count(letters.begin(), letters.end(), '-'), 1);
  EXPECT_EQ(letters[7], '-');
}

TEST(SplitTest, TheFirstRowsOfEachAssetTrainAndTheRestTests) {
  EXPECT_EQ(Letters({{"by", "time"}, {"first_rows", 5}, {"validation", 0.2}}, Pipeline(true, true), Column(), Rows(true)),
            "TTTTVEEEEETTTTVEEEEE");
}

TEST(SplitTest, FirstRowsThatLeaveNothingToTestAreRefusedWithBothNumbers) {
  const TargetSpec targets[] = {Column()};
  const auto refusal = [&](bool has_asset, int first_rows) {
    const PipelineSpec pipeline = Pipeline(has_asset, true);
    const SplitSpec split = ParseSplit({{"by", "time"}, {"first_rows", first_rows}}, pipeline, targets).value();
    const Table table = Rows(has_asset);
    const std::vector<AssetRows> assets = GroupByAsset(table, pipeline.asset_column, "time").value();
    return std::string(SplitRows(split, pipeline, targets, table, assets).status().message());
  };
  EXPECT_EQ(refusal(false, 20), "split.first_rows is 20, the table has 20 rows; nothing is left to test");
  EXPECT_EQ(refusal(true, 15), "split.first_rows is 15, the longest asset has 10 rows; nothing is left to test");
  EXPECT_EQ(refusal(false, 19), "");
}

TEST(SplitTest, ByRowEachClassHasItsShareOfEachPart) {
  const TargetSpec flag = ParseTarget({{"kind", "class"}, {"column", "y"}}, "target").value();
  const std::string letters = Letters({{"by", "row"}, {"stratify", true}, {"validation", 0.25}, {"test", 0.25}},
                                      Pipeline(false, false), flag, Rows(false));
  for (const char part : {'V', 'E'}) {
    EXPECT_EQ(std::count(letters.begin(), letters.end(), part), 5);
    int positives = 0;
    for (std::size_t i = 0; i < 20; i += 5) positives += letters[i] == part ? 1 : 0;
    EXPECT_EQ(positives, 1);
  }
}

TEST(SplitTest, FoldsTestEveryRowOnce) {
  std::vector<int> tested(20);
  for (int fold = 0; fold < 4; ++fold) {
    const std::string letters = Letters({{"by", "row"}, {"folds", 4}, {"fold", fold}, {"validation", 0.2}, {"seed", 5}},
                                        Pipeline(false, false), Column(), Rows(false));
    for (std::size_t i = 0; i < 20; ++i) tested[i] += letters[i] == 'E' ? 1 : 0;
    EXPECT_EQ(std::count(letters.begin(), letters.end(), 'V'), 3);
  }
  EXPECT_THAT(tested, ::testing::Each(1));
}

TEST(SplitTest, NamedAssetsGoWhereTheyAreNamed) {
  EXPECT_EQ(Letters({{"validation", {"b"}}}, Pipeline(true, true), Column(), Rows(true)), "TTTTTTTTTTVVVVVVVVVV");
  EXPECT_EQ(Letters({{"training", {"b"}}}, Pipeline(true, true), Column(), Rows(true)), "----------TTTTTTTTTT");
}

TEST(SplitTest, LeaksAreRefused) {
  EXPECT_THAT(Refusal({{"validation", {"a"}}, {"test", {"a"}}}, Pipeline(true, true), Column()),
              HasSubstr("puts \"a\" on two sides"));
  EXPECT_THAT(Refusal({{"by", "row"}, {"validation", 0.2}}, Pipeline(true, true), Column()),
              HasSubstr("split.by: row would put rows of one \"asset\""));
  EXPECT_THAT(Refusal({{"by", "row"}, {"validation", 0.2}}, Pipeline(false, false, 3), Column()), HasSubstr("use time"));
  EXPECT_THAT(Refusal({{"by", "row"}, {"validation", 0.2}}, Pipeline(false, false), Change(3)), HasSubstr("use time"));
  const TargetSpec rul = ParseTarget({{"kind", "rul"}}, "target").value();
  EXPECT_THAT(Refusal({{"by", "time"}, {"validation", 0.2}}, Pipeline(true, true), rul),
              HasSubstr("must be asset for a rul target"));
  EXPECT_THAT(Refusal({{"folds", 5}, {"fold", 5}}, Pipeline(true, true), Column()), HasSubstr("split.fold"));
}

TEST(SplitTest, AnAssetThatIsNotThereIsNamed) {
  const TargetSpec targets[] = {Column()};
  const PipelineSpec pipeline = Pipeline(true, true);
  const SplitSpec split = ParseSplit({{"validation", {"c"}}}, pipeline, targets).value();
  const Table table = Rows(true);
  const absl::Status status = SplitRows(split, pipeline, targets, table, GroupByAsset(table, "asset", "time").value()).status();
  EXPECT_EQ(status.code(), absl::StatusCode::kInvalidArgument);
  EXPECT_THAT(std::string(status.message()), HasSubstr("no asset \"c\""));
}

}  // namespace
}  // namespace millwright::learn
