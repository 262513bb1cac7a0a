// Faults while the platform works: what was acknowledged stays, and the work finishes.
#include <gtest/gtest.h>
#include <signal.h>

#include <atomic>
#include <memory>
#include <set>
#include <thread>

#include "absl/strings/str_cat.h"
#include "absl/synchronization/mutex.h"
#include "absl/time/clock.h"
#include "e2e/platform.h"
#include "lib/pg/database_test.h"

namespace millwright::e2e {
namespace {

// Logs one metric point after the other over REST and remembers which were acknowledged.
class MetricWriter {
 public:
  explicit MetricWriter(Platform& platform) : platform_(platform) {
    const HttpAnswer run = platform_.Post("/v1/runs", {{"name", "under chaos"}});
    EXPECT_EQ(run.status, 200) << run.text;
    run_id_ = run.body.value("run_id", "");
    thread_ = std::thread([this] { Write(); });
  }
  ~MetricWriter() { Stop(); }

  void Stop() {
    is_over_ = true;
    if (thread_.joinable()) thread_.join();
  }
  std::set<int> Acknowledged() {
    absl::MutexLock lock(&mutex_);
    return acknowledged_;
  }
  /// Until so many more writes than now have been acknowledged.
  void AwaitMore(std::size_t writes) {
    const std::size_t target = Acknowledged().size() + writes;
    EXPECT_TRUE(WaitUntil(absl::Seconds(30), [&] { return Acknowledged().size() >= target; }))
        << Acknowledged().size() << " of " << target;
  }

  std::set<int> Stored() {
    std::set<int> stored;
    std::string token;
    do {
      const HttpAnswer page =
          platform_.Get(absl::StrCat("/v1/runs/", run_id_, "/metrics?key=loss&page_size=10000&page_token=", token));
      EXPECT_EQ(page.status, 200) << page.text;
      if (page.status != 200) break;
      for (const nlohmann::json& point : page.body.value("metrics", nlohmann::json::array()))
        stored.insert(point.value("step", 0));
      token = page.body.value("next_page_token", "");
    } while (!token.empty());
    return stored;
  }

 private:
  void Write() {
    for (int step = 0; !is_over_; ++step) {
      const nlohmann::json point{
          {"key", "loss"}, {"value", 1.0 / (step + 1)}, {"step", step}, {"timestamp_ms", 1'700'000'000'000 + step}};
      if (platform_.Post("/v1/runs/" + run_id_ + "/log", {{"metrics", {point}}}).status == 200) {
        absl::MutexLock lock(&mutex_);
        acknowledged_.insert(step);
      }
      absl::SleepFor(absl::Milliseconds(5));
    }
  }

