#include <gmock/gmock.h>

#include <thread>

#include "monitor/storage/monitor_database_test.h"
#include "monitor/storage/pg_prediction_store.h"

namespace millwright::monitor {
namespace {

using Values = std::map<std::string, double>;

class PgPredictionStoreTest : public MonitorDatabaseTest {
 protected:
  std::vector<std::string> Partitions() {
    constexpr pg::Statement kPartitions{"partitions", R"sql(
      SELECT c.relname FROM pg_inherits i JOIN pg_class c ON c.oid = i.inhrelid
       WHERE i.inhparent = 'monitor.predictions'::regclass ORDER BY 1)sql"};
    return db()
        .Transact([&](pg::Tx& tx) -> absl::StatusOr<std::vector<std::string>> {
          std::vector<std::string> names;
          const std::vector<pg::Row> rows = tx.Many(kPartitions).value();
          for (const pg::Row& row : rows) names.push_back(row.Text(0));
          return names;
        })
        .value();
  }
};

TEST_F(PgPredictionStoreTest, APredictionReadsBackAsItWas) {
  Prediction prediction = Answer(1);
  prediction.asset_id = "펌프 7\t\\";
  prediction.event_time = at_ - absl::Seconds(3);
  prediction.error = "line one\nline two";
  ASSERT_TRUE(predictions_.Log({prediction}, at_).ok());
  const Prediction read = predictions_.Get(workspace_, prediction.id).value();
  EXPECT_EQ(read.id, prediction.id);
  EXPECT_EQ(read.asset_id, prediction.asset_id);
  EXPECT_EQ(read.event_time, prediction.event_time);
  EXPECT_EQ(read.at, prediction.at);
  EXPECT_EQ(read.values, prediction.values);
  EXPECT_EQ(read.error, prediction.error);
  EXPECT_EQ(read.revision, 2);
}

TEST_F(PgPredictionStoreTest, ARetriedBatchChangesNothing) {
  const std::vector<Prediction> batch = Answers(1, 5, Outcome::kOk);
  ASSERT_TRUE(predictions_.Log(batch, at_).ok());
  ASSERT_TRUE(predictions_.Log(batch, at_).ok());
  std::vector<Prediction> twice = {Answer(6), Answer(6)};
  ASSERT_TRUE(predictions_.Log(twice, at_).ok());
  EXPECT_EQ(HealthOf(2).predictions, 6);
  EXPECT_EQ(predictions_.List(workspace_, "", std::nullopt, 100).value().size(), 6u);
}

TEST_F(PgPredictionStoreTest, TenThousandAtOnceAreLoggedAndCounted) {
  ASSERT_TRUE(predictions_.Log(Answers(1, 10000, Outcome::kOk), at_).ok());
  EXPECT_EQ(HealthOf(2).predictions, 10000);
  EXPECT_DOUBLE_EQ(HealthOf(2).mean_latency_ms, 2);
}

TEST_F(PgPredictionStoreTest, ConcurrentBatchesAreAllCounted) {
  std::vector<std::thread> threads;
  for (int i = 0; i < 6; ++i) {
    threads.emplace_back([&, i] {
      std::vector<Prediction> batch = Answers(i * 1000, 100, Outcome::kOk, 1 + i % 2);
      const std::vector<Prediction> more = Answers(i * 1000 + 500, 100, Outcome::kFailed, 2 - i % 2);
      batch.insert(batch.end(), more.begin(), more.end());
      EXPECT_EQ(predictions_.Log(batch, at_).status(), absl::OkStatus());
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(HealthOf(1).predictions + HealthOf(2).predictions, 1200);
  EXPECT_EQ(HealthOf(1).failed + HealthOf(2).failed, 600);
}

TEST_F(PgPredictionStoreTest, EachDayHasAPartitionMadeOnDemand) {
  Prediction late = Answer(2);
  late.at = at_ - absl::Hours(48);
  ASSERT_TRUE(predictions_.Log({Answer(1), late}, at_).ok());
  EXPECT_THAT(Partitions(), testing::ElementsAre("predictions_20231112", "predictions_20231114"));
}

TEST_F(PgPredictionStoreTest, PartitionsAreMadeAheadAndDroppedByRetention) {
  ASSERT_TRUE(predictions_.MakePartitions(at_ - absl::Hours(48), at_ + absl::Hours(24)).ok());
  ASSERT_TRUE(predictions_.MakePartitions(at_, at_ + absl::Hours(24)).ok());
  EXPECT_EQ(Partitions().size(), 4u);
  ASSERT_TRUE(predictions_.Log({Answer(1)}, at_).ok());
  ASSERT_TRUE(predictions_.DropBefore(at_).ok());
  EXPECT_THAT(Partitions(), testing::ElementsAre("predictions_20231114", "predictions_20231115"));
  EXPECT_TRUE(predictions_.Get(workspace_, Id(1)).ok());
  ASSERT_TRUE(predictions_.DropBefore(at_ + absl::Hours(48)).ok());
  EXPECT_TRUE(absl::IsNotFound(predictions_.Get(workspace_, Id(1)).status()));
  EXPECT_EQ(HealthOf(2).predictions, 1) << "counts outlive the log";
  ASSERT_TRUE(predictions_.Log({Answer(2)}, at_).ok()) << "a dropped day is made again";
}

TEST_F(PgPredictionStoreTest, ALabelJoinsWhetherItComesBeforeOrAfter) {
  EXPECT_EQ(predictions_.Label(workspace_, {{Id(1), "", 1}}, at_).value().pending, 1);
  ASSERT_TRUE(predictions_.Log({Answer(1), Answer(2)}, at_).ok());
  EXPECT_EQ(predictions_.Label(workspace_, {{Id(2), "risk", 0}}, at_).value().matched, 1);
  EXPECT_EQ(predictions_.Get(workspace_, Id(1)).value().labels, (Values{{"risk", 1}}));
  EXPECT_EQ(predictions_.Get(workspace_, Id(2)).value().labels, (Values{{"risk", 0}}));
  EXPECT_EQ(HealthOf(2).labelled, 2);
}

TEST_F(PgPredictionStoreTest, ASecondLabelReplacesTheFirstAndCountsOnce) {
  ASSERT_TRUE(predictions_.Log({Answer(1)}, at_).ok());
  ASSERT_TRUE(predictions_.Label(workspace_, {{Id(1), "risk", 0}, {Id(1), "risk", 1}}, at_).ok());
  ASSERT_TRUE(predictions_.Label(workspace_, {{Id(1), "risk", 2}}, at_).ok());
  EXPECT_EQ(predictions_.Get(workspace_, Id(1)).value().labels, (Values{{"risk", 2}}));
  EXPECT_EQ(HealthOf(2).labelled, 1);
}

TEST_F(PgPredictionStoreTest, LabelsAndPredictionsThatCrossAreBothCounted) {
  for (int round = 0; round < 20; ++round) {
    std::thread labelling([&] { EXPECT_TRUE(predictions_.Label(workspace_, {{Id(round), "", 1}}, at_).ok()); });
    ASSERT_TRUE(predictions_.Log({Answer(round)}, at_).ok());
    labelling.join();
  }
  EXPECT_EQ(HealthOf(2).labelled, 20);
}

TEST_F(PgPredictionStoreTest, AnotherWorkspaceSeesAndLabelsNothing) {
  ASSERT_TRUE(predictions_.Log({Answer(1)}, at_).ok());
  EXPECT_TRUE(absl::IsNotFound(predictions_.Get(other_, Id(1)).status()));
  EXPECT_TRUE(predictions_.List(other_, "pump", std::nullopt, 10).value().empty());
  EXPECT_TRUE(predictions_.Health(other_, "pump").value().empty());
  EXPECT_EQ(predictions_.Label(other_, {{Id(1), "", 1}}, at_).value().pending, 1);
  EXPECT_TRUE(predictions_.Get(workspace_, Id(1)).value().labels.empty());
  EXPECT_EQ(HealthOf(2).labelled, 0);
}

TEST_F(PgPredictionStoreTest, ListsPageNewestFirst) {
  ASSERT_TRUE(predictions_.Log(Answers(1, 5, Outcome::kOk), at_).ok());
  const std::vector<Prediction> first = predictions_.List(workspace_, "pump", std::nullopt, 2).value();
  ASSERT_EQ(first.size(), 2u);
  EXPECT_EQ(first[0].id, Id(5));
  const std::vector<Prediction> rest = predictions_.List(workspace_, "", PredictionKey{first[1].at, first[1].id}, 10).value();
  ASSERT_EQ(rest.size(), 3u);
  EXPECT_EQ(rest[0].id, Id(3));
  EXPECT_TRUE(predictions_.List(workspace_, "other", std::nullopt, 10).value().empty());
}

TEST_F(PgPredictionStoreTest, WorksOnAfterTheServerWasAway) {
  ASSERT_TRUE(predictions_.Log({Answer(1)}, at_).ok());
  StopServer();
  EXPECT_TRUE(absl::IsUnavailable(predictions_.Log({Answer(2)}, at_).status()));
  StartServer();
  ASSERT_TRUE(predictions_.Log({Answer(2)}, at_).ok());
  EXPECT_EQ(HealthOf(2).predictions, 2);
}

}  // namespace
}  // namespace millwright::monitor
