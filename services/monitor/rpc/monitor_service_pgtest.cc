#include <gmock/gmock.h>

#include <limits>

#include "lib/rpc/client.h"
#include "lib/rpc/convert.h"
#include "lib/rpc/test_server.h"
#include "monitor/rpc/monitor_service.h"
#include "monitor/storage/monitor_database_test.h"

namespace millwright::monitor {
namespace {

using grpc::StatusCode;
using testing::HasSubstr;

class MonitorServiceTest : public MonitorDatabaseTest {
 protected:
  using Stub = pb::MonitorService::Stub;
  std::unique_ptr<Stub> As(auth::Role role, const std::string& workspace = "1") {
    return pb::MonitorService::NewStub(server_.ChannelAs(rpc::TestCaller(role, workspace)));
  }
  template <typename Request, typename Reply>
  static grpc::Status Call(Stub& stub, grpc::Status (Stub::*method)(grpc::ClientContext*, const Request&, Reply*),
                           const Request& request, Reply* reply) {
    grpc::ClientContext context;
    rpc::Prepare(context, absl::Seconds(20));
    return (stub.*method)(&context, request, reply);
  }
  pb::LogPredictionsRequest Batch(int count, pb::PredictionOutcome outcome = pb::PREDICTION_OUTCOME_OK) {
    pb::LogPredictionsRequest request;
    for (int i = 1; i <= count; ++i) {
      pb::Prediction* prediction = request.add_predictions();
      prediction->set_prediction_id(Id(i));
      prediction->set_workspace_id("1");
      prediction->set_model("pump");
      prediction->set_version(2);
      prediction->set_revision(2);
      *prediction->mutable_at() = rpc::ToProto(clock_.Now() + absl::Milliseconds(i));
      prediction->set_latency_ms(1.5);
      prediction->set_outcome(outcome);
      (*prediction->mutable_values())["risk"] = 0.25;
    }
    return request;
  }
  grpc::Status Log(const pb::LogPredictionsRequest& request) {
    pb::LogPredictionsResponse reply;
    return Call(*serving_, &Stub::LogPredictions, request, &reply);
  }

