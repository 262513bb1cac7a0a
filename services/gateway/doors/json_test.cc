#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>

#include "gateway/doors/json_reader.h"
#include "gateway/doors/json_writer.h"
#include "millwright/gateway/v1/identity.pb.h"
#include "millwright/registry/v1/registry.pb.h"
#include "millwright/scheduler/v1/scheduler.pb.h"
#include "millwright/serving/v1/serving.pb.h"
#include "millwright/telemetry/v1/telemetry.pb.h"

namespace millwright::gateway {
namespace {

using testing::HasSubstr;

template <typename Message>
Message Read(const std::string& text) {
  Message message;
  const absl::Status status = FromJsonText(text, message);
  EXPECT_TRUE(status.ok()) << status;
  return message;
}

template <typename Message>
std::string Error(const std::string& text) {
  Message message;
  const absl::Status status = FromJsonText(text, message);
  EXPECT_EQ(status.code(), absl::StatusCode::kInvalidArgument);
  return std::string(status.message());
}

TEST(JsonWriterTest, LeavesUnsetFieldsOut) { EXPECT_EQ(ToJsonText(v1::User()), "{}"); }

TEST(JsonWriterTest, WritesSnakeCaseNamesEnumsBoolsAndTimes) {
  v1::User user;
  user.set_name("a\"b<\n\x01");
  user.set_role(api::v1::ROLE_ADMIN);
  user.set_is_disabled(true);
  user.mutable_created_at()->set_seconds(1);
  user.mutable_created_at()->set_nanos(500000000);
  EXPECT_EQ(ToJsonText(user),
            R"({"name":"a\"b\u003c\n\u0001","role":"ROLE_ADMIN","is_disabled":true,"created_at":"1970-01-01T00:00:01.5Z"})");
}

TEST(JsonWriterTest, WritesIntegersAsNumbersWhileTheyAreExact) {
  serving::v1::LoadedModel model;
  model.set_revision(9007199254740992);
  model.set_requests(18446744073709551615u);
  EXPECT_EQ(ToJsonText(model), R"({"revision":9007199254740992,"requests":"18446744073709551615"})");
}

TEST(JsonWriterTest, WritesNumbersThatJsonLacksAsText) {
  registry::v1::Evaluation evaluation;
  (*evaluation.mutable_metrics())["b"] = std::nan("");
  (*evaluation.mutable_metrics())["a"] = -INFINITY;
  (*evaluation.mutable_metrics())["c"] = 0.1;
  EXPECT_EQ(ToJsonText(evaluation), R"({"metrics":{"a":"-Infinity","b":"NaN","c":0.1}})");
}

TEST(JsonWriterTest, ATextThatIsNotUtf8IsStillJson) {
  EXPECT_EQ(JsonString("펌프"), "\"펌프\"");
  EXPECT_EQ(JsonString("last read: \xff<"), "\"last read: ?\\u003c\"");
}

TEST(JsonWriterTest, LeavesAnOmittedFieldOut) {
  v1::SignInResponse reply;
  reply.set_session_token("mw_secret");
  reply.set_user_name("admin");
  EXPECT_EQ(ToJsonText(reply, "session_token"), R"({"user_name":"admin"})");
}

TEST(JsonTest, RoundTripsEveryKindOfField) {
  const std::string text = R"({"metrics":{"mae":1.5,"rmse":"NaN"},"at":"2026-01-31T09:30:00Z"})";
  EXPECT_EQ(ToJsonText(Read<registry::v1::Evaluation>(text)), text);
  const std::string grant = R"({"token_hash":"AAH/","role":"ROLE_VIEWER","expires_at_ms":-5})";
  EXPECT_EQ(ToJsonText(Read<v1::TokenGrant>(grant)), grant);
  const std::string optional = R"({"name":"x","is_disabled":false})";
  EXPECT_EQ(ToJsonText(Read<v1::UpdateUserRequest>(optional)), optional);
}

TEST(JsonTest, RoundTripsStructs) {
  google::protobuf::Struct object = Read<google::protobuf::Struct>(R"({"b":[1,2.5,null,true,{"x":"y"}],"a":1000000})");
  EXPECT_EQ(ToJsonText(object), R"({"a":1000000,"b":[1,2.5,null,true,{"x":"y"}]})");
}

TEST(JsonReaderTest, ReadsIntegersFromTextAndWholeFloats) {
  EXPECT_EQ(Read<v1::TokenGrant>(R"({"expires_at_ms":"9223372036854775807"})").expires_at_ms(), 9223372036854775807);
  EXPECT_EQ(Read<v1::ListUsersRequest>(R"({"page_size":5.0})").page_size(), 5);
}

TEST(JsonReaderTest, NullLeavesAFieldUnset) {
  EXPECT_FALSE(Read<v1::UpdateUserRequest>(R"({"is_disabled":null})").has_is_disabled());
}

TEST(JsonReaderTest, RefusesAnUnknownFieldByName) {
  EXPECT_EQ(Error<v1::CreateUserRequest>(R"({"nmae":"x"})"), "unknown field nmae");
  EXPECT_EQ(Error<v1::CreateApiTokenResponse>(R"({"api_token":{"tokenId":"1"}})"), "unknown field api_token.tokenId");
}

TEST(JsonReaderTest, NamesTheFieldOfAWrongType) {
  EXPECT_THAT(Error<v1::ListUsersRequest>(R"({"page_size":"ten"})"),
              HasSubstr("field page_size: \"ten\" is not a whole number from -2147483648"));
  EXPECT_THAT(Error<v1::ListUsersRequest>(R"({"page_size":2147483648})"), HasSubstr("field page_size"));
  EXPECT_THAT(Error<v1::ListUsersRequest>(R"({"page_size":1.5})"), HasSubstr("field page_size"));
  EXPECT_THAT(Error<v1::CreateUserRequest>(R"({"name":7})"), HasSubstr("field name: 7 is not text"));
  EXPECT_THAT(Error<v1::CreateUserRequest>(R"({"role":"ADMIN"})"), HasSubstr("ROLE_ADMIN"));
  EXPECT_THAT(Error<v1::UpdateUserRequest>(R"({"is_disabled":1})"), HasSubstr("true or false"));
  EXPECT_THAT(Error<v1::ListUsersResponse>(R"({"users":[{},{"name":[]}]})"), HasSubstr("field users[1].name"));
  EXPECT_THAT(Error<v1::ListUsersResponse>(R"({"users":{}})"), HasSubstr("an array"));
  EXPECT_THAT(Error<registry::v1::Evaluation>(R"({"metrics":{"a":"much"}})"), HasSubstr("field metrics.a"));
  EXPECT_THAT(Error<registry::v1::Evaluation>(R"({"at":"yesterday"})"), HasSubstr("RFC 3339"));
  EXPECT_THAT(Error<v1::TokenGrant>(R"({"token_hash":"*"})"), HasSubstr("base64"));
}

TEST(JsonReaderTest, RefusesWhatIsNotAJsonObject) {
  for (const char* text : {"", "{", "[]", "1", "{\"name\":}", "{\"name\":\"\xff\"}", "nul", "{} {}"}) {
    EXPECT_FALSE(Error<v1::CreateUserRequest>(text).empty()) << text;
  }
}

TEST(JsonReaderTest, RefusesDeepNestingBeforeParsing) {
  const std::string deep = "{\"name\":" + std::string(100000, '[');
  EXPECT_EQ(Error<v1::CreateUserRequest>(deep), "the body nests deeper than 64 levels");
  EXPECT_EQ(Read<v1::CreateUserRequest>("{\"name\":\"" + std::string(200, '[') + "\"}").name().size(), 200u);
}

TEST(JsonReaderTest, RefusesTwoFieldsOfOneOneof) {
  EXPECT_THAT(Error<scheduler::v1::Distribution>(R"({"float":{"low":0,"high":1},"int":{"low":0,"high":1}})"),
              HasSubstr("only one of"));
}

TEST(SetFromTextTest, SetsNestedRepeatedAndTypedFields) {
  telemetry::v1::WriteSamplesRequest samples;
  ASSERT_TRUE(SetFromText("batch.asset_id", "pump 7", samples).ok());
  EXPECT_EQ(samples.batch().asset_id(), "pump 7");
  v1::ListUsersRequest users;
  ASSERT_TRUE(SetFromText("page_size", "20", users).ok());
  EXPECT_EQ(users.page_size(), 20);
  EXPECT_FALSE(SetFromText("page_size", "many", users).ok());
  EXPECT_EQ(SetFromText("page", "1", users).message(), "unknown field page");
  EXPECT_FALSE(SetFromText("page_size.x", "1", users).ok());
  EXPECT_FALSE(SetFromText("page_token", "\xff", users).ok());
}

}  // namespace
}  // namespace millwright::gateway
