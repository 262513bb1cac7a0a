#include <gmock/gmock.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <set>
#include <thread>

#include "absl/strings/str_cat.h"
#include "lib/pg/database_test.h"
#include "migrations.h"
#include "tracker/storage/pg_experiment_store.h"
#include "tracker/storage/pg_run_store.h"

namespace millwright::tracker {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
constexpr double kNan = std::numeric_limits<double>::quiet_NaN();
constexpr double kInfinity = std::numeric_limits<double>::infinity();
const base::WorkspaceId kOurs("1");
const base::WorkspaceId kTheirs("2");
const absl::Time kNoon = absl::FromUnixSeconds(1'700'000'000);

class PgRunStoreTest : public pg::DatabaseTest {
 protected:
  PgRunStoreTest() : DatabaseTest({{"tracker", migrations()}}) {}

  NewRun Fresh(std::optional<std::string> request = std::nullopt) {
    return {NewRunId(), ExperimentId("0"), "brisk-rotor-1", {{"team", "pumps"}}, "ada", std::move(request), kNoon};
  }
  RunId Create() { return runs_.Create(kOurs, Fresh())->id; }

  PgExperimentStore experiments_{db()};
  PgRunStore runs_{db()};
};

TEST_F(PgRunStoreTest, TheDefaultExperimentIsThereOnFirstUseInEachWorkspace) {
  EXPECT_EQ(experiments_.Get(kOurs, ExperimentId("0"))->name, "Default");
  EXPECT_EQ(experiments_.Get(kTheirs, ExperimentId("0"))->name, "Default");
  EXPECT_EQ(experiments_.Get(kOurs, ExperimentId("0"))->id.value(), "0");
  EXPECT_TRUE(absl::IsAlreadyExists(experiments_.Create(base::WorkspaceId("3"), "Default").status()));
}

TEST_F(PgRunStoreTest, ExperimentsOfAnotherWorkspaceAreNotFoundAndNotListed) {
  const Experiment pumps = *experiments_.Create(kOurs, "pumps");
  EXPECT_TRUE(absl::IsAlreadyExists(experiments_.Create(kOurs, "pumps").status()));
  EXPECT_TRUE(experiments_.Create(kTheirs, "pumps").ok());
  EXPECT_TRUE(absl::IsNotFound(experiments_.Get(kTheirs, pumps.id).status()));
  const PageOf<Experiment> listed = *experiments_.List(kTheirs, {});
  for (const Experiment& experiment : listed.items) EXPECT_NE(experiment.id, pumps.id);
  EXPECT_EQ(experiments_.List(kOurs, {.name = "pumps"})->items.size(), 1u);
}

TEST_F(PgRunStoreTest, PagesHoldEveryRunOnceNewestFirst) {
  std::vector<std::string> made;
  for (int i = 0; i < 5; ++i) made.push_back(Create().value());
  std::vector<std::string> listed;
  RunQuery query{.page = {.size = 2}};
  for (;;) {
    const PageOf<tracker::Run> page = *runs_.List(kOurs, query);
    for (const tracker::Run& run : page.items) listed.push_back(run.id.value());
    if (!page.next) break;
    query.page.before = page.next;
  }
  std::reverse(made.begin(), made.end());
  EXPECT_EQ(listed, made);
}

TEST_F(PgRunStoreTest, TheSameRequestGivesTheSameRun) {
  const tracker::Run first = *runs_.Create(kOurs, Fresh("request-1"));
  EXPECT_EQ(runs_.Create(kOurs, Fresh("request-1"))->id, first.id);
  EXPECT_NE(runs_.Create(kTheirs, Fresh("request-1"))->id, first.id);
  EXPECT_NE(runs_.Create(kOurs, Fresh())->id, runs_.Create(kOurs, Fresh())->id);
}

TEST_F(PgRunStoreTest, TheSameRequestOnManyConnectionsMakesOneRun) {
  std::vector<std::string> ids(6);
  std::vector<std::thread> threads;
  for (std::string& id : ids) {
    threads.emplace_back([&] { id = runs_.Create(kOurs, Fresh("race"))->id.value(); });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(std::set<std::string>(ids.begin(), ids.end()).size(), 1u);
  EXPECT_EQ(runs_.List(kOurs, {})->items.size(), 1u);
}

TEST_F(PgRunStoreTest, LogsComeBackWithTheRun) {
  const RunId run = Create();
  ASSERT_EQ(runs_.Log(kOurs, run,
                      {.metrics = {{"loss", 0.5, 1, 10}, {"loss", kNan, 2, 20}, {"auc", 0.9, 0, 5}},
                       .params = {{"depth", "6"}, {"path", "a\"b\\c,{}"}},
                       .tags = {{"team", "fans"}}}),
            absl::OkStatus());
  const tracker::Run read = *runs_.Get(kOurs, run);
  ASSERT_EQ(read.metrics.size(), 2u);
  EXPECT_EQ(read.metrics[0].key, "auc");
  EXPECT_TRUE(std::isnan(read.metrics[1].value));
  EXPECT_EQ(read.metrics[1].step, 2);
  EXPECT_EQ(read.params[1].value, "a\"b\\c,{}");
  ASSERT_EQ(read.tags.size(), 1u);
  EXPECT_EQ(read.tags[0].value, "fans");
}

TEST_F(PgRunStoreTest, AnOlderPointDoesNotBecomeTheLatest) {
  const RunId run = Create();
  ASSERT_TRUE(runs_.Log(kOurs, run, {.metrics = {{"loss", 1, 5, 50}}}).ok());
  ASSERT_TRUE(runs_.Log(kOurs, run, {.metrics = {{"loss", 9, 4, 60}}}).ok());
  EXPECT_EQ(runs_.Get(kOurs, run)->metrics[0].value, 1);
  ASSERT_TRUE(runs_.Log(kOurs, run, {.metrics = {{"loss", -kInfinity, 5, 51}}}).ok());
  EXPECT_EQ(runs_.Get(kOurs, run)->metrics[0].value, -kInfinity);
}

TEST_F(PgRunStoreTest, AnotherValueForAParamIsRefusedWithTheWholeBatch) {
  const RunId run = Create();
  ASSERT_TRUE(runs_.Log(kOurs, run, {.params = {{"depth", "6"}}}).ok());
  EXPECT_TRUE(runs_.Log(kOurs, run, {.params = {{"depth", "6"}}}).ok());
  const absl::Status status = runs_.Log(kOurs, run, {.metrics = {{"loss", 1}}, .params = {{"depth", "7"}, {"eta", "1"}}});
  EXPECT_TRUE(absl::IsInvalidArgument(status)) << status;
  EXPECT_THAT(status.message(), HasSubstr("\"depth\" is \"6\" already"));
  const tracker::Run read = *runs_.Get(kOurs, run);
  EXPECT_EQ(read.params.size(), 1u);
  EXPECT_TRUE(read.metrics.empty());
}

TEST_F(PgRunStoreTest, OfTwoWritersOfOneParamOneWinsAndTheOtherIsTold) {
  const RunId run = Create();
  absl::Status other;
  std::thread thread([&] { other = runs_.Log(kOurs, run, {.params = {{"depth", "6"}}}); });
  const absl::Status mine = runs_.Log(kOurs, run, {.params = {{"depth", "7"}}});
  thread.join();
  EXPECT_NE(mine.ok(), other.ok());
  EXPECT_EQ(runs_.Get(kOurs, run)->params[0].value, mine.ok() ? "7" : "6");
}

TEST_F(PgRunStoreTest, ManyWritersOfTheSameKeysAllCommit) {
  const RunId run = Create();
  std::vector<std::thread> threads;
  std::vector<absl::Status> statuses(6);
  for (int writer = 0; writer < 6; ++writer) {
    threads.emplace_back([&, writer] {
      for (int i = 0; i < 10 && statuses[static_cast<std::size_t>(writer)].ok(); ++i) {
        statuses[static_cast<std::size_t>(writer)] =
            runs_.Log(kOurs, run,
                      {.metrics = {{"b", 1.0 * writer, i, writer}, {"a", 2.0 * writer, i, writer}},
                       .tags = {{"s", absl::StrCat(i)}, {"t", "x"}}});
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  for (const absl::Status& status : statuses) EXPECT_EQ(status, absl::OkStatus());
  EXPECT_EQ(runs_.History(kOurs, run, {"a", 1000, std::nullopt})->size(), 60u);
  EXPECT_EQ(runs_.Get(kOurs, run)->metrics[1].value, 5.0);
}

TEST_F(PgRunStoreTest, HistoryIsInOrderWithoutDuplicatesPageByPage) {
  const RunId run = Create();
  const std::vector<Metric> points = {
      {"loss", kNan, 1, 1}, {"loss", 2, 1, 1}, {"loss", kInfinity, 2, 1}, {"loss", 3, 0, 9}, {"loss", kNan, 3, 1}};
  ASSERT_TRUE(runs_.Log(kOurs, run, {.metrics = points}).ok());
  ASSERT_TRUE(runs_.Log(kOurs, run, {.metrics = points}).ok());  // a retry
  std::vector<std::string> read;
  HistoryQuery query{"loss", 2, std::nullopt};
  for (;;) {
    const std::vector<Metric> page = *runs_.History(kOurs, run, query);
    for (const Metric& metric : page) read.push_back(absl::StrCat(metric.step, ":", metric.value));
    if (page.size() < 2) break;
    query.after = page.back();
  }
  EXPECT_THAT(read, ElementsAre("0:3", "1:2", "1:nan", "2:inf", "3:nan"));
}

TEST_F(PgRunStoreTest, FinishedStaysFinished) {
  const RunId run = Create();
  EXPECT_EQ(runs_.Finish(kOurs, run, RunStatus::kFinished, kNoon)->ended_at, kNoon);
  EXPECT_EQ(runs_.Finish(kOurs, run, RunStatus::kFinished, kNoon + absl::Hours(1))->ended_at, kNoon);
  const absl::Status status = runs_.Finish(kOurs, run, RunStatus::kFailed, kNoon).status();
  EXPECT_TRUE(absl::IsFailedPrecondition(status)) << status;
  EXPECT_THAT(status.message(), HasSubstr("is finished already and cannot become failed"));
}

TEST_F(PgRunStoreTest, RunsOfAnotherWorkspaceAreNotFoundAndNotListed) {
  const RunId run = Create();
  EXPECT_TRUE(absl::IsNotFound(runs_.Get(kTheirs, run).status()));
  EXPECT_TRUE(absl::IsNotFound(runs_.Log(kTheirs, run, {.params = {{"a", "b"}}})));
  EXPECT_TRUE(absl::IsNotFound(runs_.Finish(kTheirs, run, RunStatus::kKilled, kNoon).status()));
  EXPECT_TRUE(absl::IsNotFound(runs_.History(kTheirs, run, {"loss", 10, std::nullopt}).status()));
  EXPECT_TRUE(runs_.List(kTheirs, {})->items.empty());
}

TEST_F(PgRunStoreTest, TagsFilterTheList) {
  const RunId run = Create();
  ASSERT_TRUE(runs_.Log(kOurs, run, {.tags = {{"kind", "trial"}}}).ok());
  Create();
  EXPECT_EQ(runs_.List(kOurs, {.tags = {{"team", "pumps"}}})->items.size(), 2u);
  EXPECT_EQ(runs_.List(kOurs, {.tags = {{"team", "pumps"}, {"kind", "trial"}}})->items.size(), 1u);
  EXPECT_TRUE(runs_.List(kOurs, {.tags = {{"team", "fans"}}})->items.empty());
  EXPECT_EQ(runs_.List(kOurs, {.experiment_id = ExperimentId("0")})->items.size(), 2u);
  EXPECT_TRUE(absl::IsNotFound(runs_.List(kOurs, {.experiment_id = ExperimentId("77")}).status()));
}

}  // namespace
}  // namespace millwright::tracker
