#include "model-registry/domain/gate.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <limits>

namespace millwright::registry {
namespace {

using testing::HasSubstr;

constexpr double kNan = std::numeric_limits<double>::quiet_NaN();

Contender Version(int version, std::vector<Evaluation> evaluations) { return {version, std::move(evaluations)}; }
Evaluation On(const std::string& dataset, std::map<std::string, double> metrics) {
  return {.dataset_version_id = dataset, .metrics = std::move(metrics)};
}
GateRule AtMost(double bound) { return {.metric = "rmse", .bound = bound}; }
GateRule NoWorse(Direction direction = Direction::kMinimize) {
  return {.metric = "rmse", .direction = direction, .no_worse_than_production = true};
}

TEST(GateTest, NoRulesLetEverythingPass) { EXPECT_TRUE(Decide({}, Version(1, {}), std::nullopt).passed); }

TEST(GateTest, AValueAtTheBoundPasses) {
  EXPECT_TRUE(Decide({AtMost(14.5)}, Version(2, {On("d", {{"rmse", 14.5}})}), std::nullopt).passed);
}

TEST(GateTest, AValueOverTheBoundIsRefusedWithTheNumbers) {
  const GateDecision decision = Decide({AtMost(14.5)}, Version(2, {On("d7", {{"rmse", 14.75}})}), std::nullopt);
  ASSERT_FALSE(decision.passed);
  EXPECT_EQ(Refusals(decision), "rmse of version 2 is 14.75 on dataset version d7; at most 14.5 is required");
  EXPECT_EQ(decision.findings[0].value, 14.75);
}

TEST(GateTest, AMaximizedMetricMustReachItsBound) {
  const GateRule rule{.metric = "auc", .direction = Direction::kMaximize, .bound = 0.9};
  EXPECT_TRUE(Decide({rule}, Version(1, {On("d", {{"auc", 0.9}})}), std::nullopt).passed);
  EXPECT_FALSE(Decide({rule}, Version(1, {On("d", {{"auc", 0.89}})}), std::nullopt).passed);
}

TEST(GateTest, AMissingMetricIsRefused) {
  const GateDecision decision = Decide({AtMost(1)}, Version(3, {On("d", {{"mae", 0.1}})}), std::nullopt);
  EXPECT_FALSE(decision.passed);
  EXPECT_EQ(Refusals(decision), "version 3 has no evaluation with rmse, so the gate cannot judge it");
}

TEST(GateTest, NaNNeverPasses) {
  EXPECT_FALSE(Decide({AtMost(1)}, Version(1, {On("d", {{"rmse", kNan}})}), std::nullopt).passed);
  EXPECT_FALSE(Decide({NoWorse()}, Version(1, {On("d", {{"rmse", kNan}})}), std::nullopt).passed);
  EXPECT_FALSE(Decide({NoWorse()}, Version(2, {On("d", {{"rmse", 1}})}), Version(1, {On("d", {{"rmse", kNan}})})).passed);
}

TEST(GateTest, ATieWithProductionPasses) {
  const GateDecision decision = Decide({NoWorse()}, Version(2, {On("d", {{"rmse", 13}})}), Version(1, {On("d", {{"rmse", 13}})}));
  EXPECT_TRUE(decision.passed);
  EXPECT_EQ(decision.findings[0].production_version, 1);
  EXPECT_EQ(decision.findings[0].production_value, 13);
}

TEST(GateTest, WorseThanProductionIsRefusedInEitherDirection) {
  const auto production = Version(1, {On("d", {{"rmse", 13}})});
  EXPECT_THAT(Refusals(Decide({NoWorse()}, Version(2, {On("d", {{"rmse", 13.5}})}), production)),
              HasSubstr("worse than 13 of version 1"));
  EXPECT_FALSE(Decide({NoWorse(Direction::kMaximize)}, Version(2, {On("d", {{"rmse", 12.5}})}), production).passed);
}

TEST(GateTest, AWorseValuePassesWithinTheIntervalOfTheDifference) {
  GateRule rule = NoWorse();
  rule.within_interval = true;
  const auto production = Version(1, {On("d", {{"rmse", 13}})});
  const auto candidate = [](double low, double high, double champion = 1) {
    return Version(
        2, {On("d",
               {{"rmse", 13.2}, {"rmse_difference_low", low}, {"rmse_difference_high", high}, {"champion_version", champion}})});
  };
  const GateDecision decision = Decide({rule}, candidate(-0.3, 0.7), production);
  EXPECT_TRUE(decision.passed);
  EXPECT_THAT(decision.findings[0].message, HasSubstr("not separable from 13 of version 1"));
  EXPECT_FALSE(Decide({rule}, candidate(0.1, 0.3), production).passed) << "separably worse";
  EXPECT_FALSE(Decide({rule}, candidate(-0.3, 0.7, 5), production).passed) << "measured beside another version";
  EXPECT_FALSE(Decide({rule}, candidate(kNan, kNan), production).passed);
  EXPECT_FALSE(Decide({rule}, Version(2, {On("d", {{"rmse", 13.2}})}), production).passed) << "without an interval";
  EXPECT_FALSE(Decide({NoWorse()}, candidate(-0.3, 0.7), production).passed) << "not asked for";
}

TEST(GateTest, ProductionIsComparedOnTheRowsThatNeitherHasSeen) {
  const auto production = Version(1, {On("d", {{"rmse", 1}})});  // on other rows of the dataset
  const auto candidate = [](double own, double champion) {
    return Version(2, {On("d", {{"rmse", 13},
                                {"rmse_on_common", own},
                                {"rmse_champion_on_common", champion},
                                {"champion_version", 1},
                                {"champion_seen_rows", 70}})});
  };
  const GateDecision decision = Decide({NoWorse()}, candidate(12, 12.5), production);
  EXPECT_TRUE(decision.passed) << Refusals(decision);
  EXPECT_EQ(decision.findings[0].production_value, 12.5);
  EXPECT_THAT(decision.findings[0].message, HasSubstr("12 on the rows that both may be compared on, no worse than 12.5"));
  EXPECT_FALSE(Decide({NoWorse()}, candidate(12.6, 12.5), production).passed);
}

TEST(GateTest, ProductionThatWasTrainedOnTheRowsIsRefusedSayingWhatToDo) {
  const auto production = Version(1, {On("d", {{"rmse", 1}})});
  const auto candidate = Version(2, {On("d", {{"rmse", 13}, {"champion_version", 1}, {"champion_seen_rows", 200}})});
  const GateDecision decision = Decide({NoWorse()}, candidate, production);
  EXPECT_FALSE(decision.passed);
  EXPECT_THAT(Refusals(decision), HasSubstr("version 1 in Production or the candidate was trained on 200 of those rows"));
  EXPECT_THAT(Refusals(decision), HasSubstr("evaluate on a dataset that neither was trained on"));
  EXPECT_FALSE(decision.findings[0].production_value);
  EXPECT_TRUE(Decide({AtMost(14)}, candidate, production).passed) << "a bound asks nothing of Production";
}

TEST(GateTest, FiguresOfRowsThatTrainedTheCandidateNeverPass) {
  const auto candidate = Version(1, {On("d", {{"rmse", 1}, {"seen_in_training", 1}})});
  const GateDecision decision = Decide({AtMost(14)}, candidate, std::nullopt);
  EXPECT_FALSE(decision.passed);
  EXPECT_THAT(Refusals(decision), HasSubstr("of rows that it was trained on; evaluate it on rows that it has not seen"));
}

TEST(GateTest, AnEmptyProductionIsNoWorse) {
  EXPECT_TRUE(Decide({NoWorse()}, Version(1, {On("d", {{"rmse", 99}})}), std::nullopt).passed);
}

TEST(GateTest, ProductionMeasuredOnAnotherDatasetIsRefusedSayingSo) {
  const GateDecision decision =
      Decide({NoWorse()}, Version(2, {On("new", {{"rmse", 1}})}), Version(1, {On("old", {{"rmse", 13}})}));
  EXPECT_FALSE(decision.passed);
  EXPECT_THAT(Refusals(decision), HasSubstr("version 1 in Production has no evaluation on that dataset version"));
}

TEST(GateTest, TheNewestEvaluationOfADatasetCounts) {
  const auto candidate = Version(2, {On("d", {{"rmse", 20}}), On("d", {{"rmse", 1}})});
  EXPECT_FALSE(Decide({AtMost(10)}, candidate, std::nullopt).passed);
}

TEST(GateTest, EveryRuleMustPass) {
  const auto candidate = Version(2, {On("d", {{"rmse", 13}, {"auc", 0.5}})});
  const GateRule auc{.metric = "auc", .direction = Direction::kMaximize, .bound = 0.9};
  const GateDecision decision = Decide({AtMost(14), auc}, candidate, std::nullopt);
  EXPECT_FALSE(decision.passed);
  EXPECT_TRUE(decision.findings[0].passed);
  EXPECT_FALSE(decision.findings[1].passed);
}

TEST(GateTest, ARuleThatComparesWithNothingIsInvalid) {
  EXPECT_EQ(CheckRules({{.metric = "rmse"}}).code(), absl::StatusCode::kInvalidArgument);
  EXPECT_EQ(CheckRules({AtMost(kNan)}).code(), absl::StatusCode::kInvalidArgument);
  EXPECT_EQ(CheckRules(std::vector<GateRule>(51, AtMost(1))).code(), absl::StatusCode::kInvalidArgument);
  EXPECT_EQ(CheckRules({{.metric = "rmse", .bound = 1, .within_interval = true}}).code(), absl::StatusCode::kInvalidArgument);
  EXPECT_TRUE(CheckRules({AtMost(1), NoWorse()}).ok());
}

}  // namespace
}  // namespace millwright::registry