  base::ManualClock clock_{absl::FromUnixSeconds(1'700'000'000)};
  int wakes_ = 0;
  Monitor monitor_{predictions_, clock_, absl::Hours(24 * 30), [this] { ++wakes_; }};
  MonitorService service_{monitor_};
  rpc::TestServer server_{{&service_}};
  std::unique_ptr<Stub> serving_ =
      pb::MonitorService::NewStub(server_.ChannelAs({.subject = "service:serving", .is_service = true}));
  std::unique_ptr<Stub> engineer_ = As(auth::Role::kEngineer);
};

TEST_F(MonitorServiceTest, WhatServingLogsPeopleReadAndLabel) {
  ASSERT_TRUE(Log(Batch(3)).ok());
  pb::CreateLabelsRequest labels;
  for (int i : {1, 99}) {
    pb::Label* label = labels.add_labels();
    label->set_prediction_id(Id(i));
    label->set_value(1);
  }
  pb::CreateLabelsResponse receipt;
  ASSERT_TRUE(Call(*engineer_, &Stub::CreateLabels, labels, &receipt).ok());
  EXPECT_EQ(receipt.matched(), 1);
  EXPECT_EQ(receipt.pending(), 1);
  pb::GetPredictionRequest get;
  get.set_prediction_id(Id(1));
  pb::Prediction prediction;
  ASSERT_TRUE(Call(*As(auth::Role::kViewer), &Stub::GetPrediction, get, &prediction).ok());
  EXPECT_EQ(prediction.values().at("risk"), 0.25);
  EXPECT_EQ(prediction.labels().at("risk"), 1);
  EXPECT_EQ(prediction.workspace_id(), "");
  pb::GetModelHealthRequest request;
  request.set_name("pump");
  pb::ModelHealth health;
  ASSERT_TRUE(Call(*As(auth::Role::kViewer), &Stub::GetModelHealth, request, &health).ok());
  EXPECT_EQ(health.versions(0).predictions(), 3);
  EXPECT_EQ(health.versions(0).labelled(), 1);
}

TEST_F(MonitorServiceTest, ABadReleaseWakesTheGuardAndStandsInTheHealth) {
  Follow(2, 2);
  ASSERT_TRUE(Log(Batch(3, pb::PREDICTION_OUTCOME_NOT_FINITE)).ok());
  EXPECT_EQ(wakes_, 1);
  pb::GetModelHealthRequest request;
  request.set_name("pump");
  pb::ModelHealth health;
  ASSERT_TRUE(Call(*engineer_, &Stub::GetModelHealth, request, &health).ok());
  EXPECT_EQ(health.versions(0).verdict().state(), pb::VERDICT_STATE_WATCHING);
  EXPECT_EQ(health.versions(0).verdict().evidence().fields().at("not_finite").number_value(), 3);
}

TEST_F(MonitorServiceTest, BadFormIsInvalidArgumentThatNamesTheEntry) {
  pb::LogPredictionsRequest request = Batch(2);
  request.mutable_predictions(1)->set_prediction_id("XYZ");
  const grpc::Status status = Log(request);
  EXPECT_EQ(status.error_code(), StatusCode::INVALID_ARGUMENT);
  EXPECT_THAT(status.error_message(), HasSubstr("predictions[1].prediction_id"));
  request = Batch(1);
  request.mutable_predictions(0)->clear_at();
  EXPECT_EQ(Log(request).error_code(), StatusCode::INVALID_ARGUMENT);
  request = Batch(1);
  (*request.mutable_predictions(0)->mutable_values())["risk"] = std::numeric_limits<double>::quiet_NaN();
  EXPECT_EQ(Log(request).error_code(), StatusCode::INVALID_ARGUMENT);
  EXPECT_EQ(Log(Batch(10001)).error_code(), StatusCode::INVALID_ARGUMENT);
  pb::CreateLabelsResponse receipt;
  EXPECT_EQ(Call(*engineer_, &Stub::CreateLabels, pb::CreateLabelsRequest(), &receipt).error_code(),
            StatusCode::INVALID_ARGUMENT);
  pb::GetPredictionRequest get;
  get.set_prediction_id("'; DROP TABLE");
  pb::Prediction prediction;
  EXPECT_EQ(Call(*engineer_, &Stub::GetPrediction, get, &prediction).error_code(), StatusCode::INVALID_ARGUMENT);
}

TEST_F(MonitorServiceTest, PredictionsOlderThanTheRetentionAreLetGo) {
  pb::LogPredictionsRequest request = Batch(2);
  *request.mutable_predictions(0)->mutable_at() = rpc::ToProto(clock_.Now() - absl::Hours(24 * 31));
  ASSERT_TRUE(Log(request).ok());
  EXPECT_EQ(HealthOf(2).predictions, 1);
}

TEST_F(MonitorServiceTest, OnlyServicesLogAndOnlyEngineersLabel) {
  pb::LogPredictionsResponse logged;
  EXPECT_EQ(Call(*As(auth::Role::kAdmin), &Stub::LogPredictions, Batch(1), &logged).error_code(), StatusCode::PERMISSION_DENIED);
  pb::CreateLabelsRequest labels;
  labels.add_labels()->set_prediction_id(Id(1));
  pb::CreateLabelsResponse receipt;
  EXPECT_EQ(Call(*As(auth::Role::kViewer), &Stub::CreateLabels, labels, &receipt).error_code(), StatusCode::PERMISSION_DENIED);
  EXPECT_EQ(Call(*As(auth::Role::kWorker), &Stub::CreateLabels, labels, &receipt).error_code(), StatusCode::PERMISSION_DENIED);
  const auto anonymous = pb::MonitorService::NewStub(server_.AnonymousChannel());
  EXPECT_EQ(Call(*anonymous, &Stub::LogPredictions, Batch(1), &logged).error_code(), StatusCode::UNAUTHENTICATED);
}

TEST_F(MonitorServiceTest, AnotherWorkspaceGetsNotFoundAndEmptyLists) {
  ASSERT_TRUE(Log(Batch(1)).ok());
  const auto stranger = As(auth::Role::kAdmin, "2");
  pb::GetPredictionRequest get;
  get.set_prediction_id(Id(1));
  pb::Prediction prediction;
  EXPECT_EQ(Call(*stranger, &Stub::GetPrediction, get, &prediction).error_code(), StatusCode::NOT_FOUND);
  pb::GetModelHealthRequest health_request;
  health_request.set_name("pump");
  pb::ModelHealth health;
  EXPECT_EQ(Call(*stranger, &Stub::GetModelHealth, health_request, &health).error_code(), StatusCode::NOT_FOUND);
  pb::ListPredictionsResponse page;
  ASSERT_TRUE(Call(*stranger, &Stub::ListPredictions, pb::ListPredictionsRequest(), &page).ok());
  EXPECT_EQ(page.predictions_size(), 0);
}

TEST_F(MonitorServiceTest, ListsPageToTheEnd) {
  ASSERT_TRUE(Log(Batch(5)).ok());
  pb::ListPredictionsRequest request;
  request.set_model("pump");
  request.set_page_size(2);
  std::vector<std::string> seen;
  do {
    pb::ListPredictionsResponse page;
    ASSERT_TRUE(Call(*engineer_, &Stub::ListPredictions, request, &page).ok());
    for (const pb::Prediction& prediction : page.predictions()) seen.push_back(prediction.prediction_id());
    request.set_page_token(page.next_page_token());
  } while (!request.page_token().empty());
  EXPECT_THAT(seen, testing::ElementsAre(Id(5), Id(4), Id(3), Id(2), Id(1)));
}

}  // namespace
}  // namespace millwright::monitor
