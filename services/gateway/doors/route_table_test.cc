#include "gateway/doors/route_table.h"

#include <gtest/gtest.h>

#include <set>

#include "absl/strings/str_replace.h"
#include "contracts/contracts.h"
#include "gateway/doors/openapi.h"
#include "gateway/doors/percent.h"
#include "nlohmann/json.hpp"

namespace millwright::gateway {
namespace {

class RouteTableTest : public testing::Test {
 protected:
  std::string Match(const std::string& verb, const std::string& path) {
    const auto match = routes_.Match(verb, path);
    if (!match.ok()) return std::string(match.status().message());
    if (!*match) return "";
    std::string text = (*match)->route->method->descriptor->name();
    for (const auto& [field, value] : (*match)->fields) text += " " + field + "=" + value;
    return text;
  }
  MethodTable methods_ = MethodTable::Make(contracts::Methods()).value();
  RouteTable routes_{methods_};
};

TEST_F(RouteTableTest, MatchesFieldsVerbsAndNestedFields) {
  EXPECT_EQ(Match("GET", "/v1/runs/0af"), "GetRun run_id=0af");
  EXPECT_EQ(Match("POST", "/v1/runs/0af:finish"), "FinishRun run_id=0af");
  EXPECT_EQ(Match("POST", "/v1/assets/pump-1/samples"), "WriteSamples batch.asset_id=pump-1");
  EXPECT_EQ(Match("POST", "/v1/models/churn/versions/7:promote"), "PromoteModelVersion name=churn version=7");
  EXPECT_EQ(Match("POST", "/v1/users:set-password"), "SetPassword");
}

TEST_F(RouteTableTest, DecodesEscapesOnceAndAfterSplitting) {
  EXPECT_EQ(Match("GET", "/v1/models/a%2Fb"), "GetRegisteredModel name=a/b");
  EXPECT_EQ(Match("GET", "/v1/models/a%252Fb"), "GetRegisteredModel name=a%2Fb");
  EXPECT_EQ(Match("GET", "/v1/models/%ED%8E%8C%ED%94%84"), "GetRegisteredModel name=펌프");
  EXPECT_EQ(Match("GET", "/v1/models/a%3Arollback"), "GetRegisteredModel name=a:rollback");
  EXPECT_EQ(Match("GET", "/v1/models/a%zz"), "the URL holds a broken percent escape");
  EXPECT_EQ(Match("GET", "/v1/models/a%00"), "the URL holds a NUL character");
  EXPECT_EQ(Match("GET", "/v1/models/a%ff"), "the URL is not UTF-8");
}

TEST_F(RouteTableTest, MatchesNothingElse) {
  for (const char* path :
       {"/v1/runs/", "/v1//runs/x", "/v1/runs/x/", "/v1/nothing", "/", "", "/V1/runs", "/v1/runs/../runs/x/y"}) {
    EXPECT_EQ(Match("GET", path), "") << path;
  }
  EXPECT_EQ(Match("PATCH", "/v1/models"), "");
  EXPECT_EQ(routes_.Verbs("/v1/models"), std::vector<std::string>({"GET", "POST"}));
  EXPECT_TRUE(routes_.Verbs("/v1/nothing").empty());
}

TEST_F(RouteTableTest, MlflowsRoutesHaveAnotherPrefixAndForgiveSlashes) {
  for (const char* path : {"/api/2.0/mlflow/runs/get", "/ajax-api/2.0/mlflow/runs/get", "/api/2.0//mlflow/runs/get",
                           "//api/2.0/mlflow///runs/get"}) {
    EXPECT_EQ(Match("GET", path), "GetRun") << path;
  }
  EXPECT_EQ(Match("GET", "/ajax-api/2.0/mlflow/logged-models/m-1"), "GetLoggedModel model_id=m-1");
  EXPECT_EQ(Match("GET", "/api/2.0/mlflow/metrics/get-history-bulk"), "");
  EXPECT_EQ(Match("GET", "/ajax-api/3.0/mlflow/runs/get"), "");
}

TEST_F(RouteTableTest, AFieldMayTakeTheRestOfThePath) {
  constexpr char kRoot[] = "/api/2.0/mlflow-artifacts/artifacts";
  EXPECT_EQ(Match("PUT", absl::StrCat(kRoot, "/1/ab/artifacts/a%20b//c")), "UploadArtifact artifact_path=1/ab/artifacts/a b//c");
  EXPECT_EQ(Match("PUT", absl::StrCat(kRoot, "/")), "UploadArtifact artifact_path=");
  EXPECT_EQ(Match("PUT", absl::StrCat(kRoot, "/a%0Ab")), "");
  EXPECT_TRUE(routes_.Verbs(absl::StrCat(kRoot, "/a%0ab")).empty());
  EXPECT_EQ(Match("GET", kRoot), "ListProxiedArtifacts");
  EXPECT_EQ(Match("GET", absl::StrCat(kRoot, "/x")), "DownloadArtifact artifact_path=x");
}

TEST_F(RouteTableTest, EveryRouteMatchesItself) {
  for (const Route& route : routes_.routes()) {
    std::string path;
    for (const Route::Segment& segment : route.segments) {
      if (&segment != &route.segments.front()) path += "/";
      path += segment.field.empty() ? segment.literal : "1" + (segment.verb.empty() ? "" : ":" + segment.verb);
    }
    const auto match = routes_.Match(route.http_verb, path);
    ASSERT_TRUE(match.ok() && *match) << route.path;
    EXPECT_EQ((*match)->route->method, route.method) << route.path;
  }
}

TEST_F(RouteTableTest, OpenApiListsEveryRouteWithComments) {
  const auto document = nlohmann::json::parse(OpenApi(routes_));
  for (const Route& route : routes_.routes()) {
    const std::string path = absl::StrReplaceAll(route.path, {{"=**}", "}"}});
    EXPECT_EQ(document["paths"].count(path), route.is_alias ? 0u : 1u) << route.path;
  }
  EXPECT_EQ(document["paths"]["/v1/users/{name}"]["patch"]["description"],
            "Changes the role, or disables: sessions and tokens of a disabled user end within 5 s.");
  EXPECT_EQ(document["components"]["schemas"]["User"]["properties"]["name"]["description"], "1 to 64 of a-z 0-9 . _ -");
  EXPECT_EQ(document["components"]["schemas"]["Metric"]["properties"]["value"]["$ref"], "#/components/schemas/Double");
  EXPECT_EQ(document["components"]["schemas"]["Double"]["oneOf"][1]["enum"],
            (std::vector<std::string>{"NaN", "Infinity", "-Infinity"}));
  std::set<std::string> operations;
  for (const auto& path : document["paths"]) {
    for (const auto& operation : path) {
      const std::string id = operation["operationId"];
      EXPECT_TRUE(operations.insert(id).second) << id;
    }
  }
  EXPECT_TRUE(document["components"]["schemas"]["RunStatus"]["enum"].dump().find("RUN_STATUS_RUNNING") != std::string::npos);
  // Every reference leads somewhere.
  const std::string text = document.dump();
  for (std::size_t at = text.find("#/components/schemas/"); at != std::string::npos;
       at = text.find("#/components/schemas/", at + 1)) {
    const std::string name = text.substr(at + 21, text.find('"', at) - at - 21);
    EXPECT_EQ(document["components"]["schemas"].count(name), 1u) << name;
  }
}

TEST(PercentTest, ChecksUtf8) {
  EXPECT_TRUE(IsUtf8("a\xed\x8e\x8c\xf0\x9f\x98\x80"));
  for (const char* bad : {"\xc0\x80", "\xe0\x80\x80", "\xed\xa0\x80", "\xf4\x90\x80\x80", "\xff", "\xe3\x81", "\x80"})
    EXPECT_FALSE(IsUtf8(bad));
  EXPECT_EQ(PercentDecode("a+b%2B", true).value(), "a b+");
  EXPECT_FALSE(PercentDecode("%uff0e", true).ok());
  EXPECT_EQ(PercentDecodeLeniently("a+%uff0e%2").value(), "a %uff0e%2");
  EXPECT_FALSE(PercentDecodeLeniently("%ff").ok());
}

}  // namespace
}  // namespace millwright::gateway
