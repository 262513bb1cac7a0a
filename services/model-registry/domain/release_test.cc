#include "model-registry/domain/release.h"

#include <gtest/gtest.h>

namespace millwright::registry {
namespace {

ProductionEntry Promoted(int version) { return {false, version}; }
ProductionEntry Returned(int version) { return {true, version}; }

TEST(PreviousProductionTest, IsTheVersionBefore) { EXPECT_EQ(PreviousProduction({Promoted(1), Promoted(2)}, 2), 1); }

TEST(PreviousProductionTest, TheFirstVersionHasNone) { EXPECT_EQ(PreviousProduction({Promoted(1)}, 1), std::nullopt); }

TEST(PreviousProductionTest, ASecondRollbackGoesOneFurtherBack) {
  EXPECT_EQ(PreviousProduction({Promoted(1), Promoted(2), Promoted(3), Returned(2)}, 2), 1);
}

TEST(PreviousProductionTest, SkipsAVersionThatWasRolledBack) {
  EXPECT_EQ(PreviousProduction({Promoted(1), Promoted(2), Returned(1), Promoted(3)}, 3), 1);
}

TEST(PreviousProductionTest, ARolledBackVersionCountsAgainOncePromotedAgain) {
  EXPECT_EQ(PreviousProduction({Promoted(1), Promoted(2), Returned(1), Promoted(2), Promoted(3)}, 3), 2);
}

TEST(PreviousProductionTest, PromotingAnOldVersionAgainIsAReleaseOfItsOwn) {
  EXPECT_EQ(PreviousProduction({Promoted(1), Promoted(2), Promoted(1)}, 1), 2);
}

TEST(PreviousProductionTest, NeverReturnsTheCurrentVersionItself) {
  EXPECT_EQ(PreviousProduction({Promoted(1), Promoted(2), Promoted(2)}, 2), 1);
}

TEST(PrimaryTest, IsTheServableVersionThatWasMovedLast) {
  EXPECT_EQ(PrimaryOf({}), 0);
  EXPECT_EQ(PrimaryOf({{1, 10, true}, {3, 12, true}, {2, 11, true}}), 3);
  EXPECT_EQ(PrimaryOf({{1, 10, true}, {3, 12, false}}), 1);
  EXPECT_EQ(PrimaryOf({{3, 12, false}}), 0);
}

TEST(PreviousProductionTest, RunsOutOfVersions) {
  EXPECT_EQ(PreviousProduction({Promoted(1), Promoted(2), Returned(1)}, 1), std::nullopt);
}

}  // namespace
}  // namespace millwright::registry
