#include <gmock/gmock.h>
#include <grpcpp/create_channel.h>
#include <grpcpp/generic/generic_stub.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <fstream>

#include "absl/strings/escaping.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/synchronization/notification.h"
#include "contracts/contracts.h"
#include "gateway/doors/backend_stream.h"
#include "gateway/doors/grpc_door.h"
#include "gateway/doors/http_door.h"
#include "gateway/rpc/identity_services.h"
#include "gateway/storage/pg_audit_log.h"
#include "gateway/storage/pg_identity_stores.h"
#include "lib/auth/token.h"
#include "lib/pg/database_test.h"
#include "lib/pg/listener.h"
#include "lib/rpc/answer.h"
#include "lib/rpc/client.h"
#include "lib/rpc/test_server.h"
#include "migrations.h"
#include "millwright/telemetry/v1/telemetry.grpc.pb.h"
#include "millwright/tracker/v1/tracker.grpc.pb.h"
#include "nlohmann/json.hpp"

namespace millwright::gateway {
namespace {

using nlohmann::json;
using testing::HasSubstr;

// Streams of all kinds behind the doors.
class StreamingTelemetry final : public telemetry::v1::TelemetryService::Service {
 public:
  grpc::Status StreamSamples(
      grpc::ServerContext* context,
      grpc::ServerReaderWriter<telemetry::v1::WriteSamplesResponse, telemetry::v1::WriteSamplesRequest>* stream) override {
    return rpc::Answer(*context, [&](const auth::Caller& caller) -> absl::Status {
      telemetry::v1::WriteSamplesRequest request;
      while (stream->Read(&request)) {
        if (request.batch().asset_id() == "refused") return absl::InvalidArgumentError("asset \"refused\" is refused");
        last_caller = caller;
        stream->Write({});
      }
      has_ended = true;
      return absl::OkStatus();
    });
  }
  grpc::Status QuerySamples(grpc::ServerContext* context, const telemetry::v1::QuerySamplesRequest* request,
                            grpc::ServerWriter<telemetry::v1::SampleBatch>* writer) override {
    return rpc::Answer(*context, [&](const auth::Caller&) -> absl::Status {
      for (const std::string& asset : request->asset_ids()) {
        if (asset == "missing") return absl::NotFoundError("no asset \"missing\"");
        if (asset == "later") may_go_on.WaitForNotification();
        telemetry::v1::SampleBatch batch;
        batch.set_asset_id(asset);
        writer->Write(batch);
      }
      return absl::OkStatus();
    });
  }
  auth::Caller last_caller;
  std::atomic<bool> has_ended = false;
  absl::Notification may_go_on;
};

class CountingArtifacts final : public tracker::v1::ArtifactService::Service {
 public:
  grpc::Status UploadBlob(grpc::ServerContext* context, grpc::ServerReader<tracker::v1::UploadBlobRequest>* reader,
                          tracker::v1::Blob* reply) override {
    return rpc::Answer(*context, [&](const auth::Caller&) -> absl::Status {
      tracker::v1::UploadBlobRequest part;
      std::int64_t size = 0;
      while (reader->Read(&part)) size += static_cast<std::int64_t>(part.bytes().size());
      reply->set_size(size);
      return absl::OkStatus();
    });
  }
};

class DoorsTest : public pg::DatabaseTest {
 protected:
  DoorsTest() : DatabaseTest({{"gateway", migrations()}}) {
    std::filesystem::create_directories(web_folder_ / "assets");
    std::ofstream(web_folder_ / "index.html") << "<!doctype html>page";
    std::ofstream(web_folder_ / "assets" / "app-1f.js") << std::string(1000, 'x');
    HttpDoorOptions options{.max_body_bytes = 64 << 10, .web_folder = web_folder_, .server = {}};
    options.server.threads = 8;
    http_door_ = std::make_unique<HttpDoor>(routes_, authenticator_, doorkeeper_, backends_, options);
    EXPECT_TRUE(grpc_door_.Start("127.0.0.1:0").ok());
    EXPECT_TRUE(http_door_->Start("127.0.0.1:0").ok());
    for (const auto& [role, name] : std::vector<std::pair<auth::Role, std::string>>{{auth::Role::kViewer, "viewer"},
                                                                                    {auth::Role::kEngineer, "engineer"},
                                                                                    {auth::Role::kAdmin, "admin"},
                                                                                    {auth::Role::kWorker, "worker"}}) {
      tokens_[name] = auth::NewToken();
      EXPECT_TRUE(stores_.tokens
                      .EnsurePlatformToken({.hash = auth::TokenHash(tokens_[name]), .name = name, .expires_at = {}},
                                           name == "admin" ? "admin" : "", role, absl::Now())
                      .ok());
    }
    tokens_["expired"] = auth::NewToken();
    EXPECT_TRUE(
        stores_.tokens
            .CreateApiToken(
                base::WorkspaceId("1"), "admin", auth::Role::kAdmin,
                {.hash = auth::TokenHash(tokens_["expired"]), .name = "old", .expires_at = absl::Now() - absl::Seconds(1)},
                absl::Now())
            .ok());
    tokens_["wrong"] = auth::NewToken();
  }

