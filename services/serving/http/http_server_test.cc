#include "serving/http/http_server.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <atomic>
#include <cmath>
#include <filesystem>
#include <limits>
#include <memory>
#include <thread>
#include <vector>

#include "absl/strings/str_cat.h"
#include "lib/base/check.h"
#include "lib/base/random.h"
#include "lib/base/sha256.h"
#include "nlohmann/json.hpp"
#include "serving/domain/model_loader.h"
#include "serving/testing/raw_client.h"
#include "serving/testing/test_bundle.h"

namespace millwright::serving {
namespace {

namespace fs = std::filesystem;
using nlohmann::json;
using testing::HasSubstr;

constexpr char kViewer[] = "mw_viewer";
constexpr char kWorker[] = "mw_worker";
constexpr char kStranger[] = "mw_other_workspace";
const ModelKey kPumps{base::WorkspaceId("1"), "pumps"};

class HttpServerTest : public testing::Test {
 protected:
  HttpServerTest() {
    CHECK_OK(BundleCache::Prepare(root_));
    const auto grant = [](auth::Role role, const char* workspace) {
      return Grant{.subject = "x", .role = role, .workspace = base::WorkspaceId(workspace)};
    };
    tokens_.Replace({{base::Sha256Hex(kViewer), grant(auth::Role::kViewer, "1")},
                     {base::Sha256Hex(kWorker), grant(auth::Role::kWorker, "1")},
                     {base::Sha256Hex(kStranger), grant(auth::Role::kAdmin, "2")}});
    options_.address = "127.0.0.1:0";
  }
  ~HttpServerTest() override {
    if (server_) server_->Stop();
    fs::remove_all(root_);
  }

  void Start() {
    server_ = HttpServer::Create(options_, routes_).value();
    server_->Start();
  }
  void Publish(const learn::Bundle& bundle, int version, std::int64_t revision = 1) {
    const Deployment deployment{.key = kPumps, .revision = revision, .primary = Arm{.version = version}};
    ModelCatalog::Snapshot snapshot;
    snapshot[kPumps] = {.served = MakeServedVersion(deployment, bundle, absl::Now(), std::make_shared<VersionStats>()),
                        .wanted_version = version,
                        .revision = revision,
                        .state = LoadState::kReady};
    catalog_.Publish(std::move(snapshot));
  }
  RawReply Predict(absl::string_view body) {
    RawClient client(server_->address());
    return client.Post("/v1/predict/pumps", body, kViewer);
  }
  RawReply Infer(absl::string_view body) {
    RawClient client(server_->address());
    return client.Post("/v2/models/pumps/infer", body, kViewer);
  }
  static std::string Error(const RawReply& reply) {
    const json body = json::parse(reply.body, nullptr, false);
    return body.is_object() && body.size() == 1 && body.contains("error") ? body["error"].get<std::string>()
                                                                          : "not an error: " + reply.body;
  }

