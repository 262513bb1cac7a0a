#include "lib/learn/evaluation/resampling.h"

#include <gtest/gtest.h>

#include <cmath>

#include "lib/learn/evaluation/comparison.h"
#include "lib/learn/evaluation/measures.h"
#include "lib/learn/metrics/metrics.h"
#include "lib/learn/plant/random.h"

namespace millwright::learn {
namespace {

ScoredRows Assets(std::size_t assets, std::size_t rows_each) {
  ScoredRows rows{.has_assets = true, .has_times = true};
  for (std::size_t a = 0; a < assets; ++a) {
    rows.assets.push_back(std::to_string(a));
    for (std::size_t r = 0; r < rows_each; ++r) {
      rows.table_rows.push_back(rows.table_rows.size());
      rows.asset_of.push_back(static_cast<std::uint32_t>(a));
      rows.times.push_back(static_cast<double>(r));
    }
  }
  return rows;
}

TEST(ResamplingTest, DrawsWholeAssetsWhereThereAreEnough) {
  const ResamplingUnits units = MakeUnits(Assets(6, 10), {});
  EXPECT_EQ(units.by, ResamplingOptions::By::kAsset);
  EXPECT_EQ(units.count, 6u);
  EXPECT_EQ(units.of_row[9], 0u);
  EXPECT_EQ(units.of_row[10], 1u);
}

TEST(ResamplingTest, DrawsBlocksOfTimeOfFewAssetsAndNoBlockSpansTwo) {
  const ResamplingUnits units = MakeUnits(Assets(2, 105), {.blocks = 10});
  EXPECT_EQ(units.by, ResamplingOptions::By::kBlock);
  EXPECT_EQ(units.count, 10u);
  EXPECT_NE(units.of_row[104], units.of_row[105]);
  ScoredRows one = Assets(1, 100);
  one.has_assets = false;
  EXPECT_EQ(MakeUnits(one, {.by = ResamplingOptions::By::kAsset}).by, ResamplingOptions::By::kBlock);
}

TEST(ResamplingTest, OnlyAssetsThatHaveRowsCount) {
  const ScoredRows rows = Assets(10, 10);
  std::vector<std::size_t> of_two;
  for (std::size_t i = 0; i < 20; ++i) of_two.push_back(i);
  EXPECT_EQ(MakeUnits(Select(rows, of_two), {}).by, ResamplingOptions::By::kBlock);
}

TEST(ResamplingTest, DrawsSingleRowsWithoutAssetsAndTimes) {
  ScoredRows rows = Assets(1, 40);
  rows.has_assets = rows.has_times = false;
  EXPECT_EQ(MakeUnits(rows, {}).count, 40u);
}

TEST(ResamplingTest, EachResampleDrawsAsManyUnitsAsThereAreAndTheSeedDecidesWhich) {
  std::vector<std::vector<double>> first;
  ForEachResample(7, {.resamples = 100, .seed = 3}, [&](auto weights) { first.emplace_back(weights.begin(), weights.end()); });
  ASSERT_EQ(first.size(), 100u);
  for (const std::vector<double>& weights : first) {
    double sum = 0;
    for (const double weight : weights) sum += weight;
    EXPECT_EQ(sum, 7);
  }
  std::size_t i = 0;
  ForEachResample(7, {.resamples = 100, .seed = 3},
                  [&](auto weights) { EXPECT_TRUE(std::equal(weights.begin(), weights.end(), first[i++].begin())); });
}

TEST(ResamplingTest, PercentilesOfKnownValues) {
  std::vector<double> values;
  for (int i = 0; i <= 1000; ++i) values.push_back(i);
  const auto interval = PercentileInterval(values, 0.9);
  ASSERT_TRUE(interval.has_value());
  EXPECT_DOUBLE_EQ(interval->low, 50);
  EXPECT_DOUBLE_EQ(interval->high, 950);
  EXPECT_FALSE(PercentileInterval(std::vector<double>(100, std::nan("")), 0.9).has_value());
  EXPECT_FALSE(PercentileInterval({1, 2, 3}, 0.9).has_value());
}

HeadRows Alarm(std::vector<double> truth, std::vector<double> predicted) {
  HeadRows head{.name = "alarm", .target = {.kind = TargetSpec::Kind::kClass, .column = "y"}};
  head.threshold = 0.5;
  head.truth = std::move(truth);
  head.predicted = std::move(predicted);
  return head;
}

TEST(MeasuresTest, AWeightCountsAUnitAsOftenAsRepeatingItsRows) {
  plant::Random random(5);
  const std::vector<double> weights{2, 0, 1, 3};
  std::vector<double> truth;
  std::vector<double> predicted;
  std::vector<std::uint32_t> unit_of;
  std::vector<double> repeated_truth;
  std::vector<double> repeated;
  for (std::uint32_t i = 0; i < 80; ++i) {
    unit_of.push_back(i % 4);
    truth.push_back(random.Chance(0.4) ? 1 : 0);
    predicted.push_back(std::round(random.Uniform() * 20) / 20);  // with ties
    for (double w = 0; w < weights[i % 4]; ++w) {
      repeated_truth.push_back(truth.back());
      repeated.push_back(predicted.back());
    }
  }
  const Measures measures(Alarm(truth, predicted), unit_of, 4, nullptr);
  const std::vector<double> values = measures.Compute(weights);
  std::map<std::string, double> by_name;
  for (std::size_t m = 0; m < values.size(); ++m) by_name[measures.measures()[m].name] = values[m];
  const Confusion confusion = Count(repeated_truth, repeated, 0.5);
  EXPECT_NEAR(by_name.at("auc"), *RocAuc(repeated_truth, repeated), 1e-12);
  EXPECT_NEAR(by_name.at("pr_auc"), *PrAuc(repeated_truth, repeated), 1e-12);
  EXPECT_NEAR(by_name.at("f1"), *F1(confusion), 1e-12);
  EXPECT_NEAR(by_name.at("logloss"), *LogLoss(repeated_truth, repeated), 1e-12);
  EXPECT_NEAR(by_name.at("brier"), *Brier(repeated_truth, repeated), 1e-12);
}

HeadRows Regression(std::vector<double> truth, std::vector<double> predicted) {
  HeadRows head{.name = "y", .target = {.kind = TargetSpec::Kind::kColumn, .column = "y"}};
  head.truth = std::move(truth);
  head.predicted = std::move(predicted);
  return head;
}

TEST(MeasuresTest, RegressionMatchesTheMetrics) {
  const HeadRows head = Regression({1000001, 1000002, 1000004}, {1000002, 1000002, 1000003});
  const Measures measures(head, std::vector<std::uint32_t>{0, 1, 2}, 3, nullptr);
  const std::vector<double> values = measures.Compute();
  EXPECT_NEAR(values[0], *Rmse(head.truth, head.predicted), 1e-12);
  EXPECT_NEAR(values[1], *Mae(head.truth, head.predicted), 1e-12);
  EXPECT_NEAR(values[2], *R2(head.truth, head.predicted), 1e-9);
}

// A mean of 40 draws per asset: its error is known, so the interval's coverage can be counted.
TEST(ComparisonTest, TheIntervalCoversTheTrueErrorAboutAsOftenAsItSays) {
  int covered = 0;
  for (std::uint64_t seed = 0; seed < 100; ++seed) {
    plant::Random random(seed);
    const ScoredRows rows = Assets(40, 5);
    std::vector<double> truth;
    std::vector<double> predicted;
    for (std::size_t i = 0; i < rows.table_rows.size(); ++i) {
      truth.push_back(random.Normal());
      predicted.push_back(truth.back() + random.Normal());
    }
    const nlohmann::json metrics =
        CompareMetrics(Regression(truth, predicted), nullptr, MakeUnits(rows, {}), {.resamples = 300}, nullptr);
    if (metrics["rmse"]["low"] <= 1.0 && metrics["rmse"]["high"] >= 1.0) ++covered;
  }
  EXPECT_GE(covered, 85);
  EXPECT_LE(covered, 100);
}

TEST(ComparisonTest, APairedDifferenceSeparatesWhatTwoIntervalsCannot) {
  plant::Random random(1);
  const ScoredRows rows = Assets(30, 20);
  std::vector<double> truth;
  std::vector<double> good;
  std::vector<double> bad;
  for (std::size_t i = 0; i < rows.table_rows.size(); ++i) {
    const double hardness = 1 + 5 * (rows.asset_of[i] % 3);
    const double error = hardness * random.Normal();
    truth.push_back(0);
    good.push_back(error);
    bad.push_back(error * 1.1);
  }
  ScoredTable champion{.rows = rows, .heads = {Regression(truth, bad)}};
  const HeadRows challenger = Regression(truth, good);
  const auto opponent = FindOpponent(rows, challenger, champion);
  ASSERT_TRUE(opponent.has_value());
  nlohmann::json rmse = CompareMetrics(challenger, &*opponent, MakeUnits(rows, {}), {}, nullptr)["rmse"];
  EXPECT_EQ(rmse["verdict"], "better");
  EXPECT_LT(rmse["difference"]["high"], 0);
  EXPECT_LT(rmse["champion"]["low"], rmse["high"]) << "the two intervals overlap";

  champion.heads[0].predicted = good;
  const auto itself = FindOpponent(rows, challenger, champion);
  EXPECT_EQ(CompareMetrics(challenger, &*itself, MakeUnits(rows, {}), {}, nullptr)["rmse"]["verdict"], "not separable");
}

TEST(ComparisonTest, OnlyRowsThatBothScoredAreCompared) {
  const ScoredRows rows = Assets(6, 2);
  HeadRows challenger = Regression(std::vector<double>(12, 0), std::vector<double>(12, 1));
  challenger.predicted[0] = 100;
  std::vector<std::size_t> later;
  for (std::size_t i = 1; i < 12; ++i) later.push_back(i);
  const ScoredTable champion{.rows = Select(rows, later),
                             .heads = {Regression(std::vector<double>(11, 0), std::vector<double>(11, 1))}};
  const auto opponent = FindOpponent(rows, challenger, champion);
  ASSERT_TRUE(opponent.has_value());
  EXPECT_EQ(opponent->rows.size(), 11u);
  const nlohmann::json rmse = CompareMetrics(challenger, &*opponent, MakeUnits(rows, {}), {}, nullptr)["rmse"];
  EXPECT_GT(rmse["value"], 20);
  EXPECT_EQ(rmse["challenger_on_common"], 1);
  EXPECT_EQ(rmse["difference"]["value"], 0);
}

}  // namespace
}  // namespace millwright::learn