  // The outcome of an RPC through the gRPC door with an empty request; `token` as in tokens_, "" for none.
  grpc::Status CallGrpc(const std::string& path, const std::string& token) {
    grpc::GenericStub stub(
        grpc::CreateChannel(absl::StrCat("127.0.0.1:", grpc_door_.port()), grpc::InsecureChannelCredentials()));
    BackendStream call(stub, path);
    call.context().set_deadline(std::chrono::system_clock::now() + std::chrono::seconds(10));
    if (!token.empty()) call.context().AddMetadata("authorization", absl::StrCat("Bearer ", tokens_[token]));
    call.Start("");
    std::string response;
    while (call.Read(&response)) {
    }
    return call.Finish();
  }
  std::shared_ptr<grpc::Channel> Channel(const std::string& token) {
    return rpc::ConnectWithToken(absl::StrCat("127.0.0.1:", grpc_door_.port()), tokens_[token]);
  }

  httplib::Client Http() {
    httplib::Client client("127.0.0.1", http_door_->port());
    client.set_read_timeout(20);
    return client;
  }
  httplib::Headers Bearer(const std::string& token) { return {{"Authorization", absl::StrCat("Bearer ", tokens_[token])}}; }
  httplib::Result Send(const std::string& verb, const std::string& path, const httplib::Headers& headers,
                       const std::string& body = "") {
    httplib::Client client = Http();
    httplib::Request request;
    request.method = verb;
    request.path = path;
    request.headers = headers;
    request.body = body;
    return client.send(request);
  }
  static std::string Code(const httplib::Result& result) { return json::parse(result->body)["error"]["code"]; }
  static std::string Message(const httplib::Result& result) { return json::parse(result->body)["error"]["message"]; }

