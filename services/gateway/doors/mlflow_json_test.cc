#include <gtest/gtest.h>

#include <cmath>

#include "absl/strings/str_cat.h"
#include "gateway/doors/json_to_wire.h"
#include "gateway/doors/mlflow_reader.h"
#include "gateway/doors/wire_to_json.h"
#include "millwright/mlflow/v1/registry.pb.h"
#include "millwright/mlflow/v1/tracking.pb.h"
#include "nlohmann/json.hpp"

namespace millwright::gateway {
namespace {

namespace pb = mlflow::v1;
using nlohmann::json;

constexpr char kDocs[] = " See the API docs for more information about request parameters.";

template <typename Message>
const MessagePlan& PlanOf() {
  static auto* plans = new MessagePlans;
  return plans->Add(Message::descriptor());
}

// What the closer look makes of a body: the message, and its refusal or "".
template <typename Message>
std::pair<Message, std::string> Read(const std::string& body) {
  Message message;
  const absl::Status status = ReadMlflowJson(body, PlanOf<Message>(), message);
  return {message, std::string(status.message())};
}

template <typename Message>
std::string Refusal(const std::string& body) {
  std::string wire;
  EXPECT_FALSE(JsonToWire(body, PlanOf<Message>(), &wire)) << body;
  return Read<Message>(body).second;
}

// A body that both ways read, and alike.
template <typename Message>
Message ReadGood(const std::string& body) {
  std::string wire;
  EXPECT_TRUE(JsonToWire(body, PlanOf<Message>(), &wire)) << body;
  Message quick;
  EXPECT_TRUE(quick.ParseFromString(wire));
  const auto [careful, refusal] = Read<Message>(body);
  EXPECT_EQ(refusal, "");
  EXPECT_EQ(quick.SerializeAsString(), careful.SerializeAsString()) << body;
  return quick;
}

TEST(MlflowJsonTest, BothWaysReadGoodBodiesAlike) {
  const auto batch = ReadGood<pb::LogBatchRequest>(
      R"({"run_id":"r","metrics":[{"key":"loss","value":0.5,"timestamp":1700000000000,"step":3},
          {"key":"é","value":7,"timestamp":0,"step":-1,"unknown":{"a":[1]}},{"key":"n","value":"NaN","timestamp":1}],
          "params":[{"key":"a","value":""}],"tags":null,"more":[1,2]})");
  ASSERT_EQ(batch.metrics_size(), 3);
  EXPECT_EQ(batch.metrics(1).value(), 7);
  EXPECT_EQ(batch.metrics(1).step(), -1);
  EXPECT_FALSE(batch.metrics(2).has_step());
  EXPECT_TRUE(std::isnan(batch.metrics(2).value()));
  EXPECT_TRUE(batch.params(0).has_value());
  const auto search = ReadGood<pb::SearchRunsRequest>(
      R"({"experiment_ids":["0","1"],"run_view_type":"DELETED_ONLY","max_results":50000,"order_by":[]})");
  EXPECT_EQ(search.run_view_type(), pb::DELETED_ONLY);
  EXPECT_FALSE(search.has_filter());
  const std::string long_text(100000, 'x');
  const auto inputs = ReadGood<pb::LogInputsRequest>(absl::StrCat(
      R"({"run_id":"r","datasets":[{"tags":[{"key":"k","value":"v"}],"dataset":{"name":"d","schema":")", long_text, R"("}}]})"));
  EXPECT_EQ(inputs.datasets(0).dataset().schema(), long_text);
}

TEST(MlflowJsonTest, AMissingParameterIsNamed) {
  EXPECT_EQ(Refusal<pb::GetRunRequest>("{}"), absl::StrCat("Missing value for required parameter 'run_id'.", kDocs));
  EXPECT_EQ(Refusal<pb::GetRunRequest>(R"({"run_id":""})"),
            absl::StrCat("Missing value for required parameter 'run_id'.", kDocs));
  EXPECT_EQ(Refusal<pb::SetTagRequest>(R"({"run_id":"r","key":null})"),
            absl::StrCat("Missing value for required parameter 'key'.", kDocs));
  EXPECT_EQ(
      Refusal<pb::LogBatchRequest>(R"({"run_id":"r","metrics":[{"key":"a","value":1,"timestamp":1},{"key":"b","value":1}]})"),
      absl::StrCat("Missing value for required parameter 'metrics[1].timestamp'.", kDocs));
  EXPECT_EQ(Refusal<pb::LogBatchRequest>(R"({"run_id":"r","tags":[{"value":"x"}]})"),
            absl::StrCat("Missing value for required parameter 'tags[0].key'.", kDocs));
  // The old name stands for the new one.
  EXPECT_EQ(Refusal<pb::GetRunRequest>(R"({"run_uuid":"r"})"), "");
  // A list may be empty.
  EXPECT_EQ(ReadGood<pb::SearchLoggedModelsRequest>(R"({"experiment_ids":[]})").experiment_ids_size(), 0);
}

