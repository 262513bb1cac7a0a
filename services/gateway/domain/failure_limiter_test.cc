#include "gateway/domain/failure_limiter.h"

#include <gtest/gtest.h>

#include "absl/strings/str_cat.h"

namespace millwright::gateway {
namespace {

TEST(FailureLimiterTest, SlowsAKeyDownAfterItsBurstAndRecovers) {
  base::ManualClock clock(absl::FromUnixSeconds(1000));
  FailureLimiter limiter(3, absl::Seconds(10), clock);
  for (int i = 0; i < 3; ++i) {
    EXPECT_TRUE(limiter.MayTry("ada"));
    limiter.CountFailure("ada");
  }
  EXPECT_FALSE(limiter.MayTry("ada"));
  EXPECT_TRUE(limiter.MayTry("bob"));
  clock.Advance(absl::Seconds(10));
  EXPECT_TRUE(limiter.MayTry("ada"));
  limiter.CountFailure("ada");
  EXPECT_FALSE(limiter.MayTry("ada"));
}

TEST(FailureLimiterTest, ManyKeysDoNotGrowIt) {
  base::ManualClock clock(absl::FromUnixSeconds(1000));
  FailureLimiter limiter(1, absl::Seconds(10), clock);
  for (int i = 0; i < 50000; ++i) limiter.CountFailure(absl::StrCat("user", i));
  EXPECT_FALSE(limiter.MayTry("user49999"));
}

}  // namespace
}  // namespace millwright::gateway
