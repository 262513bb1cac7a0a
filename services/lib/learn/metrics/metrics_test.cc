#include "lib/learn/metrics/metrics.h"

#include <gtest/gtest.h>

#include <cmath>
#include <vector>

namespace millwright::learn {
namespace {

using Values = std::vector<double>;

TEST(MetricsTest, RegressionByHand) {
  const Values truth{1, 2, 3};
  const Values predicted{2, 2, 1};
  EXPECT_DOUBLE_EQ(*Rmse(truth, predicted), std::sqrt(5.0 / 3));
  EXPECT_DOUBLE_EQ(*Mae(truth, predicted), 1);
  EXPECT_DOUBLE_EQ(*R2(truth, predicted), 1 - 5.0 / 2);
  EXPECT_DOUBLE_EQ(*WeightedRmse(truth, predicted), std::sqrt((2 * 1 + 0 + 4) / 4.0));
  EXPECT_FALSE(R2(Values{2, 2}, Values{1, 3}).has_value());
  EXPECT_FALSE(Rmse({}, {}).has_value());
  EXPECT_TRUE(std::isnan(*Rmse(Values{1}, Values{std::nan("")})));
}

TEST(MetricsTest, PhmScoreCostsALateAlarmMore) {
  EXPECT_DOUBLE_EQ(*PhmScore(Values{100}, Values{110}), std::exp(1.0) - 1);
  EXPECT_DOUBLE_EQ(*PhmScore(Values{100}, Values{87}), std::exp(1.0) - 1);
  EXPECT_DOUBLE_EQ(*PhmScore(Values{1, 2}, Values{1, 2}), 0);
}

TEST(MetricsTest, ClassesByHand) {
  const Values truth{1, 1, 1, 0, 0, 0, 0, 0};
  const Values probability{0.9, 0.8, 0.2, 0.7, 0.1, 0.1, 0.1, 0.1};
  const Confusion c = Count(truth, probability, 0.5);
  EXPECT_EQ(c.true_positives, 2);
  EXPECT_EQ(c.false_positives, 1);
  EXPECT_EQ(c.true_negatives, 4);
  EXPECT_EQ(c.false_negatives, 1);
  EXPECT_DOUBLE_EQ(*Accuracy(c), 6.0 / 8);
  EXPECT_DOUBLE_EQ(*Precision(c), 2.0 / 3);
  EXPECT_DOUBLE_EQ(*Recall(c), 2.0 / 3);
  EXPECT_DOUBLE_EQ(*F1(c), 2.0 / 3);
  EXPECT_DOUBLE_EQ(*Mcc(c), (2 * 4 - 1 * 1) / std::sqrt(3.0 * 3 * 5 * 5));
  EXPECT_DOUBLE_EQ(*RocAuc(truth, probability), 14.0 / 15);
  EXPECT_DOUBLE_EQ(*PrAuc(truth, probability), 1.0 / 3 + 1.0 / 3 + (1.0 / 3) * (3.0 / 4));
  EXPECT_DOUBLE_EQ(BestF1Threshold(truth, probability), 0.2);
}

TEST(MetricsTest, TiesCountHalfAndOneClassHasNoAuc) {
  EXPECT_DOUBLE_EQ(*RocAuc(Values{0, 1, 0, 1}, Values{0.5, 0.5, 0.5, 0.5}), 0.5);
  EXPECT_DOUBLE_EQ(*PrAuc(Values{0, 1, 0, 1}, Values{0.5, 0.5, 0.5, 0.5}), 0.5);
  EXPECT_FALSE(RocAuc(Values{1, 1}, Values{0.1, 0.2}).has_value());
  EXPECT_FALSE(PrAuc(Values{0, 0}, Values{0.1, 0.2}).has_value());
  EXPECT_EQ(*Mcc(Count(Values{0, 0}, Values{0.1, 0.2}, 0.5)), 0);
}

TEST(MetricsTest, LogLossByHandAndBounded) {
  EXPECT_DOUBLE_EQ(*LogLoss(Values{1, 0}, Values{0.8, 0.4}), -(std::log(0.8) + std::log1p(-0.4)) / 2);
  EXPECT_LT(*LogLoss(Values{1}, Values{0}), 40);
}

}  // namespace
}  // namespace millwright::learn
