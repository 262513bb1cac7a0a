#include "lib/learn/features/pipeline.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <bit>
#include <cmath>
#include <limits>

#include "lib/learn/plant/random.h"
#include "lib/learn/testing.h"

namespace millwright::learn {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

constexpr double kNan = std::numeric_limits<double>::quiet_NaN();

PipelineSpec Spec(const nlohmann::json& steps, const nlohmann::json& more = nlohmann::json::object()) {
  nlohmann::json features{{"window", 7}, {"min_rows", 3}, {"steps", steps}};
  features.update(more);
  return ParsePipeline("asset", {{"column", "time"}}, features).value();
}

/// Random walks of several assets with missing values, gaps in time, rows out of order and short histories.
Table RandomTable(std::uint64_t seed) {
  plant::Random random(seed);
  std::vector<std::string> assets;
  std::vector<double> columns[5];
  for (int asset = 0; asset < 6; ++asset) {
    double time = 0;
    double walk = random.Normal() * 1e6;
    const int rows = asset == 0 ? 2 : 20 + static_cast<int>(random.Below(60));
    for (int row = 0; row < rows; ++row) {
      time += random.Chance(0.05) ? 50 : 1 + random.Uniform();
      walk += random.Normal();
      assets.push_back("asset" + std::to_string(asset));
      columns[0].push_back(time);
      columns[1].push_back(random.Chance(0.2) ? kNan : walk);
      columns[2].push_back(random.Chance(0.5) ? kNan : random.Normal() * 1e-9);
      columns[3].push_back(4.0);
      columns[4].push_back(random.Chance(0.5) ? 10 : 20 + random.Uniform() * 0.1);
    }
  }
  Table table;
  EXPECT_TRUE(table.AddColumn(Texts("asset", assets)).ok());
  EXPECT_TRUE(table.AddColumn(Numbers("time", columns[0], ColumnRole::kTime)).ok());
  for (int i = 1; i < 4; ++i) EXPECT_TRUE(table.AddColumn(Numbers("s" + std::to_string(i), columns[i])).ok());
  EXPECT_TRUE(table.AddColumn(Numbers("regime", columns[4], ColumnRole::kSetting)).ok());
  std::vector<std::size_t> order(table.rows());
  for (std::size_t i = 0; i < order.size(); ++i) order[i] = (i * 7919) % order.size();
  std::sort(order.begin(), order.end());
  order.erase(std::unique(order.begin(), order.end()), order.end());
  std::reverse(order.begin(), order.end());
  return table.Take(order);
}

const nlohmann::json kWindowSteps = {
    {{"op", "scale"}, {"conditions", {{"columns", {"regime"}}, {"tolerance", {1.0}}}}},
    {{"op", "impute"}},
    {{"op", "window"}, {"stats", {"mean", "sd", "slope", "min", "max", "last", "mean_last_3", "delta_2"}}},
    {{"op", "window"}, {"rows", 4}, {"columns", {"s1"}}, {"stats", {"mean"}}}};
const nlohmann::json kSinceStartSteps = {{{"op", "window"}, {"stats", {"mean", "sd"}}},
                                         {{"op", "since_start"}, {"stats", {"mean", "mean_first_5", "window_minus_first_5"}}},
                                         {{"op", "row_number"}},
                                         {{"op", "time"}}};

std::vector<double> RawRow(const FittedPipeline& pipeline, const Table& table, std::size_t row) {
  std::vector<double> values;
  for (const std::string& input : pipeline.inputs()) values.push_back(table.Find(input)->numbers[row]);
  return values;
}

std::vector<std::uint32_t> Bits(std::span<const float> values) {
  std::vector<std::uint32_t> bits;
  for (const float value : values) bits.push_back(std::bit_cast<std::uint32_t>(value));
  return bits;
}

std::vector<std::uint32_t> BitsOfLast(const FittedPipeline& pipeline, const Table& table, std::span<const std::size_t> rows) {
  FeatureStream stream(pipeline);
  for (const std::size_t row : rows) EXPECT_TRUE(stream.Push(RawRow(pipeline, table, row)).ok());
  FeatureMatrix matrix;
  AppendRow(matrix, stream.Features());
  return Bits(matrix.values);
}

TEST(PipelineTest, StreamedFeaturesEqualBatchFeaturesToTheBit) {
  for (std::uint64_t seed = 1; seed <= 20; ++seed) {
    const Table table = RandomTable(seed);
    const std::vector<AssetRows> assets = GroupByAsset(table, "asset", "time").value();
    for (const nlohmann::json& steps : {kWindowSteps, kSinceStartSteps}) {
      const FittedPipeline fitted = FittedPipeline::Fit(Spec(steps, {{"restart", {{"max_gap", 20}}}}), table, assets).value();
      const FittedPipeline pipeline = FittedPipeline::FromJson(nlohmann::json::parse(fitted.ToJson().dump())).value();
      const BatchFeatures batch = ComputeFeatures(fitted, table, assets).value();
      ASSERT_GT(batch.rows.size(), 50u);
      std::size_t next = 0;
      for (const AssetRows& asset : assets) {
        FeatureStream stream(pipeline);
        for (const std::size_t row : asset.rows) {
          ASSERT_TRUE(stream.Push(RawRow(pipeline, table, row)).ok());
          if (!stream.IsReady()) continue;
          FeatureMatrix matrix;
          AppendRow(matrix, stream.Features());
          ASSERT_EQ(batch.rows[next], row);
          ASSERT_EQ(Bits(matrix.values), Bits(batch.matrix.Row(next))) << "seed " << seed << " row " << row;
          ++next;
        }
      }
      EXPECT_EQ(next, batch.rows.size());
    }
  }
}

TEST(PipelineTest, WindowedFeaturesNeedTheirDeclaredRowsOnly) {
  for (std::uint64_t seed = 1; seed <= 20; ++seed) {
    const Table table = RandomTable(seed);
    const std::vector<AssetRows> assets = GroupByAsset(table, "asset", "time").value();
    const FittedPipeline pipeline = FittedPipeline::Fit(Spec(kWindowSteps), table, assets).value();
    const std::size_t need = pipeline.history().rows;
    EXPECT_EQ(need, 7u + 10u) << "the window and the rows before it that an imputed value may come from";
    EXPECT_FALSE(pipeline.history().since_start);
    for (const AssetRows& asset : assets) {
      for (std::size_t end = need; end <= asset.rows.size(); end += 3) {
        const std::span<const std::size_t> rows(asset.rows.data(), end);
        EXPECT_EQ(BitsOfLast(pipeline, table, rows), BitsOfLast(pipeline, table, rows.last(need))) << "seed " << seed;
      }
    }
  }
}

TEST(PipelineTest, StatisticsByHand) {
  Table table;
  ASSERT_TRUE(table.AddColumn(Numbers("x", {1, 2, kNan, 4, 9})).ok());
  const PipelineSpec spec =
      ParsePipeline(nullptr, nullptr,
                    {{"window", 4},
                     {"steps",
                      {{{"op", "window"}, {"stats", {"mean", "sd", "slope", "min", "max", "last", "mean_last_2", "delta_3"}}},
                       {{"op", "since_start"}, {"stats", {"mean", "mean_first_2", "window_minus_first_2"}}},
                       {{"op", "row_number"}}}}})
          .value();
  const FittedPipeline pipeline = FittedPipeline::Fit(spec, table, GroupByAsset(table, "", "").value()).value();
  FeatureStream stream(pipeline);
  for (const double x : table.Find("x")->numbers) ASSERT_TRUE(stream.Push(std::vector<double>{x}).ok());
  const std::span<const double> f = stream.Features();  // the window is 2, missing, 4, 9
  ASSERT_EQ(f.size(), 12u);
  EXPECT_DOUBLE_EQ(f[0], 5);
  EXPECT_DOUBLE_EQ(f[1], std::sqrt((9 + 1 + 16) / 2.0));
  EXPECT_DOUBLE_EQ(f[2], ((0 - 5 / 3.0) * -3 + (2 - 5 / 3.0) * -1 + (3 - 5 / 3.0) * 4) / ((25 + 1 + 16) / 9.0));
  EXPECT_DOUBLE_EQ(f[3], 2);
  EXPECT_DOUBLE_EQ(f[4], 9);
  EXPECT_DOUBLE_EQ(f[5], 9);
  EXPECT_DOUBLE_EQ(f[6], 6.5);
  EXPECT_DOUBLE_EQ(f[7], 7);
  EXPECT_DOUBLE_EQ(f[8], 4);
  EXPECT_DOUBLE_EQ(f[9], 1.5);
  EXPECT_DOUBLE_EQ(f[10], 3.5);
  EXPECT_DOUBLE_EQ(f[11], 5);
}

TEST(PipelineTest, AGapOrAChangedSegmentRestartsTheHistory) {
  Table table;
  ASSERT_TRUE(table.AddColumn(Numbers("time", {1, 2, 3, 4, 100, 101}, ColumnRole::kTime)).ok());
  ASSERT_TRUE(table.AddColumn(Numbers("x", {1, 2, 3, 4, 5, 6})).ok());
  ASSERT_TRUE(table.AddColumn(Numbers("segment", {0, 0, 1, 1, 1, 1}, ColumnRole::kSegment)).ok());
  const nlohmann::json features = {{"restart", {{"max_gap", 10}, {"column", "segment"}}},
                                   {"steps", {{{"op", "select"}, {"columns", {"x"}}}, {{"op", "row_number"}}}}};
  const PipelineSpec spec = ParsePipeline(nullptr, {{"column", "time"}}, features).value();
  const auto assets = GroupByAsset(table, "", "time").value();
  const FittedPipeline pipeline = FittedPipeline::Fit(spec, table, assets).value();
  EXPECT_THAT(ComputeFeatures(pipeline, table, assets)->matrix.values, ElementsAre(1, 2, 1, 2, 1, 2));
}

TEST(PipelineTest, ConditionsHaveTheirOwnScaleAndStatisticsComeFromTrainingOnly) {
  Table table;
  ASSERT_TRUE(table.AddColumn(Texts("asset", {"a", "a", "a", "a", "b"})).ok());
  ASSERT_TRUE(table.AddColumn(Numbers("x", {1, 3, 101, 103, 1e6})).ok());
  ASSERT_TRUE(table.AddColumn(Numbers("regime", {0.0, 0.1, 5.0, 5.1, 4.9}, ColumnRole::kSetting)).ok());
  const PipelineSpec spec = ParsePipeline("asset", nullptr,
                                          {{"window", 1},
                                           {"steps",
                                            {{{"op", "scale"}, {"conditions", {{"columns", {"regime"}}, {"tolerance", {1.0}}}}},
                                             {{"op", "window"}, {"stats", {"last"}}}}}})
                                .value();
  const auto assets = GroupByAsset(table, "asset", "").value();
  const FittedPipeline pipeline = FittedPipeline::Fit(spec, table, std::span(assets).first(1)).value();
  EXPECT_EQ(pipeline.ToJson()["fitted"][1]["conditions"].size(), 2u);
  const FeatureMatrix matrix = ComputeFeatures(pipeline, table, assets)->matrix;
  const float z = static_cast<float>(1 / std::sqrt(2.0));
  EXPECT_THAT(std::span(matrix.values).first(4), ElementsAre(-z, z, -z, z));
  EXPECT_GT(matrix.values[4], 1e5);
}

TEST(PipelineTest, AReadingThatNoSensorMakesIsMissing) {
  Table table;
  ASSERT_TRUE(table.AddColumn(Texts("asset", {"a", "a", "a"})).ok());
  ASSERT_TRUE(table.AddColumn(Numbers("x", {1, 1e300, 3})).ok());
  const nlohmann::json steps{{{"op", "scale"}}, {{"op", "window"}, {"stats", {"last"}}}};
  const PipelineSpec spec = ParsePipeline("asset", nullptr, {{"window", 1}, {"steps", steps}}).value();
  const auto assets = GroupByAsset(table, "asset", "").value();
  const FittedPipeline pipeline = FittedPipeline::Fit(spec, table, assets).value();
  const FeatureMatrix matrix = ComputeFeatures(pipeline, table, assets)->matrix;
  ASSERT_EQ(matrix.rows, 3u);
  EXPECT_FLOAT_EQ(matrix.values[0], -1 / std::sqrt(2.0F)) << "mean 2 and sd √2 are of the other two";
  EXPECT_TRUE(std::isnan(matrix.values[1]));
}

TEST(PipelineTest, TimeMustRise) {
  const Table table = RandomTable(1);
  const FittedPipeline pipeline =
      FittedPipeline::Fit(Spec(kSinceStartSteps), table, GroupByAsset(table, "asset", "time").value()).value();
  FeatureStream stream(pipeline);
  ASSERT_TRUE(stream.Push(std::vector<double>{1, 2, 3, 10}).ok());
  EXPECT_THAT(std::string(stream.Push(std::vector<double>{1, 2, 3, 10}).message()), HasSubstr("\"time\" 10 is not after 10"));
  EXPECT_THAT(std::string(stream.Push(std::vector<double>{1, 2, 3, kNan}).message()), HasSubstr("\"time\" is missing"));
  EXPECT_EQ(stream.rows(), 1u);
}

TEST(PipelineTest, BadSpecsAreRefusedByPath) {
  const auto error = [](const nlohmann::json& features) {
    return std::string(ParsePipeline("a", {{"column", "t"}}, features).status().message());
  };
  EXPECT_THAT(error({{"steps", {{{"op", "windows"}}}}}), HasSubstr("features.steps[0].op: \"windows\" must be one of select"));
  EXPECT_THAT(error({{"steps", {{{"op", "window"}, {"stats", {"mean"}}}}}}), HasSubstr("features.steps[0].rows: is missing"));
  EXPECT_THAT(error({{"window", 5}, {"steps", {{{"op", "window"}, {"stats", {"medium"}}}}}}),
              HasSubstr("features.steps[0].stats: \"medium\" must be one of mean, sd"));
  EXPECT_THAT(error({{"window", 5}, {"steps", {{{"op", "window"}, {"stats", {"mean"}}}, {{"op", "scale"}}}}}),
              HasSubstr("features.steps[1].op: stands too late"));
  EXPECT_THAT(error({{"window", 0}, {"steps", {{{"op", "row_number"}}}}}),
              HasSubstr("features.window: 0 must be a whole number from 1"));
  EXPECT_THAT(error({{"steps", {{{"op", "scale"}, {"conditions", {{"columns", {"m"}}}}}, {{"op", "row_number"}}}}}),
              HasSubstr("features.steps[0].conditions.tolerance"));
  EXPECT_THAT(error({{"steps", nlohmann::json::array()}}), HasSubstr("features.steps"));
  EXPECT_THAT(error(3), HasSubstr("features: 3 must be an object"));
}

}  // namespace
}  // namespace millwright::learn
