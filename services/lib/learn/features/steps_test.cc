#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <limits>

#include "lib/learn/features/feature_cost.h"
#include "lib/learn/features/pipeline.h"
#include "lib/learn/testing.h"

namespace millwright::learn {
namespace {

using nlohmann::json;
using ::testing::ElementsAre;
using ::testing::FloatNear;
using ::testing::HasSubstr;
using ::testing::IsNan;
using ::testing::Pointwise;

constexpr double kNan = std::numeric_limits<double>::quiet_NaN();
constexpr float kNanF = std::numeric_limits<float>::quiet_NaN();

Table TableOf(std::vector<double> x) {
  Table table;
  EXPECT_TRUE(table.AddColumn(Numbers("x", std::move(x))).ok());
  return table;
}

/// Fitted on all rows of a table without assets, with a prediction for every row.
absl::StatusOr<BatchFeatures> Compute(const Table& table, const json& steps, const json& time = nullptr) {
  const absl::StatusOr<PipelineSpec> spec = ParsePipeline(nullptr, time, {{"steps", steps}, {"min_rows", 1}});
  if (!spec.ok()) return spec.status();
  const std::vector<AssetRows> assets = GroupByAsset(table, "", spec->time_column).value();
  const absl::StatusOr<FittedPipeline> pipeline = FittedPipeline::Fit(*spec, table, assets);
  if (!pipeline.ok()) return pipeline.status();
  return ComputeFeatures(*pipeline, table, assets);
}

std::vector<float> Values(const Table& table, const json& steps, const json& time = nullptr) {
  const absl::StatusOr<BatchFeatures> batch = Compute(table, steps, time);
  EXPECT_TRUE(batch.ok()) << batch.status();
  return batch.ok() ? batch->matrix.values : std::vector<float>();
}

const json kLast{{"op", "lags"}, {"lags", {0}}};

TEST(StepsTest, AMissingValueIsHeldForSoManyRowsAndThenTheFill) {
  const Table table = TableOf({kNan, 4, kNan, kNan, kNan, 2});
  EXPECT_THAT(Values(table, {{{"op", "impute"}, {"hold", 2}}, kLast}), ElementsAre(3, 4, 4, 4, 3, 2));
  EXPECT_THAT(Values(table, {{{"op", "impute"}, {"hold", 0}, {"method", "value"}, {"value", 7}}, kLast}),
              ElementsAre(7, 4, 7, 7, 7, 2));
}

TEST(StepsTest, MinMaxScalingPutsTheTrainingRowsIntoTheRange) {
  EXPECT_THAT(Values(TableOf({5, 10, 15}), {{{"op", "scale"}, {"method", "minmax"}, {"range", {-1, 1}}}, kLast}),
              ElementsAre(-1, 0, 1));
  EXPECT_THAT(Values(TableOf({5, 5}), {{{"op", "scale"}, {"method", "minmax"}}, kLast}), ElementsAre(0, 0)) << "a dead sensor";
}

TEST(StepsTest, AValueIsScaledByItsOwnLastRowsAndAFailureAmongThemDoesNotWidenARobustScale) {
  const json standard{{{"op", "scale"}, {"rows", 3}}, kLast};
  EXPECT_THAT(
      Values(TableOf({5, 5, 5, 8, kNan, 2}), standard),
      Pointwise(::testing::NanSensitiveFloatNear(1e-6F), {0.0F, 0.0F, 0.0F, 2 / std::sqrt(3.0F), kNanF, -1 / std::sqrt(2.0F)}));
  std::vector<double> walk;
  for (int i = 0; i < 40; ++i) walk.push_back(i % 5);  // median 2, quantiles 0 and 4
  walk[30] = walk[31] = 1e6;
  const float last = Values(TableOf(walk), {{{"op", "scale"}, {"method", "robust"}, {"rows", 40}}, kLast}).back();
  EXPECT_NEAR(last, 2 / (4 / 2.5631F), 1e-3);
  EXPECT_LT(std::abs(Values(TableOf(walk), {{{"op", "scale"}, {"method", "standard"}, {"rows", 40}}, kLast}).back()), 0.3);
}

TEST(StepsTest, ARobustScaleOfAColumnThatSeldomVariesIsItsStandardDeviation) {
  std::vector<double> x(20, 7.0);
  x.back() = 8;
  const std::vector<float> values = Values(TableOf(x), {{{"op", "scale"}, {"method", "robust"}, {"rows", 20}}, kLast});
  EXPECT_EQ(values[18], 0);
  EXPECT_NEAR(values[19], std::sqrt(20.0), 1e-4);
}

TEST(StepsTest, ScalesByRowsThatCannotBeAreRefused) {
  const auto refusal = [](const json& step) { return std::string(Compute(TableOf({1, 2}), {step, kLast}).status().message()); };
  EXPECT_THAT(refusal({{"op", "scale"}, {"rows", 1}}), HasSubstr("rows"));
  EXPECT_THAT(refusal({{"op", "scale"}, {"rows", 5}, {"method", "minmax"}}),
              HasSubstr("standard or robust where there are rows"));
  EXPECT_THAT(refusal({{"op", "scale"}, {"method", "robust"}}), HasSubstr("robust too where there are rows"));
  EXPECT_THAT(refusal({{"op", "scale"}, {"rows", 5}, {"conditions", {{"columns", {"x"}}, {"tolerance", {1}}}}}),
              HasSubstr("conditions"));
}

TEST(StepsTest, SmoothingLooksAtItsRowsOnly) {
  const Table table = TableOf({1, 2, 6, kNan, 9});
  EXPECT_THAT(Values(table, {{{"op", "smooth"}, {"method", "mean"}, {"rows", 2}}, kLast}), ElementsAre(1, 1.5, 4, 6, 9));
  EXPECT_THAT(Values(table, {{{"op", "smooth"}, {"method", "median"}, {"rows", 3}}, kLast}), ElementsAre(1, 1.5, 2, 4, 7.5));
  // Span 3 halves the weight with every row: (6 + 2 / 2 + 1 / 4) over (1 + 1 / 2 + 1 / 4).
  EXPECT_THAT(Values(table, {{{"op", "smooth"}, {"span", 3}, {"rows", 3}, {"suffix", "~"}}, kLast}),
              ElementsAre(1, 1, 2, FloatNear(5 / 3.0F, 1e-6F), 6, FloatNear(7.25F / 1.75F, 1e-6F), IsNan(),
                          FloatNear(7 / 1.5F, 1e-6F), 9, FloatNear(8.4F, 1e-6F)));
}

TEST(StepsTest, FormulasReadColumnsAsTheyAreByThenAndRawOnesThatWereNotSelected) {
  Table table = TableOf({2, 4});
  ASSERT_TRUE(table.AddColumn(Numbers("torque [Nm]", {10, 20})).ok());
  EXPECT_THAT(Values(table, {{{"op", "select"}, {"columns", {"x"}}},
                             {{"op", "scale"}, {"method", "minmax"}},
                             {{"op", "derive"}, {"name", "power"}, {"formula", "(x + 1) * \"torque [Nm]\""}},
                             kLast}),
              ElementsAre(0, 10, 1, 40));
}

TEST(StepsTest, TextsBecomeColumnsOfTheirCategories) {
  Table table = TableOf({1, 2, 3, 4});
  ASSERT_TRUE(table.AddColumn(Texts("type", {"M", "L", "", "H"}, ColumnRole::kSetting)).ok());
  const json select{{"op", "select"}, {"columns", {"x"}}};
  EXPECT_THAT(Values(table, {select, {{"op", "encode"}, {"column", "type"}, {"as", "code"}}, kLast}),
              Pointwise(::testing::NanSensitiveFloatEq(), {1.0F, 2.0F, 2.0F, 1.0F, 3.0F, kNanF, 4.0F, 0.0F}));
  const BatchFeatures batch =
      Compute(table, {select, {{"op", "encode"}, {"column", "type"}, {"categories", {"L", "M"}}}, kLast}).value();
  EXPECT_THAT(batch.matrix.values, Pointwise(::testing::NanSensitiveFloatEq(),
                                             {1.0F, 0.0F, 1.0F, 2.0F, 1.0F, 0.0F, 3.0F, kNanF, kNanF, 4.0F, kNanF, kNanF}));
  EXPECT_THAT(std::string(Compute(table, {select, {{"op", "encode"}, {"column", "x"}}, kLast}).status().message()),
              HasSubstr("read as a text and as a number"));
}

TEST(StepsTest, PrincipalComponentsFollowTheVariance) {
  Table table = TableOf({-3, 3, -1, 1});
  ASSERT_TRUE(table.AddColumn(Numbers("y", {-3, 3, -1, 1})).ok());
  ASSERT_TRUE(table.AddColumn(Numbers("z", {0.1, 0.1, -0.1, -0.1})).ok());
  const BatchFeatures batch = Compute(table, {{{"op", "pca"}, {"variance", 0.99}}, kLast}).value();
  const float r = std::sqrt(2.0F);
  EXPECT_THAT(batch.matrix.values, Pointwise(FloatNear(1e-5F), {-3 * r, 3 * r, -1 * r, 1 * r}));
  EXPECT_THAT(std::string(Compute(table, {{{"op", "pca"}, {"components", 4}}, kLast}).status().message()),
              HasSubstr("pca of 3 columns has no 4 components"));
}

TEST(StepsTest, ASequenceIsPaddedWithItsFirstRowAndTheLayoutSaysWhereItLies) {
  Table table = TableOf({1, 2, 3});
  ASSERT_TRUE(table.AddColumn(Numbers("y", {10, 20, 30})).ok());
  const json steps{{{"op", "row_number"}}, {{"op", "sequence"}, {"rows", 2}}};
  EXPECT_THAT(Values(table, steps), ElementsAre(1, 1, 10, 1, 10, 2, 1, 10, 2, 20, 3, 2, 20, 3, 30));
  const auto spec = ParsePipeline(nullptr, nullptr, {{"steps", steps}}).value();
  const FittedPipeline pipeline = FittedPipeline::Fit(spec, table, GroupByAsset(table, "", "").value()).value();
  ASSERT_TRUE(pipeline.layout().sequence.has_value());
  EXPECT_EQ(pipeline.layout().sequence->begin, 1u);
  EXPECT_EQ(pipeline.layout().sequence->rows, 2u);
  EXPECT_EQ(pipeline.layout().sequence->columns, 2u);
  EXPECT_THAT(pipeline.feature_names(),
              ElementsAre("row_number", "x.sequence_1", "y.sequence_1", "x.sequence_0", "y.sequence_0"));
}

TEST(StepsTest, AWindowOfADurationTakesTheRowsWithinIt) {
  Table table = TableOf({1, 2, 3, 4, 5});
  ASSERT_TRUE(table.AddColumn(Numbers("time", {0, 1, 2, 10, 11}, ColumnRole::kTime)).ok());
  EXPECT_THAT(Values(table, {{{"op", "window"}, {"duration", 2}, {"stats", {"mean"}}}}, {{"column", "time"}, {"unit", "s"}}),
              ElementsAre(1, 1.5, 2.5, 4, 4.5));
}

TEST(StepsTest, CyclesCountRisesAboveALevel) {
  EXPECT_THAT(Values(TableOf({0, 2, 2, 0.8, 2, 0, 2}), {{{"op", "cycles"}, {"level", 1}, {"hysteresis", 0.5}}}),
              Pointwise(::testing::NanSensitiveFloatEq(),
                        {0.0F, kNanF, 1.0F, 0.0F, 1.0F, 1.0F, 1.0F, 2.0F, 1.0F, 3.0F, 1.0F, 4.0F, 2.0F, 0.0F}));
}

TEST(StepsTest, BandsOfTheSpectrumHoldTheSumOfSquares) {
  const std::vector<float> slow =
      Values(TableOf({1, 1, -1, -1, 1, 1, -1, -1}), {{{"op", "spectrum"}, {"rows", 8}, {"bands", 2}}});
  const std::vector<float> fast =
      Values(TableOf({1, -1, 1, -1, 1, -1, 1, -1}), {{{"op", "spectrum"}, {"rows", 8}, {"bands", 2}}});
  EXPECT_THAT(std::vector<float>(slow.end() - 2, slow.end()), Pointwise(FloatNear(1e-5F), {8.0F, 0.0F}));
  EXPECT_THAT(std::vector<float>(fast.end() - 2, fast.end()), Pointwise(FloatNear(1e-5F), {0.0F, 8.0F}));
  EXPECT_THAT(slow[0], IsNan());
}

TEST(StepsTest, ASeasonSaysWhatCameNextInEarlierPeriods) {
  const json step{{"op", "seasonal"}, {"period", 3}, {"periods", 2}, {"horizons", {2, 0}}, {"stats", {"last", "mean"}}};
  const std::vector<float> values = Values(TableOf({1, 2, 6, 3, 4, 9, 5}), json::array({step}));
  // At 5: one period ago came 4, 9 after 3, two periods ago 2, 6 after 1; the base rose by 2 and by 4.
  EXPECT_THAT(std::vector<float>(values.end() - 4, values.end()), ElementsAre(3.5, 3.25, 2, 3));
  EXPECT_THAT(values[0], IsNan());
}

TEST(StepsTest, SinceStartStatisticsCompareWithTheFirstRows) {
  const json step{{"op", "since_start"}, {"stats", {"mean", "slope", "max", "z_first_3", "last_minus_first_2"}}};
  const std::vector<float> values = Values(TableOf({1, 3, 5, 11}), json::array({step}));
  EXPECT_THAT(std::vector<float>(values.end() - 5, values.end()), ElementsAre(5, FloatNear(3.2F, 1e-6F), 11, 4, 9));
  EXPECT_THAT(std::vector<float>(values.begin(), values.begin() + 5), ElementsAre(1, 0, 1, 0, 0));
}

TEST(StepsTest, CostsAreOfEveryFeature) {
  const Table table = TableOf({1, 2, 3, 4});
  const auto spec =
      ParsePipeline(nullptr, nullptr,
                    {{"steps", {{{"op", "window"}, {"rows", 2}, {"stats", {"mean", "sd"}}}, {{"op", "row_number"}}}}})
          .value();
  const auto assets = GroupByAsset(table, "", "").value();
  const FeatureCosts costs = MeasureCosts(FittedPipeline::Fit(spec, table, assets).value(), table, assets).value();
  ASSERT_EQ(costs.features.size(), 3u);
  EXPECT_EQ(costs.features.at("x.mean_of_2"), costs.features.at("x.sd_of_2")) << "a step's features share its time";
  EXPECT_GE(costs.features.at("row_number"), 0);
}

TEST(StepsTest, TooManyFeaturesAreRefusedBeforeTheyAreMade) {
  EXPECT_THAT(std::string(Compute(TableOf({1, 2}), {{{"op", "sequence"}, {"rows", 90000}}}).status().message()),
              HasSubstr("90000 features or more; at most 20000"));
}

TEST(StepsTest, MatricesBeyondTheLimitAreRefused) {
  const Table table = TableOf(std::vector<double>(100, 1.0));
  const auto spec = ParsePipeline(nullptr, nullptr, {{"steps", {{{"op", "sequence"}, {"rows", 10}}}}}).value();
  const auto assets = GroupByAsset(table, "", "").value();
  const FittedPipeline pipeline = FittedPipeline::Fit(spec, table, assets).value();
  const absl::Status refused = ComputeFeatures(pipeline, table, assets, {.max_values = 900}).status();
  EXPECT_EQ(refused.code(), absl::StatusCode::kResourceExhausted);
  EXPECT_THAT(std::string(refused.message()), HasSubstr("91 rows of 10 features"));
  EXPECT_THAT(ComputeFeatures(pipeline, table, assets, {.stride = 30, .max_values = 900})->rows, ElementsAre(9, 39, 69, 99));
}

}  // namespace
}  // namespace millwright::learn
