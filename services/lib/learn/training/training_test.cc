#include "lib/learn/training/training.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>

#include "lib/learn/evaluation/comparison.h"
#include "lib/learn/evaluation/head_rows.h"
#include "lib/learn/plant/random.h"
#include "lib/learn/testing.h"
#include "lib/learn/training/refit_baselines.h"

namespace millwright::learn {
namespace {

using ::testing::HasSubstr;

/// One series of 900 rows: `x` swings, `noise` says nothing, `y` follows x with noise, `odd` marks rows in which x and its twin
/// part, `kind` and `hot` are classes of x.
Table Series() {
  plant::Random random(7);
  std::vector<double> x, twin, noise, y, odd, kind, hot;
  for (int i = 0; i < 900; ++i) {
    const bool is_odd = i >= 500 && i % 40 < 4;
    x.push_back(10 * std::sin(i / 9.0) + random.Uniform());
    twin.push_back(x.back() + (is_odd ? 6 : 0) + 0.1 * random.Uniform());
    noise.push_back(random.Uniform());
    y.push_back(2 * x.back() + 4 * random.Uniform());
    odd.push_back(is_odd ? 1 : 0);
    hot.push_back(x.back() + 3 * random.Uniform() > 7 ? 1 : 0);
    kind.push_back(x.back() < -4 ? 0 : x.back() < 4 ? 1 : 2);
  }
  Table table;
  for (auto& [name, values] : std::map<std::string, std::vector<double>>{{"x", x}, {"twin", twin}, {"noise", noise}})
    EXPECT_TRUE(table.AddColumn(Numbers(name, values)).ok());
  for (auto& [name, values] : std::map<std::string, std::vector<double>>{{"y", y}, {"odd", odd}, {"kind", kind}, {"hot", hot}})
    EXPECT_TRUE(table.AddColumn(Numbers(name, values, ColumnRole::kLabel)).ok());
  return table;
}

nlohmann::json Spec(const nlohmann::json& heads) {
  return {
      {"features",
       {{"window", 5},
        {"min_rows", 5},
        {"steps", {{{"op", "select"}, {"columns", {"x", "twin", "noise"}}}, {{"op", "window"}, {"stats", {"last", "mean"}}}}}}},
      {"split", {{"by", "time"}, {"validation", 0.3}, {"test", 0.2}}},
      {"heads", heads}};
}

nlohmann::json Trees(nlohmann::json params = nlohmann::json::object()) {
  nlohmann::json all{{"n_estimators", 40}, {"max_depth", 3}};
  all.update(params);
  return all;
}

TrainedBundle TrainOn(const Table& table, const nlohmann::json& spec) {
  const absl::StatusOr<TrainingSpec> parsed = ParseTrainingSpec(spec);
  EXPECT_TRUE(parsed.ok()) << parsed.status();
  absl::StatusOr<TrainedBundle> trained = Train(table, *parsed);
  EXPECT_TRUE(trained.ok()) << trained.status();
  return *std::move(trained);
}

RawWindow Window(double x, double twin) {
  RawWindow window{.columns = {"x", "twin", "noise"}};
  for (int i = 0; i < 5; ++i) window.values.insert(window.values.end(), {x, twin, 0.5});
  return window;
}

TEST(TrainingTest, OneBundleAnswersNumbersClassesAndAnomaliesAlsoAfterItWasSaved) {
  const nlohmann::json heads{{{"name", "level"}, {"target", {{"kind", "column"}, {"column", "y"}}}, {"params", Trees()}},
                             {{"name", "kind"},
                              {"target", {{"kind", "classes"}, {"column", "kind"}}},
                              {"params", Trees({{"class_weight", "balanced"}})},
                              {"features", {"x.*"}}},
                             {{"name", "odd"},
                              {"target", {{"kind", "reconstruction"}, {"label", "odd"}}},
                              {"learner", "pca_monitor"},
                              {"features", {"x.last*", "twin.last*"}}}};
  const TrainedBundle trained = TrainOn(Series(), Spec(heads));
  TempFolder folder;
  ASSERT_TRUE(trained.bundle.Save(folder.path()).ok());
  const absl::StatusOr<Bundle> loaded = Bundle::Load(folder.path());
  ASSERT_TRUE(loaded.ok()) << loaded.status();
  EXPECT_EQ(loaded->ContentHash().value(), trained.bundle.ContentHash().value());

  const Prediction usual = loaded->PredictWindow(Window(8, 8.05)).value();
  EXPECT_NEAR(usual.heads[0].value, 18, 3);
  EXPECT_EQ(usual.heads[1].value, 2);
  EXPECT_EQ(usual.heads[1].label, "2");
  ASSERT_EQ(usual.heads[1].probabilities.size(), 3u);
  EXPECT_GT(usual.heads[1].probabilities[2], 0.8);
  EXPECT_FALSE(usual.heads[1].is_positive);
  EXPECT_EQ(usual.heads[2].is_positive, false);
  EXPECT_EQ(loaded->PredictWindow(Window(0, 6)).value().heads[2].is_positive, true);
  EXPECT_GT(trained.metrics.at("kind.validation_accuracy"), 0.9);
  EXPECT_GT(trained.metrics.at("odd.validation_recall"), 0.9);
}

TEST(TrainingTest, AnAnomalyHeadTrainsOnNormalRowsAndItsThresholdComesFromValidation) {
  const auto head = [](const nlohmann::json& threshold) {
    return nlohmann::json::array({{{"name", "odd"},
                                   {"target", {{"kind", "reconstruction"}, {"label", "odd"}}},
                                   {"learner", "pca_monitor"},
                                   {"features", {"x.last*", "twin.last*"}},
                                   {"threshold", threshold}}});
  };
  const TrainedBundle by_quantile = TrainOn(Series(), Spec(head({{"quantile", 0.95}})));
  EXPECT_NEAR(by_quantile.metrics.at("validation_far"), 0.05, 0.02);
  const TrainedBundle wider = TrainOn(Series(), Spec(head({{"quantile", 0.95}, {"margin", 3}})));
  EXPECT_NEAR(*wider.bundle.heads()[0].threshold, 3 * *by_quantile.bundle.heads()[0].threshold, 1e-9);
  const TrainedBundle best = TrainOn(Series(), Spec(head({{"best", "f1"}})));
  EXPECT_GE(best.metrics.at("validation_f1"), by_quantile.metrics.at("validation_f1"));
  EXPECT_GT(best.metrics.at("test_f1"), 0.9);
}

TEST(TrainingTest, QuantilesOfOneTargetNeverCross) {
  nlohmann::json heads = nlohmann::json::array();
  for (const auto& [name, level] : {std::pair("P90", 0.9), std::pair("P10", 0.1), std::pair("P50", 0.5)}) {
    heads.push_back({{"name", name},
                     {"target", {{"kind", "column"}, {"column", "y"}}},
                     {"params", Trees({{"objective", "reg:quantileerror"},
                                       {"quantile_alpha", level},
                                       {"n_estimators", 5},
                                       {"learning_rate", 0.6},
                                       {"seed", static_cast<int>(level * 10)},
                                       {"subsample", 0.3}})}});
  }
  const Bundle bundle = TrainOn(Series(), Spec(heads)).bundle;
  for (double x = -12; x <= 12; x += 0.05) {
    const Prediction p = bundle.PredictWindow(Window(x, x)).value();
    ASSERT_LE(p.heads[1].value, p.heads[2].value) << x;
    ASSERT_LE(p.heads[2].value, p.heads[0].value) << x;
  }
}

TEST(TrainingTest, BaselinesAreScoredBesideEveryHead) {
  const nlohmann::json change{{"kind", "change"}, {"column", "x"}, {"base", 1}, {"horizon", 5}};
  const TrainedBundle trained =
      TrainOn(Series(), Spec({{{"name", "level"}, {"target", {{"kind", "column"}, {"column", "y"}}}, {"params", Trees()}},
                              {{"name", "ahead"}, {"target", change}, {"params", Trees()}},
                              {{"name", "kind"}, {"target", {{"kind", "classes"}, {"column", "kind"}}}, {"params", Trees()}}}));
  for (const char* name :
       {"baseline_mean_validation_rmse", "baseline_linear_validation_rmse", "baseline_last_value_validation_rmse",
        "ahead.baseline_mean_validation_rmse", "ahead.baseline_last_value_validation_rmse",
        "kind.baseline_mean_validation_accuracy", "kind.baseline_linear_validation_accuracy"})
    EXPECT_TRUE(trained.metrics.contains(name)) << name;
  EXPECT_LT(trained.metrics.at("validation_rmse"), 0.5 * trained.metrics.at("baseline_mean_validation_rmse"));
  EXPECT_LT(trained.metrics.at("ahead.validation_rmse"), trained.metrics.at("ahead.baseline_last_value_validation_rmse"));
}

TEST(TrainingTest, TheFeatureReportPutsWhatMattersFirst) {
  const TrainedBundle trained = TrainOn(Series(), Spec({{{"name", "level"},
                                                         {"target", {{"kind", "column"}, {"column", "y"}}},
                                                         {"params", Trees()},
                                                         {"features", {"x.last*", "noise*"}}}}));
  const nlohmann::json& features = trained.feature_report["heads"]["level"]["features"];
  ASSERT_EQ(features.size(), 3u);
  EXPECT_THAT(features[0]["name"].get<std::string>(), HasSubstr("x.last"));
  EXPECT_GT(features[0]["effect"].get<double>(), 1);
  EXPECT_GT(features[0]["gain"].get<double>(), 0.9);
  EXPECT_LT(std::abs(features[2]["effect"].get<double>()), 0.3);
  EXPECT_EQ(features[0]["missing"], 0);
}

TEST(TrainingTest, TrainingWithoutAColumnSaysWhatItIsWorth) {
  const nlohmann::json level{{"name", "level"},
                             {"target", {{"kind", "column"}, {"column", "y"}}},
                             {"params", Trees()},
                             {"features", {"x.*", "noise.*"}}};
  const TrainedBundle trained = TrainOn(Series(), Spec(nlohmann::json::array({level})));
  const nlohmann::json& effects = trained.feature_report["heads"]["level"]["drop_one"];
  ASSERT_EQ(effects.size(), 2u) << effects;
  EXPECT_EQ(effects[0]["column"], "x");
  EXPECT_EQ(effects[0]["features"], 2);
  EXPECT_GT(effects[0]["effect"].get<double>(), 3) << "y is then hardly more than its mean";
  EXPECT_LT(std::abs(effects[1]["effect"].get<double>()), 0.3);
}

TEST(TrainingTest, ARefitKeepsRoundsThresholdsAndClassesOfTheFirstPass) {
  nlohmann::json spec = Spec(
      {{{"name", "hot"},
        {"target", {{"kind", "class"}, {"column", "hot"}}},
        {"params", Trees({{"early_stopping_rounds", 3}, {"n_estimators", 200}})}},
       {{"name", "move"},
        {"target", {{"kind", "change_class"}, {"column", "x"}, {"base", 1}, {"horizon", 3}, {"thresholds", "median_absolute"}}},
        {"params", Trees()}}});
  const TrainedBundle first = TrainOn(Series(), spec);
  spec["split"]["refit"] = true;
  const TrainedBundle refit = TrainOn(Series(), spec);
  EXPECT_EQ(refit.best_rounds, first.best_rounds);
  EXPECT_EQ(refit.bundle.heads()[0].threshold, first.bundle.heads()[0].threshold);
  EXPECT_EQ(refit.bundle.heads()[1].target.thresholds, first.bundle.heads()[1].target.thresholds);
  EXPECT_EQ(refit.metrics.at("validation_auc"), first.metrics.at("validation_auc"));
  EXPECT_NE(refit.bundle.ContentHash().value(), first.bundle.ContentHash().value());
}

TEST(TrainingTest, RowWeightsOfZeroLeaveRowsOut) {
  Table table = Series();
  std::vector<double> weight(900, 1);
  for (std::size_t i = 0; i < 300; ++i) weight[i] = 0;
  ASSERT_TRUE(table.AddColumn(Numbers("weight", weight, ColumnRole::kLabel)).ok());
  const TrainedBundle trained = TrainOn(
      table,
      Spec({{{"name", "level"}, {"target", {{"kind", "column"}, {"column", "y"}}}, {"params", Trees()}, {"weight", "weight"}}}));
  EXPECT_EQ(trained.metrics.at("train_n"), 150);
}

TEST(TrainingTest, AssetsOfUnequalLengthMayWeighTheSame) {
  Table table;
  std::vector<std::string> asset(30, "short");
  asset.insert(asset.end(), 270, "long");
  std::vector<double> y(300, 9);
  std::fill(y.begin(), y.begin() + 30, 1);
  ASSERT_TRUE(table.AddColumn(Texts("asset", asset)).ok());
  ASSERT_TRUE(table.AddColumn(Numbers("x", std::vector<double>(300, 0))).ok());
  ASSERT_TRUE(table.AddColumn(Numbers("y", y, ColumnRole::kLabel)).ok());
  const auto mean = [&](bool is_equal) {
    const nlohmann::json spec{{"asset", "asset"},
                              {"features", {{"steps", {{{"op", "window"}, {"rows", 1}, {"stats", {"last"}}}}}}},
                              {"heads",
                               {{{"name", "level"},
                                 {"target", {{"kind", "column"}, {"column", "y"}}},
                                 {"learner", "mean"},
                                 {"equal_assets", is_equal}}}}};
    RawWindow row{.columns = {"x"}, .values = {0}};
    return TrainOn(table, spec).bundle.PredictWindow(row).value().heads[0].value;
  };
  EXPECT_FLOAT_EQ(mean(false), 8.2F);
  EXPECT_FLOAT_EQ(mean(true), 5);
}

TEST(TrainingTest, WithoutValidationRowsBaselinesAreScoredOnTheTestRows) {
  const nlohmann::json level{{"name", "level"}, {"target", {{"kind", "column"}, {"column", "y"}}}, {"params", Trees()}};
  const nlohmann::json odd{{"name", "odd"},
                           {"target", {{"kind", "reconstruction"}, {"label", "odd"}}},
                           {"learner", "control_chart"},
                           {"features", {"x.last*", "twin.last*"}}};
  nlohmann::json spec = Spec({level, odd});
  spec["split"] = {{"by", "time"}, {"first_rows", 600}};
  const TrainedBundle trained = TrainOn(Series(), spec);
  for (const char* name : {"baseline_mean_test_rmse", "baseline_linear_test_rmse", "baseline_last_value_test_rmse",
                           "odd.baseline_pca_monitor_test_f1", "odd.baseline_always_positive_test_f1"})
    EXPECT_TRUE(trained.metrics.contains(name)) << name;
  // A tenth of the rows is odd: precision 0.1 at recall 1.
  EXPECT_NEAR(trained.metrics.at("odd.baseline_always_positive_test_f1"), 2 * 0.1 / 1.1, 0.02);
}

TEST(TrainingTest, BaselinesOfAlarmsAreScoredOnTheTestRowsWhereValidationHasNoPositive) {
  const nlohmann::json odd{{"name", "odd"},
                           {"target", {{"kind", "reconstruction"}, {"label", "odd"}}},
                           {"learner", "control_chart"},
                           {"features", {"x.last*", "twin.last*"}}};
  nlohmann::json spec = Spec(nlohmann::json::array({odd}));
  spec["split"] = {{"by", "time"}, {"first_rows", 500}, {"validation", 0.3}};  // the first odd row is the 521st
  const TrainedBundle trained = TrainOn(Series(), spec);
  EXPECT_GT(trained.metrics.at("baseline_always_positive_test_f1"), 0.1);
  EXPECT_FALSE(trained.metrics.contains("baseline_always_positive_validation_f1"));
}

TEST(TrainingTest, BaselinesAreTrainedAgainBesideAnEvaluation) {
  const nlohmann::json level{{"name", "level"}, {"target", {{"kind", "column"}, {"column", "y"}}}, {"params", Trees()}};
  const nlohmann::json kind{{"name", "kind"}, {"target", {{"kind", "classes"}, {"column", "kind"}}}, {"params", Trees()}};
  const nlohmann::json odd{{"name", "odd"},
                           {"target", {{"kind", "reconstruction"}, {"label", "odd"}}},
                           {"learner", "control_chart"},
                           {"features", {"x.last*", "twin.last*"}}};
  const Table table = Series();
  const Bundle bundle = TrainOn(table, Spec({level, kind, odd})).bundle;
  std::vector<bool> mask(900);
  std::fill(mask.begin() + 720, mask.end(), true);
  const ScoredTable scored = Keep(ScoreTable(bundle, table, {}).value(), mask);
  const auto baselines = RefitBaselines(bundle, table, table, scored, {});
  ASSERT_TRUE(baselines.ok()) << baselines.status();
  const auto names = [&](std::size_t head) {
    std::vector<std::string> all;
    for (const Baseline& baseline : (*baselines)[head]) {
      EXPECT_EQ(baseline.rows.truth.size(), scored.heads[head].truth.size()) << baseline.name;
      all.push_back(baseline.name);
    }
    return all;
  };
  EXPECT_THAT(names(0), ::testing::ElementsAre("mean", "linear", "last_value"));
  EXPECT_THAT(names(1), ::testing::ElementsAre("mean", "linear"));
  EXPECT_THAT(names(2), ::testing::ElementsAre("pca_monitor", "always_positive"));
  const auto rmse = [](const HeadRows& rows) { return PlainMetrics(rows, nullptr)["rmse"].get<double>(); };
  EXPECT_LT(rmse((*baselines)[0][1].rows), rmse((*baselines)[0][0].rows));
  EXPECT_EQ((*baselines)[0][1].rows.truth, scored.heads[0].truth);
}

TEST(TrainingTest, AnAssetWithTooFewRowsIsNamedAndTheOthersAreScored) {
  const auto fleet = [](const std::vector<std::size_t>& lengths) {
    std::vector<std::string> asset;
    std::vector<double> x, y;
    for (std::size_t a = 0; a < lengths.size(); ++a) {
      for (std::size_t i = 0; i < lengths[a]; ++i) {
        asset.push_back("unit " + std::to_string(a));
        x.push_back(static_cast<double>(i));
        y.push_back(2 * x.back());
      }
    }
    Table table;
    EXPECT_TRUE(table.AddColumn(Texts("asset", asset)).ok());
    EXPECT_TRUE(table.AddColumn(Numbers("x", x)).ok());
    EXPECT_TRUE(table.AddColumn(Numbers("y", y, ColumnRole::kLabel)).ok());
    return table;
  };
  const nlohmann::json spec{
      {"asset", "asset"},
      {"features", {{"min_rows", 5}, {"steps", {{{"op", "window"}, {"rows", 5}, {"stats", {"last"}}}}}}},
      {"heads", {{{"name", "level"}, {"target", {{"kind", "column"}, {"column", "y"}}}, {"learner", "linear"}}}}};
  const TrainedBundle trained = TrainOn(fleet({20, 20, 20}), spec);
  const absl::StatusOr<ScoredTable> scored = ScoreTable(trained.bundle, fleet({9, 4, 7, 2}), {.last_row_only = true});
  ASSERT_TRUE(scored.ok()) << scored.status();
  EXPECT_EQ(scored->rows.table_rows.size(), 2u);
  EXPECT_THAT(scored->unscored, ::testing::ElementsAre("unit 1", "unit 3"));
  EXPECT_EQ(scored->min_rows, 5u);
  EXPECT_THAT(std::string(ScoreTable(trained.bundle, fleet({4, 2}), {.last_row_only = true}).status().message()),
              HasSubstr("5 rows of history"));
}

TEST(TrainingTest, SpecsThatCannotWorkAreRefusedWithTheirPlace) {
  const auto refusal = [](const nlohmann::json& head) {
    const absl::StatusOr<TrainingSpec> spec = ParseTrainingSpec(Spec(nlohmann::json::array({head})));
    const absl::Status status = spec.ok() ? Train(Series(), *spec).status() : spec.status();
    EXPECT_EQ(status.code(), absl::StatusCode::kInvalidArgument) << head;
    return std::string(status.message());
  };
  const nlohmann::json level{{"kind", "column"}, {"column", "y"}};
  EXPECT_THAT(refusal({{"name", "a"}, {"target", level}, {"features", {"z*"}}}),
              HasSubstr("heads[0].features: no feature is called \"z*\""));
  EXPECT_THAT(refusal({{"name", "a"}, {"target", level}, {"threshold", {{"value", 1}}}}), HasSubstr("heads[0].threshold"));
  EXPECT_THAT(refusal({{"name", "a"}, {"target", level}, {"learner", "lstm"}}), HasSubstr("needs a sequence step"));
  EXPECT_THAT(
      refusal(
          {{"name", "a"}, {"target", {{"kind", "reconstruction"}}}, {"learner", "pca_monitor"}, {"threshold", {{"best", "f1"}}}}),
      HasSubstr("heads[0].threshold.best: needs the target's label"));
}

}  // namespace
}  // namespace millwright::learn
