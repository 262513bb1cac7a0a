#include "scheduler/storage/pg_pipelines.h"
#include "scheduler/storage/scheduler_pgtest.h"

namespace millwright::scheduler {
namespace {

using testing::HasSubstr;

class PgPipelinesTest : public SchedulerPgTest {};

constexpr char kText[] = "name: tiny\nsteps: [{id: a, task: simulate_plant}]";
constexpr char kOther[] = "name: tiny\nsteps: [{id: b, task: simulate_plant}]";

TEST_F(PgPipelinesTest, SameTextIsTheSameRevision) {
  EXPECT_EQ(pipelines_.Put(kWorkspace, kText, "ann", kNoon)->revision, 1);
  EXPECT_EQ(pipelines_.Put(kWorkspace, kText, "ann", kNoon)->revision, 1);
  EXPECT_EQ(pipelines_.Put(kWorkspace, kOther, "ann", kNoon)->revision, 2);
  EXPECT_EQ(pipelines_.Put(kWorkspace, kText, "ann", kNoon)->revision, 3);
  EXPECT_EQ(pipelines_.Get(kWorkspace, "tiny")->text, kText);
  EXPECT_TRUE(absl::IsNotFound(pipelines_.Get(base::WorkspaceId("2"), "tiny").status()));
}

TEST_F(PgPipelinesTest, ShippedTextDoesNotUndoWhatPeoplePutOverIt) {
  ASSERT_TRUE(pipelines_.PutShipped(kWorkspace, kText, "service:scheduler", kNoon).ok());
  ASSERT_TRUE(pipelines_.Put(kWorkspace, kOther, "ann", kNoon).ok());
  ASSERT_TRUE(pipelines_.PutShipped(kWorkspace, kText, "service:scheduler", kNoon).ok());
  EXPECT_EQ(pipelines_.Get(kWorkspace, "tiny")->text, kOther);
}

TEST_F(PgPipelinesTest, ListsByNameAfterACursor) {
  ASSERT_TRUE(pipelines_.Put(kWorkspace, kText, "ann", kNoon).ok());
  const auto names = [&](const std::string& after, int limit) {
    std::vector<std::string> result;
    const auto listed = pipelines_.List(kWorkspace, after, limit);
    for (const Pipeline& pipeline : listed.value()) result.push_back(pipeline.definition.name);
    return result;
  };
  EXPECT_THAT(names("", 2), testing::ElementsAre("chain", "search"));
  EXPECT_THAT(names("search", 2), testing::ElementsAre("tiny"));
}

TEST_F(PgPipelinesTest, RunKeepsTheRevisionItStartedWith) {
  const PipelineRun run = StartRun("chain");
  ASSERT_TRUE(pipelines_.Put(kWorkspace, "name: chain\nsteps: [{id: other, task: simulate_plant}]", "ann", kNoon).ok());
  ASSERT_TRUE(queue_.Complete(Of(*Claim()), {{"id", "a"}}, kNoon).ok());
  EXPECT_EQ(Claim()->step_id, "check");
  EXPECT_EQ(Reload(run).revision, 1);
}

TEST_F(PgPipelinesTest, SameRequestIdIsTheSameRun) {
  const PipelineRun first = StartRun("chain", {{"rows", 2}}, "r1");
  EXPECT_EQ(StartRun("chain", {{"rows", 9}}, "r1").id, first.id);
  EXPECT_NE(StartRun("chain", {{"rows", 9}}, "r2").id, first.id);
  EXPECT_EQ(runs_.List(kWorkspace, "", std::nullopt, 10)->size(), 2u);
  const auto other = runs_.Start(
      {.workspace = kWorkspace, .pipeline = "search", .parameters = nlohmann::json::object(), .request_id = "r1"}, kNoon);
  EXPECT_THAT(other.status().message(), HasSubstr("request_id \"r1\" already started a run of pipeline \"chain\""));
}

TEST_F(PgPipelinesTest, RunsAreListedNewestFirstByPage) {
  std::vector<std::string> started;
  for (int i = 0; i < 5; ++i) started.push_back(StartRun("chain").id.value());
  const auto page = *runs_.List(kWorkspace, "chain", std::nullopt, 3);
  ASSERT_EQ(page.size(), 3u);
  const auto rest = *runs_.List(kWorkspace, "chain", RunCursor{page.back().created_at, page.back().id.value()}, 3);
  ASSERT_EQ(rest.size(), 2u);
  std::vector<std::string> listed;
  for (const auto& run : page) listed.push_back(run.id.value());
  for (const auto& run : rest) listed.push_back(run.id.value());
  EXPECT_THAT(listed, testing::UnorderedElementsAreArray(started));
  EXPECT_EQ(page[0].state, State::kWaiting);
  EXPECT_TRUE(runs_.List(base::WorkspaceId("2"), "", std::nullopt, 3)->empty());
  EXPECT_TRUE(absl::IsNotFound(runs_.Get(base::WorkspaceId("2"), page[0].id).status()));
  EXPECT_TRUE(absl::IsNotFound(runs_.Cancel(base::WorkspaceId("2"), page[0].id, kNoon).status()));
}

}  // namespace
}  // namespace millwright::scheduler
