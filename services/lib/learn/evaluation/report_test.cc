#include "lib/learn/evaluation/report.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "lib/learn/plant/random.h"
#include "lib/learn/testing.h"

namespace millwright::learn {
namespace {

using testing::HasSubstr;

// Twenty pumps of fifty rows at two sites and two speeds.
struct Fleet {
  Table table;
  PipelineSpec pipeline{.asset_column = "pump", .time_column = "time"};
  ScoredTable scored;

  Fleet() {
    std::vector<std::string> pumps;
    std::vector<std::string> sites;
    std::vector<double> times;
    std::vector<double> speeds;
    plant::Random random(7);
    scored.rows = {.has_assets = true, .has_times = true};
    for (std::uint32_t p = 0; p < 20; ++p) {
      scored.rows.assets.push_back("pump " + std::to_string(p));
      for (int i = 0; i < 50; ++i) {
        scored.rows.table_rows.push_back(pumps.size());
        scored.rows.asset_of.push_back(p);
        pumps.push_back(scored.rows.assets.back());
        sites.push_back(p < 12 ? "north" : "south");
        times.push_back(i);
        speeds.push_back((i % 2 == 0 ? 1000 : 3000) + random.Uniform());
      }
    }
    scored.rows.times = times;
    EXPECT_TRUE(table.AddColumn(Texts("pump", pumps)).ok());
    EXPECT_TRUE(table.AddColumn(Texts("site", sites, ColumnRole::kSetting)).ok());
    EXPECT_TRUE(table.AddColumn(Numbers("time", times, ColumnRole::kTime)).ok());
    EXPECT_TRUE(table.AddColumn(Numbers("speed", speeds)).ok());
  }
  void AddAlarmHead() {
    plant::Random random(8);
    HeadRows head{.name = "leak", .target = {.kind = TargetSpec::Kind::kClass, .column = "leak"}};
    head.threshold = 0.5;
    for (const double time : scored.rows.times) {
      head.truth.push_back(time >= 40 ? 1 : 0);
      head.predicted.push_back((head.truth.back() + random.Uniform()) / 2);
    }
    scored.heads.push_back(std::move(head));
  }
  void AddRulHead(double noise) {
    plant::Random random(9);
    HeadRows head{.name = "rul", .target = {.kind = TargetSpec::Kind::kRul, .cap = 30}};
    for (const double time : scored.rows.times) {
      head.truth.push_back(49 - time);
      head.predicted.push_back(std::min(30.0, head.truth.back()) + noise * random.Normal());
    }
    scored.heads.push_back(std::move(head));
  }
};

TEST(ReportTest, AnAlarmHeadHasEveryPart) {
  Fleet fleet;
  fleet.AddAlarmHead();
  const ReportOptions options =
      ParseReportOptions({{"slices", {{{"column", "site"}}, {{"name", "speed"}, {"columns", {"speed"}}, {"tolerance", {5}}}}},
                          {"costs", {{"false_alarm", 1}, {"missed_alarm", 100}}}},
                         "options")
          .value();
  const auto report = EvaluationReport(fleet.table, fleet.pipeline, fleet.scored, nullptr, options);
  ASSERT_TRUE(report.ok()) << report.status();
  const nlohmann::json& head = (*report)["heads"][0];
  EXPECT_EQ(head["units"], 20);
  EXPECT_EQ(head["rows"], 1000);
  EXPECT_LE(head["metrics"]["f1"]["low"], head["metrics"]["f1"]["value"]);
  EXPECT_GE(head["metrics"]["f1"]["high"], head["metrics"]["f1"]["value"]);
  EXPECT_EQ(head["metrics"]["auc"]["value"], 1.0);
  ASSERT_EQ(head["slices"].size(), 4u);
  EXPECT_EQ(head["slices"][0]["value"], "north");
  EXPECT_EQ(head["slices"][0]["rows"], 600);
  EXPECT_EQ(head["slices"][0]["assets"], 12);
  EXPECT_THAT(head["slices"][2]["value"].get<std::string>(), HasSubstr("speed about"));
  EXPECT_EQ(head["alarms"]["windows"], 20);
  EXPECT_EQ(head["alarms"]["recall"], 1.0);
  EXPECT_EQ(head["calibration"]["bins"].size(), 10u);
  EXPECT_EQ(head["confusion"]["counts"][1][0].get<int>() + head["confusion"]["counts"][1][1].get<int>(), 200);
  EXPECT_LE(head["costs"]["cheapest_cost"], head["costs"]["cost"]);
  EXPECT_EQ(head["baselines"][0]["metrics"]["auc"], 0.5);
  EXPECT_FALSE(report->contains("verdict"));
  EXPECT_EQ(MetricsOf(*report).at("alarm_windows"), 20);
}

TEST(ReportTest, ARemainingLifeHasTrajectoriesResidualsAndAnInterval) {
  Fleet fleet;
  fleet.AddRulHead(2);
  for (const auto& [name, shift] : {std::pair("low", -3.0), {"high", 3.0}}) {
    HeadRows head = fleet.scored.heads[0];
    head.name = name;
    for (double& p : head.predicted) p += shift;
    fleet.scored.heads.push_back(std::move(head));
  }
  const ReportOptions options =
      ParseReportOptions({{"interval", {{"low", "low"}, {"high", "high"}}}, {"primary_metric", "rmse_cut"}}, "options").value();
  const auto report = EvaluationReport(fleet.table, fleet.pipeline, fleet.scored, nullptr, options);
  ASSERT_TRUE(report.ok()) << report.status();
  const nlohmann::json& head = (*report)["heads"][0];
  EXPECT_EQ(head["primary_metric"], "rmse_cut");
  EXPECT_NEAR(head["metrics"]["rmse_cut"]["value"], 2, 0.2);
  EXPECT_GT(head["metrics"]["rmse_uncut"]["value"], head["metrics"]["rmse_cut"]["value"]);
  EXPECT_EQ(head["trajectories"].size(), 8u);
  EXPECT_EQ(head["trajectories"][0]["low"].size(), 50u);
  EXPECT_EQ(head["interval"]["nominal"], 0.8);
  EXPECT_GT(head["interval"]["coverage"], 0.3);
  EXPECT_NEAR(head["interval"]["mean_width"], 6, 1e-9);
  EXPECT_EQ(head["sample"].size(), 1000u);
}

TEST(ReportTest, AChampionIsComparedOnTheSameRowsAndSlices) {
  Fleet challenger;
  challenger.AddRulHead(1);
  Fleet champion;
  champion.AddRulHead(4);
  const ReportOptions options =
      ParseReportOptions({{"slices", {{{"column", "site"}}}}, {"primary_metric", "rmse_cut"}}, "options").value();
  const auto report = EvaluationReport(challenger.table, challenger.pipeline, challenger.scored, &champion.scored, options);
  ASSERT_TRUE(report.ok()) << report.status();
  EXPECT_EQ((*report)["verdict"], "better");
  const nlohmann::json& head = (*report)["heads"][0];
  EXPECT_LT(head["metrics"]["rmse_cut"]["difference"]["high"], 0);
  EXPECT_EQ(head["slices"][0]["primary"]["verdict"], "better");
  EXPECT_NEAR(head["slices"][0]["champion_metrics"]["rmse_cut"], 4, 0.5);
  EXPECT_EQ(DifferencesOf(*report).at("rmse_cut_difference_high"), head["metrics"]["rmse_cut"]["difference"]["high"]);
  const auto reversed = EvaluationReport(challenger.table, challenger.pipeline, champion.scored, &challenger.scored, options);
  EXPECT_EQ((*reversed)["verdict"], "worse");
}

TEST(ReportTest, WhereTheChampionHasNotScoredEveryRowTheGateGetsBothValuesOnTheCommonOnes) {
  Fleet challenger;
  challenger.AddRulHead(2);
  Fleet champion;
  champion.AddRulHead(4);
  std::vector<bool> mask(1000);
  for (std::size_t row = 0; row < 1000; ++row) mask[row] = row % 3 == 0;
  const ScoredTable part = Keep(champion.scored, mask);
  const auto report = EvaluationReport(challenger.table, challenger.pipeline, challenger.scored, &part, {});
  ASSERT_TRUE(report.ok()) << report.status();
  const std::map<std::string, double> found = DifferencesOf(*report);
  const nlohmann::json& metric = (*report)["heads"][0]["metrics"]["rmse_cut"];
  EXPECT_EQ((*report)["heads"][0]["common_rows"], 334);
  EXPECT_EQ(found.at("rmse_cut_on_common"), metric["challenger_on_common"]);
  EXPECT_EQ(found.at("rmse_cut_champion_on_common"), metric["champion"]["value"]);
  EXPECT_NE(found.at("rmse_cut_on_common"), metric["value"]);

  const auto all = EvaluationReport(challenger.table, challenger.pipeline, challenger.scored, &champion.scored, {});
  EXPECT_FALSE(DifferencesOf(*all).contains("rmse_cut_on_common"));
}

TEST(ReportTest, AssetsThatCouldNotBeScoredAreNamed) {
  Fleet fleet;
  fleet.AddRulHead(2);
  fleet.scored.unscored = {"pump 20", "pump 21"};
  fleet.scored.min_rows = 30;
  const auto report = EvaluationReport(fleet.table, fleet.pipeline, fleet.scored, nullptr, {});
  ASSERT_TRUE(report.ok()) << report.status();
  EXPECT_EQ((*report)["unscored"]["count"], 2);
  EXPECT_EQ((*report)["unscored"]["assets"][1], "pump 21");
  EXPECT_THAT((*report)["warnings"][0].get<std::string>(), HasSubstr("30 rows of history"));
}

TEST(ReportTest, TheSameInputGivesTheSameBoundedDocument) {
  Fleet fleet;
  fleet.AddAlarmHead();
  fleet.AddRulHead(2);
  const auto first = EvaluationReport(fleet.table, fleet.pipeline, fleet.scored, nullptr, {});
  const auto second = EvaluationReport(fleet.table, fleet.pipeline, fleet.scored, nullptr, {});
  EXPECT_EQ(first->dump(), second->dump());
  EXPECT_LT(first->dump().size(), 400'000u);
}

TEST(ReportTest, SeveralClassesHaveACostMatrixOfTheirOwn) {
  Fleet fleet;
  HeadRows head{.name = "state",
                .target = {.kind = TargetSpec::Kind::kClasses, .column = "state", .labels = {"up", "same", "down"}}};
  head.labels = head.target.labels;
  for (std::size_t i = 0; i < fleet.scored.rows.table_rows.size(); ++i) {
    const std::size_t answer = i % 7 == 0 ? 0 : i % 3;
    head.truth.push_back(static_cast<double>(i % 3));
    head.predicted.push_back(static_cast<double>(answer));
    for (std::size_t c = 0; c < 3; ++c) head.probabilities.push_back(c == answer ? 0.8 : 0.1);
  }
  fleet.scored.heads.push_back(std::move(head));
  const ReportOptions options =
      ParseReportOptions({{"costs", {{"matrix", {{0, 1, 5}, {1, 0, 1}, {5, 1, 0}}}}}}, "options").value();
  const auto report = EvaluationReport(fleet.table, fleet.pipeline, fleet.scored, &fleet.scored, options);
  ASSERT_TRUE(report.ok()) << report.status();
  const nlohmann::json& of = (*report)["heads"][0];
  EXPECT_EQ(of["primary_metric"], "macro_f1");
  EXPECT_EQ(of["confusion"]["labels"], nlohmann::json({"up", "same", "down"}));
  EXPECT_NEAR(of["metrics"]["accuracy"]["value"], 1 - 2.0 / 21, 0.01);
  EXPECT_NEAR(of["calibration"]["bins"][8]["observed"], 1 - 2.0 / 21, 0.01);
  EXPECT_NEAR(of["costs"]["cost"], (1 + 5) / 21.0, 0.01);
  EXPECT_EQ(of["metrics"]["cost"]["value"], of["costs"]["cost"]);
  EXPECT_EQ(of["baselines"][0]["metrics"]["macro_f1"].get<double>() < 0.2, true);
  EXPECT_EQ((*report)["verdict"], "not separable");
}

TEST(ReportTest, AnAnomalyWithoutTruthHasItsScoresAndWithTruthItsAlarms) {
  Fleet fleet;
  HeadRows head{.name = "odd", .target = {.kind = TargetSpec::Kind::kReconstruction, .column = "leak"}};
  head.threshold = 2;
  for (const double time : fleet.scored.rows.times) {
    head.truth.push_back(std::nan(""));
    head.predicted.push_back(time >= 42 ? 3 : 1);
  }
  fleet.scored.heads.push_back(head);
  const auto without = EvaluationReport(fleet.table, fleet.pipeline, fleet.scored, nullptr, {});
  ASSERT_TRUE(without.ok()) << without.status();
  EXPECT_EQ((*without)["heads"][0]["scores"]["count"], 1000);
  EXPECT_EQ(MetricsOf(*without).at("n"), 0);
  for (std::size_t i = 0; i < head.truth.size(); ++i) head.truth[i] = fleet.scored.rows.times[i] >= 40 ? 1 : 0;
  fleet.scored.heads[0] = head;
  const auto with = EvaluationReport(fleet.table, fleet.pipeline, fleet.scored, nullptr, {});
  ASSERT_TRUE(with.ok()) << with.status();
  EXPECT_EQ((*with)["heads"][0]["metrics"]["far"]["value"], 0);
  EXPECT_NEAR((*with)["heads"][0]["metrics"]["mar"]["value"], 0.2, 1e-12);
  EXPECT_FALSE((*with)["heads"][0]["metrics"].contains("brier"));
  EXPECT_EQ((*with)["heads"][0]["alarms"]["delay"]["median"], 2);
}

TEST(ReportTest, QuantileHeadsMakeAnIntervalByThemselves) {
  Fleet fleet;
  fleet.AddRulHead(2);
  for (const auto& [name, level, shift] : {std::tuple("p10", 0.1, -3.0), {"p90", 0.9, 3.0}}) {
    HeadRows head = fleet.scored.heads[0];
    head.name = name;
    head.quantile = level;
    for (double& p : head.predicted) p += shift;
    fleet.scored.heads.push_back(std::move(head));
  }
  const auto report = EvaluationReport(fleet.table, fleet.pipeline, fleet.scored, nullptr, {});
  ASSERT_TRUE(report.ok()) << report.status();
  EXPECT_EQ((*report)["heads"][0]["interval"]["low"], "p10");
  EXPECT_DOUBLE_EQ((*report)["heads"][0]["interval"]["nominal"], 0.8);
  const nlohmann::json small = WithoutRows(*report);
  EXPECT_FALSE(small["heads"][0].contains("sample"));
  EXPECT_TRUE(small["heads"][0].contains("residuals"));
}

TEST(ReportTest, OptionsAreStrict) {
  const auto refusal = [](const nlohmann::json& json) {
    return std::string(ParseReportOptions(json, "with.options").status().message());
  };
  EXPECT_THAT(refusal({{"splitt", "test"}}), HasSubstr("with.options.splitt: unknown key"));
  EXPECT_THAT(refusal({{"split", "tset"}}),
              HasSubstr("with.options.split: \"tset\" must be one of all, train, validation, test"));
  EXPECT_THAT(refusal({{"resampling", {{"by", "pump"}}}}), HasSubstr("with.options.resampling.by"));
  EXPECT_THAT(refusal({{"resampling", {{"resamples", 5}}}}), HasSubstr("whole number from 100 to 10000"));
  EXPECT_THAT(refusal({{"costs", {{"missed_alarm", 1}}}}), HasSubstr("with.options.costs.false_alarm: is missing"));
  EXPECT_THAT(refusal({{"costs", {{"matrix", {{0, 1}}}}}}), HasSubstr("with.options.costs.matrix: must be a square list"));
  EXPECT_THAT(refusal({{"slices", {{{"columns", {"a", "b"}}, {"tolerance", {1}}}}}}),
              HasSubstr("with.options.slices[0].tolerance"));
  EXPECT_THAT(refusal({{"slices", {nlohmann::json::object()}}}), HasSubstr("with.options.slices[0].column"));
}

TEST(ReportTest, AColumnOrMetricThatIsNotThereIsNamed) {
  Fleet fleet;
  fleet.AddAlarmHead();
  const auto of = [&](const nlohmann::json& json) {
    const ReportOptions options = ParseReportOptions(json, "options").value();
    return std::string(EvaluationReport(fleet.table, fleet.pipeline, fleet.scored, nullptr, options).status().message());
  };
  EXPECT_THAT(of({{"slices", {{{"column", "plant"}}}}}), HasSubstr("plant"));
  EXPECT_THAT(of({{"primary_metric", "rmse"}}), HasSubstr("primary_metric: \"rmse\" must be one of"));
}

TEST(CostsTest, TheCheapestThresholdWeighsMissedAgainstFalseAlarms) {
  const std::vector<double> truth{1, 0, 1, 0};
  const std::vector<double> score{0.9, 0.8, 0.3, 0.1};
  HeadRows head{.name = "leak", .target = {.kind = TargetSpec::Kind::kClass, .column = "leak"}};
  head.threshold = 0.5;
  head.truth = truth;
  head.predicted = score;
  const auto dear_misses = ParseCosts({{"false_alarm", 1}, {"missed_alarm", 10}}, "costs").value();
  EXPECT_EQ(CostReport(head, dear_misses)["cheapest_threshold"], 0.3);
  EXPECT_EQ(CostReport(head, dear_misses)["cheapest_cost"], 0.25);
  EXPECT_EQ(CostReport(head, dear_misses)["cost"], 11.0 / 4);
  EXPECT_EQ(CostReport(head, dear_misses)["cost_always_silent"], 5);
  EXPECT_EQ(CostReport(head, dear_misses)["cost_always_alarming"], 0.5);
  const auto dear_alarms = ParseCosts({{"false_alarm", 10}, {"missed_alarm", 1}, {"true_alarm", 2}}, "costs").value();
  EXPECT_TRUE(CostReport(head, dear_alarms)["cheapest_threshold"].is_null());
}

}  // namespace
}  // namespace millwright::learn