  Platform& platform_;
  std::string run_id_;
  std::atomic<bool> is_over_{false};
  absl::Mutex mutex_;
  std::set<int> acknowledged_ ABSL_GUARDED_BY(mutex_);
  std::thread thread_;
};

void ExpectNothingLost(MetricWriter& writer) {
  writer.Stop();
  const std::set<int> stored = writer.Stored();
  const std::set<int> acknowledged = writer.Acknowledged();
  EXPECT_GT(acknowledged.size(), 20u);
  for (const int step : acknowledged) ASSERT_TRUE(stored.contains(step)) << "step " << step << " was acknowledged and is gone";
}

nlohmann::json FinishedRun(Platform& platform, const std::string& run_id, absl::Duration limit) {
  nlohmann::json run;
  WaitUntil(limit, [&] {
    const HttpAnswer answer = platform.Get("/v1/pipeline-runs/" + run_id);
    if (answer.status == 200) run = answer.body;
    const std::string state = run.is_object() ? run.value("state", "") : "";
    return state == "STATE_SUCCEEDED" || state == "STATE_FAILED" || state == "STATE_CANCELLED";
  });
  return run;
}

std::string Start(Platform& platform, const nlohmann::json& parameters = nlohmann::json::object()) {
  const HttpAnswer started = platform.Post("/v1/pipelines/example-plant:run", {{"parameters", parameters}});
  EXPECT_EQ(started.status, 200) << started.text;
  return started.body.value("pipeline_run_id", "");
}

void ExpectEachTrialOnce(Platform& platform, const nlohmann::json& run) {
  const HttpAnswer studies = platform.Get("/v1/studies");
  ASSERT_EQ(studies.status, 200) << studies.text;
  for (const nlohmann::json& study : studies.body["studies"]) {
    if (study.value("pipeline_run_id", "") != run.value("pipeline_run_id", "")) continue;
    const HttpAnswer trials = platform.Get("/v1/studies/" + study.value("study_id", "") + "/trials?page_size=1000");
    ASSERT_EQ(trials.status, 200) << trials.text;
    const int max_trials = study.value("max_trials", 0);
    EXPECT_EQ(trials.body["trials"].size(), static_cast<std::size_t>(max_trials));
    EXPECT_EQ(study.value("complete_trials", 0) + study.value("failed_trials", 0), max_trials);
    std::set<int> numbers;
    for (const nlohmann::json& trial : trials.body["trials"]) numbers.insert(trial.value("number", 0));
    EXPECT_EQ(numbers.size(), trials.body["trials"].size());
  }
}

TEST(ChaosTest, TheMainJobFinishesWhenEachProcessIsKilledOnce) {
  Platform platform;
  const Ended up = platform.Up();
  ASSERT_EQ(up.exit_code, 0) << up.err;
  MetricWriter writer(platform);
  // Long enough that every process is killed while the job goes on.
  const std::string run_id = Start(platform, {{"trials", 80}});
  for (const char* service :
       {"trainer-worker", "scheduler", "tracker", "gateway", "telemetry", "postgres", "model-registry", "monitor", "serving"}) {
    int pid = 0;
    ASSERT_TRUE(WaitUntil(absl::Seconds(30), [&] { return (pid = platform.Pid(service)) > 0; })) << service;
    nlohmann::json now_running;
    ASSERT_TRUE(WaitUntil(absl::Seconds(30), [&] {
      const HttpAnswer answer = platform.Get("/v1/pipeline-runs/" + run_id);
      if (answer.status == 200) now_running = answer.body;
      return answer.status == 200;
    }));
    EXPECT_TRUE(now_running["state"] == "STATE_RUNNING" || now_running["state"] == "STATE_WAITING")
        << "the job had ended before " << service << " was killed";
    ASSERT_EQ(kill(pid, SIGKILL), 0) << service;
    EXPECT_TRUE(WaitUntil(absl::Seconds(30),
                          [&] {
                            const int now = platform.Pid(service);
                            return now > 0 && now != pid;
                          }))
        << service << " was not restarted";
  }
  const nlohmann::json run = FinishedRun(platform, run_id, absl::Minutes(5));
  EXPECT_EQ(run.value("state", ""), "STATE_SUCCEEDED") << run.dump(2);
  ExpectEachTrialOnce(platform, run);
  ExpectNothingLost(writer);
  EXPECT_EQ(platform.CliJson({"models", "get", "pump-failure"}).value("latest_version", 0), 1);
}

TEST(ChaosTest, ChildrenOutliveTheSupervisorAndTheNextUpAdoptsThem) {
  Platform platform;
  const Ended up = platform.Up();
  ASSERT_EQ(up.exit_code, 0) << up.err;
  const std::string run_id = Start(platform);
  const int supervisor = platform.Pid("supervisor");
  const int tracker = platform.Pid("tracker");
  ASSERT_GT(supervisor, 0);
  ASSERT_GT(tracker, 0);
  ASSERT_EQ(kill(supervisor, SIGKILL), 0);
  ASSERT_TRUE(WaitUntil(absl::Seconds(5), [&] { return kill(supervisor, 0) != 0; }));
  EXPECT_EQ(kill(tracker, 0), 0) << "the tracker went with the supervisor";
  EXPECT_EQ(platform.Get("/v1/runs").status, 200);
  const Ended again = platform.Up();
  ASSERT_EQ(again.exit_code, 0) << again.err;
  EXPECT_EQ(platform.Pid("tracker"), tracker);
  EXPECT_NE(platform.Pid("supervisor"), supervisor);
  // It watches what it adopted: a killed child comes back.
  ASSERT_EQ(kill(tracker, SIGKILL), 0);
  EXPECT_TRUE(WaitUntil(absl::Seconds(15), [&] {
    const int now = platform.Pid("tracker");
    return now > 0 && now != tracker;
  }));
  EXPECT_EQ(FinishedRun(platform, run_id, absl::Minutes(4)).value("state", ""), "STATE_SUCCEEDED");
}

TEST(ChaosTest, AWorkerPausedPastItsLeaseChangesNothing) {
  Platform platform;
  platform.Configure("scheduler", "lease_seconds: 5\n");
  ASSERT_EQ(platform.Up().exit_code, 0);
  const std::string run_id = Start(platform);
  const int worker = platform.Pid("trainer-worker");
  ASSERT_GT(worker, 0);
  const auto step_runs = [&](const nlohmann::json& run) {
    for (const nlohmann::json& step : run.value("steps", nlohmann::json::array())) {
      if (step.value("kind", "") != "study" && step.value("state", "") == "STATE_RUNNING" && !step.value("worker", "").empty())
        return true;
    }
    return false;
  };
  ASSERT_TRUE(WaitUntil(absl::Seconds(60), [&] { return step_runs(platform.Get("/v1/pipeline-runs/" + run_id).body); }));
  ASSERT_EQ(kill(worker, SIGSTOP), 0);
  // Another worker takes over what the paused one holds.
  std::thread second([&] {
    RunProgram({"timeout", "240", std::string(MILLWRIGHT_PROGRAM) + "-trainer-worker", "--server.address=127.0.0.1:0",
                "--worker.name=second", "--worker.folder=" + platform.home() + "/worker2",
                "--worker.token_file=" + platform.home() + "/secrets/worker.token",
                "--peers.gateway_door=" + platform.GrpcAddress(), "--worker.slots=1"});
  });
  const auto taken_over = [&] {
    for (const nlohmann::json& step : platform.Get("/v1/pipeline-runs/" + run_id).body.value("steps", nlohmann::json::array())) {
      if (step.value("attempt", 0) >= 2) return true;
    }
    return false;
  };
  EXPECT_TRUE(WaitUntil(absl::Seconds(60), taken_over));
  ASSERT_EQ(kill(worker, SIGCONT), 0);
  const nlohmann::json run = FinishedRun(platform, run_id, absl::Minutes(4));
  EXPECT_EQ(run.value("state", ""), "STATE_SUCCEEDED") << run.dump(2);
  EXPECT_EQ(platform.CliJson({"models", "get", "pump-failure"}).value("latest_version", 0), 1);
  ExpectEachTrialOnce(platform, run);
  RunProgram({"pkill", "-f", "worker.name=second"});
  second.join();
}

TEST(ChaosTest, TwoUpsAtOnceGiveOnePlatform) {
  Platform platform;
  Ended first;
  Ended second;
  std::thread one([&] { first = platform.Up(); });
  std::thread two([&] { second = platform.Up(); });
  one.join();
  two.join();
  EXPECT_EQ(first.exit_code, 0) << first.err;
  EXPECT_EQ(second.exit_code, 0) << second.err;
  EXPECT_EQ(platform.Get("/v1/runs").status, 200);
}

// A database of our own server, so that the test can stop it; the platform uses it as one given from outside.
class OutageTest : public pg::DatabaseTest {};

TEST_F(OutageTest, ServingAnswersThroughoutAndTheServicesReconnect) {
  Platform platform({"MILLWRIGHT_DATABASE_URL=" + url()});
  const Ended up = platform.Up();
  ASSERT_EQ(up.exit_code, 0) << up.err;
  ASSERT_EQ(FinishedRun(platform, Start(platform), absl::Minutes(4)).value("state", ""), "STATE_SUCCEEDED");
  const std::string window = platform.Cli({"assets", "window", "pump-01", "--rows", "60"}).out;
  MetricWriter writer(platform);
  std::atomic<bool> is_over{false};
  std::atomic<int> answered{0};
  std::atomic<int> failed{0};
  std::thread client([&] {
    while (!is_over) {
      (platform.Infer("/v1/predict/pump-failure", window).status == 200 ? answered : failed)++;
      absl::SleepFor(absl::Milliseconds(10));
    }
  });
  writer.AwaitMore(20);
  StopServer();
  absl::SleepFor(absl::Seconds(10));
  const HttpAnswer refused = platform.Get("/v1/runs");
  EXPECT_EQ(refused.status, 503) << refused.text;
  StartServer();
  EXPECT_TRUE(WaitUntil(absl::Seconds(15), [&] { return platform.Get("/v1/runs").status == 200; }));
  writer.AwaitMore(20);
  is_over = true;
  client.join();
  EXPECT_GT(answered, 100);
  EXPECT_EQ(failed, 0);
  ExpectNothingLost(writer);
  EXPECT_EQ(FinishedRun(platform, Start(platform), absl::Minutes(4)).value("state", ""), "STATE_SUCCEEDED");
}

TEST_F(OutageTest, ADatabaseNewerThanTheProgramIsRefusedAndLeftAsItIs) {
  {
    Platform platform({"MILLWRIGHT_DATABASE_URL=" + url()});
    ASSERT_EQ(platform.Up().exit_code, 0);
  }
  static constexpr pg::Statement kNewer{
      "newer", "INSERT INTO tracker.schema_migrations (name, sha256) VALUES ('9999_from_the_future.sql', 'x')"};
  ASSERT_TRUE(db().Transact([](pg::Tx& tx) { return tx.Execute(kNewer); }).ok());
  Platform platform({"MILLWRIGHT_DATABASE_URL=" + url()});
  const Ended up = platform.Up();
  EXPECT_EQ(up.exit_code, 1);
  EXPECT_NE(up.err.find("newer"), std::string::npos) << up.err;
  static constexpr pg::Statement kCount{"count",
                                        "SELECT count(*) FROM tracker.schema_migrations WHERE name = '9999_from_the_future.sql'"};
  const auto row = db().Transact([](pg::Tx& tx) { return tx.One(kCount); });
  ASSERT_TRUE(row.ok());
  EXPECT_EQ(row->Int(0), 1);
}

}  // namespace
}  // namespace millwright::e2e
