#include <gmock/gmock.h>

#include <cmath>
#include <limits>
#include <thread>

#include "absl/strings/str_cat.h"
#include "lib/pg/database_test.h"
#include "migrations.h"
#include "telemetry/storage/pg_asset_store.h"
#include "telemetry/storage/pg_sample_store.h"

namespace millwright::telemetry {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsNan;
constexpr double kNan = std::numeric_limits<double>::quiet_NaN();
const base::WorkspaceId kOurs("1");
const base::WorkspaceId kTheirs("2");
const AssetId kPump("pump-1");

class PgSampleStoreTest : public pg::DatabaseTest {
 protected:
  PgSampleStoreTest() : DatabaseTest({{"telemetry", migrations()}}) {}
  void SetUp() override {
    DatabaseTest::SetUp();
    if (IsSkipped()) return;
    ASSERT_TRUE(assets_.Put(kOurs, kPump, "pump", {{"b", "bar"}, {"a", "°C"}}).ok());
  }

  absl::StatusOr<int> Write(std::vector<std::string> sensors, std::vector<std::int64_t> times, std::vector<double> values,
                            std::vector<Quality> qualities = {}) {
    return samples_.Write(kOurs, {kPump, std::move(sensors), std::move(times), std::move(values), std::move(qualities)});
  }
  /// All rows of a query as one batch.
  SampleBatch Read(SampleQuery query = {.from_us = 0, .to_us = 1'000'000'000}) {
    query.asset_id = kPump;
    auto cursor = *samples_.Query(kOurs, query);
    SampleBatch all;
    for (;;) {
      const SampleBatch batch = *cursor->Next();
      if (batch.event_us.empty()) return all;
      all.sensors = batch.sensors;
      all.event_us.insert(all.event_us.end(), batch.event_us.begin(), batch.event_us.end());
      all.values.insert(all.values.end(), batch.values.begin(), batch.values.end());
      all.qualities.insert(all.qualities.end(), batch.qualities.begin(), batch.qualities.end());
    }
  }

  PgAssetStore assets_{db()};
  PgSampleStore samples_{db()};
};

TEST_F(PgSampleStoreTest, AssetsGainSensorsAndKeepUnits) {
  const Asset grown = *assets_.Put(kOurs, kPump, "", {{"a", "°C"}, {"c", ""}});
  EXPECT_EQ(grown.type, "pump");
  ASSERT_EQ(grown.sensors.size(), 3u);
  EXPECT_EQ(grown.sensors[0].name, "b");
  EXPECT_EQ(grown.sensors[2].name, "c");
  const absl::Status status = assets_.Put(kOurs, kPump, "", {{"d", ""}, {"a", "K"}}).status();
  EXPECT_TRUE(absl::IsInvalidArgument(status)) << status;
  EXPECT_THAT(status.message(), HasSubstr("\"a\" of asset \"pump-1\" has the unit \"°C\" already"));
  EXPECT_EQ(assets_.Get(kOurs, kPump)->sensors.size(), 3u);
}

TEST_F(PgSampleStoreTest, AnAssetMadeByManyAtOnceIsOne) {
  std::vector<absl::Status> statuses(4);
  std::vector<std::thread> threads;
  for (std::size_t i = 0; i < statuses.size(); ++i) {
    threads.emplace_back([&, i] {
      statuses[i] = assets_.Put(kOurs, AssetId("fan"), "fan", {{absl::StrCat("s", i), ""}, {"shared", ""}}).status();
    });
  }
  for (std::thread& thread : threads) thread.join();
  for (const absl::Status& status : statuses) EXPECT_EQ(status, absl::OkStatus());
  EXPECT_EQ(assets_.Get(kOurs, AssetId("fan"))->sensors.size(), 5u);
}

TEST_F(PgSampleStoreTest, AssetsAreListedByIdAndWorkspace) {
  ASSERT_TRUE(assets_.Put(kOurs, AssetId("a-1"), "fan", {}).ok());
  ASSERT_TRUE(assets_.Put(kTheirs, AssetId("z-9"), "pump", {}).ok());
  EXPECT_EQ(assets_.List(kOurs, {})->size(), 2u);
  EXPECT_EQ(assets_.List(kOurs, {.size = 1})->at(0).id.value(), "a-1");
  EXPECT_EQ(assets_.List(kOurs, {.size = 1, .after = "a-1"})->at(0).id, kPump);
  EXPECT_EQ(assets_.List(kOurs, {.type = "fan"})->size(), 1u);
  EXPECT_TRUE(absl::IsNotFound(assets_.Get(kTheirs, kPump).status()));
}

TEST_F(PgSampleStoreTest, RowsComeBackInTimeOrderWithGaps) {
  EXPECT_EQ(*Write({"a", "b"}, {20, 10}, {2, 0.1, 1, kNan}), 3);
  EXPECT_EQ(*Write({"b"}, {15}, {7}, {Quality::kBad}), 1);
  const SampleBatch rows = Read({.sensors = {"a", "b"}, .from_us = 0, .to_us = 100});
  EXPECT_THAT(rows.event_us, ElementsAre(10, 15, 20));
  EXPECT_THAT(rows.values, ElementsAre(1, IsNan(), IsNan(), 7, 2, 0.1));
  EXPECT_EQ(rows.qualities.at(3), Quality::kBad);
  EXPECT_THAT(Read({.from_us = 10, .to_us = 20}).event_us, ElementsAre(10, 15));
  EXPECT_THAT(Read().sensors, ElementsAre("b", "a"));
  EXPECT_EQ(assets_.Get(kOurs, kPump)->last_sample_at, absl::FromUnixMicros(20));
}

TEST_F(PgSampleStoreTest, ASampleOfTheSameTimeReplacesTheEarlier) {
  EXPECT_EQ(*Write({"a"}, {10, 11}, {1, 2}), 2);
  EXPECT_EQ(*Write({"a"}, {10, 11}, {1, 2}), 2);  // a retry
  EXPECT_EQ(*Write({"a"}, {11, 12}, {5, 6}, {Quality::kUncertain, Quality::kGood}), 2);
  const SampleBatch rows = Read({.sensors = {"a"}, .from_us = 0, .to_us = 100});
  EXPECT_THAT(rows.values, ElementsAre(1, 5, 6));
  EXPECT_EQ(rows.qualities.at(1), Quality::kUncertain);
}

TEST_F(PgSampleStoreTest, WritersOfTheSameSamplesAllCommit) {
  std::vector<std::int64_t> times(500);
  for (std::size_t i = 0; i < times.size(); ++i) times[i] = static_cast<std::int64_t>(i);
  std::vector<absl::Status> statuses(4);
  std::vector<std::thread> threads;
  for (std::size_t writer = 0; writer < statuses.size(); ++writer) {
    threads.emplace_back([&, writer] {
      for (int round = 0; round < 3 && statuses[writer].ok(); ++round) {
        statuses[writer] = Write(writer % 2 ? std::vector<std::string>{"a", "b"} : std::vector<std::string>{"b", "a"}, times,
                                 std::vector<double>(1000, round))
                               .status();
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  for (const absl::Status& status : statuses) EXPECT_EQ(status, absl::OkStatus());
  EXPECT_EQ(Read().event_us.size(), 500u);
}

TEST_F(PgSampleStoreTest, AnUnknownSensorOrAssetWritesNothing) {
  EXPECT_THAT(Write({"a", "x"}, {1}, {1, 2}).status().message(), HasSubstr("has no sensor \"x\""));
  EXPECT_TRUE(Read().event_us.empty());
  EXPECT_TRUE(absl::IsNotFound(samples_.Write(kTheirs, {kPump, {"a"}, {1}, {1}, {}}).status()));
  EXPECT_TRUE(absl::IsNotFound(samples_.Query(kTheirs, {.asset_id = kPump}).status()));
  EXPECT_TRUE(absl::IsInvalidArgument(samples_.Query(kOurs, {.asset_id = kPump, .sensors = {"x"}}).status()));
}

TEST_F(PgSampleStoreTest, SensorsOfDifferentRatesMergeAcrossReads) {
  // More rows of "a" than one read buffers, and a few of "b" between them.
  constexpr int kRows = 250'000;
  for (int first = 0; first < kRows; first += 50'000) {
    std::vector<std::int64_t> times;
    for (int i = 0; i < 50'000; ++i) times.push_back(2 * (first + i));
    ASSERT_TRUE(Write({"a"}, times, std::vector<double>(times.size(), 1)).ok());
  }
  ASSERT_TRUE(Write({"b"}, {1, 300'000, 499'999}, {1, 2, 3}).ok());
  const SampleBatch rows = Read();
  EXPECT_EQ(rows.event_us.size(), static_cast<std::size_t>(kRows) + 2);
  EXPECT_TRUE(std::is_sorted(rows.event_us.begin(), rows.event_us.end()));
  std::size_t of_b = 0;
  for (std::size_t i = 0; i < rows.values.size(); i += 2) of_b += std::isnan(rows.values[i]) ? 0 : 1;
  EXPECT_EQ(of_b, 3u);
}

}  // namespace
}  // namespace millwright::telemetry
