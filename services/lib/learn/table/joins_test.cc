#include "lib/learn/table/joins.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>

#include "lib/learn/table/csv.h"
#include "lib/learn/testing.h"

namespace millwright::learn {
namespace {

using ::testing::DoubleEq;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::NanSensitiveDoubleEq;

constexpr double kNan = std::numeric_limits<double>::quiet_NaN();

Table Samples() {
  Table table;
  EXPECT_TRUE(table.AddColumn(Texts("pump", {"a", "b", "a", "a", "b"})).ok());
  EXPECT_TRUE(table.AddColumn(Numbers("time", {10, 10, 30, 20, 40}, ColumnRole::kTime)).ok());  // a's rows are not in order
  return table;
}

Table Events() {
  Table table;
  EXPECT_TRUE(table.AddColumn(Texts("machine", {"a", "a", "b", "a", "elsewhere"})).ok());
  EXPECT_TRUE(table.AddColumn(Numbers("at", {20, 15, 41, 31, 5}, ColumnRole::kTime)).ok());
  EXPECT_TRUE(table.AddColumn(Texts("code", {"e1", "e1", "e1", "e2", "e1"}, ColumnRole::kSegment)).ok());
  return table;
}

TEST(JoinsTest, AnEventIsKnownFromItsTimeOnAndNeverBefore) {
  Table table = Samples();
  ASSERT_TRUE(JoinEvents(table, Events(), {.name = "error", .kind = "code", .horizons = {10}}).ok());
  const auto values = [&](const char* name) { return static_cast<std::vector<double>>(table.Find(name)->numbers); };
  // a at 10, b at 10, a at 30, a at 20 (the event's own time), b at 40: its event comes at 41.
  EXPECT_THAT(values("error_e1_age"),
              ElementsAre(NanSensitiveDoubleEq(kNan), NanSensitiveDoubleEq(kNan), 10.0, 0.0, NanSensitiveDoubleEq(kNan)));
  EXPECT_THAT(values("error_e1_count_10"), ElementsAre(0, 0, 0, 2, 0));
  EXPECT_THAT(values("error_e2_count_10"), ElementsAre(0, 0, 0, 0, 0));  // a's comes at 31
  EXPECT_EQ(table.Find("error_e1_age")->spec.role, ColumnRole::kSetting);
}

TEST(JoinsTest, KindsAreChosenOrIgnored) {
  Table table = Samples();
  ASSERT_TRUE(JoinEvents(table, Events(), {.name = "error", .kind = "code", .kinds = {"e2"}}).ok());
  EXPECT_EQ(table.columns().size(), 3u);
  EXPECT_NE(table.Find("error_e2_age"), nullptr);
  ASSERT_TRUE(JoinEvents(table, Events(), {.name = "any", .age = false, .horizons = {100}}).ok());
  EXPECT_EQ(table.Find("any_count_100")->numbers[2], 2);
}

TEST(JoinsTest, StrangersAreNamed) {
  Table table = Samples();
  Table other;
  ASSERT_TRUE(other.AddColumn(Texts("machine", {"1"})).ok());
  ASSERT_TRUE(other.AddColumn(Numbers("at", {5}, ColumnRole::kTime)).ok());
  EXPECT_EQ(
      std::string(JoinEvents(table, other, {.name = "error"}).message()),
      "no event is of an asset of the samples: the events' column \"machine\" has \"1\", the samples' \"pump\" \"a\", \"b\"");
  EXPECT_THAT(std::string(JoinStatic(table, other).message()), HasSubstr("no row for asset \"a\""));
}

std::string Refusal(const Table& samples, const Table& events, const EventJoin& join) {
  const absl::Status status = ChooseEvents(samples, events, join).status();
  EXPECT_EQ(status.code(), absl::StatusCode::kInvalidArgument) << status;
  return std::string(status.message());
}

TEST(JoinsTest, KindsMayBeNumbers) {
  Table events;
  ASSERT_TRUE(events.AddColumn(Texts("machine", {"a", "a", "b"})).ok());
  ASSERT_TRUE(events.AddColumn(Numbers("at", {20, 15, 10}, ColumnRole::kTime)).ok());
  ASSERT_TRUE(events.AddColumn(Numbers("code", {7, 8, kNan})).ok());
  const std::vector<AssetEvent> chosen = ChooseEvents(Samples(), events, {.kind = "code", .kinds = {"7"}}).value();
  ASSERT_EQ(chosen.size(), 1u);
  EXPECT_EQ(chosen[0].time, 20);
  Table table = Samples();
  ASSERT_TRUE(JoinEvents(table, events, {.name = "error", .kind = "code"}).ok());
  EXPECT_NE(table.Find("error_8_age"), nullptr);
}

TEST(JoinsTest, WhatCannotBeJoinedIsRefusedAndNamed) {
  EXPECT_EQ(Refusal(Samples(), Events(), {.kind = "cod"}),
            "kind: the events have no column \"cod\"; they have machine, at, code");
  EXPECT_EQ(Refusal(Samples(), Events(), {.kind = "code", .kinds = {"e7"}}),
            "kinds: no event is of the kind \"e7\"; column \"code\" has \"e1\", \"e2\"");
  EXPECT_THAT(Refusal(Samples(), Events(), {.kinds = {"e1"}}), HasSubstr("kinds: needs kind"));
  Table text_time;
  ASSERT_TRUE(text_time.AddColumn(Texts("machine", {"a"})).ok());
  ASSERT_TRUE(text_time.AddColumn(Texts("at", {"noon"}, ColumnRole::kTime)).ok());
  EXPECT_THAT(Refusal(Samples(), text_time, {}), HasSubstr("the events' time column \"at\" is text"));
  Table no_asset;
  ASSERT_TRUE(no_asset.AddColumn(Numbers("at", {15}, ColumnRole::kTime)).ok());
  EXPECT_THAT(Refusal(Samples(), no_asset, {}), HasSubstr("the events have no asset column and the samples have \"pump\""));
  EXPECT_THAT(Refusal(no_asset, Events(), {}),
              HasSubstr("the events have the asset column \"machine\" and the samples have none"));
}

TEST(JoinsTest, TablesWithoutAssetsAreOfOne) {
  Table table;
  ASSERT_TRUE(table.AddColumn(Numbers("time", {10, 20, 30}, ColumnRole::kTime)).ok());
  Table events;
  ASSERT_TRUE(events.AddColumn(Numbers("at", {15}, ColumnRole::kTime)).ok());
  ASSERT_TRUE(JoinEvents(table, events, {.name = "stop"}).ok());
  EXPECT_THAT(table.Find("stop_age")->numbers, ElementsAre(NanSensitiveDoubleEq(kNan), 5.0, 15.0));
}

TEST(JoinsTest, TimesOfAnotherUnitAreRefused) {
  const auto table = [](double time, const char* unit) {
    Table made;
    Column column = Numbers("at", {time}, ColumnRole::kTime);
    column.spec.unit = unit;
    EXPECT_TRUE(made.AddColumn(std::move(column)).ok());
    return made;
  };
  EXPECT_EQ(
      Refusal(table(1420070400, "s"), table(20, ""), {}),
      "the samples' time \"at\" (such as 2015-01-01T00:00:00Z) and the events' \"at\" (such as 20) are not in one unit; both "
      "must be instants, or both numbers in the same unit");
  EXPECT_THAT(Refusal(table(20, "cycle"), table(20, "h"), {}),
              HasSubstr("(such as 20 cycle) and the events' \"at\" (such as 20 h)"));
  EXPECT_TRUE(ChooseEvents(table(1420070400, "s"), table(1420070401, ""), {}).ok());  // instants as numbers
  EXPECT_TRUE(ChooseEvents(table(20, "cycle"), table(7, ""), {}).ok());
}

TEST(JoinsTest, StaticColumnsStandInEveryRowOfTheirAsset) {
  Table table = Samples();
  Table assets;
  ASSERT_TRUE(assets.AddColumn(Texts("machine", {"b", "a"})).ok());
  ASSERT_TRUE(assets.AddColumn(Numbers("age", {7, 18})).ok());
  ASSERT_TRUE(assets.AddColumn(Texts("model", {"m7", "m18"}, ColumnRole::kSensor)).ok());
  ASSERT_TRUE(JoinStatic(table, assets).ok());
  EXPECT_THAT(table.Find("age")->numbers, ElementsAre(18, 7, 18, 18, 7));
  EXPECT_THAT(table.Find("model")->texts, ElementsAre("m18", "m7", "m18", "m18", "m7"));
  EXPECT_EQ(table.Find("model")->spec.role, ColumnRole::kSegment);
}

// Hand-made hourly rows of three machines over two days beside a year of real error, maintenance and machine tables.
TEST(JoinsTest, JoinsTheTablesOfARealFleet) {
  const std::filesystem::path folder = DataFolder() / "azure-pdm";
  if (!std::filesystem::exists(folder / "PdM_errors.csv")) GTEST_SKIP() << "no azure-pdm in " << DataFolder();
  const auto read = [&](const char* name, const nlohmann::json& roles) {
    CsvOptions options = ParseCsvOptions({{"roles", roles}, {"duplicates", "keep"}}).value();
    absl::StatusOr<Table> table = ReadCsvFile(folder / name, options);
    EXPECT_TRUE(table.ok()) << table.status();
    return *std::move(table);
  };
  const nlohmann::json roles{{"machineID", "asset"}, {"datetime", "time"}};
  std::string text = "datetime,machineID,volt\n";
  for (const char* machine : {"1", "2", "3"}) {
    for (int hour = 0; hour < 48; ++hour)
      text += "2015-01-0" + std::to_string(3 + hour / 24) + "T" + (hour % 24 < 10 ? "0" : "") + std::to_string(hour % 24) +
              ":00:00," + machine + ",170\n";
  }
  Table table = ReadCsvText(text, "telemetry.csv", ParseCsvOptions({{"roles", roles}}).value()).value();
  ASSERT_TRUE(JoinEvents(table, read("PdM_errors.csv", roles), {.name = "error", .kind = "errorID", .horizons = {86400}}).ok());
  ASSERT_TRUE(JoinEvents(table, read("PdM_maint.csv", roles), {.name = "maintenance", .kind = "comp"}).ok());
  ASSERT_TRUE(JoinStatic(table, read("PdM_machines.csv", {{"machineID", "asset"}})).ok());
  // Machine 1: error1 on the 3rd at 07:00.
  const Column& age = *table.Find("error_error1_age");
  EXPECT_TRUE(std::isnan(age.numbers[6]));
  EXPECT_EQ(age.numbers[7], 0);
  EXPECT_EQ(age.numbers[20], 13 * 3600);
  EXPECT_EQ(table.Find("error_error1_count_86400")->numbers[30], 1);
  EXPECT_EQ(table.Find("error_error1_count_86400")->numbers[31], 0);
  EXPECT_EQ(table.Find("age")->numbers[0], 18);
  EXPECT_EQ(table.Find("model")->texts[100], "model3");
  EXPECT_GT(table.Find("maintenance_comp2_age")->numbers[0], 0);  // there was one in 2014
}

}  // namespace
}  // namespace millwright::learn
