#include "lib/learn/features/target.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>

#include "lib/learn/table/labels.h"
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

std::vector<double> First(const std::vector<double>& values, std::size_t count) {
  return {values.begin(), values.begin() + static_cast<std::ptrdiff_t>(count)};
}

TEST(TargetTest, AChangeIsCountedFromTheMeanOfTheLastRowsAndStaysWithinItsHistory) {
  Table table;
  ASSERT_TRUE(table.AddColumn(Numbers("time", {0, 1, 2, 3, 4, 100, 101, 102}, ColumnRole::kTime)).ok());
  ASSERT_TRUE(table.AddColumn(Numbers("x", {1, 3, 5, 9, 4, 0, 2, 8})).ok());
  PipelineSpec pipeline{.time_column = "time"};
  pipeline.restart.max_gap = 10;
  const auto assets = GroupByAsset(table, "", "time").value();
  const auto change = [&](const char* of) {
    const nlohmann::json json{{"kind", "change"}, {"column", "x"}, {"base", 2}, {"horizon", 2}, {"of", of}, {"scale", 10}};
    return ComputeTarget(ParseTarget(json, "target").value(), pipeline, table, assets).value();
  };
  EXPECT_THAT(First(change("mean"), 3), ElementsAre(10 * (4 - 1), 10 * (7 - 2), 10 * (6.5 - 4)));
  EXPECT_THAT(First(change("min"), 3), ElementsAre(20, 30, 0));
  EXPECT_THAT(First(change("max"), 3), ElementsAre(40, 70, 50));
  for (const std::size_t row : {3, 4, 6, 7}) EXPECT_TRUE(std::isnan(change("mean")[row])) << row;
  EXPECT_EQ(change("mean")[5], 50) << "the base does not reach over the gap";
}

TEST(TargetTest, ThresholdsOfClassesComeFromTrainingRowsAndAreKept) {
  Table table;
  ASSERT_TRUE(table.AddColumn(Texts("asset", {"a", "a", "a", "a", "a", "b", "b", "b"})).ok());
  ASSERT_TRUE(table.AddColumn(Numbers("x", {0, 1, 3, 2, 6, 0, 1000, 0})).ok());
  const PipelineSpec pipeline{.asset_column = "asset"};
  const auto assets = GroupByAsset(table, "asset", "").value();
  const nlohmann::json json{{"kind", "change_class"}, {"column", "x"}, {"horizon", 1}, {"thresholds", "median_absolute"}};
  const TargetSpec declared = ParseTarget(json, "target").value();
  EXPECT_EQ(declared.learning_task().classes, 3u);
  const TargetSpec fitted = FitTarget(declared, pipeline, table, std::span(assets).first(1)).value();
  EXPECT_THAT(fitted.thresholds, ElementsAre(-1.5, 1.5)) << "the changes of asset a are 1, 2, -1, 4";
  const TargetSpec restored = ParseTarget(nlohmann::json::parse(ToJson(fitted).dump()), "target").value();
  EXPECT_EQ(ToJson(restored), ToJson(fitted));
  EXPECT_THAT(restored.labels, ElementsAre("fall", "small", "surge"));
  const std::vector<double> classes = ComputeTarget(restored, pipeline, table, assets).value();
  EXPECT_THAT(std::span(classes).first(4), ElementsAre(1, 2, 1, 2));
  EXPECT_THAT(std::span(classes).subspan(5, 2), ElementsAre(2, 0));
  EXPECT_TRUE(std::isnan(classes[7]));

  nlohmann::json by_quantiles = json;
  by_quantiles.erase("thresholds");
  by_quantiles["quantiles"] = {0.5};
  EXPECT_THAT(FitTarget(ParseTarget(by_quantiles, "t").value(), pipeline, table, std::span(assets).first(1))->thresholds,
              ElementsAre(1.5));
  by_quantiles["thresholds"] = {1.0};
  EXPECT_THAT(std::string(ParseTarget(by_quantiles, "t").status().message()), HasSubstr("t.thresholds: or quantiles"));
}

