#include <gtest/gtest.h>

#include "absl/strings/escaping.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "contracts/contracts.h"
#include "gateway/doors/http_door.h"
#include "gateway/storage/pg_audit_log.h"
#include "gateway/storage/pg_identity_stores.h"
#include "lib/auth/access_rule.h"
#include "lib/auth/token.h"
#include "lib/pg/database_test.h"
#include "lib/rpc/answer.h"
#include "lib/rpc/status.h"
#include "lib/rpc/test_server.h"
#include "migrations.h"
#include "millwright/mlflow/v1/tracking.grpc.pb.h"
#include "nlohmann/json.hpp"

namespace millwright::gateway {
namespace {

namespace pb = mlflow::v1;
using nlohmann::json;

// A few RPCs behind the door, which keep what they were asked.
class Runs final : public pb::MlflowTrackingService::Service {
 public:
  grpc::Status LogBatch(grpc::ServerContext* context, const pb::LogBatchRequest* request, pb::LogBatchResponse*) override {
    return rpc::Answer(*context, [&](const auth::Caller& caller) -> absl::Status {
      batch = *request;
      subject = caller.subject;
      if (request->run_id() == "busy") return absl::UnavailableError("the database is away");
      if (request->run_id() == "odd") return rpc::WithErrorCode(absl::InvalidArgumentError("odd"), "BAD_REQUEST");
      return absl::OkStatus();
    });
  }
  grpc::Status GetRun(grpc::ServerContext* context, const pb::GetRunRequest* request, pb::GetRunResponse* reply) override {
    return rpc::Answer(*context, [&](const auth::Caller&) -> absl::Status {
      if (request->run_id() == "none") return absl::NotFoundError("Run with id=none not found");
      reply->mutable_run()->mutable_info()->set_run_id(request->run_id());
      reply->mutable_run()->mutable_info()->set_start_time(1700000000000);
      return absl::OkStatus();
    });
  }
  grpc::Status DeleteLoggedModel(grpc::ServerContext* context, const pb::DeleteLoggedModelRequest* request,
                                 pb::DeleteLoggedModelResponse*) override {
    return rpc::Answer(*context, [&](const auth::Caller&) -> absl::Status {
      deleted_model = request->model_id();
      return absl::OkStatus();
    });
  }
  grpc::Status FinalizeLoggedModel(grpc::ServerContext* context, const pb::FinalizeLoggedModelRequest* request,
                                   pb::FinalizeLoggedModelResponse* reply) override {
    return rpc::Answer(*context, [&](const auth::Caller&) -> absl::Status {
      reply->mutable_model()->mutable_info()->set_model_id(request->model_id());
      reply->mutable_model()->mutable_info()->set_status(request->status());
      return absl::OkStatus();
    });
  }

  pb::LogBatchRequest batch;
  std::string subject;
  std::string deleted_model;
};

class MlflowDoorTest : public pg::DatabaseTest {
 protected:
  MlflowDoorTest() : DatabaseTest({{"gateway", migrations()}}) {
    HttpDoorOptions options{.max_body_bytes = 1 << 20, .server = {}};
    options.server.threads = 4;
    door_ = std::make_unique<HttpDoor>(routes_, authenticator_, doorkeeper_, backends_, options);
    EXPECT_TRUE(door_->Start("127.0.0.1:0").ok());
    for (const auth::Role role : {auth::Role::kViewer, auth::Role::kEngineer}) {
      const std::string token = auth::NewToken();
      tokens_[role] = token;
      EXPECT_TRUE(stores_.tokens
                      .EnsurePlatformToken({.hash = auth::TokenHash(token), .name = auth::RoleName(role), .expires_at = {}}, "",
                                           role, absl::Now())
                      .ok());
    }
  }

  httplib::Result Send(const std::string& verb, const std::string& path, const std::string& body = "") {
    return SendAs(verb, path, {{"Authorization", absl::StrCat("Bearer ", tokens_[auth::Role::kEngineer])}}, body);
  }
  httplib::Result SendAs(const std::string& verb, const std::string& path, httplib::Headers headers,
                         const std::string& body = "") {
    httplib::Client client("127.0.0.1", door_->port());
    httplib::Request request;
    request.method = verb;
    request.path = path;
    request.headers = std::move(headers);
    request.body = body;
    if (!body.empty()) request.headers.emplace("Content-Type", "application/json");
    return client.send(request);
  }
  static void ExpectError(const httplib::Result& result, int status, const std::string& code, const std::string& message) {
    EXPECT_EQ(result->status, status);
    const json body = json::parse(result->body);
    EXPECT_EQ(body["error_code"], code);
    EXPECT_EQ(body["message"], message);
  }

