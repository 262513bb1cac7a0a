// Trainings that outlive their worker, and people's own programs as steps and trials.
#include <gtest/gtest.h>
#include <signal.h>

#include <set>

#include "absl/strings/str_cat.h"
#include "e2e/platform.h"
#include "lib/base/files.h"

namespace millwright::e2e {
namespace {

constexpr char kNetwork[] = R"(
name: network
parameters:
  dataset: {type: string, help: a dataset version}
steps:
  - id: train
    task: train
    with:
      dataset_version_id: "${params.dataset}"
      experiment: network
      spec:
        asset: asset
        time: {column: time, unit: s}
        features:
          min_rows: 30
          steps:
            - {op: select, columns: [temperature, vibration_x, pressure, current]}
            - {op: impute}
            - {op: sequence, rows: 30}
            - {op: window, rows: 30, stats: [mean, slope]}
        split: {by: asset, validation: 0.25, seed: 1}
        heads:
          - name: failure
            target: {kind: failure_within, label: failure, horizon: 600}
            learner: lstm
            params: {hidden: 24, epochs: 12, batch_size: 128, dropout: 0.2, seed: 5}
outputs:
  run_id: "${steps.train.outputs.run_id}"
  content_hash: "${steps.train.outputs.content_hash}"
)";

constexpr char kPlant[] = R"(
name: plant
steps:
  - {id: simulate, task: simulate_plant, with: {pumps: 4, minutes: 2880, seed: 3}}
  - id: dataset
    task: build_dataset
    with:
      dataset: plant
      asset_ids: "${steps.simulate.outputs.asset_ids}"
      from: "${steps.simulate.outputs.from}"
      to: "${steps.simulate.outputs.to}"
      events: {failure: failure}
outputs:
  dataset: "${steps.dataset.outputs.dataset_version_id}"
)";

constexpr char kOwnScript[] = R"(
name: own-script
parameters:
  script: {type: file, help: the program}
  dataset: {type: string, help: a dataset version}
steps:
  - id: tune
    task: command
    study:
      metric: loss
      direction: minimize
      sampler: random
      trials: 3
      seed: 1
      space:
        x: {type: float, low: 0, high: 1}
    with:
      argv: [python3, own.py]
      files: {own.py: "${params.script}"}
      dataset_version_id: "${params.dataset}"
      environment: {GREETING: hello}
      experiment: own
      metric: loss
      max_seconds: 60
outputs:
  best_params: "${steps.tune.outputs.best_params}"
  best_value: "${steps.tune.outputs.best_value}"
  best_run_id: "${steps.tune.outputs.best_run_id}"
)";

constexpr char kOwnProgram[] = R"(
import json, os, time, urllib.request
x = float(os.environ["MILLWRIGHT_PARAM_X"])
assert json.load(open(os.environ["MILLWRIGHT_PARAMS"])) == {"x": x}
rows = open(os.environ["MILLWRIGHT_DATASET"]).read().splitlines()
print(os.environ["GREETING"], rows[0].split(",")[0], len(rows))
request = urllib.request.Request(
    os.environ["MLFLOW_TRACKING_URI"] + "/api/2.0/mlflow/runs/log-metric",
    json.dumps({"run_id": os.environ["MLFLOW_RUN_ID"], "key": "loss", "value": (x - 0.5) ** 2, "timestamp": int(time.time() * 1000)}).encode(),
    {"Content-Type": "application/json", "Authorization": "Bearer " + os.environ["MLFLOW_TRACKING_TOKEN"]})
urllib.request.urlopen(request).read()
who = urllib.request.Request(os.environ["MLFLOW_TRACKING_URI"] + "/v1/session", None, {"Authorization": request.headers["Authorization"]})
print(json.loads(urllib.request.urlopen(who).read())["role"])
json.dump({"metrics": {"rows": len(rows)}}, open(os.environ["MILLWRIGHT_RESULT"], "w"))
)";

constexpr char kFailing[] = R"(
name: failing
steps:
  - {id: fail, task: command, with: {argv: [sh, -c, "echo the valve is stuck; exit 3"]}}
)";

constexpr char kPipe[] = R"(
name: pipe
steps:
  - {id: fail, task: command, with: {argv: [sh, -c, "mkfifo $MILLWRIGHT_RESULT"]}}
)";

constexpr char kEndless[] = R"(
name: endless
steps:
  - {id: wait, task: command, with: {argv: [sleep, "1000"]}}
)";

constexpr char kSeen[] = R"(
name: seen
parameters:
  dataset: {type: string, help: a dataset version}
