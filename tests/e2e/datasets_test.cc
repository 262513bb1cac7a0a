// Datasets as a person makes them: a folder of files, a bad batch that is refused, a next version and what changed in it, tables
// of events and of the machines beside the samples.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <filesystem>
#include <map>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "e2e/platform.h"
#include "lib/base/files.h"

namespace millwright::e2e {
namespace {

using testing::HasSubstr;

class DatasetsTest : public testing::Test {
 protected:
  static void SetUpTestSuite() {
    platform_ = new Platform;
    const Ended up = platform_->Up();
    ASSERT_EQ(up.exit_code, 0) << up.out << up.err;
  }
  static void TearDownTestSuite() {
    delete platform_;
    platform_ = nullptr;
  }

  // A file below the platform's folder.
  static std::string File(const std::string& name, const std::string& text) {
    const std::filesystem::path path = std::filesystem::path(platform_->home()) / "files" / name;
    std::filesystem::create_directories(path.parent_path());
    EXPECT_TRUE(base::WriteFileAtomically(path, text).ok());
    return path.string();
  }

  // Hourly rows of a machine from hour `begin` on; `heat` moves around `level`.
  static std::string Rows(const std::string& machine, int begin, int hours, double level) {
    std::string text = "machine,clock,heat\n";
    for (int hour = begin; hour < begin + hours; ++hour) {
      absl::StrAppendFormat(&text, "%s,2015-01-%02dT%02d:00:00Z,%.2f\n", machine, hour / 24 + 1, hour % 24,
                            level + 10 * std::sin(hour));
    }
    return text;
  }