  const base::Clock& clock_ = base::SystemClock();
  PgIdentityStores stores_{db()};
  PgAuditLog audit_{db()};
  Accounts accounts_{stores_.all, clock_};
  Runs runs_;
  rpc::TestServer server_{{&runs_}};
  MethodTable methods_ = MethodTable::Make(contracts::Methods()).value();
  RouteTable routes_{methods_};
  Backends backends_{{{"tracker", server_.address()}, {"model_registry", ""}}};
  Authenticator authenticator_{stores_.all, accounts_, clock_};
  Doorkeeper doorkeeper_{audit_, server_.signer(), clock_};
  std::unique_ptr<HttpDoor> door_;
  std::map<auth::Role, std::string> tokens_;
};

constexpr char kRuns[] = "/api/2.0/mlflow/runs";

TEST_F(MlflowDoorTest, AnswersUnderBothPrefixes) {
  for (const char* prefix : {"/api", "/ajax-api", "//api"}) {
    const auto result = Send("GET", absl::StrCat(prefix, "/2.0/mlflow/runs/get?run_id=abc&unknown=1"));
    ASSERT_EQ(result->status, 200) << prefix << result->body;
    EXPECT_EQ(json::parse(result->body), json::parse(R"({"run":{"info":{"run_id":"abc","start_time":1700000000000}}})"));
    EXPECT_EQ(result->get_header_value("Content-Type"), "application/json");
  }
}

TEST_F(MlflowDoorTest, ABatchArrivesAsItWasSent) {
  const auto result =
      Send("POST", absl::StrCat(kRuns, "/log-batch"),
           R"({"run_id":"r","metrics":[{"key":"a","value":1.5,"timestamp":7,"step":2}],"params":[{"key":"p","value":"v"}]})");
  EXPECT_EQ(result->status, 200);
  EXPECT_EQ(result->body, "{}");
  EXPECT_EQ(runs_.batch.metrics(0).value(), 1.5);
  EXPECT_EQ(runs_.batch.params(0).value(), "v");
  EXPECT_EQ(runs_.subject, "token:engineer");
}

TEST_F(MlflowDoorTest, ErrorsHaveMlflowsCodesAndStatuses) {
  ExpectError(Send("GET", absl::StrCat(kRuns, "/get?run_id=none")), 404, "RESOURCE_DOES_NOT_EXIST", "Run with id=none not found");
  ExpectError(Send("POST", absl::StrCat(kRuns, "/log-batch"), R"({"run_id":"odd"})"), 400, "BAD_REQUEST", "odd");
  ExpectError(Send("POST", absl::StrCat(kRuns, "/log-batch"), R"({"run_id":"busy"})"), 503, "TEMPORARILY_UNAVAILABLE",
              "service tracker is unavailable: the database is away");
  ExpectError(Send("POST", absl::StrCat(kRuns, "/log-batch"), R"({})"), 400, "INVALID_PARAMETER_VALUE",
              "Missing value for required parameter 'run_id'. See the API docs for more information about request parameters.");
  ExpectError(Send("POST", absl::StrCat(kRuns, "/log-batch")), 400, "INVALID_PARAMETER_VALUE",
              "Bad Request. Content-Type header is missing.");
  EXPECT_EQ(Send("POST", absl::StrCat(kRuns, "/set-tag"), R"({"run_id":"r","key":"k"})")->status, 501);
}

TEST_F(MlflowDoorTest, WhatIsNotServedIsNotFoundAsText) {
  for (const char* path : {"/api/3.0/mlflow/traces/search", "/api/2.0/mlflow/webhooks", "/graphql", "/v1/traces"}) {
    const auto result = Send("POST", path, "{}");
    EXPECT_EQ(result->status, 404) << path;
    EXPECT_FALSE(json::accept(result->body)) << path;
  }
  EXPECT_EQ(Send("GET", absl::StrCat(kRuns, "/log-batch"))->status, 405);
}

TEST_F(MlflowDoorTest, FieldsOfThePathReachTheService) {
  EXPECT_EQ(Send("DELETE", "/api/2.0/mlflow/logged-models/m-1")->status, 200);
  EXPECT_EQ(runs_.deleted_model, "m-1");
  const auto result = Send("PATCH", "/api/2.0/mlflow/logged-models/m-2", R"({"model_id":"m-2","status":"LOGGED_MODEL_READY"})");
  EXPECT_EQ(json::parse(result->body), json::parse(R"({"model":{"info":{"model_id":"m-2","status":"LOGGED_MODEL_READY"}}})"));
}

TEST_F(MlflowDoorTest, AuthenticatesAsItsClientsDo) {
  const std::string path = absl::StrCat(kRuns, "/get?run_id=x");
  const auto anonymous = SendAs("GET", path, {});
  EXPECT_EQ(anonymous->status, 401);
  EXPECT_EQ(anonymous->get_header_value("WWW-Authenticate"), "Basic realm=\"mlflow\"");
  EXPECT_TRUE(absl::StartsWith(anonymous->body, "You are not authenticated."));
  const std::string token = tokens_[auth::Role::kViewer];
  EXPECT_EQ(SendAs("GET", path, {{"Authorization", absl::StrCat("Bearer ", token)}})->status, 200);
  const std::string basic = absl::Base64Escape(absl::StrCat("anyone:", token));
  EXPECT_EQ(SendAs("GET", path, {{"Authorization", absl::StrCat("Basic ", basic)}, {"X-MLFLOW-WORKSPACE", "w"}})->status, 200);
  const auto denied =
      SendAs("POST", absl::StrCat(kRuns, "/log-batch"), {{"Authorization", absl::StrCat("Basic ", basic)}}, R"({"run_id":"r"})");
  EXPECT_EQ(denied->status, 403);
  EXPECT_EQ(json::parse(denied->body)["error_code"], "PERMISSION_DENIED");
}

TEST_F(MlflowDoorTest, TellsClientsWhatItIs) {
  EXPECT_EQ(SendAs("GET", "/health", {})->body, "OK");
  EXPECT_EQ(SendAs("GET", "/version", {})->body, "3.3.2");
  EXPECT_EQ(json::parse(SendAs("GET", "/api/3.0/mlflow/server-info", {})->body)["workspaces_enabled"], false);
}

}  // namespace
}  // namespace millwright::gateway