steps:
  - id: train
    task: train
    with:
      dataset_version_id: "${params.dataset}"
      experiment: seen
      spec:
        asset: asset
        time: {column: time, unit: s}
        features: {steps: [{op: select, columns: [temperature, vibration_x]}, {op: window, rows: 10, stats: [mean]}]}
        split: {by: asset, validation: 0.25, seed: 1}
        heads:
          - name: failure
            target: {kind: failure_within, label: failure, horizon: 600}
            learner: xgboost
            params: {n_estimators: 5, seed: 5}
  - id: evaluate
    task: evaluate
    with:
      run_id: "${steps.train.outputs.run_id}"
      files: "${steps.train.outputs.files}"
      dataset_version_id: "${params.dataset}"
outputs:
  run_id: "${steps.train.outputs.run_id}"
)";

constexpr char kAgain[] = R"(
name: again
parameters:
  dataset: {type: string, help: a dataset version}
  seed: {type: int, help: of the split}
steps:
  - id: train
    task: train
    with:
      dataset_version_id: "${params.dataset}"
      experiment: again
      spec:
        asset: asset
        time: {column: time, unit: s}
        features: {steps: [{op: select, columns: [temperature, vibration_x]}, {op: window, rows: 10, stats: [mean]}]}
        split: {by: asset, validation: 0.25, test: 0.25, seed: "${params.seed}"}
        heads:
          - name: failure
            target: {kind: failure_within, label: failure, horizon: 600}
            learner: xgboost
            params: {n_estimators: 5, seed: "${params.seed}"}
  - id: evaluate
    task: evaluate
    with:
      run_id: "${steps.train.outputs.run_id}"
      files: "${steps.train.outputs.files}"
      dataset_version_id: "${params.dataset}"
      model: again
      options: {split: test}
  - id: register
    task: register
    with:
      model: again
      run_id: "${steps.train.outputs.run_id}"
      files: "${steps.evaluate.outputs.files}"
      content_hash: "${steps.train.outputs.content_hash}"
      evaluation:
        dataset_version_id: "${params.dataset}"
        metrics: "${steps.evaluate.outputs.metrics}"
        production_version: "${steps.evaluate.outputs.production_version?}"
        production_metrics: "${steps.evaluate.outputs.production_metrics?}"
      gate: {stage: Production, rules: [{metric: auc, direction: maximize, no_worse_than_production: true, within_interval: true}]}
  - id: release
    task: promote
    with: {model: again, version: "${steps.register.outputs.version}", stage: Production, reason: a test}
outputs:
  run_id: "${steps.train.outputs.run_id}"
)";

class TrainingTest : public testing::Test {
 protected:
  static void SetUpTestSuite() {
    platform_ = new Platform;
    const Ended up = platform_->Up({"--allow-commands"});
    ASSERT_EQ(up.exit_code, 0) << up.out << up.err;
    Put("plant", kPlant);
    dataset_ = platform_->CliJson({"pipelines", "run", "plant", "--wait"}).value("dataset", "");
    ASSERT_FALSE(dataset_.empty());
  }
  static void TearDownTestSuite() {
    delete platform_;
    platform_ = nullptr;
  }
  static std::string Write(const std::string& name, const std::string& text) {
    const std::string path = absl::StrCat(platform_->home(), "/", name);
    EXPECT_TRUE(base::WriteFileAtomically(path, text).ok());
    return path;
  }
  static void Put(const std::string& name, const std::string& definition) {
    const Ended put = platform_->Cli({"pipelines", "put", Write(name + ".yaml", definition)});
    EXPECT_EQ(put.exit_code, 0) << put.err;
  }
  // The run that is training now, once it has left a checkpoint.
  static std::string RunWithCheckpoint() {
    std::string found;
    EXPECT_TRUE(WaitUntil(absl::Seconds(120), [&] {
      for (const nlohmann::json& run : platform_->Get("/v1/runs").body.value("runs", nlohmann::json::array())) {
        if (run.value("status", "") != "RUN_STATUS_RUNNING") continue;
        const std::string id = run.value("run_id", "");
        const HttpAnswer artifacts = platform_->Get("/v1/runs/" + id + "/artifacts?path=checkpoints");
        if (!artifacts.body.value("artifacts", nlohmann::json::array()).empty()) found = id;
      }
      return !found.empty();
    }));
    return found;
  }

  static Platform* platform_;
  static std::string dataset_;
};

Platform* TrainingTest::platform_ = nullptr;
std::string TrainingTest::dataset_;

