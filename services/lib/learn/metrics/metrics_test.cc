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

TEST(MetricsTest, AlarmRatesAndBrierByHand) {
  const Values truth{1, 1, 0, 0, 0};
  const Values probability{0.9, 0.2, 0.7, 0.1, 0.1};
  const Confusion c = Count(truth, probability, 0.5);
  EXPECT_DOUBLE_EQ(*FalseAlarmRate(c), 1.0 / 3);
  EXPECT_DOUBLE_EQ(*MissedAlarmRate(c), 1.0 / 2);
  EXPECT_DOUBLE_EQ(*Brier(truth, probability), (0.01 + 0.64 + 0.49 + 0.01 + 0.01) / 5);
  EXPECT_FALSE(FalseAlarmRate(Count(Values{1}, Values{1}, 0.5)).has_value());
  EXPECT_FALSE(MissedAlarmRate(Count(Values{0}, Values{1}, 0.5)).has_value());
}

TEST(MetricsTest, PinballLossCostsTheSideThatTheQuantileAvoids) {
  EXPECT_DOUBLE_EQ(*PinballLoss(Values{10, 10}, Values{8, 13}, 0.1), (0.1 * 2 + 0.9 * 3) / 2);
}

TEST(MetricsTest, SeveralClassesByHand) {
  const Values truth{0, 0, 1, 1, 2, 2};
  const Values predicted{0, 1, 1, 1, 2, 0};
  const Values counts = CountClasses(truth, predicted, 3);
  EXPECT_EQ(counts, (Values{1, 1, 0, 0, 2, 0, 1, 0, 1}));
  EXPECT_DOUBLE_EQ(*ClassAccuracy(counts, 3), 4.0 / 6);
  EXPECT_DOUBLE_EQ(*MacroF1(counts, 3), (2 * 1 / 4.0 + 2 * 2 / 5.0 + 2 * 1 / 3.0) / 3);
  EXPECT_DOUBLE_EQ(*BalancedAccuracy(counts, 3), (0.5 + 1 + 0.5) / 3);
  EXPECT_DOUBLE_EQ(*ClassLogLoss(Values{0, 1}, Values{0.5, 0.5, 0.75, 0.25}, 2), -(std::log(0.5) + std::log(0.25)) / 2);
}

TEST(MetricsTest, AClassThatNeverOccursChangesNoMean) {
  const Values counts = CountClasses(Values{0, 1}, Values{0, 1}, 5);
  EXPECT_EQ(*MacroF1(counts, 5), 1);
  EXPECT_EQ(*BalancedAccuracy(counts, 5), 1);
  EXPECT_FALSE(ClassAccuracy(CountClasses({}, {}, 2), 2).has_value());
  EXPECT_FALSE(ClassLogLoss(Values{7}, Values{0.5, 0.5}, 2).has_value());
}

}  // namespace
}  // namespace millwright::learn
