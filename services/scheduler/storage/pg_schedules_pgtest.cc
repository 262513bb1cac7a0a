#include <thread>

#include "scheduler/storage/pg_schedules.h"
#include "scheduler/storage/scheduler_pgtest.h"

namespace millwright::scheduler {
namespace {

using testing::HasSubstr;

class PgSchedulesTest : public SchedulerPgTest {
 protected:
  Schedule Create(const std::string& cron, const std::string& zone = "UTC") {
    const auto schedule = schedules_.Create(
        kWorkspace, {.name = "nightly", .pipeline = "chain", .parameters = {{"rows", 3}}, .cron = cron, .time_zone = zone}, "ann",
        kNoon);
    EXPECT_TRUE(schedule.ok()) << schedule.status();
    return *schedule;
  }
  std::size_t Runs() { return runs_.List(kWorkspace, "chain", std::nullopt, 100)->size(); }
  void FinishRun() {
    ASSERT_TRUE(queue_.Complete(Of(*Claim(kNoon + absl::Hours(1000))), {{"id", "a"}}, kNoon).ok());
    ASSERT_TRUE(queue_.Complete(Of(*Claim(kNoon + absl::Hours(1000))), nlohmann::json::object(), kNoon).ok());
  }
};

TEST_F(PgSchedulesTest, TickStartsOneRunWhoeverFires) {
  const Schedule schedule = Create("*/5 * * * *");
  const absl::Time due = *schedule.next_at;
  EXPECT_EQ(*schedules_.FireDue(due - absl::Seconds(1)), 0);
  std::vector<std::thread> schedulers;
  for (int i = 0; i < 4; ++i) schedulers.emplace_back([&] { EXPECT_TRUE(PgSchedules(db()).FireDue(due).ok()); });
  for (std::thread& scheduler : schedulers) scheduler.join();
  const auto runs = *runs_.List(kWorkspace, "chain", std::nullopt, 100);
  ASSERT_EQ(runs.size(), 1u);
  EXPECT_EQ(runs[0].trigger, "schedule:nightly");
  EXPECT_EQ(runs[0].created_by, "ann");
  EXPECT_EQ(runs[0].parameters.at("rows"), 3);
  const auto after = schedules_.Get(kWorkspace, "nightly");
  EXPECT_EQ(after->last_at, due);
  EXPECT_EQ(after->last_pipeline_run_id, runs[0].id.value());
  EXPECT_EQ(after->next_at, due + absl::Minutes(5));
}

TEST_F(PgSchedulesTest, OnlyTheLatestMissedTickIsMadeUpFor) {
  const absl::Time due = *Create("*/5 * * * *").next_at;
  EXPECT_EQ(*schedules_.FireDue(due + absl::Minutes(23)), 1);
  EXPECT_EQ(Runs(), 1u);
  EXPECT_EQ(schedules_.Get(kWorkspace, "nightly")->last_at, due + absl::Minutes(20));
  EXPECT_EQ(schedules_.Get(kWorkspace, "nightly")->next_at, due + absl::Minutes(25));
}

TEST_F(PgSchedulesTest, TickMissedBeyondTheWindowIsGone) {
  const absl::Time due = *Create("0 3 * * *").next_at;
  EXPECT_EQ(*schedules_.FireDue(due + absl::Hours(5)), 1);
  EXPECT_EQ(Runs(), 0u);
  EXPECT_EQ(schedules_.Get(kWorkspace, "nightly")->next_at, due + absl::Hours(24));
}

TEST_F(PgSchedulesTest, TickIsSkippedWhileTheLastRunIsActive) {
  const absl::Time due = *Create("*/5 * * * *").next_at;
  ASSERT_EQ(*schedules_.FireDue(due), 1);
  ASSERT_EQ(*schedules_.FireDue(due + absl::Minutes(5)), 1);
  EXPECT_EQ(Runs(), 1u);
  FinishRun();
  ASSERT_EQ(*schedules_.FireDue(due + absl::Minutes(10)), 1);
  EXPECT_EQ(Runs(), 2u);
}

TEST_F(PgSchedulesTest, PausedScheduleDoesNotFireAndMakesUpForNothing) {
  const absl::Time due = *Create("*/5 * * * *").next_at;
  ASSERT_TRUE(schedules_.SetPaused(kWorkspace, "nightly", true, kNoon).ok());
  EXPECT_EQ(*schedules_.FireDue(due + absl::Minutes(30)), 0);
  EXPECT_EQ(schedules_.SetPaused(kWorkspace, "nightly", false, due + absl::Minutes(31))->next_at, due + absl::Minutes(35));
}

TEST_F(PgSchedulesTest, PipelineThatRefusesItsParametersSkipsTheTick) {
  const absl::Time due = *Create("*/5 * * * *").next_at;
  ASSERT_TRUE(
      pipelines_
          .Put(kWorkspace, "name: chain\nparameters: {data: {type: file}}\nsteps: [{id: a, task: simulate_plant}]", "ann", kNoon)
          .ok());
  EXPECT_EQ(*schedules_.FireDue(due), 1);
  EXPECT_EQ(Runs(), 0u);
  EXPECT_EQ(schedules_.Get(kWorkspace, "nightly")->next_at, due + absl::Minutes(5));
}

TEST_F(PgSchedulesTest, CreateChecksEverythingThatATickWillNeed) {
  const auto error = [&](const Schedule& schedule) { return schedules_.Create(kWorkspace, schedule, "ann", kNoon).status(); };
  const nlohmann::json none = nlohmann::json::object();
  EXPECT_TRUE(absl::IsNotFound(error({.name = "a", .pipeline = "no", .parameters = none, .cron = "0 0 * * *"})));
  EXPECT_THAT(error({.name = "a", .pipeline = "chain", .parameters = {{"rows", "x"}}, .cron = "0 0 * * *"}).message(),
              HasSubstr("parameters.rows: \"x\" is not an int"));
  EXPECT_THAT(error({.name = "a", .pipeline = "chain", .parameters = none, .cron = "0 0 31 2 *"}).message(),
              HasSubstr("never matches"));
  EXPECT_THAT(error({.name = "a", .pipeline = "chain", .parameters = none, .cron = "0 0 * * *", .time_zone = "Berlin"}).message(),
              HasSubstr("time_zone"));
  Create("0 0 * * *");
  EXPECT_TRUE(absl::IsAlreadyExists(error({.name = "nightly", .pipeline = "chain", .parameters = none, .cron = "0 0 * * *"})));
  EXPECT_TRUE(absl::IsNotFound(schedules_.Get(base::WorkspaceId("2"), "nightly").status()));
  ASSERT_TRUE(schedules_.Delete(kWorkspace, "nightly").ok());
  EXPECT_TRUE(absl::IsNotFound(schedules_.Delete(kWorkspace, "nightly")));
}

}  // namespace
}  // namespace millwright::scheduler