TEST_F(TrainingTest, ANetworkWhoseWorkerIsKilledGoesOnFromItsCheckpointAndEndsAsOneWithoutABreak) {
  Put("network", kNetwork);
  const nlohmann::json started = platform_->CliJson({"pipelines", "run", "network", "--set", "dataset=" + dataset_});
  const std::string pipeline_run = started.value("pipeline_run_id", started.value("run", ""));
  ASSERT_FALSE(pipeline_run.empty()) << started.dump();
  const std::string first = RunWithCheckpoint();
  ASSERT_EQ(kill(platform_->Pid("trainer-worker"), SIGKILL), 0);
  const nlohmann::json broken = platform_->CliJson({"pipelines", "watch", pipeline_run});
  EXPECT_EQ(broken.value("status", ""), "succeeded") << broken.dump(2);
  EXPECT_NE(broken.value("run_id", ""), first);
  const nlohmann::json unbroken = platform_->CliJson({"pipelines", "run", "network", "--set", "dataset=" + dataset_, "--wait"});
  EXPECT_EQ(broken.value("content_hash", "a"), unbroken.value("content_hash", "b")) << broken.dump(2) << unbroken.dump(2);

  // The second attempt did not begin at the first epoch, and a finished training keeps no checkpoint.
  const auto first_step = [](const nlohmann::json& ended) {
    const HttpAnswer points =
        platform_->Get("/v1/runs/" + ended.value("run_id", "") + "/metrics?key=validation_logloss&page_size=1000");
    int least = 1'000'000;
    for (const nlohmann::json& point : points.body.value("metrics", nlohmann::json::array()))
      least = std::min(least, point.value("step", 0));
    return least;
  };
  EXPECT_GT(first_step(broken), 0);
  EXPECT_EQ(first_step(unbroken), 0);
  for (const std::string& run : {broken.value("run_id", ""), first}) {
    const HttpAnswer left = platform_->Get("/v1/runs/" + run + "/artifacts?path=checkpoints");
    EXPECT_TRUE(left.body.value("artifacts", nlohmann::json::array()).empty()) << left.text;
  }
}

TEST_F(TrainingTest, AProgramOfOnesOwnIsTunedByAStudy) {
  Put("own-script", kOwnScript);
  const nlohmann::json ended =
      platform_->CliJson({"pipelines", "run", "own-script", "--set", "script=" + Write("own.py", kOwnProgram), "--set",
                          "dataset=" + dataset_, "--wait"});
  ASSERT_EQ(ended.value("status", ""), "succeeded") << ended.dump(2);
  const double x = ended["best_params"].value("x", -1.0);
  EXPECT_NEAR(ended.value("best_value", -1.0), (x - 0.5) * (x - 0.5), 1e-9);
  const std::string run = ended.value("best_run_id", "");
  EXPECT_EQ(platform_->Get("/v1/runs/" + run).body.value("status", ""), "RUN_STATUS_FINISHED");
  const HttpAnswer output = platform_->Get("/v1/runs/" + run + "/artifacts/output.log");
  EXPECT_EQ(output.text.substr(0, 6), "hello ") << output.text;
  EXPECT_NE(output.text.find("ROLE_ENGINEER"), std::string::npos) << "whose token it has: " << output.text;
  // It saw every row, whatever it did with them.
  const HttpAnswer looks = platform_->Get("/v1/test-looks?run_id=" + run);
  ASSERT_EQ(looks.body.value("looks", nlohmann::json::array()).size(), 1u) << looks.text;
  EXPECT_EQ(looks.body["looks"][0].value("subject", ""), "command");
}

TEST_F(TrainingTest, AProgramThatFailsIsReportedWithItsExitCodeAndLastWords) {
  Put("failing", kFailing);
  const Ended ended = platform_->Cli({"pipelines", "run", "failing", "--wait"});
  EXPECT_NE(ended.exit_code, 0);
  EXPECT_NE((ended.out + ended.err).find("exit code 3"), std::string::npos) << ended.out << ended.err;
  EXPECT_NE((ended.out + ended.err).find("the valve is stuck"), std::string::npos) << ended.out << ended.err;
}

TEST_F(TrainingTest, AResultThatIsNoFileFailsTheStepAtOnce) {
  Put("pipe", kPipe);
  const Ended ended = platform_->Cli({"pipelines", "run", "pipe", "--wait"});
  EXPECT_NE(ended.exit_code, 0);
  EXPECT_NE((ended.out + ended.err).find("must be a regular file"), std::string::npos) << ended.out << ended.err;
}