  const fs::path root_ = fs::temp_directory_path() / ("serving-http-test-" + base::RandomHex(8));
  HttpOptions options_;
  ModelCatalog catalog_;
  TokenTable tokens_;
  PredictionLog log_{100'000};
  Predictor predictor_{log_};
  std::string why_not_ready_;
  InferenceRoutes routes_{catalog_, tokens_, predictor_, [this] { return why_not_ready_; }};
  std::unique_ptr<HttpServer> server_;
};

TEST_F(HttpServerTest, HealthNeedsNoToken) {
  Start();
  RawClient client(server_->address());
  EXPECT_EQ(client.Get("/v2/health/live").body, R"({"live":true})");
  EXPECT_EQ(client.Get("/v2/health/ready").body, R"({"ready":true})");
  why_not_ready_ = "models are being loaded";
  const RawReply reply = client.Get("/v2/health/ready");
  EXPECT_EQ(reply.status, 503);
  EXPECT_EQ(reply.body, R"({"ready":false,"error":"models are being loaded"})");
  EXPECT_EQ(client.Get("/v2/health/live").status, 200);
}

TEST_F(HttpServerTest, EveryOtherRouteNeedsAViewersToken) {
  Publish(TrainTestBundle(10), 4);
  Start();
  for (const char* path : {"/v2", "/v2/models/pumps", "/v2/models/pumps/ready", "/v2/models/pumps/versions/4", "/nowhere", "/",
                           "/v2/health/other"}) {
    RawClient client(server_->address());
    const RawReply without = client.Get(path);
    EXPECT_EQ(without.status, 401) << path;
    EXPECT_TRUE(without.headers.contains("www-authenticate"));
    EXPECT_THAT(Error(without), HasSubstr("Bearer")) << path;
    EXPECT_EQ(client.Get(path, "mw_wrong").status, 401) << path;
    EXPECT_EQ(client.Get(path, kWorker).status, 403) << path;
  }
  for (const char* path : {"/v1/predict/pumps", "/v2/models/pumps/infer"}) {
    RawClient wrong(server_->address());
    EXPECT_EQ(wrong.Post(path, kGoodBody, "mw_wrong").status, 401) << path;
    RawClient worker(server_->address());
    EXPECT_EQ(worker.Post(path, kGoodBody, kWorker).status, 403) << path;
    RawClient stranger(server_->address());
    EXPECT_EQ(stranger.Post(path, kGoodBody, kStranger).status, 404) << path;
  }
  EXPECT_EQ(log_.size(), 0u);
}

TEST_F(HttpServerTest, BasicAuthenticationTakesTheTokenAsPassword) {
  Publish(TrainTestBundle(10), 4);
  Start();
  RawClient client(server_->address());
  client.Send("GET /v2 HTTP/1.1\r\nHost: x\r\nAuthorization: Basic YW55b25lOm13X3ZpZXdlcg==\r\n\r\n");  // anyone:mw_viewer
  EXPECT_EQ(client.Receive().status, 200);
}

TEST_F(HttpServerTest, ARevokedTokenStopsAtTheNextRequest) {
  Publish(TrainTestBundle(10), 4);
  Start();
  RawClient client(server_->address());
  EXPECT_EQ(client.Get("/v2", kViewer).status, 200);
  tokens_.Replace({});
  EXPECT_EQ(client.Get("/v2", kViewer).status, 401);
}

TEST_F(HttpServerTest, PredictsFromNamedRowsToTheLastBit) {
  const learn::Bundle bundle = TrainTestBundle(10);
  Publish(bundle, 4);
  Start();
  const RawReply reply = Predict(kGoodBody);
  ASSERT_EQ(reply.status, 200) << reply.body;
  const json body = json::parse(reply.body);
  EXPECT_EQ(body["model"], "pumps");
  EXPECT_EQ(body["version"], 4);
  EXPECT_EQ(body["predictions"]["y"].get<double>(), AnswerToGoodBody(bundle));
  const std::vector<LoggedPrediction> logged = log_.Take(10);
  ASSERT_EQ(logged.size(), 1u);
  EXPECT_EQ(logged[0].id.ToString(), body["prediction_id"]);
  EXPECT_EQ(logged[0].asset_id, "p1");
  EXPECT_EQ(logged[0].event_time, absl::FromUnixSeconds(120));
  EXPECT_EQ(logged[0].values[0], AnswerToGoodBody(bundle));
}

TEST_F(HttpServerTest, SeveralClassesAndAnomaliesAreAnsweredWithWhatTheyMean) {
  const learn::Bundle bundle = TrainBundleOfKinds();
  Publish(bundle, 4);
  Start();
  const json body = json::parse(Predict(kGoodBody).body);
  const std::vector<double> probabilities = body["probabilities"]["move"].get<std::vector<double>>();
  ASSERT_EQ(probabilities.size(), 3u);
  const auto likeliest = std::max_element(probabilities.begin(), probabilities.end()) - probabilities.begin();
  EXPECT_EQ(body["predictions"]["move"], likeliest);
  EXPECT_EQ(body["labels"], json({{"move", bundle.heads()[1].target.labels[static_cast<std::size_t>(likeliest)]}}));
  EXPECT_EQ(body["thresholds"], json({{"odd", 3.0}}));
  EXPECT_EQ(body["decisions"]["odd"], body["predictions"]["odd"].get<double>() >= 3);

  RawClient client(server_->address());
  const json reply = json::parse(
      client
          .Post("/v2/models/pumps/infer",
                R"({"inputs":[{"name":"features","datatype":"FP32","shape":[2,4],"data":[1,1,2,2,8,8,3,3]}]})", kViewer)
          .body);
  ASSERT_EQ(reply["outputs"].size(), 4u) << reply;
  EXPECT_EQ(reply["outputs"][1]["parameters"]["labels"], json({"fall", "small", "surge"}));
  EXPECT_EQ(reply["outputs"][2]["name"], "move.probabilities");
  EXPECT_EQ(reply["outputs"][2]["shape"], json({2, 3}));
  EXPECT_EQ(reply["outputs"][2]["data"].size(), 6u);
  EXPECT_EQ(reply["outputs"][3]["parameters"]["threshold"], 3.0);
  const json metadata = json::parse(client.Get("/v2/models/pumps", kViewer).body);
  EXPECT_EQ(metadata["outputs"].size(), 4u);
  // What the metadata names may be asked for by itself.
  for (std::size_t i = 0; i < metadata["outputs"].size(); ++i) {
    const json request{
        {"inputs", {{{"name", "features"}, {"datatype", "FP32"}, {"shape", {2, 4}}, {"data", {1, 1, 2, 2, 8, 8, 3, 3}}}}},
        {"outputs", json::array({{{"name", metadata["outputs"][i]["name"]}}})}};
    const json one = json::parse(client.Post("/v2/models/pumps/infer", request.dump(), kViewer).body);
    EXPECT_EQ(one["outputs"], json::array({reply["outputs"][i]})) << one;
  }
}

TEST_F(HttpServerTest, RowsWindowAndInstancesAnswerAlike) {
  const learn::Bundle bundle = TrainTestBundle(10);
  const double expected = AnswerToGoodBody(bundle);
  Publish(bundle, 4);
  Start();
  const char* window = R"({"columns":["b","time","a"],"window":[[2,"1970-01-01T00:00:00Z",1],[null,60,2],[4,120,3]]})";
  EXPECT_EQ(json::parse(Predict(window).body)["predictions"]["y"].get<double>(), expected);
  const RawReply reply =
      Predict(absl::StrCat(R"({"instances":[)", kGoodBody, ",", R"({"rows":[{"time":0,"a":1,"b":2}]})", ",7,", window, "]}"));
  ASSERT_EQ(reply.status, 200) << reply.body;
  const json body = json::parse(reply.body);
  ASSERT_EQ(body["instances"].size(), 4u);
  EXPECT_EQ(body["version"], 4);
  EXPECT_EQ(body["instances"][0]["predictions"]["y"].get<double>(), expected);
  EXPECT_THAT(body["instances"][1]["error"].get<std::string>(), HasSubstr("3"));  // rows are needed
  EXPECT_THAT(body["instances"][2]["error"].get<std::string>(), HasSubstr("not an object"));
  EXPECT_EQ(body["instances"][3]["predictions"]["y"].get<double>(), expected);
}

TEST_F(HttpServerTest, TextColumnsAreReadAndAnUnknownTextIsMissing) {
  const fs::path folder = root_ / "texts";
  CHECK_OK(TrainTextBundle().Save(folder));
  const absl::StatusOr<learn::Bundle> bundle = learn::Bundle::Load(folder);  // its golden rows have texts
  ASSERT_TRUE(bundle.ok()) << bundle.status();
  Publish(*bundle, 4);
  Start();
  const auto answer = [&](const char* kind) {
    json rows = json::array();
    for (int row = 0; row < 3; ++row) rows.push_back({{"time", 60 * row}, {"a", 5}, {"b", 1}, {"kind", json::parse(kind)}});
    return Predict(json{{"rows", rows}}.dump());
  };
  const auto value = [&](const char* kind) { return json::parse(answer(kind).body)["predictions"]["y"].get<double>(); };
  EXPECT_GT(value("\"hot\""), 80);
  EXPECT_LT(value("\"cold\""), 30);
  EXPECT_EQ(value("\"warm\""), value("null"));
  EXPECT_THAT(Error(answer("7")), HasSubstr("column \"kind\": 7 is not a text"));
  EXPECT_THAT(Error(Predict(R"({"rows":[{"time":0,"a":1,"b":2}]})")), HasSubstr("missing column \"kind\""));
}

TEST_F(HttpServerTest, RefusesWrongPredictBodiesAndSaysWhatIsWrong) {
  Publish(TrainTestBundle(10), 4);
  Start();
  const std::string deep = std::string(200, '[') + std::string(200, ']');
  const std::vector<std::pair<std::string, std::string>> cases = {
      {"", "empty"},
      {"{", "not valid JSON"},
      {"nan", "not valid JSON"},
      {"{\"rows\":[{\"a\":NaN}]}", "not valid JSON"},
      {"{\"rows\":[{\"a\":1e999}]}", "not valid JSON"},
      {"\xff\xfe", "not valid JSON"},
      {"{\"rows\":[]} x", "not valid JSON"},
      {deep, "too deep"},
      {"[]", "must be a JSON object"},
      {"{}", "rows"},
      {"{\"rows\":[]}", "no rows"},
      {"{\"rows\":7}", "must be an array"},
      {"{\"rows\":[7]}", "row 1: 7 is not an object"},
      {R"({"rows":[{"time":0,"a":1,"b":2},{"time":60,"pressure":2}]})", "row 2: unknown column \"pressure\""},
      {R"({"rows":[{"time":0,"a":"x","b":2}]})", "row 1: column \"a\": \"x\" is not a number"},
      {R"({"rows":[{"time":0,"a":true,"b":2}]})", "column \"a\": true is not a number"},
      {R"({"rows":[{"time":"yesterday","a":1,"b":2}]})", "\"yesterday\" is not a time"},
      {R"({"rows":[{"time":0,"a":1},{"time":60,"a":1},{"time":120,"a":1}]})", "b"},
      {R"({"rows":[{"time":0,"a":1,"b":2}]})", "3"},
      {R"({"rows":[{"time":0,"a":1,"b":2},{"time":60,"a":1,"b":2},{"time":30,"a":1,"b":2}]})", "time"},
      {R"({"rows":[],"instances":[]})", "alone"},
      {R"({"instances":[]})", "1 to 1000"},
      {R"({"asset_id":7,"rows":[]})", "asset_id"},
      {R"({"asset":"p1","rows":[]})", "unknown key \"asset\""},
      {R"({"columns":["a"]})", "belong together"},
      {R"({"columns":["a","a"],"window":[]})", "twice"},
      {R"({"columns":["a","z"],"window":[]})", "unknown column \"z\""},
      {R"({"columns":["a","b"],"window":[[1]]})", "row 1 has 1 values for 2 columns"},
      {R"({"columns":["a","b"],"window":[{}]})", "row 1: {} is not an array"},
  };
  for (const auto& [body, what] : cases) {
    const RawReply reply = Predict(body);
    EXPECT_EQ(reply.status, 400) << body;
    EXPECT_THAT(Error(reply), HasSubstr(what)) << body;
  }
  EXPECT_EQ(log_.size(), 0u) << "a caller's mistake is not the model's";
  EXPECT_EQ(catalog_.Find(kPumps).value()->stats->failures(), 0u);
}

TEST_F(HttpServerTest, SpeaksTheOpenInferenceProtocol) {
  const learn::Bundle bundle = TrainTestBundle(10);
  Publish(bundle, 4);
  Start();
  RawClient client(server_->address());
  EXPECT_EQ(json::parse(client.Get("/v2", kViewer).body)["name"], "millwright");
  EXPECT_TRUE(json::parse(client.Get("/v2", kViewer).body)["extensions"].is_array());
  const json metadata = json::parse(client.Get("/v2/models/pumps", kViewer).body);
  EXPECT_EQ(metadata["name"], "pumps");
  EXPECT_EQ(metadata["versions"], json({"4"}));
  EXPECT_EQ(metadata["inputs"][0], json({{"name", "features"}, {"datatype", "FP32"}, {"shape", {-1, 4}}}));
  EXPECT_EQ(metadata["outputs"][0], json({{"name", "y"}, {"datatype", "FP64"}, {"shape", {-1}}}));
  EXPECT_EQ(metadata["predict"]["min_rows"], 3);
  EXPECT_EQ(client.Get("/v2/models/pumps/versions/4", kViewer).status, 200);
  EXPECT_EQ(client.Get("/v2/models/pumps/ready", kViewer).body, R"({"name":"pumps","ready":true})");
  EXPECT_EQ(client.Get("/v2/models/pumps/versions/4/ready?x=1", kViewer).status, 200);
  EXPECT_EQ(client.Get("/v2/models/pumps/versions/3/ready", kViewer).status, 404);
  EXPECT_EQ(client.Get("/v2/models/other", kViewer).status, 404);
  EXPECT_EQ(client.Get("/v2/models/p%75mps", kViewer).status, 200);

  learn::FeatureMatrix features{.rows = 2, .columns = 4, .values = {1, 2, 3, 4, 5, 6, NAN, 8}};
  const auto expected = bundle.PredictFeatures(features).value();
  for (const char* data : {"[1,2,3,4,5,6,null,8]", "[[1,2,3,4],[5,6,null,8]]"}) {
    const RawReply reply = client.Post(
        "/v2/models/pumps/versions/4/infer",
        absl::StrCat(R"({"id":"q \"7\"","inputs":[{"name":"features","datatype":"FP64","shape":[2,4],"data":)", data, "}]}"),
        kViewer);
    ASSERT_EQ(reply.status, 200) << reply.body;
    const json body = json::parse(reply.body);
    EXPECT_EQ(body["id"], "q \"7\"");
    EXPECT_EQ(body["model_name"], "pumps");
    EXPECT_EQ(body["model_version"], "4");
    EXPECT_EQ(body["outputs"][0]["shape"], json({2}));
    EXPECT_EQ(body["outputs"][0]["data"][0].get<double>(), expected[0].heads[0].value);
    EXPECT_EQ(body["outputs"][0]["data"][1].get<double>(), expected[1].heads[0].value);
    EXPECT_EQ(body["parameters"]["prediction_id"].get<std::string>().size(), 32u);
  }
  EXPECT_EQ(log_.size(), 4u);
}

TEST_F(HttpServerTest, RefusesWrongTensorsAndSaysWhatIsWrong) {
  Publish(TrainTestBundle(10), 4);
  Start();
  const auto tensor = [](const char* name, const char* datatype, const char* shape, const char* data) {
    return absl::StrCat(R"({"inputs":[{"name":")", name, R"(","datatype":")", datatype, R"(","shape":)", shape, R"(,"data":)",
                        data, "}]}");
  };
  const std::vector<std::pair<std::string, std::string>> cases = {
      {"{}", "inputs"},
      {R"({"inputs":[]})", "one tensor"},
      {R"({"inputs":[7]})", "inputs[0] is not an object"},
      {R"({"id":7,"inputs":[7]})", "\"id\""},
      {tensor("x", "FP64", "[1,4]", "[1,2,3,4]"), "\"features\""},
      {tensor("features", "BYTES", "[1,4]", "[1,2,3,4]"), "FP32"},
      {tensor("features", "FP32", "[4]", "[1,2,3,4]"), "two numbers"},
      {tensor("features", "FP32", "[1,3]", "[1,2,3]"), "shape[1] must be 4"},
      {tensor("features", "FP32", "[-1,4]", "[1,2,3,4]"), "shape[0]"},
      {tensor("features", "FP32", "[0,4]", "[]"), "shape[0]"},
      {tensor("features", "FP32", "[18446744073709551615,4]", "[]"), "more than"},
      {tensor("features", "FP32", "[1,4]", "[1,2,3]"), "3 values"},
      {tensor("features", "FP32", "[1,4]", "[1,2,3,4,5]"), "more than 4"},
      {tensor("features", "FP32", "[2,4]", "[[1,2,3,4]]"), "has 1 rows"},
      {tensor("features", "FP32", "[1,4]", "[[1,2,3,4],[1,2,3,4]]"), "more rows"},
      {tensor("features", "FP32", "[1,4]", "[[1,2,3,\"4\"]]"), "\"4\" is not a number"},
      {tensor("features", "FP32", "[1,4]", "7"), "data must be an array"},
      {R"({"inputs":[{"name":"features","datatype":"FP32","shape":[1,4],"parameters":{"binary_data_size":16}}]})", "binary"},
      {R"({"inputs":[{"name":"features","datatype":"FP32","shape":[1,4],"data":[1,2,3,4]}],"outputs":[{"name":"z"}]})",
       "no output \"z\""},
  };
  for (const auto& [body, what] : cases) {
    const RawReply reply = Infer(body);
    EXPECT_EQ(reply.status, 400) << body;
    EXPECT_THAT(Error(reply), HasSubstr(what)) << body;
  }
}

TEST_F(HttpServerTest, WrongVerbsAndRoutesAnswerErrorsInJson) {
  Publish(TrainTestBundle(10), 4);
  Start();
  RawClient client(server_->address());
  const RawReply verb = client.Get("/v1/predict/pumps", kViewer);
  EXPECT_EQ(verb.status, 405);
  EXPECT_EQ(verb.headers.at("allow"), "POST");
  EXPECT_EQ(client.Get("/v2/models/pumps/infer", kViewer).status, 405);
  for (const char* path : {"/v2/models", "/v2/models/pumps/versions", "/v2/models/pumps/versions//infer", "/v1/predict",
                           "/a/b/c/d/e/f/g/h", "/%zz"}) {
    const RawReply reply = client.Get(path, kViewer);
    EXPECT_EQ(reply.status, 404) << path;
    EXPECT_THAT(Error(reply), HasSubstr("there is no")) << path;
  }
  RawClient unknown(server_->address());
  EXPECT_EQ(unknown.Post("/v1/predict/nothing", kGoodBody, kViewer).status, 404);
}

TEST_F(HttpServerTest, ANaNAnswerIsAnErrorThatNamesTheVersionAndIsLogged) {
  Publish(BundleAnswering(std::numeric_limits<float>::quiet_NaN()), 9);
  Start();
  const RawReply reply = Predict(kGoodBody);
  EXPECT_EQ(reply.status, 500);
  EXPECT_THAT(Error(reply), HasSubstr("version 9 of model \"pumps\" answered NaN"));
  EXPECT_EQ(Infer(R"({"inputs":[{"name":"features","datatype":"FP32","shape":[1,4],"data":[1,2,3,4]}]})").status, 500);
  const std::vector<LoggedPrediction> logged = log_.Take(10);
  ASSERT_EQ(logged.size(), 2u);
  EXPECT_EQ(logged[0].outcome, Outcome::kNotFinite);
  EXPECT_EQ(logged[0].by->version, 9);
  EXPECT_EQ(catalog_.Find(kPumps).value()->stats->failures(), 2u);
}

TEST_F(HttpServerTest, AFailingModelIsAnErrorAndIsLogged) {
  Publish(BundleAnswering(std::nullopt), 9);
  Start();
  EXPECT_EQ(Predict(kGoodBody).status, 500);
  const std::vector<LoggedPrediction> logged = log_.Take(10);
  ASSERT_EQ(logged.size(), 1u);
  EXPECT_EQ(logged[0].outcome, Outcome::kFailed);
  EXPECT_THAT(logged[0].error, HasSubstr("gave up"));
}

TEST_F(HttpServerTest, AnswersPipelinedRequestsInOrder) {
  Publish(TrainTestBundle(10), 4);
  Start();
  RawClient client(server_->address());
  std::string bytes;
  for (int i = 0; i < 20; ++i) {
    bytes += RequestBytes("POST", "/v1/predict/pumps", kViewer, kGoodBody, absl::StrCat("X-Request-Id: r", i, "\r\n"));
    bytes += RequestBytes("GET", "/v2/health/live", "", "");
  }
  client.Send(bytes);
  for (int i = 0; i < 20; ++i) {
    const RawReply reply = client.Receive();
    EXPECT_EQ(reply.status, 200);
    EXPECT_EQ(reply.headers.at("x-request-id"), absl::StrCat("r", i));
    EXPECT_EQ(client.Receive().body, R"({"live":true})");
  }
}

TEST_F(HttpServerTest, TakesChunkedBodiesAndExpectContinue) {
  Publish(TrainTestBundle(10), 4);
  Start();
  RawClient client(server_->address());
  client.Send(RequestBytes("POST", "/v1/predict/pumps", kViewer, "", "Transfer-Encoding: chunked\r\nExpect: 100-continue\r\n"));
  EXPECT_EQ(client.Receive().status, 100);
  const absl::string_view body = kGoodBody;
  for (std::size_t i = 0; i < body.size(); i += 7)
    client.Send(absl::StrCat(absl::Hex(body.substr(i, 7).size()), "\r\n", body.substr(i, 7), "\r\n"));
  client.Send("0\r\n\r\n");
  EXPECT_EQ(client.Receive().status, 200);
  EXPECT_EQ(client.Get("/v2/health/live").status, 200);
}

TEST_F(HttpServerTest, HonoursConnectionCloseAndHttp10) {
  Start();
  RawClient closing(server_->address());
  closing.Send(RequestBytes("GET", "/v2/health/live", "", "", "Connection: close\r\n"));
  EXPECT_EQ(closing.Receive().headers.at("connection"), "close");
  EXPECT_TRUE(closing.IsClosed());
  RawClient old(server_->address());
  old.Send("GET /v2/health/live HTTP/1.0\r\n\r\n");
  EXPECT_EQ(old.Receive().status, 200);
  EXPECT_TRUE(old.IsClosed());
}

TEST_F(HttpServerTest, BoundsHeaderAndBody) {
  Publish(TrainTestBundle(10), 4);
  options_.max_body_bytes = 1 << 20;
  Start();
  RawClient declared(server_->address());
  declared.Send(RequestBytes("POST", "/v1/predict/pumps", kViewer, "", "Content-Length: 2000000\r\n"));
  const RawReply reply = declared.Receive();
  EXPECT_EQ(reply.status, 413);
  EXPECT_THAT(Error(reply), HasSubstr("1048576"));

  RawClient sent(server_->address());
  sent.Post("/v1/predict/pumps", "", kViewer);
  RawClient whole(server_->address());
  whole.Send(RequestBytes("POST", "/v1/predict/pumps", kViewer, std::string(5'000'000, 'x')));
  EXPECT_EQ(whole.Receive().status, 413) << "the answer arrives although the client was still sending";

  RawClient chunked(server_->address());
  chunked.Send(RequestBytes("POST", "/v1/predict/pumps", kViewer, "", "Transfer-Encoding: chunked\r\n"));
  chunked.Send(absl::StrCat("200000\r\n", std::string(0x200000, 'x'), "\r\n"));
  EXPECT_EQ(chunked.Receive().status, 413);

  RawClient header(server_->address());
  header.Send(absl::StrCat("GET /v2/health/live HTTP/1.1\r\nX: ", std::string(20'000, 'x'), "\r\n\r\n"));
  EXPECT_EQ(header.Receive().status, 431);

  RawClient garbage(server_->address());
  garbage.Send("\x16\x03\x01 this is no HTTP\r\n\r\n");
  EXPECT_EQ(garbage.Receive().status, 400);
  EXPECT_TRUE(garbage.IsClosed());
}

TEST_F(HttpServerTest, SlowClientsAreToldAndClosed) {
  options_.header_timeout = absl::Milliseconds(200);
  options_.body_timeout = absl::Milliseconds(200);
  options_.idle_timeout = absl::Milliseconds(400);
  Publish(TrainTestBundle(10), 4);
  Start();
  RawClient idle(server_->address());
  RawClient header(server_->address());
  header.Send("GET /v2/health/live HTT");
  RawClient body(server_->address());
  body.Send(RequestBytes("POST", "/v1/predict/pumps", kViewer, "", "Content-Length: 100\r\n"));
  body.Send("{");
  EXPECT_EQ(header.Receive().status, 408);
  EXPECT_TRUE(header.IsClosed());
  EXPECT_EQ(body.Receive().status, 408);
  EXPECT_TRUE(body.IsClosed());
  EXPECT_TRUE(idle.IsClosed());
}

TEST_F(HttpServerTest, ManyLargeBodiesAtOnceAreRefused) {
  options_.max_held_bytes = 200'000;
  Publish(TrainTestBundle(10), 4);
  Start();
  RawClient first(server_->address());
  first.Send(RequestBytes("POST", "/v1/predict/pumps", kViewer, "", "Content-Length: 150000\r\nExpect: 100-continue\r\n"));
  EXPECT_EQ(first.Receive().status, 100);
  RawClient second(server_->address());
  second.Send(RequestBytes("POST", "/v1/predict/pumps", kViewer, "", "Content-Length: 150000\r\n"));
  const RawReply reply = second.Receive();
  EXPECT_EQ(reply.status, 429);
  EXPECT_TRUE(reply.headers.contains("retry-after"));
}

TEST_F(HttpServerTest, AFullQueueAnswers429AndRecovers) {
  options_.max_queue = 1;
  options_.compute_threads = 1;
  Publish(TrainTestBundle(10), 4);
  Start();
  // Large batches keep the one place taken while others ask.
  std::string batch = R"({"instances":[)";
  for (int i = 0; i < 500; ++i) absl::StrAppend(&batch, i == 0 ? "" : ",", kGoodBody);
  batch += "]}";
  std::atomic<int> answered{0};
  std::atomic<int> refused{0};
  std::atomic<int> others{0};
  std::vector<std::thread> clients;
  for (int c = 0; c < 4; ++c) {
    clients.emplace_back([&] {
      RawClient client(server_->address());
      for (int i = 0; i < 20; ++i) {
        const RawReply reply = client.Post("/v1/predict/pumps", batch, kViewer);
        ++(reply.status == 200 ? answered : reply.status == 429 && reply.headers.contains("retry-after") ? refused : others);
      }
    });
  }
  for (std::thread& client : clients) client.join();
  EXPECT_GT(answered, 0);
  EXPECT_GT(refused, 0);
  EXPECT_EQ(others, 0);
  EXPECT_EQ(Predict(kGoodBody).status, 200);
}

TEST_F(HttpServerTest, SwapsUnderLoadWithoutAFailedRequestOrAMixedAnswer) {
  MemoryBlobs blobs;
  BundleCache cache(root_, blobs, 4, 64 << 20);
  ModelLoader loader(catalog_, cache);
  std::vector<Arm> arms;
  std::vector<double> expected;
  for (int version = 1; version <= 3; ++version) {
    const learn::Bundle bundle = TrainTestBundle(100.0 * version);
    arms.push_back(blobs.Add(bundle, version));
    expected.push_back(AnswerToGoodBody(bundle));
  }
  loader.Want({{.key = kPumps, .revision = 1, .primary = arms[0]}});
  loader.RunOnce();
  loader.Start();
  Start();
  std::atomic<bool> stop{false};
  std::atomic<int> answers{0};
  std::atomic<int> failures{0};
  std::atomic<int> mixed{0};
  std::vector<std::thread> clients;
  for (int c = 0; c < 4; ++c) {
    clients.emplace_back([&] {
      RawClient client(server_->address());
      while (!stop) {
        const RawReply reply = client.Post("/v1/predict/pumps", kGoodBody, kViewer);
        if (reply.status != 200) {
          ++failures;
          return;
        }
        const json body = json::parse(reply.body);
        const std::size_t version = body["version"].get<std::size_t>();
        if (version < 1 || version > 3 || body["predictions"]["y"].get<double>() != expected[version - 1]) ++mixed;
        ++answers;
      }
    });
  }
  for (int swap = 0; swap < 300; ++swap) {
    const Arm& arm = arms[static_cast<std::size_t>(swap % 3)];
    loader.Want({{.key = kPumps, .revision = swap + 2, .primary = arm}});
    const absl::Time end = absl::Now() + absl::Seconds(5);
    while (catalog_.Find(kPumps).value()->identity->version != arm.version && absl::Now() < end) std::this_thread::yield();
    ASSERT_EQ(catalog_.Find(kPumps).value()->identity->version, arm.version);
  }
  stop = true;
  for (std::thread& client : clients) client.join();
  loader.Stop();
  EXPECT_EQ(failures, 0);
  EXPECT_EQ(mixed, 0);
  EXPECT_GT(answers, 300);
}

TEST_F(HttpServerTest, DrainFinishesRunningRequestsAndClosesIdleConnections) {
  Publish(TrainTestBundle(10), 4);
  Start();
  const std::string address = server_->address();
  RawClient idle(address);
  EXPECT_EQ(idle.Get("/v2/health/live").status, 200);
  std::string batch = R"({"instances":[)";
  for (int i = 0; i < 1000; ++i) absl::StrAppend(&batch, i == 0 ? "" : ",", kGoodBody);
  batch += "]}";
  RawClient busy(address);
  busy.Send(RequestBytes("POST", "/v1/predict/pumps", kViewer, batch));
  while (server_->load().queued == 0 && log_.size() == 0) std::this_thread::yield();
  server_->Stop();
  const RawReply reply = busy.Receive();
  EXPECT_EQ(reply.status, 200);
  EXPECT_EQ(json::parse(reply.body)["instances"].size(), 1000u);
  EXPECT_TRUE(idle.IsClosed());
  EXPECT_EQ(log_.size(), 1000u);
  RawClient late(address);
  EXPECT_EQ(late.Get("/v2/health/live").status, 0);
}

TEST_F(HttpServerTest, NotReadyIsSaidWhileTheDrainNoticeRuns) {
  options_.drain_notice = absl::Seconds(1);
  Start();
  RawClient client(server_->address());
  EXPECT_EQ(client.Get("/v2/health/ready").status, 200);
  std::thread stopping([&] { server_->Stop(); });
  while (!routes_.is_draining()) std::this_thread::yield();
  RawClient probe(server_->address());
  EXPECT_EQ(probe.Get("/v2/health/ready").status, 503);
  RawClient live(server_->address());
  EXPECT_EQ(live.Get("/v2/health/live").status, 200);
  stopping.join();
}

TEST_F(HttpServerTest, HoldsThousandsOfIdleConnections) {
  Start();
  std::vector<std::unique_ptr<RawClient>> clients;
  for (int i = 0; i < 400; ++i) clients.push_back(std::make_unique<RawClient>(server_->address()));
  for (const auto& client : clients) EXPECT_EQ(client->Get("/v2/health/live").status, 200);
  for (const auto& client : clients) EXPECT_EQ(client->Get("/v2/health/live").status, 200);
  EXPECT_EQ(server_->load().connections, 400);
}

TEST_F(HttpServerTest, ATakenPortSaysSo) {
  Start();
  options_.address = server_->address();
  const auto second = HttpServer::Create(options_, routes_);
  EXPECT_EQ(second.status().code(), absl::StatusCode::kUnavailable);
  EXPECT_THAT(std::string(second.status().message()), HasSubstr(server_->address()));
  options_.address = "nonsense";
  EXPECT_EQ(HttpServer::Create(options_, routes_).status().code(), absl::StatusCode::kInvalidArgument);
}

}  // namespace
}  // namespace millwright::serving