  const std::filesystem::path web_folder_ = std::filesystem::path(testing::TempDir()) / "doors_web";
  const base::Clock& clock_ = base::SystemClock();
  PgIdentityStores stores_{db()};
  PgAuditLog audit_{db()};
  Accounts accounts_{stores_.all, clock_};
  TokenChanges changes_;
  SessionService sessions_{accounts_, stores_.workspaces};
  UserService users_{accounts_, stores_.users};
  TokenService token_service_{accounts_, stores_.tokens, changes_};
  WorkspaceService workspaces_{accounts_, stores_.workspaces};
  AuditService audit_service_{audit_};
  StreamingTelemetry telemetry_;
  CountingArtifacts artifacts_;
  rpc::TestServer server_{{&sessions_, &users_, &token_service_, &workspaces_, &audit_service_, &telemetry_, &artifacts_}};
  MethodTable methods_ = MethodTable::Make(contracts::Methods()).value();
  RouteTable routes_{methods_};
  Backends backends_{{{"gateway", server_.address()},
                      {"telemetry", server_.address()},
                      {"tracker", server_.address()},
                      {"monitor", "127.0.0.1:1"}}};
  Authenticator authenticator_{stores_.all, accounts_, clock_};
  pg::Listener listener_{db(), kTokensChannel, [this] {
                           authenticator_.Invalidate();
                           changes_.Count();
                         }};
  Doorkeeper doorkeeper_{audit_, server_.signer(), clock_};
  OpenStreams streams_{clock_, {.period = absl::Milliseconds(50)}};
  GrpcDoor grpc_door_{methods_, authenticator_, doorkeeper_, backends_, streams_};
  std::unique_ptr<HttpDoor> http_door_;
  std::map<std::string, std::string> tokens_;
};

TEST_F(DoorsTest, EveryRpcRefusesWhoMayNotCallItAtTheGrpcDoor) {
  for (const Method& method : methods_.methods()) {
    SCOPED_TRACE(method.path);
    for (const char* token : {"", "wrong", "expired"}) {
      const bool is_refused = CallGrpc(method.path, token).error_code() == grpc::StatusCode::UNAUTHENTICATED;
      EXPECT_TRUE(is_refused || method.rule.public_()) << token;
    }
    for (const auto& [token, role] : std::map<std::string, auth::Role>{{"viewer", auth::Role::kViewer},
                                                                       {"engineer", auth::Role::kEngineer},
                                                                       {"admin", auth::Role::kAdmin},
                                                                       {"worker", auth::Role::kWorker}}) {
      const bool may_call =
          method.rule.public_() ||
          (!method.rule.internal() &&
           (role == auth::Role::kWorker ? method.rule.worker()
                                        : static_cast<int>(role) >= static_cast<int>(method.rule.least_role())));
      if (!may_call) {
        EXPECT_EQ(CallGrpc(method.path, token).error_code(), grpc::StatusCode::PERMISSION_DENIED) << token;
      }
    }
  }
}

TEST_F(DoorsTest, EveryRouteRefusesWhoMayNotCallItAtTheHttpDoor) {
  for (const Route& route : routes_.routes()) {
    SCOPED_TRACE(absl::StrCat(route.http_verb, " ", route.path));
    std::string path;
    for (std::size_t i = 1; i < route.segments.size(); ++i) {
      const Route::Segment& segment = route.segments[i];
      absl::StrAppend(&path, "/",
                      segment.field.empty() ? segment.literal : absl::StrCat("1", segment.verb.empty() ? "" : ":", segment.verb));
    }
    const api::v1::AccessRule& rule = route.method->rule;
    if (rule.public_()) continue;
    EXPECT_EQ(Send(route.http_verb, path, {})->status, 401);
    EXPECT_EQ(Send(route.http_verb, path, Bearer("wrong"))->status, 401);
    EXPECT_EQ(Send(route.http_verb, path, Bearer("expired"))->status, 401);
    if (rule.least_role() > api::v1::ROLE_VIEWER) {
      EXPECT_EQ(Send(route.http_verb, path, Bearer("viewer"))->status, 403);
    }
    if (!rule.worker()) {
      EXPECT_EQ(Send(route.http_verb, path, Bearer("worker"))->status, 403);
    }
  }
}

TEST_F(DoorsTest, UnknownRpcsAreUnimplementedAndHealthNeedsNoToken) {
  EXPECT_EQ(CallGrpc("/millwright.gateway.v1.UserService/Nothing", "").error_code(), grpc::StatusCode::UNIMPLEMENTED);
  EXPECT_TRUE(CallGrpc("/grpc.health.v1.Health/Check", "").ok());
}

TEST_F(DoorsTest, UnaryCallsAreForwardedForTheirCaller) {
  const auto stub = v1::SessionService::NewStub(Channel("viewer"));
  grpc::ClientContext context;
  v1::GetSessionResponse reply;
  ASSERT_TRUE(stub->GetSession(&context, {}, &reply).ok());
  EXPECT_EQ(reply.user_name(), "token:viewer");
  EXPECT_EQ(reply.workspace(), "default");
}

TEST_F(DoorsTest, BidirectionalStreamsAreForwardedMessageByMessage) {
  const auto stub = telemetry::v1::TelemetryService::NewStub(Channel("worker"));
  grpc::ClientContext context;
  const auto stream = stub->StreamSamples(&context);
  telemetry::v1::WriteSamplesResponse reply;
  for (int i = 0; i < 200; ++i) {
    ASSERT_TRUE(stream->Write({}));
    ASSERT_TRUE(stream->Read(&reply));
  }
  stream->WritesDone();
  EXPECT_FALSE(stream->Read(&reply));
  EXPECT_TRUE(stream->Finish().ok());
  EXPECT_EQ(telemetry_.last_caller.subject, "worker:worker");
}

TEST_F(DoorsTest, AServiceMayEndAStreamWhileTheClientStillWrites) {
  const auto stub = telemetry::v1::TelemetryService::NewStub(Channel("worker"));
  grpc::ClientContext context;
  const auto stream = stub->StreamSamples(&context);
  telemetry::v1::WriteSamplesRequest request;
  request.mutable_batch()->set_asset_id("refused");
  stream->Write(request);
  telemetry::v1::WriteSamplesResponse reply;
  EXPECT_FALSE(stream->Read(&reply));
  const grpc::Status status = stream->Finish();
  EXPECT_EQ(status.error_code(), grpc::StatusCode::INVALID_ARGUMENT);
  EXPECT_EQ(status.error_message(), "asset \"refused\" is refused");
}

TEST_F(DoorsTest, CancellationAndDeadlineReachTheService) {
  const auto stub = telemetry::v1::TelemetryService::NewStub(Channel("worker"));
  for (const bool by_deadline : {false, true}) {
    telemetry_.has_ended = false;
    grpc::ClientContext context;
    if (by_deadline) context.set_deadline(std::chrono::system_clock::now() + std::chrono::milliseconds(300));
    const auto stream = stub->StreamSamples(&context);
    telemetry::v1::WriteSamplesResponse reply;
    ASSERT_TRUE(stream->Write({}) && stream->Read(&reply));
    // The client never ends its side, so the service sees an end by the cancellation only.
    if (!by_deadline) context.TryCancel();
    EXPECT_FALSE(stream->Read(&reply));
    EXPECT_EQ(stream->Finish().error_code(), by_deadline ? grpc::StatusCode::DEADLINE_EXCEEDED : grpc::StatusCode::CANCELLED);
    const absl::Time until = absl::Now() + absl::Seconds(5);
    while (!telemetry_.has_ended && absl::Now() < until) std::this_thread::yield();
    EXPECT_TRUE(telemetry_.has_ended);
  }
}

TEST_F(DoorsTest, CallsThatEndAtAnyMomentLeaveTheDoorWhole) {
  std::vector<std::thread> threads;
  for (int t = 0; t < 6; ++t) {
    threads.emplace_back([&, t] {
      const auto stub = telemetry::v1::TelemetryService::NewStub(Channel("worker"));
      for (int i = 0; i < 150; ++i) {
        grpc::ClientContext context;
        if (i % 3 == 0) context.set_deadline(std::chrono::system_clock::now() + std::chrono::microseconds(200 * (i % 10)));
        const auto stream = stub->StreamSamples(&context);
        telemetry::v1::WriteSamplesRequest request;
        request.mutable_batch()->set_asset_id((i + t) % 5 == 0 ? "refused" : "a");
        telemetry::v1::WriteSamplesResponse reply;
        for (int k = 0; k < i % 4; ++k) stream->Write(request);
        if (i % 3 == 1) context.TryCancel();
        if (i % 3 == 2) stream->WritesDone();
        while (stream->Read(&reply)) {
          if (i % 3 == 0) context.TryCancel();
        }
        stream->Finish();
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_TRUE(CallGrpc("/millwright.gateway.v1.SessionService/GetSession", "worker").ok());
}

TEST_F(DoorsTest, ClientStreamsAndLargeMessagesAreForwarded) {
  const auto stub = tracker::v1::ArtifactService::NewStub(Channel("engineer"));
  grpc::ClientContext context;
  tracker::v1::Blob blob;
  const auto writer = stub->UploadBlob(&context, &blob);
  tracker::v1::UploadBlobRequest part;
  part.set_bytes(std::string(1 << 20, 'x'));
  for (int i = 0; i < 40; ++i) ASSERT_TRUE(writer->Write(part));
  writer->WritesDone();
  EXPECT_TRUE(writer->Finish().ok());
  EXPECT_EQ(blob.size(), 40 << 20);
}

TEST_F(DoorsTest, AServiceThatIsDownIsNamed) {
  const grpc::Status status = CallGrpc("/millwright.monitor.v1.MonitorService/GetPrediction", "viewer");
  EXPECT_EQ(status.error_code(), grpc::StatusCode::UNAVAILABLE);
  EXPECT_THAT(status.error_message(), HasSubstr("service monitor is unavailable"));
  const auto reply = Send("GET", "/v1/serving", Bearer("viewer"));
  EXPECT_EQ(reply->status, 503);
  EXPECT_THAT(Message(reply), HasSubstr("service serving is unavailable"));
}

TEST_F(DoorsTest, HttpTranscodesPathQueryAndBody) {
  const auto created = Send("POST", "/v1/users", Bearer("admin"), R"({"name":"ada","role":"ROLE_ENGINEER"})");
  ASSERT_EQ(created->status, 200) << created->body;
  EXPECT_EQ(json::parse(created->body)["role"], "ROLE_ENGINEER");
  EXPECT_EQ(created->get_header_value("X-Content-Type-Options"), "nosniff");
  EXPECT_EQ(created->get_header_value("X-Frame-Options"), "DENY");
  EXPECT_EQ(json::parse(Send("GET", "/v1/users/ada", Bearer("admin"))->body)["name"], "ada");
  EXPECT_EQ(json::parse(Send("PATCH", "/v1/users/ada", Bearer("admin"), R"({"name":"ada","role":"ROLE_VIEWER"})")->body)["role"],
            "ROLE_VIEWER");
  EXPECT_THAT(Message(Send("PATCH", "/v1/users/ada", Bearer("admin"), R"({"name":"bob"})")), HasSubstr("field name"));
  const auto page = json::parse(Send("GET", "/v1/users?page_size=1", Bearer("admin"))->body);
  EXPECT_EQ(page["users"].size(), 1u);
  const auto rest = json::parse(
      Send("GET", absl::StrCat("/v1/users?page_size=1&page_token=", page["next_page_token"].get<std::string>()), Bearer("admin"))
          ->body);
  EXPECT_EQ(rest["users"][0]["name"], "admin") << rest;
}

TEST_F(DoorsTest, HttpErrorsNameWhatIsWrong) {
  const auto check = [&](const httplib::Result& reply, int status, const std::string& code, const std::string& text) {
    EXPECT_EQ(reply->status, status) << reply->body;
    EXPECT_EQ(Code(reply), code);
    EXPECT_THAT(Message(reply), HasSubstr(text));
    EXPECT_FALSE(json::parse(reply->body)["error"]["request_id"].get<std::string>().empty());
  };
  check(Send("GET", "/v1/users/nobody", Bearer("admin")), 404, "NOT_FOUND", "nobody");
  check(Send("GET", "/v1/users?size=1", Bearer("admin")), 400, "INVALID_ARGUMENT", "unknown field size");
  check(Send("POST", "/v1/users", Bearer("admin"), R"({"nmae":"x"})"), 400, "INVALID_ARGUMENT", "unknown field nmae");
  check(Send("POST", "/v1/users", Bearer("admin"), R"({"name":"admin","role":1})"), 409, "ALREADY_EXISTS", "admin");
  check(Send("POST", "/v1/users", Bearer("admin"), std::string(70 << 10, 'x')), 413, "RESOURCE_EXHAUSTED", "65536");
  check(Send("POST", "/v1/users", Bearer("admin"), "{\"name\":" + std::string(1000, '[')), 400, "INVALID_ARGUMENT", "deeper");
  check(Send("GET", "/v1/nothing", Bearer("admin")), 404, "NOT_FOUND", "no route GET /v1/nothing");
  check(Send("GET", "/v1/users/a%zz", Bearer("admin")), 400, "INVALID_ARGUMENT", "percent");
  httplib::Headers foreign = Bearer("admin");
  foreign.emplace("Host", "evil.example");
  check(Send("GET", "/v1/users", foreign), 403, "PERMISSION_DENIED", "evil.example");
}

TEST_F(DoorsTest, AChunkedBodyIsBoundedToo) {
  httplib::Client client = Http();
  client.set_default_headers(Bearer("admin"));
  const auto reply = client.Post(
      "/v1/users",
      [](std::size_t, httplib::DataSink& sink) {
        const std::string piece(8 << 10, 'x');
        for (int i = 0; i < 20; ++i) sink.write(piece.data(), piece.size());
        sink.done();
        return true;
      },
      "application/json");
  // The door may close before everything was sent.
  EXPECT_TRUE(!reply || reply->status == 413);
  EXPECT_EQ(Send("GET", "/health", {})->status, 200);
}

TEST_F(DoorsTest, ServerStreamsAnswerALineAMessage) {
  const auto reply = Send("GET", "/v1/samples?asset_ids=a&asset_ids=b", Bearer("viewer"));
  EXPECT_EQ(reply->status, 200);
  EXPECT_EQ(reply->get_header_value("Content-Type"), "application/x-ndjson");
  EXPECT_EQ(reply->body, "{\"asset_id\":\"a\"}\n{\"asset_id\":\"b\"}\n");
  EXPECT_EQ(Send("GET", "/v1/samples?asset_ids=missing", Bearer("viewer"))->status, 404);
  EXPECT_THAT(Send("GET", "/v1/samples?asset_ids=a&asset_ids=missing", Bearer("viewer"))->body,
              HasSubstr("{\"asset_id\":\"a\"}\n{\"error\":{\"code\":\"NOT_FOUND\""));
}

TEST_F(DoorsTest, ALinkSignsInOnceAndTheCookieActs) {
  const std::string code = accounts_.CreateSignInCode(base::WorkspaceId("1"), "admin").value().code;
  const std::string body = absl::StrCat("{\"code\":\"", code, "\"}");
  const auto signed_in = Send("POST", "/v1/session", {}, body);
  ASSERT_EQ(signed_in->status, 200) << signed_in->body;
  EXPECT_FALSE(json::parse(signed_in->body).contains("session_token"));
  const std::string cookie = signed_in->get_header_value("Set-Cookie");
  EXPECT_THAT(cookie, HasSubstr("HttpOnly; SameSite=Strict"));
  EXPECT_EQ(Send("POST", "/v1/session", {}, body)->status, 401);

  const std::string session = cookie.substr(0, cookie.find(';'));
  const std::string origin = absl::StrCat("http://127.0.0.1:", http_door_->port());
  EXPECT_EQ(json::parse(Send("GET", "/v1/session", {{"Cookie", session}})->body)["user_name"], "admin");
  EXPECT_EQ(Send("DELETE", "/v1/session", {{"Cookie", session}})->status, 403);
  EXPECT_EQ(Send("DELETE", "/v1/session", {{"Cookie", session}, {"Origin", "http://evil.example"}})->status, 403);
  const auto signed_out = Send("DELETE", "/v1/session", {{"Cookie", session}, {"Origin", origin}});
  EXPECT_EQ(signed_out->status, 200) << signed_out->body;
  EXPECT_THAT(signed_out->get_header_value("Set-Cookie"), HasSubstr("Max-Age=0"));
  const absl::Time until = absl::Now() + absl::Seconds(5);
  while (Send("GET", "/v1/session", {{"Cookie", session}})->status != 401 && absl::Now() < until) std::this_thread::yield();
  EXPECT_EQ(Send("GET", "/v1/session", {{"Cookie", session}})->status, 401);
}

TEST_F(DoorsTest, BasicAuthenticationTakesPasswordsAndTokens) {
  const base::WorkspaceId workspace("1");
  const SessionStart session = accounts_.SignInWithCode(accounts_.CreateSignInCode(workspace, "admin").value().code).value();
  ASSERT_TRUE(accounts_
                  .SetPassword({.subject = "admin", .role = auth::Role::kAdmin, .workspace = workspace},
                               session.identity.token_id, "", "correct horse battery")
                  .ok());
  const auto basic = [](const std::string& pair) {
    return httplib::Headers{{"Authorization", absl::StrCat("Basic ", absl::Base64Escape(pair))}};
  };
  EXPECT_EQ(Send("GET", "/v1/session", basic("admin:correct horse battery"))->status, 200);
  EXPECT_EQ(Send("GET", "/v1/session", basic("admin:correct horse battery"))->status, 200);
  EXPECT_EQ(Send("GET", "/v1/session", basic(absl::StrCat("anyone:", tokens_["viewer"])))->status, 200);
  EXPECT_EQ(Send("GET", "/v1/session", basic("admin:wrong"))->status, 401);
}

TEST_F(DoorsTest, FailedSignInsOfAnAddressAreSlowedDown) {
  int slowed = 0;
  for (int i = 0; i < 25; ++i) slowed += Send("POST", "/v1/session", {}, R"({"code":"00"})")->status == 429 ? 1 : 0;
  EXPECT_GE(slowed, 3);
  EXPECT_EQ(Send("GET", "/v1/session", Bearer("viewer"))->status, 200);
}

TEST_F(DoorsTest, ADisabledUsersTokenEndsWithinFiveSeconds) {
  const auth::Caller admin{.subject = "admin", .role = auth::Role::kAdmin, .workspace = base::WorkspaceId("1")};
  ASSERT_TRUE(accounts_.CreateUser(admin, "ada", auth::Role::kEngineer).ok());
  tokens_["ada"] =
      accounts_.CreateApiToken({.subject = "ada", .role = auth::Role::kEngineer, .workspace = admin.workspace}, {.name = "t"})
          .value()
          .token;
  ASSERT_EQ(Send("GET", "/v1/session", Bearer("ada"))->status, 200);
  ASSERT_EQ(Send("PATCH", "/v1/users/ada", Bearer("admin"), R"({"is_disabled":true})")->status, 200);
  const absl::Time until = absl::Now() + absl::Seconds(5);
  while (Send("GET", "/v1/session", Bearer("ada"))->status == 200 && absl::Now() < until) std::this_thread::yield();
  EXPECT_EQ(Send("GET", "/v1/session", Bearer("ada"))->status, 401);
}

TEST_F(DoorsTest, AnOpenStreamEndsWithItsToken) {
  const auto stub = telemetry::v1::TelemetryService::NewStub(Channel("worker"));
  grpc::ClientContext context;
  context.set_deadline(std::chrono::system_clock::now() + std::chrono::seconds(10));
  const auto stream = stub->StreamSamples(&context);
  telemetry::v1::WriteSamplesResponse reply;
  ASSERT_TRUE(stream->Write({}) && stream->Read(&reply));
  telemetry_.has_ended = false;
  const auth::Caller admin{.subject = "admin", .role = auth::Role::kAdmin, .workspace = base::WorkspaceId("1")};
  const std::vector<ApiToken> tokens = accounts_.ListApiTokens(admin, 0, 100).value();
  const auto token = std::find_if(tokens.begin(), tokens.end(), [](const ApiToken& t) { return t.name == "worker"; });
  ASSERT_TRUE(token != tokens.end());
  ASSERT_TRUE(accounts_.RevokeApiToken(admin, token->id).ok());
  // The client neither writes nor ends its side: it waits for an answer, and the door ends the call.
  EXPECT_FALSE(stream->Read(&reply));
  const grpc::Status status = stream->Finish();
  EXPECT_EQ(status.error_code(), grpc::StatusCode::UNAUTHENTICATED);
  EXPECT_EQ(status.error_message(), "the token is not valid: it is unknown, expired or revoked");
  const absl::Time until = absl::Now() + absl::Seconds(5);
  while (!telemetry_.has_ended && absl::Now() < until) std::this_thread::yield();
  EXPECT_TRUE(telemetry_.has_ended);
}

TEST_F(DoorsTest, NoLineOfAStreamGoesToARevokedToken) {
  const auth::Caller admin{.subject = "admin", .role = auth::Role::kAdmin, .workspace = base::WorkspaceId("1")};
  const TokenStart token = accounts_.CreateApiToken(admin, {.name = "t"}).value();
  std::string body;
  httplib::Client client = Http();
  const auto result = client.Get("/v1/samples?asset_ids=a&asset_ids=later", {{"Authorization", "Bearer " + token.token}},
                                 [&](const char* data, std::size_t size) {
                                   if (body.empty()) {
                                     EXPECT_TRUE(accounts_.RevokeApiToken(admin, token.api_token.id).ok());
                                     // Told of by the database; at the latest the identity is asked for again after 3 s.
                                     const absl::Time until = absl::Now() + absl::Seconds(5);
                                     while (authenticator_.Authenticate(token.token).ok() && absl::Now() < until)
                                       std::this_thread::yield();
                                     telemetry_.may_go_on.Notify();
                                   }
                                   body.append(data, size);
                                   return true;
                                 });
  ASSERT_TRUE(result);
  EXPECT_THAT(body, HasSubstr("{\"asset_id\":\"a\"}\n{\"error\":{\"code\":\"UNAUTHENTICATED\""));
}

TEST_F(DoorsTest, WatchersSeeEachChangeOfTheTokens) {
  const auto stub = v1::TokenService::NewStub(server_.ChannelAs(server_.signer().Self()));
  grpc::ClientContext context;
  context.set_deadline(std::chrono::system_clock::now() + std::chrono::seconds(20));
  const auto watch = stub->WatchTokens(&context, {});
  v1::TokenSnapshot snapshot;
  ASSERT_TRUE(watch->Read(&snapshot));
  EXPECT_EQ(snapshot.grants_size(), 4);
  EXPECT_EQ(snapshot.grants(0).token_hash(), auth::TokenHash(tokens_["viewer"]));
  EXPECT_EQ(snapshot.grants(0).role(), api::v1::ROLE_VIEWER);
  ASSERT_EQ(Send("DELETE", "/v1/tokens/1", Bearer("admin"))->status, 200);
  ASSERT_TRUE(watch->Read(&snapshot));
  EXPECT_EQ(snapshot.grants_size(), 3);
  EXPECT_NE(snapshot.grants(0).token_hash(), auth::TokenHash(tokens_["viewer"]));
  context.TryCancel();
}

TEST_F(DoorsTest, AuditedCallsLeaveIntentAndOutcome) {
  ASSERT_EQ(Send("POST", "/v1/users", Bearer("admin"), R"({"name":"ada","role":"ROLE_VIEWER"})")->status, 200);
  ASSERT_EQ(CallGrpc("/millwright.gateway.v1.UserService/CreateUser", "admin").error_code(), grpc::StatusCode::INVALID_ARGUMENT);
  const auto entries = json::parse(Send("GET", "/v1/audit-entries", Bearer("admin"))->body)["audit_entries"];
  ASSERT_EQ(entries.size(), 2u);
  EXPECT_EQ(entries[0]["outcome"], "INVALID_ARGUMENT");
  EXPECT_EQ(entries[1]["outcome"], "OK");
  EXPECT_EQ(entries[1]["resource"], "ada");
  EXPECT_EQ(entries[1]["subject"], "admin");
  EXPECT_EQ(entries[1]["action"], "users.write");
  EXPECT_EQ(entries[1]["client_address"], "127.0.0.1");
}

TEST_F(DoorsTest, WithoutTheDatabaseKnownCallersReadAndNothingUnauditedHappens) {
  ASSERT_EQ(Send("GET", "/v1/samples?asset_ids=a", Bearer("viewer"))->status, 200);
  ASSERT_EQ(Send("GET", "/v1/session", Bearer("admin"))->status, 200);
  StopServer();
  EXPECT_EQ(Send("GET", "/v1/samples?asset_ids=a", Bearer("viewer"))->status, 200);
  authenticator_.Invalidate();
  EXPECT_EQ(Send("GET", "/v1/samples?asset_ids=a", Bearer("viewer"))->status, 200);
  const auto refused = Send("POST", "/v1/users", Bearer("admin"), R"({"name":"ada","role":"ROLE_VIEWER"})");
  EXPECT_EQ(refused->status, 503);
  EXPECT_THAT(Message(refused), HasSubstr("nothing was done"));
  EXPECT_EQ(Send("GET", "/v1/session", Bearer("wrong"))->status, 503);
  StartServer();
  const absl::Time until = absl::Now() + absl::Seconds(20);
  while (Send("POST", "/v1/users", Bearer("admin"), R"({"name":"ada","role":"ROLE_VIEWER"})")->status != 200 &&
         absl::Now() < until)
    std::this_thread::yield();
  EXPECT_EQ(Send("GET", "/v1/users/ada", Bearer("admin"))->status, 200);
}

TEST_F(DoorsTest, ServesThePageItsAssetsAndNothingElseOfTheDisk) {
  const auto page = Send("GET", "/", {});
  EXPECT_EQ(page->body, "<!doctype html>page");
  EXPECT_THAT(page->get_header_value("Content-Security-Policy"), HasSubstr("frame-ancestors 'none'"));
  EXPECT_EQ(page->get_header_value_count("Content-Security-Policy"), 1u);
  EXPECT_EQ(Send("GET", "/runs/42", {})->body, page->body);
  const auto asset = Send("GET", "/assets/app-1f.js", {{"Accept-Encoding", "gzip, br"}});
  EXPECT_EQ(asset->status, 200);
  EXPECT_THAT(asset->get_header_value("Cache-Control"), HasSubstr("immutable"));
  EXPECT_EQ(Send("GET", "/assets/missing.js", {})->status, 404);
  for (const char* path : {"/assets/../../../etc/passwd", "/%2e%2e/%2e%2e/etc/passwd", "/assets/%252e%252e/x.js", "//etc/passwd",
                           "/file:///etc/passwd"}) {
    const auto reply = Send("GET", path, {});
    EXPECT_FALSE(absl::StrContains(reply->body, "root:")) << path;
  }
  EXPECT_EQ(json::parse(Send("GET", "/openapi.json", {})->body)["openapi"], "3.0.3");
  EXPECT_EQ(Send("GET", "/health", {})->status, 200);
}

}  // namespace
}  // namespace millwright::gateway