TEST(MlflowJsonTest, AValueOfAnotherTypeIsShownWithItsPythonType) {
  EXPECT_EQ(Refusal<pb::CreateExperimentRequest>(R"({"name":123})"),
            absl::StrCat("Invalid value 123 for parameter 'name' supplied:  Hint: Value was of type 'int'.", kDocs));
  EXPECT_EQ(
      Refusal<pb::CreateExperimentRequest>(R"({"name":"x","tags":{"b":1,"a":"é"}})"),
      absl::StrCat("Invalid value {\"a\":\"\\u00e9\",\"b\":1} for parameter 'tags' supplied:  Hint: Value was of type 'dict'.",
                   kDocs));
  EXPECT_EQ(Refusal<pb::LogMetricRequest>(R"({"run_id":"r","key":"k","value":"x","timestamp":1})"),
            absl::StrCat("Invalid value \"x\" for parameter 'value' supplied:  Hint: Value was of type 'str'.", kDocs));
  EXPECT_EQ(Refusal<pb::SearchRunsRequest>(R"({"order_by":["a",1.5]})"),
            absl::StrCat("Invalid value [\"a\",1.5] for parameter 'order_by' supplied:  Hint: Value was of type 'list'.", kDocs));
  EXPECT_EQ(Refusal<pb::SearchRunsRequest>(R"({"max_results":50001})"),
            absl::StrCat("Invalid value 50001 for parameter 'max_results' supplied:  Hint: Value was of type 'int'.", kDocs));
  EXPECT_EQ(
      Refusal<pb::TransitionModelVersionStageRequest>(
          R"({"name":"m","version":"1","stage":"Staging","archive_existing_versions":"yes"})"),
      absl::StrCat("Invalid value \"yes\" for parameter 'archive_existing_versions' supplied:  Hint: Value was of type 'str'.",
                   kDocs));
}

TEST(MlflowJsonTest, WhatNoCheckForbidsIsReadUpToTheFirstMisfit) {
  const auto [run, refusal] = Read<pb::CreateRunRequest>(R"({"experiment_id":"1","user_id":5,"run_name":"after"})");
  EXPECT_EQ(refusal, "");
  EXPECT_EQ(run.experiment_id(), "1");
  EXPECT_FALSE(run.has_run_name());
}

TEST(MlflowJsonTest, ReadsAsPythonDoes) {
  EXPECT_EQ((Read<pb::FinalizeLoggedModelRequest>(R"({"model_id":"m","status":true})").first.status()), pb::LOGGED_MODEL_PENDING);
  EXPECT_NE(Refusal<pb::LogMetricRequest>(R"({"run_id":"r","key":"k","value":"0x10","timestamp":1})"), "");
  const pb::CreateRunRequest run = Read<pb::CreateRunRequest>(R"({"experiment_id":"1","tags":[null],"run_name":"x"})").first;
  EXPECT_EQ(run.tags_size(), 1);
  EXPECT_FALSE(run.has_run_name());
}

