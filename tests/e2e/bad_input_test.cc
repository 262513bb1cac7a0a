// What people and programs send that is wrong: every answer says what and where, and no process ends.
#include <gtest/gtest.h>
#include <httplib.h>

#include <filesystem>
#include <limits>
#include <map>
#include <random>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "absl/strings/str_split.h"
#include "e2e/model_release.h"
#include "e2e/platform.h"
#include "lib/base/files.h"
#include "lib/rpc/client.h"
#include "millwright/tracker/v1/tracker.grpc.pb.h"

namespace millwright::e2e {
namespace {

using Words = std::vector<std::string>;

constexpr char kImport[] = R"(name: import
description: One file into a dataset version.
parameters:
  data: {type: file, help: a CSV file}
steps:
  - id: read
    task: import_csv
    with:
      file: "${params.data}"
      dataset: bad-input
      format:
        columns:
          - {name: unit, role: asset}
          - {name: hour, role: time}
          - {name: temperature, role: sensor, type: number}
          - {name: pressure, role: sensor, type: number}
)";
constexpr char kHeader[] = "unit,hour,temperature,pressure\n";
constexpr int kMaxResidentMegabytes = 600;

// The largest memory that a process has had so far.
int PeakMegabytes(int pid) {
  const auto status = base::ReadFile(absl::StrCat("/proc/", pid, "/status"));
  EXPECT_TRUE(status.ok()) << status.status();
  if (!status.ok()) return 0;
  for (const absl::string_view line : absl::StrSplit(*status, '\n')) {
    const std::vector<std::string> words = absl::StrSplit(line, absl::ByAnyChar(" \t"), absl::SkipEmpty());
    int kilobytes = 0;
    if (words.size() == 3 && words[0] == "VmHWM:" && absl::SimpleAtoi(words[1], &kilobytes)) return kilobytes >> 10;
  }
  ADD_FAILURE() << "no VmHWM of process " << pid;
  return 0;
}

void ExpectSays(const std::string& text, const Words& words, const std::string& of) {
  for (const std::string& word : words)
    EXPECT_TRUE(absl::StrContains(text, word)) << of << " does not say <" << word << ">: " << text;
}

// A refusal by an HTTP door: JSON with an error that says the words.
void ExpectRefused(const HttpAnswer& answer, int status, const Words& words, const std::string& of) {
  EXPECT_EQ(answer.status, status) << of << ": " << answer.text.substr(0, 500);
  ASSERT_TRUE(answer.body.is_object() && answer.body.contains("error")) << of << ": " << answer.text.substr(0, 500);
  const nlohmann::json& error = answer.body["error"];
  ExpectSays(error.is_string() ? error.get<std::string>() : error.value("message", ""), words, of);
}

class BadInputTest : public testing::Test {
 protected:
  static void SetUpTestSuite() {
    platform_ = new Platform;
    const Ended up = platform_->Up();
    ASSERT_EQ(up.exit_code, 0) << up.out << up.err;
    Write("import.yaml", kImport);
    const Ended put = platform_->Cli({"pipelines", "put", PathOf("import.yaml")});
    ASSERT_EQ(put.exit_code, 0) << put.err;
    ASSERT_EQ(platform_->Post("/v1/models", {{"name", "small"}}).status, 200);
    ReleaseBundle(*platform_, "small", TrainStump(5, /*window=*/3), 1);
    ASSERT_TRUE(WaitUntil(absl::Seconds(20), [] { return platform_->InferGet("/v2/models/small/ready").status == 200; }));
    pids_ = Pids();
    ASSERT_EQ(pids_.size(), 9u);
  }
  static void TearDownTestSuite() {
    delete platform_;
    platform_ = nullptr;
  }
  void TearDown() override {
    EXPECT_EQ(Pids(), pids_) << "a process has ended";
    EXPECT_EQ(
        platform_->Infer("/v1/predict/small", R"({"rows": [{"time": 1, "x": 1}, {"time": 2, "x": 1}, {"time": 3, "x": 1}]})")
            .status,
        200);
  }