TEST(TargetTest, AColumnThatMostlyStandsStillHasThresholdsOfTheChangesThatAreAny) {
  Table table;
  ASSERT_TRUE(table.AddColumn(Texts("asset", std::vector<std::string>(9, "a"))).ok());
  ASSERT_TRUE(table.AddColumn(Numbers("x", {5, 5, 5, 5, 5, 7, 7, 6, 6})).ok());
  ASSERT_TRUE(table.AddColumn(Numbers("dead", std::vector<double>(9, 3.0))).ok());
  const PipelineSpec pipeline{.asset_column = "asset"};
  const auto assets = GroupByAsset(table, "asset", "").value();
  const auto fit = [&](const char* column) {
    const nlohmann::json json{{"kind", "change_class"}, {"column", column}, {"horizon", 1}, {"thresholds", "median_absolute"}};
    return FitTarget(ParseTarget(json, "target").value(), pipeline, table, assets);
  };
  EXPECT_THAT(fit("x").value().thresholds, ElementsAre(-1.5, 1.5)) << "the changes are 2, -1 and six times 0";
  EXPECT_THAT(std::string(fit("dead").status().message()), HasSubstr("column \"dead\" never changes among the training rows"));
}

TEST(TargetTest, ATargetThatNoLearnerCanTakeIsRefusedWithItsRow) {
  Table table;
  ASSERT_TRUE(table.AddColumn(Texts("asset", {"a", "a"})).ok());
  ASSERT_TRUE(table.AddColumn(Numbers("x", {1, 1e39})).ok());
  const auto assets = GroupByAsset(table, "asset", "").value();
  const auto target =
      ComputeTarget(ParseTarget({{"kind", "column"}, {"column", "x"}}, "t").value(), {.asset_column = "asset"}, table, assets);
  EXPECT_EQ(std::string(target.status().message()), "row 2: the target of column \"x\" is 1e+39; it must be within ±3.4e38");
}

TEST(TargetTest, ClassesAreNumberedByTheirLabelsAndAnUnknownOneIsUnknown) {
  Table table;
  ASSERT_TRUE(table.AddColumn(Texts("state", {"run", "idle", "stop", "", "run"}, ColumnRole::kLabel)).ok());
  ASSERT_TRUE(table.AddColumn(Numbers("level", {10, 9, 10, 9, 11})).ok());
  const std::vector<AssetRows> first{{.asset = "", .rows = {0, 1}}};
  const auto classes = [&](const char* column) {
    const TargetSpec target = ParseTarget({{"kind", "classes"}, {"column", column}}, "target").value();
    return ComputeTarget(FitTarget(target, {}, table, first).value(), {}, table, first).value();
  };
  EXPECT_THAT(First(classes("state"), 2), ElementsAre(1, 0));
  EXPECT_TRUE(std::isnan(classes("state")[2]));
  EXPECT_TRUE(std::isnan(classes("state")[3]));
  EXPECT_THAT(First(classes("level"), 4), ElementsAre(1, 0, 1, 0));
}

TEST(TargetTest, ReconstructionHasATruthOnlyWhereTheTableHasOne) {
  Table table;
  ASSERT_TRUE(table.AddColumn(Numbers("x", {5, 6})).ok());
  const TargetSpec target = ParseTarget({{"kind", "reconstruction"}, {"label", "anomaly"}}, "target").value();
  EXPECT_EQ(target.task(), Task::kAnomaly);
  EXPECT_TRUE(std::isnan(ComputeTarget(target, {}, table, {}).value()[0]));
  ASSERT_TRUE(table.AddColumn(Numbers("anomaly", {0, 1}, ColumnRole::kLabel)).ok());
  EXPECT_THAT(ComputeTarget(target, {}, table, {}).value(), ElementsAre(0, 1));
}

}  // namespace
}  // namespace millwright::learn
