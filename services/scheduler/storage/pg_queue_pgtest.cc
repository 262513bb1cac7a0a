#include <atomic>
#include <set>
#include <thread>

#include "scheduler/storage/pg_queue.h"
#include "scheduler/storage/scheduler_pgtest.h"

namespace millwright::scheduler {
namespace {

using nlohmann::json;
using testing::HasSubstr;

class PgQueueTest : public SchedulerPgTest {};

TEST_F(PgQueueTest, ChainRunsToItsEnd) {
  const PipelineRun run = StartRun("chain", {{"rows", 7}});
  EXPECT_EQ(run.state, State::kWaiting);
  ASSERT_EQ(run.steps.size(), 2u);

  const auto load = Claim();
  ASSERT_TRUE(load);
  EXPECT_EQ(load->kind, "build_dataset");
  EXPECT_EQ(load->attempt, 1);
  EXPECT_EQ(load->spec, (json{{"dataset", "d"}, {"rows", 7}}));
  EXPECT_FALSE(Claim());  // check waits for it
  PipelineRun now = Reload(run);
  EXPECT_EQ(now.state, State::kRunning);
  EXPECT_EQ(now.steps[0].state, State::kRunning);
  EXPECT_EQ(now.steps[0].worker, "w1");

  ASSERT_TRUE(queue_.Complete(Of(*load), {{"id", "r9"}}, kNoon).ok());
  const auto check = Claim();
  ASSERT_TRUE(check);
  EXPECT_EQ(check->spec.at("run_id"), "r9");
  ASSERT_TRUE(queue_.Complete(Of(*check), json::object(), kNoon + absl::Seconds(5)).ok());

  now = Reload(run);
  EXPECT_EQ(now.state, State::kSucceeded);
  EXPECT_EQ(*now.outputs, (json{{"id", "r9"}}));
  EXPECT_EQ(now.ended_at, kNoon + absl::Seconds(5));
  EXPECT_FALSE(Claim());
}

TEST_F(PgQueueTest, ClaimGivesATaskToOneWorkerOnly) {
  constexpr int kRuns = 12;
  for (int i = 0; i < kRuns; ++i) StartRun("chain");
  std::vector<std::thread> workers;
  absl::Mutex mutex;
  std::vector<std::string> claimed;
  for (int w = 0; w < 4; ++w) {
    workers.emplace_back([&, w] {
      while (const auto task = Claim(kNoon, absl::StrCat("w", w))) {
        absl::MutexLock lock(&mutex);
        claimed.push_back(task->id.value());
      }
    });
  }
  for (std::thread& worker : workers) worker.join();
  EXPECT_EQ(claimed.size(), static_cast<std::size_t>(kRuns));
  EXPECT_EQ(std::set<std::string>(claimed.begin(), claimed.end()).size(), claimed.size());
}

TEST_F(PgQueueTest, OldestTaskComesFirstAndOnlyAskedKinds) {
  const PipelineRun first = StartRun("chain"), second = StartRun("search");
  EXPECT_EQ((*queue_.Claim(kWorkspace, "w", {"train"}, kNoon))->pipeline_run, second.id);
  EXPECT_EQ(Claim()->pipeline_run, first.id);
}

TEST_F(PgQueueTest, WorkersSeeTheirWorkspaceOnly) {
  StartRun("chain");
  EXPECT_FALSE(*queue_.Claim(base::WorkspaceId("2"), "w", kAllKinds, kNoon));
  const auto task = Claim();
  ASSERT_TRUE(task);
  const Lease foreign{base::WorkspaceId("2"), task->id, task->attempt};
  EXPECT_TRUE(absl::IsNotFound(queue_.Renew(foreign, std::nullopt, kNoon).status()));
  EXPECT_TRUE(absl::IsNotFound(queue_.Complete(foreign, json::object(), kNoon)));
  EXPECT_TRUE(absl::IsNotFound(queue_.Fail(foreign, "x", false, kNoon)));
}

TEST_F(PgQueueTest, ExpiredLeaseIsRequeuedAndTheOldAttemptIsFenced) {
  const PipelineRun run = StartRun("chain");
  const auto old = Claim();
  ASSERT_TRUE(old);
  EXPECT_EQ(*queue_.ReapExpired(kNoon + absl::Seconds(29)), 0);
  const absl::Time later = kNoon + absl::Seconds(31);
  EXPECT_EQ(*queue_.ReapExpired(later), 1);
  EXPECT_THAT(Reload(run).steps[0].error, HasSubstr("worker \"w1\" was lost in attempt 1"));

  // The worker wakes up while nobody has the task, and again while another one has it.
  for (int round = 0; round < 2; ++round) {
    EXPECT_THAT(queue_.Complete(Of(*old), {{"id", "late"}}, later).message(), HasSubstr("attempt 1 was fenced"));
    EXPECT_TRUE(absl::IsFailedPrecondition(queue_.Fail(Of(*old), "late", true, later)));
    EXPECT_TRUE(absl::IsFailedPrecondition(queue_.Renew(Of(*old), std::nullopt, later).status()));
    if (round == 0) {
      const auto fresh = Claim(later, "w2");
      ASSERT_TRUE(fresh);
      EXPECT_EQ(fresh->id, old->id);
      EXPECT_EQ(fresh->attempt, 2);
      EXPECT_EQ(Reload(run).steps[0].worker, "w2");
      continue;
    }
    ASSERT_TRUE(queue_.Complete({kWorkspace, old->id, 2}, {{"id", "good"}}, later).ok());
  }
  EXPECT_THAT(queue_.Complete(Of(*old), {{"id", "late"}}, later).message(), HasSubstr("is succeeded in attempt 2"));
  EXPECT_EQ(*Reload(run).steps[0].outputs, (json{{"id", "good"}}));
}

TEST_F(PgQueueTest, RenewedLeaseIsKept) {
  const PipelineRun run = StartRun("chain");
  const auto task = Claim();
  EXPECT_FALSE(*queue_.Renew(Of(*task), Progress{3, 10, "rows", "reading"}, kNoon + absl::Seconds(20)));
  EXPECT_EQ(*queue_.ReapExpired(kNoon + absl::Seconds(40)), 0);
  EXPECT_EQ(Reload(run).steps[0].progress.done, 3);
  EXPECT_EQ(*queue_.ReapExpired(kNoon + absl::Seconds(51)), 1);
}

TEST_F(PgQueueTest, TaskThatKillsItsWorkersEndsAfterThreeLostLeases) {
  const PipelineRun run = StartRun("chain");
  absl::Time now = kNoon;
  for (int i = 0; i < 3; ++i) {
    ASSERT_TRUE(Claim(now)) << i;
    now += absl::Minutes(1);
    ASSERT_EQ(*queue_.ReapExpired(now), 1);
  }
  EXPECT_FALSE(Claim(now));
  const PipelineRun ended = Reload(run);
  EXPECT_EQ(ended.state, State::kFailed);
  EXPECT_THAT(ended.error, HasSubstr("load: worker \"w1\" was lost in attempt 3"));
  EXPECT_EQ(ended.steps[1].state, State::kSkipped);
}

TEST_F(PgQueueTest, CompletionTwiceIsOkAndAdvancesOnce) {
  StartRun("chain");
  const auto load = Claim();
  ASSERT_TRUE(queue_.Complete(Of(*load), {{"id", "a"}}, kNoon).ok());
  ASSERT_TRUE(queue_.Complete(Of(*load), {{"id", "b"}}, kNoon).ok());
  const auto check = Claim();
  ASSERT_TRUE(check);
  EXPECT_EQ(check->spec.at("run_id"), "a");
  EXPECT_FALSE(Claim());
  EXPECT_TRUE(absl::IsFailedPrecondition(queue_.Fail(Of(*load), "no", true, kNoon)));
}

TEST_F(PgQueueTest, RetryableFailureWaitsAndThenRunsAgainUpToTheStepsAttempts) {
  const PipelineRun run = StartRun("chain");
  ASSERT_TRUE(queue_.Complete(Of(*Claim()), {{"id", "a"}}, kNoon).ok());
  ASSERT_TRUE(queue_.Fail(Of(*Claim()), "peer away", true, kNoon).ok());
  EXPECT_EQ(Reload(run).steps[1].state, State::kWaiting);
  EXPECT_FALSE(Claim());  // backoff
  const auto second = Claim(kNoon + absl::Seconds(1));
  ASSERT_TRUE(second);
  EXPECT_EQ(second->attempt, 2);
  ASSERT_TRUE(queue_.Fail(Of(*second), "peer still away", true, kNoon).ok());
  const PipelineRun ended = Reload(run);
  EXPECT_EQ(ended.state, State::kFailed);
  EXPECT_EQ(ended.error, "check: peer still away");
  EXPECT_TRUE(queue_.Fail(Of(*second), "peer still away", true, kNoon).ok());  // a retry after a lost answer
}

TEST_F(PgQueueTest, FinalFailureEndsTheStepAtOnce) {
  const PipelineRun run = StartRun("chain");
  ASSERT_TRUE(queue_.Fail(Of(*Claim()), "row 3, column \"p\": not a number", false, kNoon).ok());
  const PipelineRun ended = Reload(run);
  EXPECT_EQ(ended.state, State::kFailed);
  EXPECT_EQ(ended.error, "load: row 3, column \"p\": not a number");
  EXPECT_EQ(ended.steps[1].state, State::kSkipped);
}

TEST_F(PgQueueTest, CancelledRunStartsNothingMoreAndTellsItsWorkers) {
  const PipelineRun run = StartRun("search");
  const auto task = Claim();
  ASSERT_TRUE(runs_.Cancel(kWorkspace, run.id, kNoon).ok());
  EXPECT_FALSE(Claim());
  EXPECT_TRUE(*queue_.Renew(Of(*task), std::nullopt, kNoon));
  EXPECT_TRUE(queue_.Complete(Of(*task), {{"metrics", {{"rmse", 1}}}}, kNoon).ok());
  const PipelineRun ended = Reload(run);
  EXPECT_EQ(ended.state, State::kCancelled);
  EXPECT_EQ(ended.steps[0].state, State::kCancelled);
  EXPECT_FALSE(Claim());
  EXPECT_THAT(runs_.Cancel(kWorkspace, run.id, kNoon).status().message(), HasSubstr("has ended: it is cancelled"));
}

TEST_F(PgQueueTest, CancelledTaskOfALostWorkerLeavesTheQueue) {
  const PipelineRun run = StartRun("chain");
  ASSERT_TRUE(Claim());
  ASSERT_TRUE(runs_.Cancel(kWorkspace, run.id, kNoon).ok());
  EXPECT_EQ(*queue_.ReapExpired(kNoon + absl::Minutes(1)), 1);
  EXPECT_EQ(*queue_.ReapExpired(kNoon + absl::Minutes(2)), 0);
  EXPECT_FALSE(Claim(kNoon + absl::Minutes(2)));
  EXPECT_EQ(Reload(run).state, State::kCancelled);
}

TEST_F(PgQueueTest, StudyCountsEachTrialOnceUnderConcurrentCompletions) {
  const PipelineRun run = StartRun("search", {{"trials", 25}, {"parallel", 4}});
  std::atomic<int> trained{0};
  const auto work = [&](const std::string& worker) {
    for (int idle = 0; idle < 200;) {
      const auto task = Claim(kNoon, worker);
      if (!task) {
        ++idle;
        std::this_thread::yield();
        continue;
      }
      if (!task->study) {
        ++trained;
        EXPECT_TRUE(queue_.Complete(Of(*task), json::object(), kNoon).ok());
        return;
      }
      EXPECT_EQ(task->spec.at("params").at("seed"), 3);
      const double x = task->spec.at("params").at("x");
      const json outputs = {{"run_id", absl::StrCat("run", task->trial_number)}, {"metrics", {{"rmse", (x - 0.3) * (x - 0.3)}}}};
      // Two answers race, as after a lost reply.
      std::thread again([&] { EXPECT_TRUE(queue_.Complete(Of(*task), outputs, kNoon).ok()); });
      EXPECT_TRUE(queue_.Complete(Of(*task), outputs, kNoon).ok());
      again.join();
    }
  };
  std::vector<std::thread> workers;
  for (int w = 0; w < 3; ++w) workers.emplace_back(work, absl::StrCat("w", w));
  for (std::thread& worker : workers) worker.join();
  EXPECT_EQ(trained, 1);

  const PipelineRun ended = Reload(run);
  EXPECT_EQ(ended.state, State::kSucceeded) << ended.error;
  const json outputs = *ended.steps[0].outputs;
  const StudyId id(outputs.at("study_id"));
  const auto study = studies_.Get(kWorkspace, id);
  ASSERT_TRUE(study.ok()) << study.status();
  EXPECT_EQ(study->complete_trials, 25);
  EXPECT_EQ(study->created_trials, 25);
  EXPECT_EQ(study->state, State::kSucceeded);
  const auto trials = studies_.Trials(kWorkspace, id, -1, 100);
  ASSERT_EQ(trials->size(), 25u);
  double best = 1;
  for (std::size_t i = 0; i < 25; ++i) {
    EXPECT_EQ((*trials)[i].number, static_cast<int>(i));
    best = std::min(best, *(*trials)[i].value);
  }
  EXPECT_EQ(outputs.at("best_value"), best);
  EXPECT_EQ(outputs.at("trials"), 25);
  EXPECT_EQ(outputs.at("best_run_id"), study->best_trial->run_id);
  EXPECT_EQ(ended.steps[0].progress.done, 25);
}

TEST_F(PgQueueTest, StudyProposalsComeFromTheDatabaseAlone) {
  // Two runs of the same study, the second through another process's objects: same seed and history, same proposals.
  std::vector<json> params[2];
  for (int i = 0; i < 2; ++i) {
    StartRun("search", {{"trials", 20}, {"parallel", 1}});
    for (int t = 0; t < 20; ++t) {
      PgQueue fresh(db(), absl::Seconds(30));
      const auto task = *fresh.Claim(kWorkspace, "w", {"train"}, kNoon);
      ASSERT_TRUE(task);
      params[i].push_back(task->spec.at("params"));
      ASSERT_TRUE(fresh.Complete(Of(*task), {{"metrics", {{"rmse", params[i].back().at("x")}}}}, kNoon).ok());
    }
    ASSERT_TRUE(queue_.Complete(Of(*Claim()), json::object(), kNoon).ok());
  }
  EXPECT_EQ(params[0], params[1]);
}

TEST_F(PgQueueTest, FailedTrialsCountAndAStudyOfOnlyThoseFails) {
  const PipelineRun run = StartRun("search", {{"trials", 3}, {"parallel", 1}});
  ASSERT_TRUE(queue_.Fail(Of(*Claim()), "boom", false, kNoon).ok());
  ASSERT_TRUE(queue_.Complete(Of(*Claim()), {{"metrics", {{"mae", 1}}}}, kNoon).ok());
  ASSERT_TRUE(queue_.Fail(Of(*Claim()), "boom", true, kNoon).ok());  // attempts: 1
  const PipelineRun ended = Reload(run);
  EXPECT_EQ(ended.state, State::kFailed);
  EXPECT_EQ(ended.error, "tune: all 3 trials failed; the first: boom");
  const auto study = (*studies_.List(kWorkspace, std::nullopt, 10)).at(0);
  EXPECT_EQ(study.failed_trials, 3);
  EXPECT_THAT((*studies_.Trials(kWorkspace, study.id, 0, 1)).at(0).error, HasSubstr("no metric \"rmse\"; there are mae"));
}

TEST_F(PgQueueTest, GivingATaskBackCostsNoneOfItsTries) {
  const PipelineRun run = StartRun("search", {{"trials", 1}, {"parallel", 1}});  // attempts: 1
  for (int i = 0; i < 5; ++i) {
    const auto task = Claim();
    ASSERT_TRUE(task);
    EXPECT_EQ(task->attempt, i + 1);
    ASSERT_TRUE(queue_.Release(Of(*task), kNoon).ok());
    EXPECT_EQ(Reload(run).state, State::kRunning);
  }
  const auto task = Claim();
  EXPECT_EQ(task->attempt, 6);
  EXPECT_TRUE(queue_.Complete(Of(*task), {{"run_id", "r"}, {"metrics", {{"rmse", 1}}}}, kNoon).ok());
  EXPECT_EQ((*studies_.List(kWorkspace, std::nullopt, 10)).at(0).complete_trials, 1);
}

TEST_F(PgQueueTest, AFencedAttemptGivesNothingBack) {
  StartRun("chain");
  const auto old = Claim();
  ASSERT_TRUE(queue_.Release(Of(*old), kNoon).ok());
  EXPECT_THAT(queue_.Release(Of(*old), kNoon).message(), HasSubstr("attempt 1 was fenced"));
  const auto fresh = Claim();
  ASSERT_EQ(fresh->attempt, 2);
  EXPECT_TRUE(absl::IsFailedPrecondition(queue_.Release(Of(*old), kNoon)));
  EXPECT_TRUE(queue_.Renew(Of(*fresh), std::nullopt, kNoon).ok());
  EXPECT_FALSE(Claim());
}

TEST_F(PgQueueTest, LostTrialIsTheSameTrialInItsNextAttempt) {
  StartRun("search", {{"trials", 2}, {"parallel", 1}});
  const auto old = Claim();
  EXPECT_FALSE(*queue_.Report(Of(*old), 1, 0.5, kNoon));
  const absl::Time later = kNoon + absl::Minutes(1);
  ASSERT_EQ(*queue_.ReapExpired(later), 1);
  const auto fresh = Claim(later);
  ASSERT_TRUE(fresh);
  EXPECT_EQ(fresh->trial_number, 0);
  EXPECT_EQ(fresh->attempt, 2);
  EXPECT_EQ(fresh->spec, old->spec);
  EXPECT_TRUE(absl::IsFailedPrecondition(queue_.Report(Of(*old), 2, 0.4, later).status()));
  EXPECT_FALSE(*queue_.Report(Of(*fresh), 7, 0.9, later));
  const auto trial = (*studies_.Trials(kWorkspace, *fresh->study, -1, 10)).at(0);
  ASSERT_EQ(trial.intermediate_values.size(), 1u);
  EXPECT_EQ(trial.intermediate_values[0].step, 7);
  EXPECT_EQ(trial.attempt, 2);
}

TEST_F(PgQueueTest, WorksAgainAfterTheServerWasAway) {
  const PipelineRun run = StartRun("chain");
  const auto task = Claim();
  StopServer();
  EXPECT_TRUE(absl::IsUnavailable(queue_.Complete(Of(*task), {{"id", "a"}}, kNoon)));
  StartServer();
  EXPECT_TRUE(queue_.Complete(Of(*task), {{"id", "a"}}, kNoon).ok());
  EXPECT_EQ(Reload(run).steps[0].state, State::kSucceeded);
}

}  // namespace
}  // namespace millwright::scheduler
