// The main job on the example plant, as deploy/up runs it, and what a person does with its model afterwards.
#include <gtest/gtest.h>

#include <atomic>
#include <cmath>
#include <memory>
#include <set>
#include <thread>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "e2e/platform.h"

namespace millwright::e2e {
namespace {

class MainJobTest : public testing::Test {
 protected:
  static void SetUpTestSuite() {
    platform_ = new Platform;
    const Ended up = platform_->Up();
    ASSERT_EQ(up.exit_code, 0) << up.out << up.err;
    first_run_ = platform_->CliJson({"pipelines", "run", "example-plant", "--wait"});
  }
  static void TearDownTestSuite() {
    delete platform_;
    platform_ = nullptr;
  }

  static std::string Window() {
    const Ended window = platform_->Cli({"assets", "window", "pump-01", "--rows", "60"});
    EXPECT_EQ(window.exit_code, 0) << window.err;
    return window.out;
  }

  static Platform* platform_;
  static nlohmann::json first_run_;
};

Platform* MainJobTest::platform_ = nullptr;
nlohmann::json MainJobTest::first_run_;

TEST_F(MainJobTest, GoesFromSensorsToAServedModel) {
  EXPECT_EQ(first_run_.value("status", ""), "succeeded") << first_run_.dump(2);
  EXPECT_EQ(first_run_.value("model", ""), "pump-failure");
  EXPECT_EQ(first_run_.value("version", 0), 1);
  EXPECT_EQ(first_run_.value("run_id", "").size(), 32u);
  ASSERT_TRUE(first_run_.contains("metrics"));
  EXPECT_GT(first_run_["metrics"].value("auc", 0.0), 0.9) << first_run_["metrics"].dump();

  const HttpAnswer model = platform_->InferGet("/v2/models/pump-failure");
  EXPECT_EQ(model.status, 200) << model.text;
  EXPECT_EQ(platform_->InferGet("/v2/health/ready", "-").status, 200);
}

TEST_F(MainJobTest, APredictionNamesItsModelVersionAndIdAndTakesALabelLater) {
  const HttpAnswer answer = platform_->Infer("/v1/predict/pump-failure", Window());
  ASSERT_EQ(answer.status, 200) << answer.text;
  EXPECT_EQ(answer.body.value("model", ""), "pump-failure");
  EXPECT_EQ(answer.body.value("version", 0), 1);
  const std::string id = answer.body.value("prediction_id", "");
  ASSERT_EQ(id.size(), 32u);
  const double probability = answer.body["predictions"].begin().value().get<double>();
  EXPECT_GE(probability, 0);
  EXPECT_LE(probability, 1);

  ASSERT_TRUE(WaitUntil(absl::Seconds(5), [&] { return platform_->Get("/v1/predictions/" + id).status == 200; }));
  const HttpAnswer label = platform_->Post("/v1/labels", {{"labels", {{{"prediction_id", id}, {"value", 1}}}}});
  ASSERT_EQ(label.status, 200) << label.text;
  EXPECT_EQ(label.body.value("matched", 0), 1);
  const HttpAnswer logged = platform_->Get("/v1/predictions/" + id);
  EXPECT_EQ(logged.body["labels"].begin().value().get<double>(), 1);
  EXPECT_EQ(logged.body["values"].begin().value().get<double>(), probability);
}

TEST_F(MainJobTest, EveryServiceIsReady) {
  const nlohmann::json status = platform_->CliJson({"status"});
  std::set<std::string> ready;
  for (const nlohmann::json& service : status["services"]) {
    if (service.value("state", "") == "SERVICE_STATE_READY") ready.insert(service.value("name", ""));
  }
  for (const char* name :
       {"postgres", "gateway", "telemetry", "tracker", "model-registry", "scheduler", "monitor", "serving", "trainer-worker"}) {
    EXPECT_TRUE(ready.contains(name)) << name << " in " << status.dump();
  }
}

TEST_F(MainJobTest, AVersionTrainedAgainFromItsLineageComesOutIdentical) {
  const Ended ended = platform_->Cli({"models", "reproduce", "pump-failure", "1"});
  EXPECT_EQ(ended.exit_code, 0) << ended.out << ended.err;
  const std::string hash = platform_->CliJson({"models", "version", "pump-failure", "1"}).value("content_hash", "");
  EXPECT_EQ(ended.out, absl::StrCat("equal\nrecorded    ", hash, "\nreproduced  ", hash, "\n"));
  EXPECT_NE(platform_->Cli({"models", "reproduce", "pump-failure", "99"}).exit_code, 0);
}

TEST_F(MainJobTest, ASecondRunAndARollbackSwitchWithoutAFailedRequest) {
  const std::string window = Window();
  std::atomic<bool> is_over{false};
  std::atomic<int> requests{0};
  std::atomic<int> failures{0};
  std::atomic<int> last_version{0};
  std::vector<std::thread> clients;
  for (int i = 0; i < 2; ++i) {
    clients.emplace_back([&] {
      while (!is_over) {
        const HttpAnswer answer = platform_->Infer("/v1/predict/pump-failure", window);
        ++requests;
        if (answer.status == 200) {
          last_version = answer.body.value("version", 0);
        } else {
          ++failures;
        }
        absl::SleepFor(absl::Milliseconds(5));
      }
    });
  }
  const nlohmann::json second = platform_->CliJson({"pipelines", "run", "example-plant", "--wait"});
  EXPECT_EQ(second.value("status", ""), "succeeded") << second.dump(2);
  EXPECT_EQ(second.value("version", 0), 2);
  EXPECT_TRUE(WaitUntil(absl::Seconds(2), [&] { return last_version == 2; }));

  const Ended rollback = platform_->Cli({"models", "rollback", "pump-failure", "--reason", "the operators ask for it"});
  EXPECT_EQ(rollback.exit_code, 0) << rollback.err;
  EXPECT_TRUE(WaitUntil(absl::Seconds(1), [&] { return last_version == 1; })) << "still version " << last_version;
  is_over = true;
  for (std::thread& client : clients) client.join();
  EXPECT_GT(requests, 50);
  EXPECT_EQ(failures, 0) << "of " << requests;

  const nlohmann::json history = platform_->CliJson({"models", "history", "pump-failure"});
  EXPECT_EQ(history["promotions"][0].value("kind", ""), "PROMOTION_KIND_ROLLED_BACK") << history.dump();
  EXPECT_EQ(history["promotions"][0].value("version", 0), 1);
  EXPECT_EQ(history["promotions"][0].value("reason", ""), "the operators ask for it");
}

TEST_F(MainJobTest, VersionsAreTracedComparedAndDescribed) {
  const nlohmann::json chain = platform_->CliJson({"models", "lineage", "pump-failure", "1"})["chains"][0];
  EXPECT_EQ(chain.value("deployment", ""), "pump-failure") << chain.dump();
  const nlohmann::json of_run = platform_->CliJson({"runs", "lineage", chain.value("run_id", "")});
  EXPECT_EQ(of_run["chains"][0], chain);
  const nlohmann::json of_data = platform_->CliJson({"datasets", "lineage", chain.value("dataset_version_id", "")});
  EXPECT_FALSE(of_data["chains"].empty());
  const nlohmann::json comparison =
      platform_->CliJson({"models", "compare", "pump-failure", "1", "2", "--with-equal", "yes"});
  std::set<std::string> sections;
  for (const nlohmann::json& difference : comparison["differences"]) sections.insert(difference.value("section", ""));
  for (const char* section : {"params", "metrics", "evaluation", "features", "reference_statistics", "data", "lineage"})
    EXPECT_TRUE(sections.contains(section)) << section;
  EXPECT_FALSE(comparison.contains("notes")) << comparison["notes"].dump();
  const Ended card = platform_->Cli({"models", "card", "pump-failure", "1"});
  EXPECT_NE(card.out.find("# pump-failure version 1"), std::string::npos) << card.out << card.err;
  EXPECT_NE(card.out.find("Evaluation on dataset version"), std::string::npos) << card.out;
}

TEST_F(MainJobTest, DownAndUpLosesNothing) {
  ASSERT_EQ(platform_->Down().exit_code, 0);
  EXPECT_EQ(platform_->Cli({"runs", "list"}).exit_code, 3);
  const Ended up = platform_->Up();
  ASSERT_EQ(up.exit_code, 0) << up.err;
  EXPECT_EQ(platform_->CliJson({"models", "get", "pump-failure"}).value("production_version", 0), 1);
  EXPECT_TRUE(WaitUntil(absl::Seconds(10), [&] { return platform_->Infer("/v1/predict/pump-failure", Window()).status == 200; }));
}

}  // namespace
}  // namespace millwright::e2e
