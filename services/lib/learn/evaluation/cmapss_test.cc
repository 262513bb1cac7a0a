#include <gtest/gtest.h>

#include <bit>
#include <iostream>

#include "lib/learn/evaluation/evaluate.h"
#include "lib/learn/table/csv.h"
#include "lib/learn/table/labels.h"
#include "lib/learn/testing.h"
#include "lib/learn/training/training.h"

namespace millwright::learn {
namespace {

CsvOptions CmapssColumns() {
  nlohmann::json columns = {{{"name", "unit"}, {"role", "asset"}}, {{"name", "cycle"}, {"role", "time"}, {"unit", "cycle"}}};
  for (const char* name : {"altitude", "mach", "throttle"})
    columns.push_back({{"name", name}, {"role", "setting"}, {"type", "number"}});
  for (const char* name : {"T2",  "T24", "T30", "T50", "P2",   "P15",     "P30",    "Nf",        "Nc",  "epr", "Ps30",
                           "phi", "NRf", "NRc", "BPR", "farB", "htBleed", "Nf_dmd", "PCNfR_dmd", "W31", "W32"}) {
    columns.push_back({{"name", name}, {"role", "sensor"}, {"type", "number"}});
  }
  return ParseCsvOptions({{"delimiter", " "}, {"header", false}, {"columns", columns}}).value();
}

class CmapssTest : public ::testing::Test {
 protected:
  void SetUp() override {
    if (!std::filesystem::exists(DataFolder() / "cmapss"))
      GTEST_SKIP() << "no C-MAPSS data in " << DataFolder() << " (set MILLWRIGHT_TEST_DATA)";
  }
  static Table Read(const std::string& file) {
    absl::StatusOr<Table> table = ReadCsvFile(DataFolder() / "cmapss" / file, CmapssColumns());
    EXPECT_TRUE(table.ok()) << table.status();
    return *std::move(table);
  }
  static Table TestSet(const std::string& set) {
    Table test = Read("test_" + set + ".txt");
    const Table truth = ReadCsvFile(DataFolder() / "cmapss" / ("RUL_" + set + ".txt"), {}).value();
    EXPECT_TRUE(AttachTruth(test, truth, "unit", "rul_at_end").ok());
    return test;
  }
};

TEST_F(CmapssTest, EveryFileHasItsPublishedRowsAndUnits) {
  const struct {
    const char* file;
    std::size_t rows;
    std::size_t units;
  } expected[] = {{"train_FD001.txt", 20631, 100}, {"test_FD001.txt", 13096, 100},  {"train_FD002.txt", 53759, 260},
                  {"test_FD002.txt", 33991, 259},  {"train_FD003.txt", 24720, 100}, {"test_FD003.txt", 16596, 100}};
  for (const auto& [file, rows, units] : expected) {
    const Table table = Read(file);
    EXPECT_EQ(table.rows(), rows) << file;
    EXPECT_EQ(table.columns().size(), 26u) << file;
    EXPECT_EQ(GroupByAsset(table, "unit", "cycle")->size(), units) << file;
  }
}

TEST_F(CmapssTest, Fd001ReachesTheRmseAndServesWhatItEvaluated) {
  absl::StatusOr<TrainedBundle> trained = Train(Read("train_FD001.txt"), SpecFixture("turbofan_spec.json"));
  ASSERT_TRUE(trained.ok()) << trained.status();
  const Table test = TestSet("FD001");
  const absl::StatusOr<Evaluation> evaluation =
      Evaluate(trained->bundle, test, {.last_row_only = true, .truth_column = "rul_at_end"});
  ASSERT_TRUE(evaluation.ok()) << evaluation.status();
  for (const auto& [name, value] : evaluation->metrics) std::cout << "FD001 " << name << " " << value << "\n";
  EXPECT_EQ(evaluation->metrics.at("n"), 100);
  EXPECT_LE(evaluation->metrics.at("rmse_uncut"), 14.5);
  EXPECT_LE(evaluation->metrics.at("rmse_cut"), evaluation->metrics.at("rmse_uncut"));

  TempFolder folder;
  ASSERT_TRUE(trained->bundle.Save(folder.path()).ok());
  const absl::StatusOr<Bundle> loaded = Bundle::Load(folder.path());
  ASSERT_TRUE(loaded.ok()) << loaded.status();
  const std::vector<AssetRows> assets = GroupByAsset(test, "unit", "cycle").value();
  const std::vector<double>& evaluated = evaluation->predictions.Find("prediction")->numbers;
  for (std::size_t unit = 0; unit < assets.size(); ++unit) {
    RawWindow window;
    for (const Column& column : test.columns()) {
      if (column.spec.role != ColumnRole::kAsset && column.spec.role != ColumnRole::kLabel)
        window.columns.push_back(column.spec.name);
    }
    for (const std::size_t row : assets[unit].rows) {
      for (const std::string& column : window.columns) window.values.push_back(test.Find(column)->numbers[row]);
    }
    const absl::StatusOr<Prediction> served = loaded->PredictWindow(window);
    ASSERT_TRUE(served.ok()) << served.status();
    EXPECT_EQ(std::bit_cast<std::uint64_t>(served->heads[0].value), std::bit_cast<std::uint64_t>(evaluated[unit]))
        << "unit " << assets[unit].asset;
  }
}

TEST_F(CmapssTest, TheSameSpecHandlesSixRegimesAndTwoFaults) {
  for (const auto& [set, bound] : {std::pair("FD002", 16.0), std::pair("FD003", 14.0)}) {
    absl::StatusOr<TrainedBundle> trained = Train(Read("train_" + std::string(set) + ".txt"), SpecFixture("turbofan_spec.json"));
    ASSERT_TRUE(trained.ok()) << trained.status();
    EXPECT_EQ(trained->bundle.pipeline().ToJson()["fitted"][1]["conditions"].size(), set == std::string("FD002") ? 6u : 1u);
    const absl::StatusOr<Evaluation> evaluation =
        Evaluate(trained->bundle, TestSet(set), {.last_row_only = true, .truth_column = "rul_at_end"});
    ASSERT_TRUE(evaluation.ok()) << evaluation.status();
    for (const auto& [name, value] : evaluation->metrics) std::cout << set << " " << name << " " << value << "\n";
    EXPECT_LE(evaluation->metrics.at("rmse_cut"), bound) << set;
  }
}

}  // namespace
}  // namespace millwright::learn
