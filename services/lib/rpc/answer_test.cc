#include "lib/rpc/answer.h"

#include <gtest/gtest.h>

#include "lib/rpc/client.h"
#include "lib/rpc/convert.h"
#include "lib/rpc/test_server.h"
#include "millwright/system/v1/system.grpc.pb.h"

namespace millwright::rpc {
namespace {

// A real service with one method: it answers with what it knows of its caller.
class WhoAmI : public system::v1::SystemService::Service {
 public:
  grpc::Status GetSystemStatus(grpc::ServerContext* context, const system::v1::GetSystemStatusRequest*,
                               system::v1::SystemStatus* reply) override {
    return Answer(*context, [&](const auth::Caller& caller) -> absl::Status {
      if (caller.workspace.value() == "throw") throw std::runtime_error("on purpose");
      reply->set_home(caller.subject);
      reply->set_version(caller.request_id);
      return absl::OkStatus();
    });
  }
};

class AnswerTest : public testing::Test {
 protected:
  grpc::Status Call(const std::shared_ptr<grpc::Channel>& channel, const std::string& request_id = "") {
    grpc::ClientContext context;
    Prepare(context, absl::Seconds(5), request_id);
    return system::v1::SystemService::NewStub(channel)->GetSystemStatus(&context, {}, &reply_);
  }
  WhoAmI service_;
  TestServer server_{{&service_}};
  system::v1::SystemStatus reply_;
};

TEST_F(AnswerTest, HandlersSeeTheCallerAndTheRequestId) {
  ASSERT_TRUE(Call(server_.ChannelAs(TestCaller()), "request-7").ok());
  EXPECT_EQ(reply_.home(), "tester");
  EXPECT_EQ(reply_.version(), "request-7");
}

TEST_F(AnswerTest, ACallWithoutAnAssertionIsUnauthenticated) {
  EXPECT_EQ(Call(server_.AnonymousChannel()).error_code(), grpc::StatusCode::UNAUTHENTICATED);
}

TEST_F(AnswerTest, AnAssertionOfAnotherPlatformIsUnauthenticated) {
  WhoAmI other_service;
  TestServer other({&other_service});
  EXPECT_EQ(Call(ConnectAs(server_.address(), other.signer(), TestCaller())).error_code(), grpc::StatusCode::UNAUTHENTICATED);
}

TEST_F(AnswerTest, ATooLowRoleIsDeniedBehindTheGatewayToo) {
  EXPECT_EQ(Call(server_.ChannelAs(TestCaller(auth::Role::kNone))).error_code(), grpc::StatusCode::PERMISSION_DENIED);
}

TEST_F(AnswerTest, OneCallMayBeMadeForAnotherCaller) {
  grpc::ClientContext context;
  auth::Caller ana = TestCaller();
  ana.subject = "ana";
  PrepareFor(context, absl::Seconds(5), ana);
  ASSERT_TRUE(system::v1::SystemService::NewStub(Connect(server_.address(), server_.signer()))
                  ->GetSystemStatus(&context, {}, &reply_)
                  .ok());
  EXPECT_EQ(reply_.home(), "ana");
}

TEST_F(AnswerTest, ANameWithLineBreaksSaysNothingOfItsRole) {
  grpc::ClientContext context;
  auth::Caller caller = TestCaller(auth::Role::kNone);
  caller.subject = "eve\n3\n1\n1";
  PrepareFor(context, absl::Seconds(5), caller);
  EXPECT_EQ(system::v1::SystemService::NewStub(Connect(server_.address(), server_.signer()))
                ->GetSystemStatus(&context, {}, &reply_)
                .error_code(),
            grpc::StatusCode::PERMISSION_DENIED);
}

TEST_F(AnswerTest, AnExceptionIsInternalAndTheServerLives) {
  EXPECT_EQ(Call(server_.ChannelAs(TestCaller(auth::Role::kViewer, "throw"))).error_code(), grpc::StatusCode::INTERNAL);
  EXPECT_TRUE(Call(server_.ChannelAs(TestCaller())).ok());
}

TEST(ConvertTest, StructsComeBackAsTheJsonTheyWere) {
  const nlohmann::json json{{"a", 1}, {"b", {1.5, "x", nullptr, true}}, {"c", {{"d", -3}}}};
  EXPECT_EQ(ToJson(ToStruct(json), "x").value(), json);
}

TEST(ConvertTest, AStructNestedTooDeepIsRefusedByName) {
  nlohmann::json json = nlohmann::json::object();
  for (int i = 0; i < 60; ++i) json = nlohmann::json{{"x", json}};
  const auto result = ToJson(ToStruct(json), "outputs");
  EXPECT_EQ(result.status().code(), absl::StatusCode::kInvalidArgument);
  EXPECT_NE(result.status().message().find("outputs"), std::string::npos);
}

TEST(ConvertTest, PageTokensAreOpaqueAndForeignOnesRefused) {
  EXPECT_EQ(DecodePageToken(EncodePageToken({"a", 7})).value(), nlohmann::json({"a", 7}));
  EXPECT_EQ(DecodePageToken("%%%").status().code(), absl::StatusCode::kInvalidArgument);
  EXPECT_EQ(DecodePageToken("aGVsbG8").status().code(), absl::StatusCode::kInvalidArgument);
}

TEST(ConvertTest, TimesKeepTheirNanoseconds) {
  const absl::Time time = absl::FromUnixNanos(1'700'000'000'123'456'789);
  EXPECT_EQ(FromProto(ToProto(time)), time);
  EXPECT_EQ(FromProto(ToProto(absl::FromUnixNanos(-1))), absl::FromUnixNanos(-1));
}

}  // namespace
}  // namespace millwright::rpc
