#include "trainer-worker/tasks/champion.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace millwright::trainer {
namespace {

using ::testing::HasSubstr;

// A champion that has scored `assets` machines of 20 rows each.
Champion Scored(std::uint32_t assets) {
  learn::ScoredTable table;
  for (std::uint32_t asset = 0; asset < assets; ++asset) {
    for (int i = 0; i < 20; ++i) {
      table.rows.table_rows.push_back(table.rows.table_rows.size());
      table.rows.asset_of.push_back(asset);
      table.rows.times.push_back(i);
    }
  }
  Champion champion{.scored = std::move(table)};
  champion.version.set_version(7);
  return champion;
}

// The first `seen` of so many rows.
std::vector<bool> First(std::size_t seen, std::size_t rows) {
  std::vector<bool> mask(rows);
  std::fill(mask.begin(), mask.begin() + static_cast<std::ptrdiff_t>(seen), true);
  return mask;
}

TEST(ChampionTest, OnRowsThatItHasNotSeenItIsMeasuredOnAll) {
  Champion champion = Scored(3);
  LeaveOutSeen(First(0, 60), champion);
  EXPECT_EQ(champion.ToJson("pump")["compared_rows"], 60);
  EXPECT_FALSE(champion.ToJson("pump").contains("seen_rows"));
  EXPECT_EQ(champion.Warning(), "");
}

TEST(ChampionTest, RowsThatItWasTrainedOnAreLeftOutWhereEnoughRemain) {
  Champion champion = Scored(3);
  LeaveOutSeen(First(25, 60), champion);
  const nlohmann::json json = champion.ToJson("pump");
  EXPECT_EQ(json["seen_rows"], 25);
  EXPECT_EQ(json["compared_rows"], 35);
  EXPECT_FALSE(json.contains("seen_in_training"));
  EXPECT_THAT(champion.Warning(), HasSubstr("25 of these 60 rows; they are compared on the other 35"));
}

TEST(ChampionTest, WithTooFewRowsOrAssetsLeftItHasNoFigureAndSaysWhy) {
  for (const auto& [seen, left] : {std::pair<std::size_t, const char*>(31, "29 rows of 2 assets"), {60, "0 rows of 0 assets"}}) {
    Champion champion = Scored(3);
    LeaveOutSeen(First(seen, 60), champion);
    const nlohmann::json json = champion.ToJson("pump");
    EXPECT_EQ(json["seen_in_training"], true);
    EXPECT_THAT(json["error"].get<std::string>(), HasSubstr(left));
    EXPECT_FALSE(json.contains("compared_rows"));
    EXPECT_THAT(champion.Warning(), HasSubstr("Evaluate on a dataset that neither was trained on"));
  }
  Champion long_runs = Scored(2);
  long_runs.scored->rows.asset_of.assign(40, 0);
  std::fill(long_runs.scored->rows.asset_of.begin(), long_runs.scored->rows.asset_of.begin() + 5, 1);
  LeaveOutSeen(First(5, 40), long_runs);
  EXPECT_FALSE(long_runs.is_comparable) << "35 rows, but of one asset";
}

}  // namespace
}  // namespace millwright::trainer
