#include "lib/learn/evaluation/alarms.h"

#include <gtest/gtest.h>

#include "lib/learn/evaluation/alarm_rows.h"
#include "lib/learn/testing.h"

namespace millwright::learn {
namespace {

AlarmSeries Series(std::vector<bool> alarms) {
  AlarmSeries series;
  for (std::size_t i = 0; i < alarms.size(); ++i) series.times.push_back(static_cast<double>(i));
  series.is_judged.assign(alarms.size(), true);
  series.alarms = std::move(alarms);
  return series;
}

TEST(AlarmsTest, ARunOfAlarmsIsOneEpisode) {
  const auto episodes = FindEpisodes(Series({false, true, true, false, true}), {});
  ASSERT_EQ(episodes.size(), 2u);
  EXPECT_EQ(episodes[0].start, 1);
  EXPECT_EQ(episodes[0].end, 2);
  EXPECT_EQ(episodes[1].start, 4);
}

TEST(AlarmsTest, PersistenceRaisesAnAlarmAtItsLastRow) {
  const auto episodes = FindEpisodes(Series({true, true, false, true, true, true, true}), {.persistence = 3});
  ASSERT_EQ(episodes.size(), 1u);
  EXPECT_EQ(episodes[0].start, 5);
  EXPECT_EQ(episodes[0].end, 6);
}

TEST(AlarmsTest, NearEpisodesAreOne) {
  const AlarmSeries series = Series({true, false, false, true, false, false, false, true});
  EXPECT_EQ(FindEpisodes(series, {.merge_gap = 3}).size(), 2u);
  EXPECT_EQ(FindEpisodes(series, {.merge_gap = 4}).size(), 1u);
}

TEST(AlarmsTest, AnEpisodeThatStartsOutsideEveryWindowIsFalseEvenWhenItReachesOne) {
  const AlarmJudgement judgement =
      Judge({{.start = 1, .end = 6}, {.start = 12, .end = 13}, {.start = 30, .end = 30}},
            {{.start = 5, .end = 10, .failure = 10}, {.start = 11, .end = 20, .failure = 20}, {.start = 40, .end = 50}});
  EXPECT_EQ(judgement.false_alarms(), 2u);
  EXPECT_EQ(judgement.detected(), 2u);
  EXPECT_EQ(judgement.alarmed_at[0], 1);
  EXPECT_EQ(judgement.alarmed_at[1], 12);
  EXPECT_FALSE(judgement.alarmed_at[2].has_value());
  const std::string assets[] = {"a"};
  const nlohmann::json report = AlarmReport(judgement, {}, assets);
  EXPECT_EQ(report["precision"], 1.0 / 3);
  EXPECT_EQ(report["recall"], 2.0 / 3);
  EXPECT_EQ(report["lead_time"]["min"], 8);
  EXPECT_EQ(report["lead_time"]["max"], 9);
}

TEST(AlarmsTest, AnotherAssetsWindowExcusesNothing) {
  EXPECT_EQ(Judge({{.asset = 1, .start = 5, .end = 6}}, {{.asset = 0, .start = 0, .end = 10}}).false_alarms(), 1u);
}

TEST(AlarmsTest, AnAlarmWhoseFutureIsUnknownIsNeitherRightNorFalse) {
  const AlarmJudgement judgement = Judge({{.start = 5, .end = 6, .is_judged = false}}, {});
  EXPECT_EQ(judgement.false_alarms(), 0u);
  EXPECT_EQ(judgement.judged(), 0u);
}

// Two pumps of ten rows; pump a fails at 8.
struct Fleet {
  Table table;
  ScoredRows rows;
  PipelineSpec pipeline{.asset_column = "pump", .time_column = "time"};
  Fleet() {
    std::vector<std::string> pumps(20, "a");
    std::fill(pumps.begin() + 10, pumps.end(), "b");
    std::vector<double> times;
    for (int i = 0; i < 20; ++i) times.push_back(i % 10);
    std::vector<double> failure(20);
    failure[8] = 1;
    EXPECT_TRUE(table.AddColumn(Texts("pump", pumps)).ok());
    EXPECT_TRUE(table.AddColumn(Numbers("time", times, ColumnRole::kTime)).ok());
    EXPECT_TRUE(table.AddColumn(Numbers("failure", failure, ColumnRole::kLabel)).ok());
    rows = {.has_assets = true, .has_times = true, .assets = {"a", "b"}, .times = times};
    for (std::size_t i = 0; i < 20; ++i) {
      rows.table_rows.push_back(i);
      rows.asset_of.push_back(i < 10 ? 0 : 1);
    }
  }
};

TEST(AlarmRowsTest, LeadTimeRunsFromTheAlarmToTheFailure) {
  const Fleet fleet;
  HeadRows head{.name = "failure", .target = {.kind = TargetSpec::Kind::kFailureWithin, .column = "failure", .horizon = 4}};
  head.threshold = 0.5;
  head.truth.assign(20, 0);
  for (const std::size_t i : {4, 5, 6, 7}) head.truth[i] = 1;
  head.predicted.assign(20, 0.1);
  head.predicted[5] = head.predicted[6] = head.predicted[13] = 0.9;
  const auto judgement = JudgeAlarms(fleet.table, fleet.pipeline, fleet.rows, head, {});
  ASSERT_TRUE(judgement.ok() && judgement->has_value()) << judgement.status();
  const nlohmann::json report = AlarmReport(**judgement, {}, fleet.rows.assets);
  EXPECT_EQ(report["windows"], 1);
  EXPECT_EQ(report["detected"], 1);
  EXPECT_EQ(report["false_alarms"], 1);
  EXPECT_EQ(report["lead_time"]["median"], 3);
  EXPECT_EQ(report["delay"]["median"], 1);
}

TEST(AlarmRowsTest, ARemainingLifeAlarmsBelowItsBound) {
  const Fleet fleet;
  HeadRows head{.name = "rul", .target = {.kind = TargetSpec::Kind::kRul}};
  for (int i = 0; i < 20; ++i) head.truth.push_back(9 - i % 10);
  head.predicted = head.truth;
  for (int i = 10; i < 20; ++i) head.predicted[static_cast<std::size_t>(i)] = 50;
  const auto judgement = JudgeAlarms(fleet.table, fleet.pipeline, fleet.rows, head, {.below = 3, .within = 5});
  ASSERT_TRUE(judgement.ok() && judgement->has_value()) << judgement.status();
  EXPECT_EQ((*judgement)->windows.size(), 2u);
  EXPECT_EQ((*judgement)->detected(), 1u);
  EXPECT_EQ((*judgement)->alarmed_at[0], 6);
  EXPECT_EQ((*judgement)->false_alarms(), 0u);
  EXPECT_FALSE(JudgeAlarms(fleet.table, fleet.pipeline, fleet.rows, head, {})->has_value());
}

}  // namespace
}  // namespace millwright::learn
