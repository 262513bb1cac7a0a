#include "tracker/domain/dataset_difference.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace millwright::tracker {
namespace {

using nlohmann::json;
using testing::ElementsAre;

TEST(DatasetDifferenceTest, ALikeDistributionHasNoDrift) {
  const json bins{{"edges", {0, 1, 2, 3}}, {"counts", {10, 10, 10}}};
  EXPECT_NEAR(*StabilityIndex(bins, bins), 0, 1e-12);
  // The same even spread, cut elsewhere.
  EXPECT_NEAR(*StabilityIndex(bins, {{"edges", {0, 1.5, 3}}, {"counts", {60, 60}}}), 0, 1e-12);
}

TEST(DatasetDifferenceTest, AShiftIsSummedOverTheBinsOfTheBase) {
  const json base{{"edges", {0, 1, 2}}, {"counts", {50, 50}}};
  const json value{{"edges", {0, 1, 2}}, {"counts", {20, 80}}};
  EXPECT_NEAR(*StabilityIndex(base, value), -0.3 * std::log(0.4) + 0.3 * std::log(1.6), 1e-12);
  EXPECT_EQ(DriftOf(*StabilityIndex(base, value)), "large");
}

TEST(DatasetDifferenceTest, SingleValuesAndBinsCompare) {
  const json flag{{"values", {0, 1}}, {"counts", {90, 10}}};
  EXPECT_NEAR(*StabilityIndex(flag, {{"values", {0, 1}}, {"counts", {9, 1}}}), 0, 1e-12);
  EXPECT_GT(*StabilityIndex({{"values", {3.0}}, {"counts", {5}}}, {{"values", {3.5}}, {"counts", {5}}}), 1);
  EXPECT_GT(*StabilityIndex(flag, {{"edges", {0.6, 1.0}}, {"counts", {100}}}), 1);
}

TEST(DatasetDifferenceTest, AWordThatIsNewCountsAsOther) {
  const json base{{"values", {"a", "b"}}, {"counts", {50, 50}}, {"other", 0}};
  EXPECT_NEAR(*StabilityIndex(base, base), 0, 1e-12);
  EXPECT_GT(*StabilityIndex(base, {{"values", {"a", "c"}}, {"counts", {50, 50}}, {"other", 0}}), 1);
}

TEST(DatasetDifferenceTest, BrokenStatisticsAreLeftOut) {
  EXPECT_FALSE(StabilityIndex(nullptr, {{"edges", {0, 1}}, {"counts", {1}}}).has_value());
  EXPECT_FALSE(StabilityIndex({{"edges", {0, 1}}, {"counts", {1, 2}}}, {{"edges", {0, 1}}, {"counts", {1}}}).has_value());
  EXPECT_TRUE(CompareStatistics(nullptr, {{"columns", 3}}).empty());
}

TEST(DatasetDifferenceTest, LaterTimesAndNewMachinesAreNoDrift) {
  const auto column = [](const char* name, const char* role, double at) {
    return json{{"name", name}, {"role", role}, {"histogram", {{"values", {at}}, {"counts", {1}}}}};
  };
  const std::vector<ColumnDifference> differences =
      CompareStatistics({{"columns", {column("t", "time", 1), column("x", "sensor", 1)}}},
                        {{"columns", {column("t", "time", 2), column("x", "sensor", 2)}}});
  EXPECT_FALSE(differences[0].psi.has_value());
  EXPECT_GT(differences[1].psi.value_or(0), 1);
}

TEST(DatasetDifferenceTest, ColumnsAreAddedRemovedOrChanged) {
  const json base{{"columns",
                   {{{"name", "a"}, {"role", "sensor"}, {"unit", "R"}, {"mean", 1.0}, {"count", 2}},
                    {{"name", "gone"}, {"role", "sensor"}}}}};
  const json value{{"columns",
                    {{{"name", "new"}, {"role", "sensor"}},
                     {{"name", "a"}, {"role", "label"}, {"unit", "R"}, {"mean", nullptr}, {"count", 2}}}}};
  const std::vector<ColumnDifference> differences = CompareStatistics(base, value);
  ASSERT_EQ(differences.size(), 3u);
  EXPECT_EQ(differences[0].change, "added");
  EXPECT_EQ(differences[1].change, "schema");
  EXPECT_THAT(differences[1].schema_changes, ElementsAre("role: sensor -> label"));
  ASSERT_EQ(differences[1].statistics.size(), 1u);
  EXPECT_EQ(differences[1].statistics[0].base, 1.0);
  EXPECT_FALSE(differences[1].statistics[0].value.has_value());
  EXPECT_EQ(differences[2].change, "removed");
}

}  // namespace
}  // namespace millwright::tracker