  static Platform* platform_;
};

Platform* DatasetsTest::platform_ = nullptr;

TEST_F(DatasetsTest, AFolderIsADatasetAndABadBatchIsRefused) {
  File("first/b.csv", Rows("m2", 0, 200, 60));
  const std::string folder = std::filesystem::path(File("first/a.csv", Rows("m1", 0, 200, 60))).parent_path().string();
  const nlohmann::json first =
      platform_->CliJson({"datasets", "import", "heat", folder, "--asset", "machine", "--time", "clock"});
  EXPECT_EQ(first.value("rows", 0), 400) << first;
  EXPECT_EQ(first.value("assets", 0), 2);
  EXPECT_EQ(first.value("version", 0), 1);
  const nlohmann::json version = platform_->CliJson({"datasets", "show", first.value("dataset_version_id", "")});
  EXPECT_EQ(version["statistics"]["columns"][2]["name"], "heat");
  EXPECT_EQ(version["statistics"]["columns"][2]["histogram"]["counts"].size(), 20u);
  EXPECT_EQ(version["validation"]["passed"], true);
  EXPECT_GT(version["validation"]["inferred"].size(), 5u);

  std::string bad = Rows("m3", 0, 200, 60);
  bad += "m3,2015-01-20T00:00:00Z,\nm3,2015-01-20T00:30:00Z,NaN\n";
  for (int i = 1; i <= 20; ++i) absl::StrAppendFormat(&bad, "m3,2015-01-20T01:%02d:00Z,900\n", i);
  const Ended refused = platform_->Cli(
      {"datasets", "import", "heat", File("bad.csv", bad), "--asset", "machine", "--time", "clock", "--rules", "previous"});
  EXPECT_NE(refused.exit_code, 0);
  EXPECT_THAT(refused.out + refused.err, HasSubstr("bad.csv: row 204, column \"heat\": is 900, above"));
  EXPECT_THAT(refused.out + refused.err, HasSubstr("rule range"));

  const nlohmann::json second = platform_->CliJson({"datasets", "import", "heat", File("next.csv", Rows("m1", 300, 400, 64)),
                                                    "--asset", "machine", "--time", "clock", "--rules", "previous"});
  EXPECT_EQ(second.value("version", 0), 2);
  const nlohmann::json difference = platform_->CliJson({"datasets", "diff", second.value("dataset_version_id", "")});
  EXPECT_EQ(difference["base"].value("version", 0), 1);
  EXPECT_EQ(difference["columns"][2]["name"], "heat");
  EXPECT_GT(difference["columns"][2]["psi"].get<double>(), 0.1) << difference;
  const nlohmann::json list = platform_->CliJson({"datasets", "list"});
  EXPECT_EQ(list["datasets"][0]["name"], "heat");
  EXPECT_EQ(list["datasets"][0]["latest_version"]["version"], 2);
}

TEST_F(DatasetsTest, EventsAndMachinesJoinAsOfARowsTime) {
  const std::string pipeline = File("fleet.yaml", R"(name: fleet
description: Samples with errors, failures and machines.
parameters:
  samples: {type: file, help: the samples}
  errors: {type: file, help: the errors}
  machines: {type: file, help: the machines}
steps:
  - id: read
    task: import_csv
    with:
      file: "${params.samples}"
      dataset: fleet
      format: {roles: {machine: asset, clock: time}}
      events:
        - {name: error, file: "${params.errors}", asset: machineID, time: datetime, kind: errorID, counts: [86400]}
        - {name: failed, file: "${params.errors}", asset: machineID, time: datetime, kind: errorID, kinds: [error3], age: false, label: failure}
        - {name: failed, file: "${params.errors}", asset: machineID, time: datetime, kind: errorID, kinds: [error1], age: false, label: late}
      static: {file: "${params.machines}", asset: machineID}
      validation: {rules: [{rule: allowed, column: model, values: [model3, model4]}, {rule: unique}]}
outputs:
  id: "${steps.read.outputs.dataset_version_id}"
  warnings: "${steps.read.outputs.warnings}"
)");
  ASSERT_EQ(platform_->Cli({"pipelines", "put", pipeline}).exit_code, 0);
  const std::string samples = File("samples.csv", Rows("1", 0, 72, 60));
  const std::string errors = File("errors.csv",
                                  "datetime,machineID,errorID\n2015-01-01T07:00:00,1,error1\n2015-01-02T07:30:00,1,error3\n"
                                  "2015-01-02T07:30:00,1,error1\n2016-01-01T00:00:00,1,error1\n");
  const std::string machines = File("machines.csv", "machineID,model,age\n1,model3,18\n2,model4,7\n");
  const nlohmann::json run = platform_->CliJson({"pipelines", "run", "fleet", "--wait", "--set", "samples=" + samples, "--set",
                                                 "errors=" + errors, "--set", "machines=" + machines});
  const nlohmann::json version = platform_->CliJson({"datasets", "show", run.value("id", "")});
  std::map<std::string, nlohmann::json> columns;
  for (const nlohmann::json& column : version["statistics"]["columns"]) columns[column["name"]] = column;
  EXPECT_EQ(columns["error_error1_age"]["missing"], 7);  // before the first error nothing is known
  EXPECT_EQ(columns["error_error1_count_86400"]["max"], 1);
  EXPECT_EQ(columns["failure"]["role"], "label");
  EXPECT_EQ(columns["failure"]["histogram"]["counts"], nlohmann::json({71, 1}));
  EXPECT_EQ(columns["late"]["histogram"]["counts"], nlohmann::json({70, 2}));
  ASSERT_EQ(run["warnings"].size(), 1u) << run;
  EXPECT_THAT(run["warnings"][0].get<std::string>(), HasSubstr("label late: 1 of 3 events mark no row: 1 too long after"));
  EXPECT_EQ(version["origin"]["warnings"], run["warnings"]);
  EXPECT_EQ(columns["age"]["mean"], 18);
  EXPECT_EQ(columns["model"]["histogram"]["values"], nlohmann::json({"model3"}));
  EXPECT_EQ(version["validation"]["rules"].size(), 2u);
}

}  // namespace
}  // namespace millwright::e2e
