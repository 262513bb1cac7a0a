#include "serving/domain/prediction_log.h"

#include <gtest/gtest.h>

#include <set>

namespace millwright::serving {
namespace {

LoggedPrediction Entry(std::uint64_t number) { return {.id = {.high = 0, .low = number}}; }

TEST(PredictionLog, DropsTheOldestOverItsBoundAndCountsThem) {
  PredictionLog log(3);
  for (std::uint64_t i = 0; i < 5; ++i) log.Append(Entry(i));
  EXPECT_EQ(log.dropped(), 2u);
  const std::vector<LoggedPrediction> taken = log.Take(2);
  ASSERT_EQ(taken.size(), 2u);
  EXPECT_EQ(taken[0].id.low, 2u);
  EXPECT_EQ(taken[1].id.low, 3u);
  EXPECT_EQ(log.size(), 1u);
}

TEST(PredictionId, Is32HexDigitsAndDoesNotRepeat) {
  std::set<std::string> seen;
  for (int i = 0; i < 10'000; ++i) seen.insert(PredictionId::Random().ToString());
  EXPECT_EQ(seen.size(), 10'000u);
  EXPECT_EQ(seen.begin()->size(), 32u);
  EXPECT_EQ(seen.begin()->find_first_not_of("0123456789abcdef"), std::string::npos);
}

TEST(PredictionId, FurtherRowsCountUpInTheLastEightDigits) {
  const PredictionId id{.high = 0x0123456789abcdef, .low = 0x00000001fffffffe};
  EXPECT_EQ(id.ToString(), "0123456789abcdef00000001fffffffe");
  EXPECT_EQ(id.Plus(1).ToString(), "0123456789abcdef00000001ffffffff");
  EXPECT_EQ(id.Plus(2).ToString(), "0123456789abcdef0000000100000000");
}

}  // namespace
}  // namespace millwright::serving
