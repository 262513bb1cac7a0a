#include <gmock/gmock.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <set>
#include <thread>

#include "absl/strings/str_cat.h"
#include "lib/base/random.h"
#include "lib/pg/database_test.h"
#include "migrations.h"
#include "tracker/domain/log_errors.h"
#include "tracker/storage/pg_experiment_store.h"
#include "tracker/storage/pg_run_store.h"
#include "tracker/storage/settle_metrics.h"

namespace millwright::tracker {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
constexpr double kNan = std::numeric_limits<double>::quiet_NaN();
constexpr double kInfinity = std::numeric_limits<double>::infinity();
const base::WorkspaceId kOurs("1");
const base::WorkspaceId kTheirs("2");
const absl::Time kNoon = absl::FromUnixSeconds(1'700'000'000);

constexpr pg::Statement kLatest{"latest", R"sql(
  SELECT value, step, min_value, max_value FROM tracker.latest_metrics WHERE run_number = (SELECT number FROM tracker.runs WHERE run_id = $1)
)sql"};
constexpr pg::Statement kLeft{"left", R"sql(
  SELECT (SELECT count(*) FROM tracker.metric_log), (SELECT count(*) FROM tracker.metric_chunks),
         (SELECT count(*) FROM tracker.latest_metrics), (SELECT count(*) FROM tracker.params), (SELECT count(*) FROM tracker.tags)
)sql"};
constexpr pg::Statement kDeadlocks{"deadlocks", "SELECT deadlocks FROM pg_stat_database WHERE datname = current_database()"};

class PgRunStoreTest : public pg::DatabaseTest {
 protected:
  PgRunStoreTest() : DatabaseTest({{"tracker", migrations()}}) {}

  NewRun Fresh(std::optional<std::string> request = std::nullopt) {
    NewRun run;
    run.id = NewRunId();
    run.experiment_id = ExperimentId("0");
    run.name = "brisk-rotor-1";
    run.tags = {{"team", "pumps"}};
    run.created_by = run.user = "ada";
    run.request_id = std::move(request);
    run.started_at = kNoon;
    return run;
  }
  RunId Create() { return runs_.Create(kOurs, Fresh())->id; }
  absl::Status Log(const RunId& run, Batch batch, const base::WorkspaceId& workspace = kOurs) {
    return runs_.StartLog(workspace, run, std::move(batch)).get();
  }
  void Settle() { ASSERT_TRUE(SettleMetrics(db()).ok()); }
  pg::Row One(const pg::Statement& statement, const RunId& run) {
    return *db().Transact([&](pg::Tx& tx) { return tx.One(statement, run); });
  }

  PgExperimentStore experiments_{db()};
  PgRunStore store_{db(), {.settle_every = absl::ZeroDuration()}};
  RunStore& runs_ = store_;
};

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

TEST_F(PgRunStoreTest, ARunIsCreatedAsItIsReadBack) {
  NewRun fresh = Fresh();
  fresh.heartbeat_grace = absl::Seconds(30);
  const tracker::Run made = *runs_.Create(kOurs, fresh);
  const tracker::Run read = *runs_.Get(kOurs, made.id);
  EXPECT_EQ(made.experiment_id, read.experiment_id);
  EXPECT_EQ(made.artifact_uri, absl::StrCat("mlflow-artifacts:/0/", made.id.value(), "/artifacts"));
  EXPECT_EQ(made.artifact_uri, read.artifact_uri);
  EXPECT_EQ(made.status, read.status);
  EXPECT_EQ(made.started_at, read.started_at);
  EXPECT_EQ(made.user, read.user);
  EXPECT_EQ(made.heartbeat_grace, read.heartbeat_grace);
  EXPECT_EQ(made.tags[0].value, read.tags[0].value);
  fresh.id = NewRunId();
  fresh.experiment_id = ExperimentId("77");
  EXPECT_TRUE(absl::IsNotFound(runs_.Create(kOurs, fresh).status()));
}

TEST_F(PgRunStoreTest, LogsComeBackWithTheRun) {
  const RunId run = Create();
  ASSERT_EQ(Log(run, {.metrics = {{"loss", 0.5, 1, 10}, {"loss", kNan, 2, 20}, {"auc", 0.9, 0, 5}},
                      .params = {{"depth", "6"}, {"path", "a\"b\\c,{}"}},
                      .tags = {{"team", "fans"}}}),
            absl::OkStatus());
  for (int settled = 0; settled < 2; ++settled) {
    const tracker::Run read = *runs_.Get(kOurs, run);
    ASSERT_EQ(read.metrics.size(), 2u);
    EXPECT_EQ(read.metrics[0].key, "auc");
    EXPECT_TRUE(std::isnan(read.metrics[1].value));
    EXPECT_EQ(read.metrics[1].step, 2);
    EXPECT_EQ(read.params[1].value, "a\"b\\c,{}");
    ASSERT_EQ(read.tags.size(), 1u);
    EXPECT_EQ(read.tags[0].value, "fans");
    Settle();
  }
}

TEST_F(PgRunStoreTest, AnOlderPointDoesNotBecomeTheLatest) {
  const RunId run = Create();
  const auto latest = [&] { return runs_.Get(kOurs, run)->metrics[0].value; };
  ASSERT_TRUE(Log(run, {.metrics = {{"loss", 1, 5, 50}}}).ok());
  Settle();
  ASSERT_TRUE(Log(run, {.metrics = {{"loss", 9, 4, 60}}}).ok());
  EXPECT_EQ(latest(), 1);
  Settle();
  EXPECT_EQ(latest(), 1);
  ASSERT_TRUE(Log(run, {.metrics = {{"loss", -kInfinity, 5, 51}}}).ok());
  EXPECT_EQ(latest(), -kInfinity);
  Settle();
  EXPECT_EQ(latest(), -kInfinity);
}

TEST_F(PgRunStoreTest, SettlingKeepsTheExtremesAndLeavesOutNaN) {
  const RunId run = Create();
  ASSERT_TRUE(Log(run, {.metrics = {{"loss", kNan, 1, 0}}}).ok());
  Settle();
  EXPECT_TRUE(One(kLatest, run).IsNull(2));
  ASSERT_TRUE(Log(run, {.metrics = {{"loss", 4, 2, 0}, {"loss", kNan, 9, 0}}}).ok());
  Settle();
  ASSERT_TRUE(Log(run, {.metrics = {{"loss", -kInfinity, 3, 0}, {"loss", 2, 4, 0}}}).ok());
  Settle();
  const pg::Row row = One(kLatest, run);
  EXPECT_TRUE(std::isnan(row.Double(0)));
  EXPECT_EQ(row.Int(1), 9);
  EXPECT_EQ(row.Double(2), -kInfinity);
  EXPECT_EQ(row.Double(3), 4);
}

TEST_F(PgRunStoreTest, AnotherValueForAParamIsRefusedWithTheWholeBatch) {
  const RunId run = Create();
  ASSERT_TRUE(Log(run, {.params = {{"depth", "6"}}}).ok());
  EXPECT_TRUE(Log(run, {.params = {{"depth", "6"}}}).ok());
  const absl::Status status = Log(run, {.metrics = {{"loss", 1}}, .params = {{"depth", "7"}, {"eta", "1"}}});
  EXPECT_TRUE(absl::IsInvalidArgument(status)) << status;
  EXPECT_THAT(status.message(), HasSubstr("is \"6\" already and cannot become \"7\""));
  ASSERT_EQ(ConflictsOf(status).size(), 1u);
  EXPECT_EQ(ConflictsOf(status)[0].key, "depth");
  const tracker::Run read = *runs_.Get(kOurs, run);
  EXPECT_EQ(read.params.size(), 1u);
  EXPECT_TRUE(read.metrics.empty());
}

TEST_F(PgRunStoreTest, OfTwoWritersOfOneParamOneWinsAndTheOtherIsTold) {
  const RunId run = Create();
  PgRunStore elsewhere(db());  // another program on the same database
  absl::Status other;
  std::thread thread([&] { other = elsewhere.StartLog(kOurs, run, {.params = {{"depth", "6"}}}).get(); });
  const absl::Status mine = Log(run, {.params = {{"depth", "7"}}});
  thread.join();
  EXPECT_NE(mine.ok(), other.ok());
  EXPECT_EQ(runs_.Get(kOurs, run)->params[0].value, mine.ok() ? "7" : "6");
}

TEST_F(PgRunStoreTest, OneBadBatchNeverFailsTheOthersOfItsGroup) {
  const RunId run = Create();
  std::vector<std::future<absl::Status>> outcomes;
  for (int i = 0; i < 40; ++i) outcomes.push_back(runs_.StartLog(kOurs, run, {.metrics = {{absl::StrCat("m", i), 1.0}}}));
  outcomes.push_back(runs_.StartLog(kOurs, NewRunId(), {.metrics = {{"m", 1}}}));
  outcomes.push_back(runs_.StartLog(kOurs, run, {.tags = {{"t", std::string("a\0b", 3)}}}));
  ASSERT_TRUE(Log(run, {.params = {{"p", "1"}}}).ok());
  outcomes.push_back(runs_.StartLog(kOurs, run, {.params = {{"p", "1"}}}));
  outcomes.push_back(runs_.StartLog(kOurs, run, {.params = {{"p", "2"}}}));
  outcomes.push_back(runs_.StartLog(kTheirs, run, {.params = {{"q", "2"}}}));
  std::string codes;
  for (std::size_t i = 0; i < outcomes.size(); ++i) {
    const absl::Status status = outcomes[i].get();
    if (i < 40) {
      EXPECT_EQ(status, absl::OkStatus());
    } else {
      absl::StrAppend(&codes, absl::StatusCodeToString(status.code()), " ");
    }
  }
  EXPECT_EQ(codes, "NOT_FOUND INVALID_ARGUMENT OK INVALID_ARGUMENT NOT_FOUND ");
  EXPECT_EQ(runs_.Get(kOurs, run)->metrics.size(), 40u);
}

// Two programs, 32 writers each, on the same four runs, while a third settles and a run is renamed.
TEST_F(PgRunStoreTest, SixtyFourWritersOfTheSameRunsNeitherDeadlockNorLoseAWrite) {
  constexpr int kRounds = 20;
  std::vector<RunId> runs;
  for (int i = 0; i < 4; ++i) runs.push_back(Create());
  PgRunStore elsewhere(db());
  std::vector<std::thread> threads;
  std::vector<absl::Status> statuses(64);
  for (int writer = 0; writer < 64; ++writer) {
    threads.emplace_back([&, writer] {
      RunStore& store = writer % 2 == 0 ? runs_ : elsewhere;
      absl::Status& status = statuses[static_cast<std::size_t>(writer)];
      for (int i = 0; i < kRounds && status.ok(); ++i) {
        Batch batch{.metrics = {{"b", 1.0 * writer, i, writer}, {"a", 2.0 * writer, i, writer}},
                    .params = {{absl::StrCat("p", writer), "1"}, {"shared", "x"}},
                    .tags = {{kNameTag, absl::StrCat("name-", writer)}, {"s", absl::StrCat(i)}, {"t", "x"}}};
        status = Normalise(batch);
        if (status.ok()) status = store.StartLog(kOurs, runs[static_cast<std::size_t>(writer + i) % 4], std::move(batch)).get();
        if (status.ok() && i == 10)
          status = store
                       .Update(kOurs, runs[static_cast<std::size_t>(writer) % 4],
                               {.name = "renamed", .tags = {{kNameTag, "renamed"}}}, kNoon)
                       .status();
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  for (const absl::Status& status : statuses) EXPECT_EQ(status, absl::OkStatus());
  std::size_t points = 0;
  for (const RunId& run : runs) {
    points += runs_.History(kOurs, run, {.key = "a", .size = 10'000})->size();
    const tracker::Run read = *runs_.Get(kOurs, run);
    EXPECT_EQ(read.params.size(), 65u);
    EXPECT_EQ(TagOf(read, kNameTag), read.name);
  }
  EXPECT_EQ(points, 64u * kRounds);
  EXPECT_EQ(db().Transact([](pg::Tx& tx) { return tx.One(kDeadlocks); })->Int(0), 0);
}

TEST_F(PgRunStoreTest, HistoryIsInOrderWithoutDuplicatesPageByPage) {
  const RunId run = Create();
  const std::vector<Metric> points = {
      {"loss", kNan, 1, 1}, {"loss", 2, 1, 1}, {"loss", kInfinity, 2, 1}, {"loss", 3, 0, 9}, {"loss", kNan, 3, 1}};
  const auto read = [&](HistoryOrder order) {
    std::vector<std::string> texts;
    HistoryQuery query{.key = "loss", .order = order, .size = 2};
    for (;;) {
      const std::vector<Point> page = *runs_.History(kOurs, run, query);
      for (const Point& point : page) texts.push_back(absl::StrCat(point.step, ":", point.value));
      if (page.size() < 2) return texts;
      query.after = page.back();
    }
  };
  ASSERT_TRUE(Log(run, {.metrics = points}).ok());
  for (int round = 0; round < 3; ++round) {  // in the log, in the log and a chunk, in two chunks
    EXPECT_THAT(read(HistoryOrder::kStep), ElementsAre("0:3", "1:nan", "1:2", "2:inf", "3:nan"));
    EXPECT_THAT(read(HistoryOrder::kTime), ElementsAre("1:nan", "1:2", "2:inf", "3:nan", "0:3"));
    if (round == 2) break;
    Settle();
    ASSERT_TRUE(Log(run, {.metrics = points}).ok());  // a retry
  }
  EXPECT_TRUE(runs_.History(kOurs, run, {.key = "never logged"})->empty());
}

TEST_F(PgRunStoreTest, FirstPointsOfManyMetricsShareARowAndComeBackWithTheirOwn) {
  const RunId run = Create();
  ASSERT_TRUE(Log(run, {.metrics = {{"auc", 0.5, 7, 70}, {"loss", 4, 5, 50}, {"rmse", 2, 9, 90}}}).ok());
  Settle();
  const pg::Row shared = *db().Transact([](pg::Tx& tx) { return tx.One(kLeft); });
  EXPECT_EQ(shared.Int(1), 1);
  ASSERT_TRUE(Log(run, {.metrics = {{"loss", 3, 6, 60}, {"loss", 5, 4, 40}, {"auc", 0.6, 8, 80}}}).ok());
  Settle();
  const pg::Row own = *db().Transact([](pg::Tx& tx) { return tx.One(kLeft); });
  EXPECT_EQ(own.Int(1), 3);
  ASSERT_TRUE(Log(run, {.metrics = {{"loss", 4, 5, 50}}}).ok());  // a retry
  Settle();

  std::vector<double> values;
  HistoryQuery query{.key = "loss", .size = 1};
  for (;;) {
    const std::vector<Point> page = *runs_.History(kOurs, run, query);
    if (page.empty()) break;
    for (const Point& point : page) values.push_back(point.value);
    query.after = page.back();
  }
  EXPECT_THAT(values, ElementsAre(5, 4, 3));
  const std::vector<Series> charts = *runs_.Charts(kOurs, {.runs = {run}, .keys = {"loss", "rmse"}, .max_points = 100});
  ASSERT_EQ(charts.size(), 2u);
  EXPECT_EQ(charts[0].points.size(), 3u);
  ASSERT_EQ(charts[1].points.size(), 1u);
  EXPECT_EQ(charts[1].points[0].step, 9);
}

TEST_F(PgRunStoreTest, ChartsKeepExtremesAndGiveOnlyTheRange) {
  const RunId run = Create();
  const RunId other = Create();
  for (int batch = 0; batch < 20; ++batch) {
    std::vector<Metric> metrics;
    for (int i = 0; i < 1000; ++i) {
      const int step = batch * 1000 + i;
      metrics.push_back({"loss", step == 12'345 ? 99 : std::cos(step * 0.01), step, step * 10});
    }
    ASSERT_TRUE(Log(run, {.metrics = std::move(metrics)}).ok());
    if (batch == 14) Settle();
  }
  ASSERT_TRUE(Log(other, {.metrics = {{"loss", 5, 1, 1}, {"auc", 1, 1, 1}}}).ok());
  ChartQuery query{.runs = {run, other}, .keys = {"loss", "auc", "none"}, .max_points = 200};
  const std::vector<Series> series = *runs_.Charts(kOurs, query);
  ASSERT_EQ(series.size(), 3u);
  EXPECT_EQ(series[0].point_count, 20'000);
  EXPECT_LE(series[0].points.size(), 200u);
  EXPECT_EQ(series[0].points.front().step, 0);
  EXPECT_EQ(series[0].points.back().step, 19'999);
  EXPECT_TRUE(
      std::any_of(series[0].points.begin(), series[0].points.end(), [](const Point& point) { return point.value == 99; }));
  EXPECT_EQ(series[1].run, other);
  EXPECT_EQ(series[2].key, "auc");
  query.from = 14'990;
  query.to = 15'009;
  EXPECT_EQ(runs_.Charts(kOurs, query)->at(0).points.size(), 20u);
  query.axis = MetricAxis::kTime;
  query.from = 149'900;
  query.to = 150'090;
  EXPECT_EQ(runs_.Charts(kOurs, query)->at(0).points.size(), 20u);
  EXPECT_TRUE(absl::IsNotFound(runs_.Charts(kTheirs, query).status()));
}

TEST_F(PgRunStoreTest, MetricsOfModelsAreHandedOnInTheirTransaction) {
  std::vector<std::string> seen;
  bool fails = false;
  PgRunStore runs(db(), {.write_model_metrics = [&](pg::Tx&, const LoggedRun& run, const std::vector<Metric>& metrics) {
                    for (const Metric& metric : metrics)
                      seen.push_back(absl::StrCat(run.id.value(), " ", metric.key, " ", metric.model.model_id));
                    return fails ? absl::NotFoundError("no such model") : absl::OkStatus();
                  }});
  const RunId run = Create();
  Batch batch{.metrics = {{"auc", 1, 0, 0, {"m-1", "", ""}}, {"loss", 1}}};
  ASSERT_TRUE(runs.StartLog(kOurs, run, batch).get().ok());
  EXPECT_THAT(seen, ElementsAre(absl::StrCat(run.value(), " auc m-1")));
  fails = true;
  batch.metrics[1].key = "other";
  EXPECT_TRUE(absl::IsNotFound(runs.StartLog(kOurs, run, batch).get()));
  EXPECT_EQ(runs.Get(kOurs, run)->metrics.size(), 2u);
}

TEST_F(PgRunStoreTest, FinishedStaysFinishedUntilItIsResumed) {
  const RunId run = Create();
  EXPECT_EQ(runs_.Finish(kOurs, run, RunStatus::kFinished, kNoon)->ended_at, kNoon);
  EXPECT_EQ(runs_.Finish(kOurs, run, RunStatus::kFinished, kNoon + absl::Hours(1))->ended_at, kNoon);
  const absl::Status status = runs_.Finish(kOurs, run, RunStatus::kFailed, kNoon).status();
  EXPECT_TRUE(absl::IsFailedPrecondition(status)) << status;
  EXPECT_THAT(status.message(), HasSubstr("is finished already and cannot become failed"));
  EXPECT_TRUE(Log(run, {.metrics = {{"late", 1}}}).ok());  // as MLflow's clients do
  const tracker::Run resumed = *runs_.Update(kOurs, run, {.status = RunStatus::kRunning}, kNoon);
  EXPECT_EQ(resumed.status, RunStatus::kRunning);
  EXPECT_FALSE(resumed.ended_at);
  EXPECT_EQ(runs_.Update(kOurs, run, {.status = RunStatus::kFailed}, kNoon + absl::Hours(2), RunDetail::kFacts)->ended_at,
            kNoon + absl::Hours(2));
  EXPECT_EQ(runs_.Update(kOurs, run, {.status = RunStatus::kKilled, .ended_at = kNoon}, kNoon + absl::Hours(3))->ended_at, kNoon);
}

TEST_F(PgRunStoreTest, TheNameAndItsTagAreOne) {
  const RunId run = Create();
  ASSERT_TRUE(Log(run, {.tags = {{kNameTag, "calm-gear-7"}}}).ok());
  EXPECT_EQ(runs_.Get(kOurs, run)->name, "calm-gear-7");
  const tracker::Run renamed = *runs_.Update(kOurs, run, {.name = "wry-valve-8", .tags = {{kNameTag, "wry-valve-8"}}}, kNoon);
  EXPECT_EQ(renamed.name, "wry-valve-8");
  EXPECT_EQ(TagOf(renamed, kNameTag), "wry-valve-8");
  EXPECT_EQ(runs_.DeleteTag(kOurs, run, "team")->tags.size(), 1u);
  EXPECT_TRUE(absl::IsNotFound(runs_.DeleteTag(kOurs, run, "team").status()));
}

TEST_F(PgRunStoreTest, ADeletedRunIsReadButNotWrittenUntilRestored) {
  const RunId run = Create();
  ASSERT_TRUE(runs_.Delete(kOurs, run, kNoon).ok());
  EXPECT_TRUE(runs_.Delete(kOurs, run, kNoon)->is_deleted);
  EXPECT_TRUE(runs_.Get(kOurs, run)->is_deleted);
  EXPECT_TRUE(absl::IsFailedPrecondition(Log(run, {.metrics = {{"m", 1}}})));
  EXPECT_TRUE(absl::IsFailedPrecondition(runs_.Update(kOurs, run, {.name = "x"}, kNoon).status()));
  EXPECT_TRUE(absl::IsFailedPrecondition(runs_.Finish(kOurs, run, RunStatus::kFinished, kNoon).status()));
  EXPECT_TRUE(absl::IsFailedPrecondition(runs_.DeleteTag(kOurs, run, "team").status()));
  EXPECT_TRUE(runs_.List(kOurs, {})->items.empty());
  EXPECT_EQ(runs_.List(kOurs, {.view = LifecycleView::kDeleted})->items.size(), 1u);
  EXPECT_EQ(runs_.List(kOurs, {.view = LifecycleView::kAll})->items.size(), 1u);
  EXPECT_FALSE(runs_.Restore(kOurs, run)->is_deleted);
  EXPECT_EQ(runs_.Get(kOurs, run)->tags.size(), 1u);
  EXPECT_TRUE(Log(run, {.metrics = {{"m", 1}}}).ok());
}

TEST_F(PgRunStoreTest, PurgingTakesOnlyTheDeletedAndAllTheyLogged) {
  const RunId kept = Create();
  const RunId run = Create();
  for (const RunId& one : {kept, run}) {
    ASSERT_TRUE(Log(one, {.metrics = {{"m", 1}}, .params = {{"p", "1"}}}).ok());
  }
  Settle();
  ASSERT_TRUE(Log(run, {.metrics = {{"m", 2, 1}}}).ok());
  EXPECT_TRUE(absl::IsFailedPrecondition(runs_.Purge(kOurs, run)));
  ASSERT_TRUE(runs_.Delete(kOurs, run, kNoon).ok());
  EXPECT_TRUE(absl::IsNotFound(runs_.Purge(kTheirs, run)));
  ASSERT_EQ(runs_.Purge(kOurs, run), absl::OkStatus());
  EXPECT_TRUE(absl::IsNotFound(runs_.Get(kOurs, run).status()));
  const pg::Row left = *db().Transact([&](pg::Tx& tx) { return tx.One(kLeft); });
  for (int column = 1; column < 5; ++column) EXPECT_EQ(left.Int(column), 1) << column;
  EXPECT_EQ(left.Int(0), 0);
}

TEST_F(PgRunStoreTest, ARunThatStopsBeatingIsLostAndMayResume) {
  NewRun beating = Fresh();
  beating.heartbeat_grace = absl::Seconds(30);
  const RunId run = runs_.Create(kOurs, beating)->id;
  const RunId silent = Create();  // never promised to beat
  EXPECT_EQ(*runs_.FailLost(kNoon + absl::Seconds(30)), 0);
  EXPECT_EQ(*runs_.Beat(kOurs, run, kNoon + absl::Seconds(20)), kNoon + absl::Seconds(50));
  EXPECT_EQ(*runs_.FailLost(kNoon + absl::Seconds(49)), 0);
  EXPECT_EQ(*runs_.FailLost(kNoon + absl::Seconds(51)), 1);
  const tracker::Run lost = *runs_.Get(kOurs, run);
  EXPECT_EQ(lost.status, RunStatus::kFailed);
  EXPECT_EQ(lost.status_reason, kLost);
  EXPECT_EQ(lost.ended_at, kNoon + absl::Seconds(51));
  EXPECT_EQ(runs_.Get(kOurs, silent)->status, RunStatus::kRunning);
  EXPECT_THAT(runs_.Beat(kOurs, run, kNoon).status().message(), HasSubstr("is failed (lost) and not running"));
  EXPECT_TRUE(absl::IsFailedPrecondition(runs_.Beat(kOurs, silent, kNoon).status()));
  const tracker::Run resumed = *runs_.Update(kOurs, run, {.status = RunStatus::kRunning}, kNoon + absl::Minutes(5));
  EXPECT_EQ(resumed.status_reason, "");
  EXPECT_EQ(*runs_.FailLost(kNoon + absl::Minutes(5) + absl::Seconds(29)), 0);
  EXPECT_TRUE(runs_.Beat(kOurs, run, kNoon + absl::Minutes(6)).ok());
}

TEST_F(PgRunStoreTest, RunsOfAnotherWorkspaceAreNotFoundAndNotListed) {
  const RunId run = Create();
  EXPECT_TRUE(absl::IsNotFound(runs_.Get(kTheirs, run).status()));
  EXPECT_TRUE(absl::IsNotFound(Log(run, {.params = {{"a", "b"}}}, kTheirs)));
  EXPECT_TRUE(absl::IsNotFound(runs_.Finish(kTheirs, run, RunStatus::kKilled, kNoon).status()));
  EXPECT_TRUE(absl::IsNotFound(runs_.Update(kTheirs, run, {.name = "x"}, kNoon).status()));
  EXPECT_TRUE(absl::IsNotFound(runs_.Delete(kTheirs, run, kNoon).status()));
  EXPECT_TRUE(absl::IsNotFound(runs_.Restore(kTheirs, run).status()));
  EXPECT_TRUE(absl::IsNotFound(runs_.Beat(kTheirs, run, kNoon).status()));
  EXPECT_TRUE(absl::IsNotFound(runs_.DeleteTag(kTheirs, run, "team").status()));
  EXPECT_TRUE(absl::IsNotFound(runs_.History(kTheirs, run, {.key = "loss"}).status()));
  EXPECT_TRUE(runs_.List(kTheirs, {})->items.empty());
}

TEST_F(PgRunStoreTest, TagsFilterTheList) {
  const RunId run = Create();
  ASSERT_TRUE(Log(run, {.tags = {{"kind", "trial"}}}).ok());
  Create();
  EXPECT_EQ(runs_.List(kOurs, {.tags = {{"team", "pumps"}}})->items.size(), 2u);
  EXPECT_EQ(runs_.List(kOurs, {.tags = {{"team", "pumps"}, {"kind", "trial"}}})->items.size(), 1u);
  EXPECT_TRUE(runs_.List(kOurs, {.tags = {{"team", "fans"}}})->items.empty());
  EXPECT_EQ(runs_.List(kOurs, {.experiment_id = ExperimentId("0")})->items.size(), 2u);
  EXPECT_TRUE(absl::IsNotFound(runs_.List(kOurs, {.experiment_id = ExperimentId("77")}).status()));
}

}  // namespace
}  // namespace millwright::tracker
