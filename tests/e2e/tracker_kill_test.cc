// What the tracker acknowledged, through the gateway, while it is killed in mid-batch.
#include <gtest/gtest.h>
#include <signal.h>

#include <atomic>
#include <set>
#include <thread>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/synchronization/mutex.h"
#include "absl/time/clock.h"
#include "e2e/platform.h"

namespace millwright::e2e {
namespace {

constexpr int kKeys = 300;
constexpr int kWriters = 8;

nlohmann::json BatchOf(int number) {
  nlohmann::json batch;
  for (int key = 0; key < kKeys; ++key)
    batch["metrics"].push_back(
        {{"key", absl::StrCat("k", key)}, {"value", key}, {"step", number}, {"timestamp_ms", 1'700'000'000'000}});
  batch["params"].push_back({{"key", absl::StrCat("p", number)}, {"value", "1"}});
  return batch;
}

std::set<int> StepsOf(Platform& platform, const std::string& run, const std::string& key) {
  std::set<int> steps;
  const HttpAnswer page = platform.Get(absl::StrCat("/v1/runs/", run, "/metrics?key=", key, "&page_size=25000"));
  EXPECT_EQ(page.status, 200) << page.text;
  for (const nlohmann::json& point : page.body.value("metrics", nlohmann::json::array())) steps.insert(point.value("step", 0));
  return steps;
}

TEST(TrackerKillTest, KilledInMidBatchItLosesNothingAcknowledgedAndLeavesNoHalfBatch) {
  Platform platform;
  const Ended up = platform.Up();
  ASSERT_EQ(up.exit_code, 0) << up.err;
  const std::string run = platform.Post("/v1/runs", nlohmann::json::object()).body.value("run_id", "");
  ASSERT_FALSE(run.empty());

  absl::Mutex mutex;
  std::set<int> acknowledged;
  std::atomic<int> next{0};
  std::atomic<bool> is_over{false};
  std::vector<std::thread> writers;
  for (int i = 0; i < kWriters; ++i) {
    writers.emplace_back([&] {
      while (!is_over) {
        const int number = next++;
        if (platform.Post("/v1/runs/" + run + "/log", BatchOf(number)).status != 200) continue;
        absl::MutexLock lock(&mutex);
        acknowledged.insert(number);
      }
    });
  }
  const auto count = [&] {
    absl::MutexLock lock(&mutex);
    return acknowledged.size();
  };
  for (int kill_number = 0; kill_number < 3; ++kill_number) {
    const std::size_t target = count() + 50;
    ASSERT_TRUE(WaitUntil(absl::Seconds(60), [&] { return count() >= target; })) << count();
    const int tracker = platform.Pid("tracker");
    ASSERT_GT(tracker, 0);
    ASSERT_EQ(kill(tracker, SIGKILL), 0);
  }
  const std::size_t target = count() + 20;
  EXPECT_TRUE(WaitUntil(absl::Seconds(60), [&] { return count() >= target; })) << count();
  is_over = true;
  for (std::thread& writer : writers) writer.join();

  const std::set<int> first = StepsOf(platform, run, "k0");
  EXPECT_EQ(first, StepsOf(platform, run, absl::StrCat("k", kKeys - 1)));
  std::set<int> params;
  const HttpAnswer read = platform.Get("/v1/runs/" + run);
  ASSERT_EQ(read.status, 200) << read.text;
  for (const nlohmann::json& param : read.body["params"]) params.insert(std::stoi(param.value("key", "p-1").substr(1)));
  EXPECT_EQ(first, params);
  for (const int number : acknowledged)
    ASSERT_TRUE(first.contains(number)) << "batch " << number << " was acknowledged and is gone";
  EXPECT_EQ(read.body["metrics"].size(), static_cast<std::size_t>(kKeys));
  EXPECT_EQ(read.body["metrics"][0].value("step", -1), *first.rbegin());
}

}  // namespace
}  // namespace millwright::e2e