  static std::map<std::string, int> Pids() {
    std::map<std::string, int> pids;
    const nlohmann::json status = platform_->CliJson({"status"});
    for (const nlohmann::json& service : status["services"]) pids[service.value("name", "")] = service.value("pid", 0);
    return pids;
  }
  static std::string PathOf(const std::string& name) { return absl::StrCat(platform_->home(), "/input/", name); }
  static void Write(const std::string& name, const std::string& content) {
    std::filesystem::create_directories(platform_->home() + "/input");
    ASSERT_TRUE(base::WriteFileAtomically(PathOf(name), content).ok());
  }
  static void Shell(const std::string& command) {
    const Ended ended = RunProgram({"/bin/sh", "-c", command});
    ASSERT_EQ(ended.exit_code, 0) << command << ": " << ended.err;
  }

  static Ended Import(const std::string& name) {
    return platform_->Cli({"pipelines", "run", "import", "--set", "data=" + PathOf(name), "--wait"});
  }
  static void ExpectImportRefused(const std::string& name, const Words& words) {
    const Ended ended = Import(name);
    EXPECT_EQ(ended.exit_code, 1) << name << ": " << ended.out << ended.err;
    ExpectSays(ended.err, words, name);
    EXPECT_FALSE(absl::StrContains(ended.err, "trying again")) << "a file does not become better: " << ended.err;
  }

  // Any verb and any body at the gateway's HTTP door, as the admin.
  static HttpAnswer Send(const std::string& verb, const std::string& path, const std::string& body = "") {
    httplib::Client client(absl::StrCat("http://", platform_->HttpAddress()));
    client.set_read_timeout(60);
    httplib::Request request;
    request.method = verb;
    request.path = path;
    request.body = body;
    request.headers = {{"Authorization", absl::StrCat("Bearer ", platform_->Secret("cli.token"))},
                       {"Content-Type", "application/json"}};
    const httplib::Result result = client.send(request);
    if (!result) return {};
    const nlohmann::json json = nlohmann::json::parse(result->body, nullptr, /*allow_exceptions=*/false);
    return {.status = result->status, .body = json.is_discarded() ? nlohmann::json() : json, .text = result->body};
  }
  static std::string NewRun() {
    const HttpAnswer run = platform_->Post("/v1/runs", {{"name", "for bad input"}});
    EXPECT_EQ(run.status, 200) << run.text;
    return run.body.value("run_id", "");
  }

