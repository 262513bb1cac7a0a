// The shipped pipelines of anomalies on files of one's own: columns with other names, with and without labels.
#include <gtest/gtest.h>

#include <bit>
#include <cmath>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "e2e/platform.h"
#include "lib/base/files.h"

namespace millwright::e2e {
namespace {

constexpr int kRows = 1500;
constexpr int kFailure = 1300;  // from there on for 40 rows

/// A row every five minutes: a heat that swings, a load that does not care, a label.
struct Series {
  std::vector<nlohmann::json> rows;

  std::string Csv(bool has_label) const {
    std::string csv = absl::StrCat("clock,heat,load", has_label ? ",broken\n" : "\n");
    for (std::size_t i = 0; i < rows.size(); ++i) {
      absl::StrAppend(&csv, rows[i]["clock"].dump(), ",", rows[i]["heat"].dump(), ",", rows[i]["load"].dump());
      absl::StrAppend(&csv, !has_label ? "" : IsFailure(static_cast<int>(i)) ? ",1" : ",0", "\n");
    }
    return csv;
  }
  static bool IsFailure(int row) { return row >= kFailure && row < kFailure + 40; }
};

Series MakeSeries() {
  Series series;
  for (int i = 0; i < kRows; ++i) {
    const double noise = ((i * 7919) % 1000) / 500.0 - 1;
    series.rows.push_back({{"clock", 1.7e9 + 300.0 * i},
                           {"heat", 60 + 5 * std::sin(i / 45.0) + noise + (Series::IsFailure(i) ? 30 : 0)},
                           {"load", (i * 104729) % 997 / 100.0}});
  }
  return series;
}

class AnomalyTest : public testing::Test {
 protected:
  void SetUp() override { ASSERT_EQ(platform_.Up().exit_code, 0); }

  nlohmann::json Run(const std::string& pipeline, const std::string& csv, std::vector<std::string> settings) {
    const std::string path = platform_.home() + "/series.csv";
    EXPECT_TRUE(base::WriteFileAtomically(path, csv).ok());
    std::vector<std::string> command{"pipelines", "run", pipeline, "--wait", "--set", "data=" + path, "--set", "time=clock"};
    for (std::string& setting : settings) command.insert(command.end(), {"--set", std::move(setting)});
    return platform_.CliJson(command);
  }
  /// What is served for the last of the rows, of which the last `history` are sent.
  double Serve(const std::string& model, const Series& series, std::size_t end, std::size_t history) {
    nlohmann::json request{{"asset_id", ""}, {"rows", nlohmann::json::array()}};
    for (std::size_t i = end - history; i < end; ++i)
      request["rows"].push_back({{"clock", series.rows[i]["clock"]}, {"heat", series.rows[i]["heat"]}});
    const HttpAnswer answer = platform_.Infer("/v1/predict/" + model, request.dump());
    EXPECT_EQ(answer.status, 200) << answer.text;
    return answer.status == 200 ? answer.body["predictions"].begin().value().get<double>() : -1;
  }
  /// The score of each evaluated row.
  std::vector<double> Evaluated(const nlohmann::json& run) {
    const Ended csv = platform_.Cli({"runs", "download", run.value("run_id", ""), "evaluation/predictions.csv"});
    EXPECT_EQ(csv.exit_code, 0) << csv.err;
    const std::vector<std::string> lines = absl::StrSplit(csv.out, '\n', absl::SkipEmpty());
    std::vector<double> scores;
    for (std::size_t i = 1; i < lines.size(); ++i) {
      const std::vector<std::string> cells = absl::StrSplit(lines[i], ',');
      scores.push_back(std::stod(cells.back()));
    }
    return scores;
  }
  Platform platform_;
};

TEST_F(AnomalyTest, ASensorWithoutLabelsIsWatchedAndServedToTheBit) {
  const Series series = MakeSeries();
  const nlohmann::json run =
      Run("sensor-anomaly", series.Csv(false), {"sensors=heat", "look_back=600", "first_rows=300", "limit=3"});
  ASSERT_EQ(run.value("status", ""), "succeeded") << run.dump(2);
  EXPECT_EQ(run["metrics"].value("alarm_episodes", -1.0), 1) << run.dump(2);
  const std::vector<double> evaluated = Evaluated(run);
  ASSERT_EQ(evaluated.size(), kRows - 300u);
  for (const std::size_t end : {std::size_t{kFailure}, std::size_t{kFailure + 10}, std::size_t{kRows}}) {
    const double served = Serve("sensor-anomaly", series, end, 620);
    EXPECT_EQ(std::bit_cast<std::uint64_t>(served), std::bit_cast<std::uint64_t>(evaluated[end - 1 - 300])) << end;
    EXPECT_EQ(served > 3, Series::IsFailure(static_cast<int>(end) - 1)) << end;
  }
  EXPECT_EQ(run.value("version", 0), 1) << "the gate let it through";
}

TEST_F(AnomalyTest, LabelsMeasureTheChartOfTheFirstRows) {
  const nlohmann::json run =
      Run("pump-anomaly", MakeSeries().Csv(true), {"sensors=heat,load", "label=broken", "first_rows=800", "persistence=5"});
  ASSERT_EQ(run.value("status", ""), "succeeded") << run.dump(2);
  EXPECT_GT(run["metrics"].value("f1", 0.0), 0.9);
  EXPECT_EQ(run["metrics"].value("alarm_detected", 0.0), 1);
  EXPECT_EQ(run["metrics"].value("alarm_false", -1.0), 0);
}

TEST_F(AnomalyTest, ARunWithoutLabelsIsReleasedWhenItIsQuiet) {
  const std::string csv = MakeSeries().Csv(false);
  const nlohmann::json run = Run("pump-anomaly", csv, {"sensors=heat,load", "first_rows=800", "persistence=5", "model=quiet"});
  ASSERT_EQ(run.value("status", ""), "succeeded") << run.dump(2);
  EXPECT_EQ(run.value("version", 0), 1);
  const Ended loud =
      platform_.Cli({"pipelines", "run", "pump-anomaly", "--wait", "--set", "data=" + platform_.home() + "/series.csv", "--set",
                     "time=clock", "--set", "sensors=heat,load", "--set", "first_rows=800", "--set", "persistence=5", "--set",
                     "model=loud", "--set", "most_alarms=0"});
  EXPECT_EQ(loud.exit_code, 1);
  EXPECT_NE(loud.err.find("alarm_episodes of version 1 is 1"), std::string::npos) << loud.err;
}

TEST_F(AnomalyTest, ASensorThatIsNotThereIsNamed) {
  const std::string path = platform_.home() + "/series.csv";
  ASSERT_TRUE(base::WriteFileAtomically(path, MakeSeries().Csv(false)).ok());
  const Ended ended = platform_.Cli({"pipelines", "run", "sensor-anomaly", "--wait", "--set", "data=" + path, "--set",
                                     "time=clock", "--set", "sensors=heat,cold"});
  EXPECT_EQ(ended.exit_code, 1);
  EXPECT_NE(ended.err.find("cold"), std::string::npos) << ended.err;
}

}  // namespace
}  // namespace millwright::e2e
