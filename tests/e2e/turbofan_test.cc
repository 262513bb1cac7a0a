// The main job on NASA C-MAPSS FD001, by the command of the README.
#include <gtest/gtest.h>

#include <bit>
#include <charconv>
#include <map>
#include <sstream>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "absl/time/clock.h"
#include "e2e/platform.h"
#include "lib/base/files.h"

namespace millwright::e2e {
namespace {

const std::vector<std::string>& Columns() {
  static const auto* columns = new std::vector<std::string>{
      "unit", "cycle", "altitude", "mach", "throttle", "T2",  "T24", "T30",  "T50",     "P2",     "P15",       "P30", "Nf",
      "Nc",   "epr",   "Ps30",     "phi",  "NRf",      "NRc", "BPR", "farB", "htBleed", "Nf_dmd", "PCNfR_dmd", "W31", "W32"};
  return *columns;
}

// A predict request for each unit of a C-MAPSS file: all its rows.
std::map<std::string, nlohmann::json> RequestsByUnit(const std::string& path) {
  std::map<std::string, nlohmann::json> requests;
  const std::string text = base::ReadFile(path).value();
  for (const absl::string_view line : absl::StrSplit(text, '\n', absl::SkipWhitespace())) {
    const std::vector<std::string> cells = absl::StrSplit(line, ' ', absl::SkipWhitespace());
    nlohmann::json& request = requests[cells[0]];
    if (request.is_null()) request = {{"asset_id", cells[0]}, {"rows", nlohmann::json::array()}};
    nlohmann::json row;
    for (std::size_t i = 1; i < cells.size(); ++i) row[Columns()[i]] = std::stod(cells[i]);
    request["rows"].push_back(row);
  }
  return requests;
}

class TurbofanTest : public testing::Test {
 protected:
  void SetUp() override {
    const std::optional<std::string> data = DataFolder();
    if (!data) GTEST_SKIP() << "the C-MAPSS data is not here: set MILLWRIGHT_TEST_DATA to the folder that has cmapss/";
    folder_ = *data + "/cmapss/";
  }
  std::vector<std::string> Command() const {
    return {"pipelines",
            "run",
            "turbofan-rul",
            "--set",
            "data=" + folder_ + "train_FD001.txt",
            "--set",
            "test=" + folder_ + "test_FD001.txt",
            "--set",
            "truth=" + folder_ + "RUL_FD001.txt",
            "--wait"};
  }
  std::string folder_;
};

TEST_F(TurbofanTest, TrainsReleasesAndServesWhatItEvaluated) {
  Platform platform;
  const Ended up = platform.Up();
  ASSERT_EQ(up.exit_code, 0) << up.err;
  const absl::Time start = absl::Now();
  const nlohmann::json run = platform.CliJson(Command());
  std::cerr << "turbofan-rul on FD001: " << absl::FormatDuration(absl::Now() - start) << ", " << run["metrics"].dump() << "\n";
  ASSERT_EQ(run.value("status", ""), "succeeded") << run.dump(2);
  EXPECT_EQ(run.value("model", ""), "turbofan-rul");
  EXPECT_LE(run["metrics"].value("rmse_uncut", 99.0), 14.5);
  EXPECT_LT(run["metrics"].value("rmse_cut", 99.0), run["metrics"].value("rmse_uncut", 0.0));
  EXPECT_GT(run["metrics"].value("phm_score", 0.0), 0);

  // Served predictions equal the evaluated ones to the last bit.
  const Ended csv = platform.Cli({"runs", "download", run.value("run_id", ""), "evaluation/predictions.csv"});
  ASSERT_EQ(csv.exit_code, 0) << csv.err;
  std::map<std::string, double> evaluated;
  std::vector<std::string> lines = absl::StrSplit(csv.out, '\n', absl::SkipEmpty());
  const std::vector<std::string> header = absl::StrSplit(lines.at(0), ',');
  const auto position = [&](const std::string& name) { return std::find(header.begin(), header.end(), name) - header.begin(); };
  for (std::size_t i = 1; i < lines.size(); ++i) {
    const std::vector<std::string> cells = absl::StrSplit(lines[i], ',');
    evaluated[cells.at(position("unit"))] = std::stod(cells.at(position("prediction")));
  }
  const auto requests = RequestsByUnit(folder_ + "test_FD001.txt");
  ASSERT_EQ(evaluated.size(), requests.size());
  for (const auto& [unit, request] : requests) {
    const HttpAnswer answer = platform.Infer("/v1/predict/turbofan-rul", request.dump());
    ASSERT_EQ(answer.status, 200) << answer.text;
    const double served = answer.body["predictions"].begin().value().get<double>();
    EXPECT_EQ(std::bit_cast<std::uint64_t>(served), std::bit_cast<std::uint64_t>(evaluated.at(unit))) << "unit " << unit;
  }

  // The same data again is a tie, and a tie passes the gate.
  const nlohmann::json second = platform.CliJson(Command());
  EXPECT_EQ(second.value("status", ""), "succeeded") << second.dump(2);
  EXPECT_EQ(second.value("version", 0), 2);
}

TEST_F(TurbofanTest, AFileWithATextInANumberColumnIsRefusedByRowAndColumn) {
  Platform platform;
  ASSERT_EQ(platform.Up().exit_code, 0);
  std::string text = base::ReadFile(folder_ + "train_FD001.txt").value();
  text = text.substr(0, 20'000);
  text = text.substr(0, text.rfind('\n') + 1);
  const std::size_t at = text.find("641.82");
  text.replace(at, 6, "broken");
  const std::string path = platform.home() + "/bad.txt";
  ASSERT_TRUE(base::WriteFileAtomically(path, text).ok());
  std::vector<std::string> command = Command();
  command[4] = "data=" + path;
  const Ended ended = platform.Cli(command);
  EXPECT_EQ(ended.exit_code, 1);
  for (const char* part : {"bad.txt", "row 1", "T24", "broken"})
    EXPECT_NE(ended.err.find(part), std::string::npos) << part << " in\n" << ended.err;
  // Nothing was lost by it: the platform goes on.
  EXPECT_EQ(platform.Cli({"status"}).exit_code, 0);
}

}  // namespace
}  // namespace millwright::e2e