TEST(MlflowJsonTest, ForgivesWhatOldAndOddClientsSend) {
  EXPECT_EQ((Read<pb::GetRunRequest>(R"("{\"run_id\":\"r\"}")").first.run_id()), "r");
  EXPECT_EQ((Read<pb::GetRunRequest>(R"({"runId":"r","run_id":"s"})").first.run_id()), "s");
  EXPECT_EQ(Refusal<pb::GetRunRequest>("not json"), absl::StrCat("Missing value for required parameter 'run_id'.", kDocs));
  EXPECT_EQ(Refusal<pb::GetRunRequest>("null"), absl::StrCat("Missing value for required parameter 'run_id'.", kDocs));
  EXPECT_EQ(Refusal<pb::GetRunRequest>("[1]"), "Bad Request. The body must be a JSON object.");
  const auto [metric, refusal] =
      Read<pb::LogMetricRequest>(R"({"run_id":"r","key":"k","value":"1e3","timestamp":"12","step":4.0})");
  EXPECT_EQ(refusal, "");
  EXPECT_EQ(metric.value(), 1000);
  EXPECT_EQ(metric.timestamp(), 12);
  EXPECT_EQ(metric.step(), 4);
  // Names of an enum that are not known are no error, and neither is Python's NaN: both read as not given.
  EXPECT_FALSE((Read<pb::UpdateRunRequest>(R"({"run_id":"r","status":"DANCING"})").first.has_status()));
  EXPECT_EQ((Read<pb::UpdateRunRequest>(R"({"run_id":"r","status":"FINISHED","end_time":1})").first.status()), pb::FINISHED);
  EXPECT_FALSE((Read<pb::LogMetricRequest>(R"({"run_id":"r","key":"NaN","value":NaN,"timestamp":1})").first.has_value()));
  EXPECT_EQ(Read<pb::GetRunRequest>(std::string(100, '[')).second, "the body nests deeper than 64 levels");
}

TEST(MlflowJsonTest, QueriesAreText) {
  pb::SearchModelVersionsRequest versions;
  ASSERT_TRUE(ReadMlflowQuery("filter=name%3D%27a+b%27&max_results=7&order_by=name&order_by=version_number+DESC&x=y",
                              PlanOf<pb::SearchModelVersionsRequest>(), versions)
                  .ok());
  EXPECT_EQ(versions.filter(), "name='a b'");
  EXPECT_EQ(versions.max_results(), 7);
  EXPECT_EQ(versions.order_by(1), "version_number DESC");
  pb::GetLoggedModelRequest model;
  ASSERT_TRUE(ReadMlflowQuery("allow_deleted=True", PlanOf<pb::GetLoggedModelRequest>(), model).ok());
  EXPECT_EQ(model.allow_deleted(), "True");
  ASSERT_TRUE(ReadMlflowQuery("model_id=100%&unknown=%", PlanOf<pb::GetLoggedModelRequest>(), model).ok());
  EXPECT_EQ(model.model_id(), "100%");
  EXPECT_EQ(ReadMlflowQuery("max_results=many", PlanOf<pb::SearchModelVersionsRequest>(), versions).message(),
            absl::StrCat("Invalid value \"many\" for parameter 'max_results' supplied:  Hint: Value was of type 'str'.", kDocs));
}

template <typename Message>
json Written(const Message& message) {
  std::string text;
  EXPECT_TRUE(WireToJson(message.SerializeAsString(), PlanOf<Message>(), &text));
  return json::parse(text);
}

TEST(MlflowJsonTest, AnswersHaveWhatIsSetAsNumbersAndNames) {
  EXPECT_EQ(Written(pb::LogBatchResponse()), json::object());
  EXPECT_EQ(Written(pb::SearchRunsResponse()), json::object());
  EXPECT_EQ(Written(pb::GetMetricHistoryBulkResponse()), json::parse(R"({"metrics":[]})"));
  pb::GetRunResponse reply;
  pb::RunInfo& info = *reply.mutable_run()->mutable_info();
  info.set_run_id("r");
  info.set_run_name("");
  info.set_status(pb::RUNNING);
  info.set_start_time(9007199254740993);
  pb::Metric& metric = *reply.mutable_run()->mutable_data()->add_metrics();
  metric.set_key("a\"<\n\x01é");
  metric.set_value(-std::numeric_limits<double>::infinity());
  metric.set_step(-5);
  reply.mutable_run()->mutable_data()->add_metrics()->set_value(1);
  reply.mutable_run()->mutable_inputs();
  std::string text;
  ASSERT_TRUE(WireToJson(reply.SerializeAsString(), PlanOf<pb::GetRunResponse>(), &text));
  EXPECT_EQ(text,
            "{\"run\":{\"info\":{\"run_name\":\"\",\"status\":\"RUNNING\",\"start_time\":9007199254740993,\"run_id\":\"r\"},"
            "\"data\":{\"metrics\":[{\"key\":\"a\\\"\\u003c\\n\\u0001é\",\"value\":\"-Infinity\",\"step\":-5},{\"value\":1.0}]},"
            "\"inputs\":{}}}");
}

TEST(MlflowJsonTest, BytesThatAreNoAnswerAreRefused) {
  std::string text;
  for (const char* wire : {"\x0a", "\x0a\x7f", "\x0b", "\x0a\x02\x0a\x05", "\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff"})
    EXPECT_FALSE(WireToJson(wire, PlanOf<pb::GetRunResponse>(), &text)) << wire;
}

}  // namespace
}  // namespace millwright::gateway
