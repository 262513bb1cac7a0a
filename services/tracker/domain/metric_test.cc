#include "tracker/domain/metric.h"

#include <gmock/gmock.h>

#include <cmath>
#include <limits>

namespace millwright::tracker {
namespace {

using testing::HasSubstr;
constexpr double kNan = std::numeric_limits<double>::quiet_NaN();

TEST(PointTest, StepThenTimeThenValueOrderAHistory) {
  EXPECT_TRUE(IsEarlier({1, 9, 9}, {2, 1, 0}));
  EXPECT_TRUE(IsEarlier({1, 1, 9}, {1, 2, 0}));
  EXPECT_TRUE(IsEarlier({1, 1, 1}, {1, 1, 2}));
  EXPECT_FALSE(IsEarlier({1, 1, 1}, {1, 1, 1}));
  EXPECT_TRUE(IsEarlier({1, 1, kNan}, {1, 1, 5}));
  EXPECT_TRUE(IsEarlier({1, 1, -5}, {1, 1, kNan}));
  EXPECT_TRUE(IsEarlier({1, 1, 0}, {1, 1, kNan}));
  EXPECT_FALSE(IsEarlier({1, 1, kNan}, {1, 1, 0}));
  EXPECT_FALSE(IsEarlier({1, 1, kNan}, {1, 1, kNan}));
  EXPECT_TRUE(IsSame({1, 1, kNan}, {1, 1, kNan}));
  EXPECT_TRUE(IsEarlierByTime({9, 1, 0}, {1, 2, 0}));
}

TEST(BatchTest, ParamsAndTagsAreSortedAndOnePerKey) {
  Batch batch{.params = {{"b", "1"}, {"a", "2"}, {"b", "1"}}, .tags = {{"t", "old"}, {"s", "x"}, {"t", "new"}}};
  ASSERT_EQ(Normalise(batch), absl::OkStatus());
  ASSERT_EQ(batch.params.size(), 2u);
  EXPECT_EQ(batch.params[0].key, "a");
  ASSERT_EQ(batch.tags.size(), 2u);
  EXPECT_EQ(batch.tags[1].value, "new");
}

TEST(BatchTest, TwoValuesForOneParamAreRefused) {
  Batch batch{.params = {{"depth", "6"}, {"depth", "7"}}};
  EXPECT_THAT(Normalise(batch).message(), HasSubstr("\"depth\" has two values, \"6\" and \"7\""));
}

TEST(BatchTest, BoundsNameTheFieldAndTheIndex) {
  Batch empty_key{.metrics = {{"ok", 1}, {"", 1}}};
  EXPECT_THAT(Normalise(empty_key).message(), HasSubstr("metrics[1].key"));
  Batch long_key{.params = {{std::string(251, 'k'), "v"}}};
  EXPECT_THAT(Normalise(long_key).message(), HasSubstr("params[0].key: has 251 characters"));
  Batch long_value{.params = {{"k", std::string(6001, 'v')}}};
  EXPECT_THAT(Normalise(long_value).message(), HasSubstr("params[0].value: has 6001 characters"));
  Batch many{.metrics = std::vector<Metric>(1001, {"k", 1})};
  EXPECT_THAT(Normalise(many).message(), HasSubstr("metrics: has 1001 entries; at most 1000"));
  Batch long_tag{.tags = {{"k", std::string(8001, 'v')}}};
  EXPECT_FALSE(Normalise(long_tag).ok());
}

}  // namespace
}  // namespace millwright::tracker