  static Platform* platform_;
  static std::map<std::string, int> pids_;
};

Platform* BadInputTest::platform_ = nullptr;
std::map<std::string, int> BadInputTest::pids_;

TEST_F(BadInputTest, ACsvErrorNamesFileRowAndColumn) {
  Write("good.csv", absl::StrCat(kHeader, "a,1,20.5,3\na,2,20.6,3\n"));
  const Ended good = Import("good.csv");
  EXPECT_EQ(good.exit_code, 0) << good.err;

  Write("missing-column.csv", "unit,hour,temperature\na,1,20.5\n");
  ExpectImportRefused("missing-column.csv",
                      {"missing-column.csv", "row 1", "no column \"pressure\"", "it has unit, hour, temperature"});
  Write("text.csv", absl::StrCat(kHeader, "a,1,20.5,3\na,2,20.6,high\n"));
  ExpectImportRefused("text.csv",
                      {"text.csv", "row 3", "column \"pressure\"", "\"high\" is not a number", "leave the cell empty"});
  Write("ragged.csv", absl::StrCat(kHeader, "a,1,20.5,3\na,2,20.6\n"));
  ExpectImportRefused("ragged.csv", {"ragged.csv", "row 3", "has 3 cells and must have 4"});
  Write("empty.csv", "");
  ExpectImportRefused("empty.csv", {"empty.csv", "is empty", "at least one row"});
  Write("header-only.csv", kHeader);
  ExpectImportRefused("header-only.csv", {"header-only.csv", "no data", "at least one row"});

  // Far behind the rows from which the reader learns what the columns hold.
  std::string late(kHeader);
  for (int i = 0; i < 20'000; ++i) absl::StrAppend(&late, "a,", i, ",20.5,3\n");
  Write("late.csv", absl::StrCat(late, "a,20000,warm,3\n"));
  ExpectImportRefused("late.csv", {"late.csv", "row 20002", "column \"temperature\"", "\"warm\" is not a number"});
}

TEST_F(BadInputTest, AFileThatIsNoTextIsRefused) {
  std::mt19937_64 random(1);
  std::string garbage(200'000, '\0');
  for (char& c : garbage) c = static_cast<char>(random() % 256);
  Write("garbage.csv", garbage);
  ExpectImportRefused("garbage.csv", {"garbage.csv", "row "});
  Write("garbage-inside.csv", absl::StrCat(kHeader, "a,1,20.5,3\n", garbage));
  ExpectImportRefused("garbage-inside.csv", {"garbage-inside.csv", "row "});

  std::string good(kHeader);
  for (int i = 0; i < 5'000; ++i) absl::StrAppend(&good, "a,", i, ",", random() % 1000, ",3\n");
  Write("plain.csv", good);
  Shell(absl::StrCat(
      "cd ", PathOf(""),
      " && gzip -c plain.csv > whole.csv.gz && head -c 5000 whole.csv.gz > cut.csv.gz && cp whole.csv.gz broken.csv.gz && "
      "printf 'XXXXXXXXXXXXXXXX' | dd of=broken.csv.gz bs=1 seek=3000 conv=notrunc status=none"));
  const Ended whole = Import("whole.csv.gz");
  EXPECT_EQ(whole.exit_code, 0) << whole.err;
  ExpectImportRefused("cut.csv.gz", {"cut.csv.gz", "gzip data is cut off"});
  ExpectImportRefused("broken.csv.gz", {"broken.csv.gz", "gzip data is broken"});
}

TEST_F(BadInputTest, ALineOfAGigabyteIsRefusedInBoundedMemory) {
  Shell(absl::StrCat("head -c 1000000000 /dev/zero | tr '\\0' 7 > ", PathOf("line.csv")));
  ExpectImportRefused("line.csv", {"line.csv", "row 1", "the line is longer than 1048576 bytes", "rows must be separated"});
  // The same line as a megabyte of gzip.
  Shell(absl::StrCat("gzip -1 -c ", PathOf("line.csv"), " > ", PathOf("line.csv.gz")));
  ExpectImportRefused("line.csv.gz", {"line.csv.gz", "row 1", "the line is longer than 1048576 bytes"});
  std::filesystem::remove(PathOf("line.csv"));
  // As a file with holes reads: a line without an end, of zero bytes.
  Write("holes.csv", "");
  std::filesystem::resize_file(PathOf("holes.csv"), 100'000'000);
  ExpectImportRefused("holes.csv", {"holes.csv", "row 1", "NUL byte", "must be text"});
  for (const char* service : {"trainer-worker", "tracker", "gateway"}) {
    const int peak = PeakMegabytes(pids_[service]);
    std::cerr << service << " took " << peak << " MiB at most\n";
    EXPECT_LT(peak, kMaxResidentMegabytes) << service;
  }
}

TEST_F(BadInputTest, TheInferenceDoorNamesTheField) {
  const std::string path = "/v1/predict/small";
  const auto refuse = [&](const std::string& body, const Words& words) {
    ExpectRefused(platform_->Infer(path, body), 400, words, body.substr(0, 100));
  };
  const std::string rows = R"([{"time": 1, "x": 1}, {"time": 2, "x": 1}, {"time": 3, "x": 1}])";
  refuse("", {"body is empty"});
  refuse("x=1&time=2", {"not valid JSON"});
  refuse(R"({"rows": [)", {"not valid JSON"});
  refuse("[1, 2]", {"must be a JSON object", "\"rows\""});
  refuse(std::string(100'000, '['), {"not valid JSON"});
  refuse(absl::StrCat(R"({"rows": )", std::string(100'000, '['), "1", std::string(100'000, ']'), "}"), {"nested too deep", "32"});
  refuse(R"({"rows": "many"})", {"\"rows\" must be an array"});
  refuse(R"({"rows": []})", {"no rows"});
  refuse(R"({"rows": [7]})", {"row 1", "7"});
  refuse(R"({"rows": [{"time": 1, "x": 1}, {"time": 2, "x": "warm"}, {"time": 3, "x": 1}]})", {"row 2", "x", "warm", "number"});
  refuse(R"({"rows": [{"time": 1, "x": 1}, {"time": 2, "x": [1]}, {"time": 3, "x": 1}]})", {"row 2", "x", "number"});
  refuse(R"({"rows": [{"time": 1}, {"time": 2}, {"time": 3}]})", {"\"x\"", "missing"});
  refuse(R"({"rows": [{"time": 1, "x": 1, "z": 1}, {"time": 2, "x": 1}, {"time": 3, "x": 1}]})", {"row 1", "\"z\""});
  refuse(R"({"rows": [{"time": 1, "x": 1}]})", {"1", "3", "rows"});
  refuse(absl::StrCat(R"({"asset_id": 5, "rows": )", rows, "}"), {"\"asset_id\"", "text"});
  refuse(absl::StrCat(R"({"asset": "a", "rows": )", rows, "}"), {"unknown key \"asset\"", "asset_id"});
  refuse(R"({"columns": ["time", "x"], "window": [[1, 1], [2], [3, 1]]})", {"row 2", "1 values for 2 columns"});
  refuse(R"({"columns": ["time", "y2"], "window": [[1, 1], [2, 1], [3, 1]]})", {"\"y2\""});
  ExpectRefused(platform_->Infer(path, absl::StrCat(R"({"rows": ")", std::string(17 << 20, 'x'), "\"}")), 413, {"16"},
                "a body of 17 MiB");
  ExpectRefused(platform_->Infer("/v1/predict/absent", R"({"rows": [{"x": 1}]})"), 404, {"\"absent\""}, "an unknown model");
  ExpectRefused(platform_->Infer("/v1/predict/..%2f..%2fsecrets", "{}"), 404, {"secrets"}, "a path for a model");
  ExpectRefused(platform_->InferGet(path), 405, {"POST"}, "GET");
  ExpectRefused(platform_->InferGet("/v3/models"), 404, {"/v3/models"}, "an unknown route");

  const auto refuse_tensor = [&](const std::string& body, const Words& words) {
    ExpectRefused(platform_->Infer("/v2/models/small/infer", body), 400, words, body);
  };
  refuse_tensor(R"({"inputs": 3})", {"\"inputs\""});
  refuse_tensor(R"({"inputs": [{"name": "features", "shape": [1, 1], "datatype": "BYTES", "data": [1]}]})",
                {"inputs[0].datatype"});
  refuse_tensor(R"({"inputs": [{"name": "features", "shape": [1, 9], "datatype": "FP64", "data": [1]}]})",
                {"inputs[0].shape[1]", "1"});
  refuse_tensor(R"({"inputs": [{"name": "features", "shape": [900000000, 1], "datatype": "FP64", "data": [1]}]})",
                {"inputs[0]", "8000000"});
  refuse_tensor(R"({"inputs": [{"name": "features", "shape": [2, 1], "datatype": "FP64", "data": [1]}]})", {"inputs[0].data"});
}

TEST_F(BadInputTest, TheGatewayNamesTheField) {
  const auto refuse = [&](const std::string& verb, const std::string& path, const std::string& body, const Words& words) {
    ExpectRefused(Send(verb, path, body), 400, words, absl::StrCat(verb, " ", path, " ", body.substr(0, 100)));
  };
  refuse("POST", "/v1/runs", R"({"name": )", {"the body is not JSON", "column"});
  refuse("POST", "/v1/runs", "name=x", {"the body is not JSON"});
  refuse("POST", "/v1/runs", "[]", {"must be a JSON object"});
  refuse("POST", "/v1/runs", std::string(200'000, '['), {"deeper than 64"});
  refuse("POST", "/v1/runs", "{\"name\": \"\xff\xfe\"}", {"the body is not JSON", "UTF-8"});
  refuse("POST", "/v1/runs", R"({"name": 5})", {"field name", "5", "text"});
  refuse("POST", "/v1/runs", R"({"nmae": "x"})", {"unknown field nmae"});
  const std::string log = absl::StrCat("/v1/runs/", NewRun(), "/log");
  refuse("POST", log, R"({"metrics": [{"key": "loss", "value": 1}, {"key": "loss", "value": "high"}]})",
         {"field metrics[1].value", "high", "number"});
  refuse("POST", log, R"({"metrics": {"key": "loss"}})", {"field metrics", "array"});
  refuse("POST", log, R"({"metrics": [{"key": "loss", "value": 1, "step": 1.5}]})",
         {"field metrics[0].step", "1.5", "whole number"});
  refuse("POST", "/v1/models/small/versions/1:promote", R"({"stage": "STAGE_PRODUKTION"})",
         {"field stage", "STAGE_PRODUKTION", "STAGE_PRODUCTION"});
  refuse("POST", "/v1/models/small/versions/one:promote", R"({"stage": "STAGE_PRODUCTION"})",
         {"field version", "one", "whole number"});
  refuse("GET", "/v1/runs/not-a-run", "", {"run_id", "not-a-run", "32"});
  ExpectRefused(Send("POST", "/v1/runs", absl::StrCat(R"({"name": ")", std::string(17 << 20, 'x'), "\"}")), 413, {"16777216"},
                "a body of 17 MiB");
  refuse("POST", "/v1/models", R"({"name": "a\u0000b"})", {"field name", "NUL"});
  refuse("POST", "/v1/models", absl::StrCat(R"({"name": ")", std::string(100'000, 'x'), "\"}"),
         {"name", "100000 bytes", "at most"});
  std::string korean;  // three bytes a character, so bounds in bytes fall inside one
  for (int i = 0; i < 1000; ++i) korean += "펌프";
  refuse("POST", "/v1/models", absl::StrCat(R"({"name": ")", korean, "\"}"), {"name", "6000 bytes"});
  refuse("GET", "/v1/runs?page_token=%00", "", {"field page_token", "NUL"});
  ExpectRefused(Send("GET", "/v1/runs?page_token=" + std::string(20'000, 'x')), 414, {}, "a long URL");
  ExpectRefused(Send("GET", "/v1/no-such-thing"), 404, {"GET /v1/no-such-thing", "/openapi.json"}, "an unknown route");
  EXPECT_EQ(Send("GET", "/v1/no-such-thing").body["error"].value("code", ""), "NOT_FOUND");
  ExpectRefused(Send("DELETE", "/v1/models"), 405, {"DELETE", "GET, POST"}, "a wrong method");
  ExpectRefused(Send("POST", "/v1/models/small/health", "{}"), 405, {"POST", "GET"}, "a wrong method");
}

TEST_F(BadInputTest, EveryListRefusesABadPage) {
  const HttpAnswer description = platform_->Get("/openapi.json", "-");
  ASSERT_EQ(description.status, 200);
  int lists = 0;
  for (const auto& [path, verbs] : description.body["paths"].items()) {
    if (!verbs.contains("get") || !absl::StrContains(verbs["get"].dump(), "\"page_size\"")) continue;
    ++lists;
    const std::string filled = absl::StrReplaceAll(
        path, {{"{name}", "small"}, {"{version}", "1"}, {"{run_id}", NewRun()}, {"{study_id}", "1"}, {"{webhook_id}", "1"}});
    for (const char* size : {"-1", "1000000"}) {
      const HttpAnswer answer = Send("GET", absl::StrCat(filled, "?page_size=", size));
      if (std::string(size) == "-1" || answer.status != 200)
        ExpectRefused(answer, 400, {"page_size", size}, absl::StrCat(filled, " page_size=", size));
    }
    ExpectRefused(Send("GET", filled + "?page_size=ten"), 400, {"field page_size", "ten", "whole number"},
                  filled + " page_size=ten");
    for (const char* token : {"x", "-1", "../../secrets", "MTIzNDU2Nzg5MA"}) {
      ExpectRefused(Send("GET", absl::StrCat(filled, "?page_token=", token)), 400, {"page_token"},
                    absl::StrCat(filled, " page_token=", token));
    }
  }
  EXPECT_GT(lists, 10);
}

// The schema that a reference of the OpenAPI description stands for.
nlohmann::json Resolve(const nlohmann::json& description, nlohmann::json schema) {
  while (schema.contains("$ref"))
    schema = description.at(nlohmann::json::json_pointer(schema["$ref"].get<std::string>().substr(1)));
  return schema;
}

// Every field of every request, with values of every other kind: an answer that is not the server's fault, in JSON.
TEST_F(BadInputTest, EveryRouteAnswersWhateverAFieldHolds) {
  const HttpAnswer openapi = platform_->Get("/openapi.json", "-");
  ASSERT_EQ(openapi.status, 200);
  const nlohmann::json odd = {"text",
                              5,
                              -1,
                              1e308,
                              std::numeric_limits<std::int64_t>::max(),
                              nlohmann::json::array(),
                              nlohmann::json::object(),
                              true,
                              std::string(1, '\0'),
                              std::string(100'000, 'x'),
                              "NaN",
                              {nullptr},
                              {nlohmann::json::object()},
                              "2026-13-45T00:00:00Z",
                              "9999-12-31T23:59:59Z",
                              "../../x",
                              "'; DROP TABLE runs; --",
                              {{"a", {{"b", std::string(1, '\0')}}}},
                              {{"", ""}}};
  int calls = 0;
  const auto send = [&](const std::string& verb, const std::string& path, const std::string& body) {
    ++calls;
    const HttpAnswer answer = Send(verb, path, body);
    EXPECT_TRUE(answer.status >= 200 && answer.status < 500)
        << verb << " " << path << " " << body.substr(0, 200) << ": " << answer.status << " " << answer.text;
    EXPECT_FALSE(answer.body.is_null()) << verb << " " << path << " " << body.substr(0, 200) << ": " << answer.text;
  };
  for (const auto& [path, verbs] : openapi.body["paths"].items()) {
    const std::string filled =
        absl::StrReplaceAll(path, {{"{name}", "odd"}, {"{version}", "1"}, {"{stage}", "STAGE_STAGING"}, {"{", ""}, {"}", ""}});
    for (const auto& [verb, operation] : verbs.items()) {
      if (path == "/v1/session" || !operation.contains("requestBody")) continue;  // odd sign-ins would lock this address out
      // MLflow's surface answers in its own forms (tests/conformance/mlflow), and files are not JSON.
      if (!absl::StartsWith(path, "/v1/") || !operation["requestBody"]["content"].contains("application/json")) continue;
      const nlohmann::json schema = Resolve(openapi.body, operation["requestBody"]["content"]["application/json"]["schema"]);
      for (const auto& [field, type] : schema["properties"].items()) {
        const nlohmann::json inner = Resolve(openapi.body, type.value("type", "") == "array" ? type["items"] : type);
        for (const nlohmann::json& value : odd) {
          send(absl::AsciiStrToUpper(verb), filled, nlohmann::json{{field, value}}.dump());
          if (!inner.contains("properties")) continue;
          for (const auto& [inner_field, inner_type] : inner["properties"].items()) {
            const nlohmann::json element = {{inner_field, value}};
            send(absl::AsciiStrToUpper(verb), filled,
                 nlohmann::json{{field, type.value("type", "") == "array" ? nlohmann::json::array({element}) : element}}.dump());
          }
        }
      }
    }
  }
  EXPECT_GT(calls, 1000);
}

const Words& Traversals() {
  static const auto* const paths = new Words{"",
                                             "..",
                                             ".",
                                             "../e2e-out",
                                             "a/../../e2e-out",
                                             "a/..",
                                             "./e2e-out",
                                             "a/./e2e-out",
                                             "/tmp/e2e-out",
                                             "//tmp/e2e-out",
                                             "a//e2e-out",
                                             "e2e-out/",
                                             "%2e%2e/e2e-out",
                                             "%2E%2E%2Fe2e-out",
                                             "..%2fe2e-out",
                                             "a%2f..%2fe2e-out",
                                             "%252e%252e%252fe2e-out",
                                             "..%5ce2e-out",
                                             "..\\e2e-out",
                                             "C:\\e2e-out",
                                             "C:/e2e-out",
                                             "file:///tmp/e2e-out",
                                             "file:e2e-out",
                                             "http://127.0.0.1/e2e-out",
                                             "a#/../../e2e-out",
                                             "#/../e2e-out",
                                             "a?/../../e2e-out",
                                             std::string("e2e-out\0.txt", 12),
                                             "e2e-out%00.txt",
                                             "a\ne2e-out",
                                             std::string(1001, 'a')};
  return *paths;
}

void ExpectNothingOutside(const std::string& home) {
  for (const std::string& folder : {home, std::string("/tmp"), std::string("/")}) {
    const Ended found = RunProgram({"find", folder, "-maxdepth", folder == home ? "20" : "1", "-name", "*e2e-out*"});
    EXPECT_EQ(found.out, "") << "in " << folder;
  }
}

TEST_F(BadInputTest, AnArtifactPathStaysInsideItsRun) {
  const std::string run_id = NewRun();
  const absl::StatusOr<std::string> sha256 = UploadBlob(*platform_, "content");
  ASSERT_TRUE(sha256.ok()) << sha256.status();
  const auto stub =
      tracker::v1::ArtifactService::NewStub(rpc::ConnectWithToken(platform_->GrpcAddress(), platform_->Secret("cli.token")));
  const auto put = [&](const std::string& path, const std::string& digest) {
    tracker::v1::PutArtifactRequest request;
    request.set_run_id(run_id);
    request.set_path(path);
    request.set_sha256(digest);
    grpc::ClientContext context;
    rpc::Prepare(context, absl::Seconds(10));
    tracker::v1::Artifact artifact;
    return stub->PutArtifact(&context, request, &artifact);
  };
  EXPECT_TRUE(put("model/ok.txt", *sha256).ok());
  for (const std::string& path : Traversals()) {
    const grpc::Status status = put(path, *sha256);
    EXPECT_EQ(status.error_code(), grpc::StatusCode::INVALID_ARGUMENT) << "<" << path << "> " << status.error_message();
    ExpectSays(status.error_message(), {"path", "an artifact's path is like"}, path);
  }
  for (const char* digest : {"../../secrets/cli.token", "", "/etc/passwd"}) {
    EXPECT_EQ(put("model/ok.txt", digest).error_code(), grpc::StatusCode::INVALID_ARGUMENT) << digest;
  }
  const HttpAnswer artifacts = platform_->Get(absl::StrCat("/v1/runs/", run_id, "/artifacts"));
  ASSERT_EQ(artifacts.status, 200) << artifacts.text;
  EXPECT_EQ(artifacts.body["artifacts"].size(), 1u) << artifacts.text;
  ExpectRefused(platform_->Get(absl::StrCat("/v1/runs/", run_id, "/artifacts?path=../../secrets")), 400, {"path"},
                "a list below ..");
  ExpectNothingOutside(platform_->home());
}

TEST_F(BadInputTest, ABundleFileStaysInsideItsBundle) {
  const absl::StatusOr<std::string> sha256 = UploadBlob(*platform_, "content");
  ASSERT_TRUE(sha256.ok()) << sha256.status();
  for (const std::string& path : Traversals()) {
    const nlohmann::json files{{{"path", path}, {"sha256", *sha256}, {"size", 7}}};
    ExpectRefused(platform_->Post("/v1/models/small/versions", {{"content_hash", *sha256}, {"files", files}}), 400,
                  {"files", "path"}, path);
  }
  ExpectNothingOutside(platform_->home());
}

TEST_F(BadInputTest, APipelineDefinitionErrorNamesThePlace) {
  const std::string step = "  - {id: a, task: await_serving, with: {model: m, version: 1}}\n";
  const std::string head = "name: bad\nsteps:\n";
  const auto refuse = [&](const std::string& definition, const Words& words) {
    Write("bad.yaml", definition);
    const Ended ended = platform_->Cli({"pipelines", "put", PathOf("bad.yaml")});
    EXPECT_EQ(ended.exit_code, 1) << definition.substr(0, 200) << ended.err;
    EXPECT_EQ(ended.out, "");
    ExpectSays(ended.err, {PathOf("bad.yaml")}, definition.substr(0, 200));
    ExpectSays(ended.err, words, definition.substr(0, 200));
  };
  std::string bomb = "a: &a [x, x, x, x, x, x, x, x, x]\n";
  for (char c = 'b'; c < 'k'; ++c) {
    const std::string last(1, static_cast<char>(c - 1));
    absl::StrAppend(&bomb, std::string(1, c), ": &", std::string(1, c), " [*", last, ", *", last, ", *", last, ", *", last, ", *",
                    last, ", *", last, "]\n");
  }
  refuse(bomb, {"line 1", "anchors are not allowed"});
  refuse(std::string(100'000, '['), {"definition: line 1"});
  refuse(std::string(20'000, '-'), {"definition"});
  std::string deep;
  for (int i = 0; i < 50'000; ++i) deep += "- ";
  refuse(deep, {"definition: line 1", "deeper than"});
  refuse("name: bad\nsteps: [\n", {"definition: line"});
  refuse("", {"definition: empty"});
  refuse(std::string(300 << 10, 'a'), {"larger than"});
  refuse(absl::StrCat(head, step, "step: 1\n"), {"step: unknown key", "steps"});
  refuse(absl::StrCat(head, "  - {id: a, task: await_serving, with: {model: m, version: 1}, need: [b]}\n"),
         {"steps[0].need: unknown key", "needs"});
  refuse(absl::StrCat(head, "  - {id: a, task: await_serving, with: {model: m, version: 1}, needs: [b]}\n",
                      "  - {id: b, task: await_serving, with: {model: m, version: 1}, needs: [a]}\n"),
         {"steps[", "].needs", "circle", "a -> b"});
  refuse(absl::StrCat(head, "  - {id: a, task: await_serving, with: {model: \"${params.absent}\", version: 1}}\n"),
         {"steps[0].with.model", "${params.absent}", "no parameter \"absent\""});
  refuse(absl::StrCat(head, "  - {id: a, task: await_serving, with: {model: \"${steps.absent.outputs.x}\", version: 1}}\n"),
         {"steps[0].with.model", "no step \"absent\""});
  refuse(absl::StrCat(head, "  - {id: a, task: await_serving, with: {model: \"${params.\", version: 1}}\n"),
         {"steps[0].with.model"});
  refuse(absl::StrCat(head, "  - {id: a, task: shell, with: {command: reboot}}\n"),
         {"steps[0].task", "\"shell\" is not a task", "import_csv"});
  refuse(absl::StrCat(head, "  - {id: a, task: await_serving, with: {model: m}}\n"), {"steps[0].with.version", "is missing"});
  refuse(absl::StrCat(head, step, step), {"steps[1].id", "\"a\" stands there twice"});
  EXPECT_EQ(platform_->Cli({"pipelines", "get", "bad"}).exit_code, 1);
}

TEST_F(BadInputTest, TheCommandLineSaysWhatIsWrongOnStderrAndByItsExitCode) {
  const auto refuse = [&](const Words& arguments, int exit_code, const Words& words) {
    const Ended ended = platform_->Cli(arguments);
    const std::string of = absl::StrCat("millwright ", arguments.empty() ? "" : arguments[0]);
    EXPECT_EQ(ended.exit_code, exit_code) << of << ": " << ended.err;
    EXPECT_EQ(ended.out, "") << of;
    ExpectSays(ended.err, words, of);
  };
  refuse({"modles"}, 2, {"no command \"modles\"", "models"});
  refuse({}, 2, {"subcommand"});
  refuse({"models", "lst"}, 2, {"no command \"models lst\"", "list"});
  refuse({"models", "get"}, 2, {"NAME"});
  refuse({"models", "list", "--colour"}, 2, {"--colour"});
  refuse({"models", "list", "--output", "xml"}, 2, {"--output", "xml"});
  refuse({"models", "version", "small", "one"}, 2, {"VERSION", "\"one\"", "whole number"});
  refuse({"models", "promote", "small", "1", "--stage", "live"}, 2, {"--stage", "\"live\"", "production"});
  refuse({"models", "get", "absent"}, 1, {"\"absent\""});
  refuse({"models", "promote", "small", "7"}, 1, {"small", "7"});
  refuse({"pipelines", "run", "absent"}, 1, {"\"absent\""});
  refuse({"pipelines", "run", "import", "--set", "data"}, 1, {"--set data", "key=value"});
  refuse({"pipelines", "run", "import", "--set", "date=x"}, 1, {"no parameter \"date\"", "data"});
  refuse({"pipelines", "run", "import", "--set", "data=/no/such/file"}, 1, {"/no/such/file"});
  refuse({"pipelines", "run", "import", "--set", "data=/tmp"}, 1, {"/tmp has no file that ends in .csv"});
  refuse({"pipelines", "run", "import"}, 1, {"data"});
  refuse({"pipelines", "run", "example-plant", "--set", "pumps=many"}, 1, {"--set pumps", "\"many\"", "whole number"});
  refuse({"pipelines", "put", "/no/such/file"}, 1, {"/no/such/file"});
  refuse({"models", "list", "--address", "127.0.0.1:1"}, 3, {"127.0.0.1:1", "millwright up"});
  refuse({"pipelines", "run", "import", "--address", "127.0.0.1:1"}, 3, {"127.0.0.1:1", "millwright up"});
  const Ended foreign = platform_->Cli({"models", "list"}, "mw_" + std::string(64, '0'));
  EXPECT_EQ(foreign.exit_code, 1) << foreign.err;
  EXPECT_EQ(foreign.out, "");
  ExpectSays(foreign.err, {"token"}, "an unknown token");
}

}  // namespace
}  // namespace millwright::e2e
