#include "lib/learn/training/seen_rows.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>

#include "lib/learn/plant/random.h"
#include "lib/learn/testing.h"
#include "lib/learn/training/training.h"

namespace millwright::learn {
namespace {

/// Jobs of a machine, each a row of its own: three settings and whether it failed.
Table Jobs(std::size_t count) {
  plant::Random random(3);
  std::vector<double> speed, torque, failed;
  for (std::size_t i = 0; i < count; ++i) {
    speed.push_back(random.Uniform());
    torque.push_back(random.Uniform());
    failed.push_back(speed.back() * torque.back() > 0.4 ? 1 : 0);
  }
  Table table;
  EXPECT_TRUE(table.AddColumn(Numbers("speed", speed)).ok());
  EXPECT_TRUE(table.AddColumn(Numbers("torque", torque)).ok());
  EXPECT_TRUE(table.AddColumn(Numbers("failed", failed, ColumnRole::kLabel)).ok());
  return table;
}

/// Ten pumps of `rows` rows each.
Table Pumps(int rows, const std::string& prefix = "pump ") {
  plant::Random random(4);
  std::vector<std::string> pump;
  std::vector<double> time, x, failed;
  for (int p = 0; p < 10; ++p) {
    plant::Random own(static_cast<std::uint64_t>(p) + 10);
    for (int i = 0; i < rows; ++i) {
      pump.push_back(prefix + std::to_string(p));
      time.push_back(i);
      x.push_back(own.Uniform());
      failed.push_back(i % 3 == 0 ? 1 : 0);
    }
  }
  Table table;
  EXPECT_TRUE(table.AddColumn(Texts("pump", pump)).ok());
  EXPECT_TRUE(table.AddColumn(Numbers("time", time, ColumnRole::kTime)).ok());
  EXPECT_TRUE(table.AddColumn(Numbers("x", x)).ok());
  EXPECT_TRUE(table.AddColumn(Numbers("failed", failed, ColumnRole::kLabel)).ok());
  return table;
}

Bundle TrainedOnTable(const Table& table, const nlohmann::json& split, bool has_assets) {
  nlohmann::json spec{
      {"features", {{"steps", {{{"op", "window"}, {"rows", 1}, {"stats", {"last"}}}}}}},
      {"split", split},
      {"heads", {{{"name", "failed"}, {"target", {{"kind", "class"}, {"column", "failed"}}}, {"learner", "mean"}}}}};
  if (has_assets) spec.update({{"asset", "pump"}, {"time", {{"column", "time"}}}});
  const absl::StatusOr<TrainingSpec> parsed = ParseTrainingSpec(spec);
  EXPECT_TRUE(parsed.ok()) << parsed.status();
  return Train(table, *parsed).value().bundle;
}

std::size_t Count(const absl::StatusOr<std::vector<bool>>& seen) {
  EXPECT_TRUE(seen.ok()) << seen.status();
  return static_cast<std::size_t>(std::count(seen->begin(), seen->end(), true));
}

TEST(SeenRowsTest, ByRowEveryTrainingAndValidationRowIsKnownAgainInAGrownTable) {
  const Table before = Jobs(400);
  const Bundle bundle = TrainedOnTable(before, {{"by", "row"}, {"validation", 0.2}, {"test", 0.25}}, false);
  EXPECT_EQ(Count(SeenRows(bundle, {before}, before)), 300u);
  const absl::StatusOr<std::vector<bool>> grown = SeenRows(bundle, {before}, Jobs(500));
  EXPECT_EQ(Count(grown), 300u);
  EXPECT_EQ(std::count(grown->begin() + 400, grown->end(), true), 0);
}

TEST(SeenRowsTest, RowsThatOnlyLookLikeTrainingRowsAreNotSeen) {
  std::vector<double> coarse, failed;
  for (int i = 0; i < 1000; ++i) {
    coarse.push_back(i % 10);
    failed.push_back(i % 3 == 0 ? 1 : 0);
  }
  Table table;
  ASSERT_TRUE(table.AddColumn(Numbers("speed", coarse)).ok());
  ASSERT_TRUE(table.AddColumn(Numbers("failed", failed, ColumnRole::kLabel)).ok());
  const Bundle bundle = TrainedOnTable(table, {{"by", "row"}, {"test", 0.2}}, false);
  EXPECT_EQ(Count(SeenRows(bundle, {.table = table, .is_same_table = true}, table)), 800u) << "by place";
  std::vector<std::size_t> twice(2000);
  for (std::size_t i = 0; i < twice.size(); ++i) twice[i] = i % 1000;
  EXPECT_EQ(Count(SeenRows(bundle, {.table = table}, table.Take(twice))), 800u) << "no more than there were";
}

TEST(SeenRowsTest, OneRowThatIsTheSameDoesNotMakeAnAssetOfAnotherDatasetSeen) {
  const Table before = Pumps(20);
  const Bundle bundle = TrainedOnTable(before, {{"by", "asset"}, {"validation", 0.2}}, true);
  Table other;
  for (const Column& column : before.columns()) {
    Column changed = column;
    if (column.spec.name == "x") {
      for (std::size_t i = 0; i < changed.numbers.size(); ++i) changed.numbers[i] += i % 20 == 7 ? 0 : 5;
    }
    ASSERT_TRUE(other.AddColumn(changed).ok());
  }
  EXPECT_EQ(Count(SeenRows(bundle, {.table = before}, other)), 0u);
}

TEST(SeenRowsTest, ByAssetAnAssetIsSeenAsAWholeAlsoInRowsThatCameLater) {
  const Table before = Pumps(20);
  const Bundle bundle = TrainedOnTable(before, {{"by", "asset"}, {"validation", 0.2}, {"test", 0.3}}, true);
  EXPECT_EQ(Count(SeenRows(bundle, {before, true}, Pumps(30))), 7u * 30);
  EXPECT_EQ(Count(SeenRows(bundle, {before, false}, Pumps(30))), 7u * 30) << "by its rows";
}

TEST(SeenRowsTest, OtherMachinesOfTheSameNameAreNotSeenInAnotherDataset) {
  const Table before = Pumps(20);
  const Bundle bundle = TrainedOnTable(before, {{"by", "asset"}, {"validation", 0.2}}, true);
  Table others = Pumps(20);
  Table shifted;
  for (const Column& column : others.columns()) {
    Column changed = column;
    if (column.spec.name == "x") {
      for (std::size_t i = 0; i < changed.numbers.size(); ++i) changed.numbers[i] += 5;
    }
    ASSERT_TRUE(shifted.AddColumn(changed).ok());
  }
  EXPECT_EQ(Count(SeenRows(bundle, {before, false}, shifted)), 0u);
  EXPECT_EQ(Count(SeenRows(bundle, {before, true}, shifted)), 200u);
}

TEST(SeenRowsTest, ByTimeWhatComesAfterTheTrainingIsNew) {
  const Table before = Pumps(20);
  const Bundle bundle = TrainedOnTable(before, {{"by", "time"}, {"validation", 0.2}}, true);
  const Table later = Pumps(30);
  const absl::StatusOr<std::vector<bool>> seen = SeenRows(bundle, {before, true}, later);
  EXPECT_EQ(Count(seen), 200u);
  for (std::size_t row = 0; row < later.rows(); ++row) EXPECT_EQ((*seen)[row], later.Find("time")->numbers[row] < 20) << row;
}

}  // namespace
}  // namespace millwright::learn