TEST_F(TrainingTest, TheRunOfACancelledTaskEndsAsKilled) {
  Put("endless", kEndless);
  const nlohmann::json started = platform_->CliJson({"pipelines", "run", "endless"});
  const std::string pipeline_run = started.value("pipeline_run_id", started.value("run", ""));
  std::string id;
  const auto find = [&](const std::string& status) {
    return WaitUntil(absl::Seconds(60), [&] {
      for (const nlohmann::json& run : platform_->Get("/v1/runs").body.value("runs", nlohmann::json::array())) {
        if (id.empty() && run.value("status", "") == "RUN_STATUS_RUNNING") id = run.value("run_id", "");
      }
      return !id.empty() && platform_->Get("/v1/runs/" + id).body.value("status", "") == status;
    });
  };
  ASSERT_TRUE(find("RUN_STATUS_RUNNING"));
  const Ended cancelled = platform_->Cli({"pipelines", "cancel", pipeline_run});
  ASSERT_EQ(cancelled.exit_code, 0) << cancelled.err;
  EXPECT_TRUE(find("RUN_STATUS_KILLED"));
}

TEST_F(TrainingTest, AnEvaluationOfTheDataThatTrainedTheModelSaysSo) {
  Put("seen", kSeen);
  const nlohmann::json ended = platform_->CliJson({"pipelines", "run", "seen", "--set", "dataset=" + dataset_, "--wait"});
  ASSERT_EQ(ended.value("status", ""), "succeeded") << ended.dump(2);
  const HttpAnswer report = platform_->Get("/v1/runs/" + ended.value("run_id", "") + "/artifacts/evaluation/evaluation.json");
  EXPECT_NE(report.text.find("\"seen_in_training\": true"), std::string::npos) << report.text.substr(0, 1000);
  const std::string run = platform_->Get("/v1/runs/" + ended.value("run_id", "")).text;
  EXPECT_NE(run.find("\"evaluated_all_auc\""), std::string::npos) << run;
  EXPECT_EQ(run.find("\"test_"), std::string::npos) << run;
}

TEST_F(TrainingTest, AChampionIsNotMeasuredOnRowsThatItWasTrainedOn) {
  Put("again", kAgain);
  const auto run = [](int seed) {
    return platform_->CliJson(
        {"pipelines", "run", "again", "--set", "dataset=" + dataset_, "--set", absl::StrCat("seed=", seed), "--wait"});
  };
  const auto evaluation = [](const nlohmann::json& ended) {
    const HttpAnswer report = platform_->Get("/v1/runs/" + ended.value("run_id", "") + "/artifacts/evaluation/evaluation.json");
    return nlohmann::json::parse(report.text, nullptr, false);
  };
  ASSERT_EQ(run(1).value("status", ""), "succeeded");
  const nlohmann::json same = run(1);
  EXPECT_EQ(same.value("status", ""), "succeeded") << same.dump(2);
  const nlohmann::json beside = evaluation(same);
  EXPECT_FALSE(beside["champion"].contains("seen_rows")) << beside["champion"];
  EXPECT_EQ(beside["champion"]["compared_rows"], beside["rows"]);
  std::set<std::string> baselines;
  for (const nlohmann::json& baseline : beside["heads"][0]["baselines"]) baselines.insert(baseline.value("name", ""));
  EXPECT_EQ(baselines, (std::set<std::string>{"constant class", "mean", "linear", "always_positive"}));

  // Another seed tests on another of the four pumps, which has trained the champion.
  nlohmann::json other;
  for (int seed = 2; seed < 8 && !other["champion"].contains("seen_rows"); ++seed) {
    const Ended ended = platform_->Cli(
        {"pipelines", "run", "again", "--set", "dataset=" + dataset_, "--set", absl::StrCat("seed=", seed), "--wait"});
    for (const nlohmann::json& found : platform_->Get("/v1/runs").body.value("runs", nlohmann::json::array())) {
      nlohmann::json report = evaluation(found);
      if (report.is_object() && report["champion"].contains("seen_rows")) other = report;
    }
    if (!other.is_null() && other["champion"].contains("seen_rows")) {
      EXPECT_NE((ended.out + ended.err).find("was trained on"), std::string::npos) << ended.out << ended.err;
    }
  }
  EXPECT_EQ(other["champion"]["seen_in_training"], true) << other["champion"];
  EXPECT_EQ(other["verdict"], "not comparable");
  EXPECT_FALSE(other["heads"][0]["metrics"]["auc"].contains("champion"));
}

}  // namespace
}  // namespace millwright::e2e
