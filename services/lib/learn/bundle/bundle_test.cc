#include "lib/learn/bundle/bundle.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <bit>
#include <cmath>
#include <fstream>
#include <limits>
#include <thread>

#include "lib/base/files.h"
#include "lib/learn/evaluation/evaluate.h"
#include "lib/learn/plant/plant.h"
#include "lib/learn/testing.h"
#include "lib/learn/training/training.h"

namespace millwright::learn {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

const Table& PlantTable() {
  static const Table table = plant::Simulate({.pumps = 4, .minutes = 1500, .seed = 3}).table;
  return table;
}

TrainingSpec PlantSpec(const nlohmann::json& params = nlohmann::json::object()) {
  nlohmann::json all{{"n_estimators", 25}, {"early_stopping_rounds", 5}};
  all.update(params);
  return SpecFixture("plant_spec.json", all);
}

const TrainedBundle& Trained() {
  // Never freed: XGBoost's thread-local state is gone before statics are.
  static const TrainedBundle& trained = *new TrainedBundle(Train(PlantTable(), PlantSpec()).value());
  return trained;
}

/// The last `rows` rows of a pump before `end`, as a client would send them.
RawWindow WindowOf(const std::string& pump, std::size_t end, std::size_t rows) {
  const Table& table = PlantTable();
  const std::vector<AssetRows> assets = GroupByAsset(table, "asset", "time").value();
  for (const AssetRows& asset : assets) {
    if (asset.asset != pump) continue;
    RawWindow window;
    for (const Column& column : table.columns()) {
      if (column.spec.role == ColumnRole::kSensor || column.spec.role == ColumnRole::kTime)
        window.columns.push_back(column.spec.name);
    }
    for (std::size_t i = end - rows; i < end; ++i) {
      for (const std::string& column : window.columns) window.values.push_back(table.Find(column)->numbers[asset.rows[i]]);
    }
    return window;
  }
  return {};
}

std::string ErrorOf(const absl::StatusOr<Prediction>& prediction, absl::StatusCode code) {
  EXPECT_EQ(prediction.status().code(), code) << prediction.status();
  return std::string(prediction.status().message());
}

TEST(BundleTest, TrainingTwiceGivesTheSameContentHashAndAnotherSeedAnother) {
  const std::string hash = Trained().bundle.ContentHash().value();
  EXPECT_EQ(Train(PlantTable(), PlantSpec())->bundle.ContentHash().value(), hash);
  std::vector<std::size_t> reversed(PlantTable().rows());
  for (std::size_t i = 0; i < reversed.size(); ++i) reversed[i] = reversed.size() - 1 - i;
  EXPECT_EQ(Train(PlantTable().Take(reversed), PlantSpec())->bundle.ContentHash().value(), hash) << "the order of rows mattered";
  EXPECT_NE(Train(PlantTable(), PlantSpec({{"seed", 2}}))->bundle.ContentHash().value(), hash);
}

TEST(BundleTest, SavedAndLoadedBundlesAreTheSame) {
  TempFolder folder;
  const Bundle bundle = Trained().bundle.WithLineage({{"run_id", "abc"}}).WithEvaluation({{"auc", 0.5}});
  ASSERT_TRUE(bundle.Save(folder.path() / "model").ok());
  const absl::StatusOr<Bundle> loaded = Bundle::Load(folder.path() / "model");
  ASSERT_TRUE(loaded.ok()) << loaded.status();
  EXPECT_EQ(loaded->ContentHash().value(), Trained().bundle.ContentHash().value()) << "lineage and evaluation are not content";
  EXPECT_EQ(loaded->lineage()["run_id"], "abc");
  EXPECT_EQ(loaded->evaluation()["auc"], 0.5);
  EXPECT_GE(loaded->golden().size(), 3u);
  EXPECT_EQ(loaded->Files().value(), bundle.Files().value());
  std::vector<std::string> paths;
  const std::vector<ManifestEntry> manifest = loaded->Manifest().value();
  for (const ManifestEntry& entry : manifest) paths.push_back(entry.path);
  EXPECT_THAT(paths, ElementsAre("MLmodel", "millwright.json", "model.ubj", "requirements.txt"));
}

TEST(BundleTest, OneRowGivesTheBitsOfManyOnAnyThread) {
  const Bundle& bundle = Trained().bundle;
  const std::vector<AssetRows> assets = GroupByAsset(PlantTable(), "asset", "time").value();
  const BatchFeatures features = ComputeFeatures(bundle.pipeline(), PlantTable(), assets).value();
  const std::vector<Prediction> all = bundle.PredictFeatures(features.matrix).value();
  const auto check = [&](std::size_t from) {
    for (std::size_t row = from; row < features.matrix.rows; row += 17) {
      FeatureMatrix one{.rows = 1, .columns = features.matrix.columns};
      one.values.assign(features.matrix.Row(row).begin(), features.matrix.Row(row).end());
      const absl::StatusOr<std::vector<Prediction>> alone = bundle.PredictFeatures(one);
      ASSERT_TRUE(alone.ok());
      ASSERT_EQ(std::bit_cast<std::uint64_t>((*alone)[0].heads[0].value), std::bit_cast<std::uint64_t>(all[row].heads[0].value));
    }
  };
  std::vector<std::thread> threads;
  for (std::size_t i = 0; i < 4; ++i) threads.emplace_back(check, i);
  for (std::thread& thread : threads) thread.join();
}

TEST(BundleTest, ServedWindowsEqualEvaluatedRowsToTheBit) {
  const Bundle& bundle = Trained().bundle;
  const Evaluation evaluation = Evaluate(bundle, PlantTable()).value();
  const std::vector<std::string>& names = evaluation.predictions.Find("asset")->texts;
  const std::vector<double>& times = evaluation.predictions.Find("time")->numbers;
  const std::vector<double>& predictions = evaluation.predictions.Find("prediction")->numbers;
  EXPECT_GT(evaluation.metrics.at("auc"), 0.9);
  std::size_t checked = 0;
  const std::vector<AssetRows> assets = GroupByAsset(PlantTable(), "asset", "time").value();
  for (const AssetRows& asset : assets) {
    for (std::size_t end = 60; end <= asset.rows.size(); end += 41) {
      const std::size_t rows = std::min(end, bundle.history().rows);
      const absl::StatusOr<Prediction> served = bundle.PredictWindow(WindowOf(asset.asset, end, rows));
      if (!served.ok()) continue;  // restarted within the hour
      const double time = PlantTable().Find("time")->numbers[asset.rows[end - 1]];
      for (std::size_t row = 0; row < times.size(); ++row) {
        if (times[row] != time || names[row] != asset.asset) continue;
        EXPECT_EQ(std::bit_cast<std::uint64_t>(served->heads[0].value), std::bit_cast<std::uint64_t>(predictions[row]));
        ++checked;
      }
    }
  }
  EXPECT_GT(checked, 40u);
}

TEST(BundleTest, BadWindowsAreRefusedWithTheReason) {
  const Bundle& bundle = Trained().bundle;
  EXPECT_THAT(ErrorOf(bundle.PredictWindow(WindowOf("pump-01", 12, 12)), absl::StatusCode::kFailedPrecondition),
              HasSubstr("needs 60 rows of the asset's history, oldest first, and got 12"));
  RawWindow window = WindowOf("pump-01", 60, 60);
  window.columns[3] = "vibration_q";
  EXPECT_THAT(ErrorOf(bundle.PredictWindow(window), absl::StatusCode::kInvalidArgument),
              HasSubstr("unknown column \"vibration_q\""));
  window.columns[3] = "failure";
  EXPECT_THAT(ErrorOf(bundle.PredictWindow(window), absl::StatusCode::kInvalidArgument),
              HasSubstr("missing column \"vibration_y\""));
  window.columns[3] = "temperature";
  EXPECT_THAT(ErrorOf(bundle.PredictWindow(window), absl::StatusCode::kInvalidArgument),
              HasSubstr("\"temperature\" is there twice"));
  window = WindowOf("pump-01", 60, 60);
  std::swap_ranges(window.values.begin(), window.values.begin() + 11, window.values.begin() + 11);
  EXPECT_THAT(ErrorOf(bundle.PredictWindow(window), absl::StatusCode::kInvalidArgument), HasSubstr("row 2: \"time\""));
  window = WindowOf("pump-01", 60, 60);
  window.values[5] = std::numeric_limits<double>::infinity();
  EXPECT_THAT(ErrorOf(bundle.PredictWindow(window), absl::StatusCode::kInvalidArgument), HasSubstr("an infinite value"));
  EXPECT_EQ(bundle.PredictWindow({}).status().code(), absl::StatusCode::kInvalidArgument);
}

TEST(BundleTest, JsonRowsBecomeAWindow) {
  const nlohmann::json rows = {{{"asset", "p"}, {"time", "2024-01-01T00:00:00Z"}, {"x", 1}},
                               {{"time", 1704067260}, {"y", nullptr}}};
  const RawWindow window = RawWindowFromJson(rows, std::vector<std::string>{"asset"}).value();
  ASSERT_EQ(window.rows(), 2u);
  EXPECT_THAT(window.columns, ElementsAre("time", "x", "y"));
  EXPECT_EQ(window.values[0], 1704067200);
  EXPECT_TRUE(std::isnan(window.values[4]));
  EXPECT_THAT(std::string(RawWindowFromJson({{{"x", "abc"}}}).status().message()),
              HasSubstr("row 1, column \"x\": \"abc\" must be a number"));
  EXPECT_FALSE(RawWindowFromJson(nlohmann::json::object()).ok());
  EXPECT_FALSE(RawWindowFromJson({1, 2}).ok());
}

TEST(BundleTest, ATouchedBundleIsRefused) {
  TempFolder folder;
  ASSERT_TRUE(Trained().bundle.Save(folder.path()).ok());
  const std::string main = base::ReadFile(folder.path() / "millwright.json").value();
  const std::string model = base::ReadFile(folder.path() / "model.ubj").value();
  const auto load_with = [&](const nlohmann::json& json) {
    EXPECT_TRUE(base::WriteFileAtomically(folder.path() / "millwright.json", json.dump()).ok());
    return Bundle::Load(folder.path()).status();
  };
  nlohmann::json json = nlohmann::json::parse(main);
  json["golden"][0]["values"][0] = 0.123;
  EXPECT_THAT(std::string(load_with(json).message()), HasSubstr("golden row 0, head \"failure\""));
  json = nlohmann::json::parse(main);
  json["pipeline"]["fitted"][1]["conditions"][0]["shift"][0] = 1;
  EXPECT_EQ(load_with(json).code(), absl::StatusCode::kDataLoss);
  json = nlohmann::json::parse(main);
  json["heads"][0]["file"] = "../model.ubj";
  EXPECT_THAT(std::string(load_with(json).message()), HasSubstr("heads[0].file"));
  json = nlohmann::json::parse(main);
  json["surprise"] = 1;
  EXPECT_THAT(std::string(load_with(json).message()), HasSubstr("surprise: unknown key"));
  ASSERT_TRUE(base::WriteFileAtomically(folder.path() / "millwright.json", main).ok());
  ASSERT_TRUE(base::WriteFileAtomically(folder.path() / "model.ubj", model.substr(0, model.size() / 2)).ok());
  EXPECT_EQ(Bundle::Load(folder.path()).status().code(), absl::StatusCode::kInvalidArgument);
  std::filesystem::remove(folder.path() / "model.ubj");
  EXPECT_EQ(Bundle::Load(folder.path()).status().code(), absl::StatusCode::kNotFound);
}

TEST(XgboostTest, ModelsThatWouldBeScoredWronglyAreRefused) {
  const std::string bytes = Trained().bundle.heads()[0].model->Serialize().value();
  const LearnerEntry& xgboost = *FindLearner("xgboost").value();
  nlohmann::json json = nlohmann::json::from_ubjson(bytes);
  const auto error = [&](const nlohmann::json& model) { return xgboost.load(model.dump()).status(); };
  EXPECT_TRUE(error(json).ok()) << error(json);
  nlohmann::json changed = json;
  changed["version"] = {3, 1, 0};
  EXPECT_EQ(error(changed).code(), absl::StatusCode::kUnimplemented);
  EXPECT_THAT(std::string(error(changed).message()), HasSubstr("written by XGBoost 3.1"));
  changed = json;
  changed["learner"]["learner_model_param"]["base_score"] = "[-2.4E-2]";
  EXPECT_THAT(std::string(error(changed).message()), HasSubstr("[-2.4E-2]"));
  changed = json;
  changed["learner"]["gradient_booster"]["model"]["trees"][0]["left_children"][0] = 100000;
  EXPECT_THAT(std::string(error(changed).message()), HasSubstr("tree 0, node 0 has a child that is not there"));
  changed = json;
  changed["learner"]["gradient_booster"]["model"]["trees"][0]["split_indices"][0] = 5000;
  EXPECT_THAT(std::string(error(changed).message()), HasSubstr("feature that is not there"));
  changed = json;
  changed["learner"]["learner_model_param"]["num_class"] = "3";
  EXPECT_EQ(error(changed).code(), absl::StatusCode::kUnimplemented);
  EXPECT_EQ(xgboost.load("").status().code(), absl::StatusCode::kInvalidArgument);
  EXPECT_EQ(xgboost.load("binf000").status().code(), absl::StatusCode::kUnimplemented);
}

TEST(XgboostTest, EveryTreeOptionGivesAModelThatLoads) {
  for (const nlohmann::json& params : {nlohmann::json{{"gamma", 1.0}, {"max_depth", 8}},
                                       {{"tree_method", "exact"}, {"gamma", 0.5}},
                                       {{"tree_method", "approx"}},
                                       {{"grow_policy", "lossguide"}, {"max_leaves", 12}, {"max_depth", 0}},
                                       {{"num_parallel_tree", 5}, {"learning_rate", 1}},
                                       {{"min_child_weight", 50}, {"nthread", 2}}}) {
    nlohmann::json all{{"n_estimators", 6}};
    all.update(params);
    EXPECT_TRUE(Train(PlantTable(), PlantSpec(all)).ok()) << params << Train(PlantTable(), PlantSpec(all)).status();
  }
}

TEST(XgboostTest, BrokenModelFilesNeverCrash) {
  const std::string bytes = Trained().bundle.heads()[0].model->Serialize().value();
  const LearnerEntry& xgboost = *FindLearner("xgboost").value();
  plant::Random random(1);
  for (int i = 0; i < 40; ++i) EXPECT_FALSE(xgboost.load(std::string_view(bytes).substr(0, random.Below(bytes.size()))).ok());
  for (int i = 0; i < 1000; ++i) {
    std::string changed = bytes;
    changed[random.Below(changed.size())] = static_cast<char>(random.Next());
    const auto model = xgboost.load(changed);
    if (!model.ok()) continue;
    const std::size_t columns = (*model)->feature_count();
    EXPECT_TRUE((*model)->Predict({.rows = 1, .columns = columns, .values = std::vector<float>(columns)}).ok());
  }
}

TEST(TrainingTest, HooksSeeProgressAndRoundsAndMayPrune) {
  double last = 0;
  int rounds = 0;
  const TrainHooks hooks{.progress =
                             [&](std::string_view, double share) {
                               EXPECT_GE(share, last);
                               last = share;
                             },
                         .on_round =
                             [&](std::string_view head, const Round& round) {
                               EXPECT_EQ(head, "failure");
                               EXPECT_EQ(round.metric, "logloss");
                               EXPECT_TRUE(round.is_validation);
                               EXPECT_EQ(round.number, rounds);
                               return ++rounds == 3 ? RoundVerdict::kStop : RoundVerdict::kContinue;
                             }};
  const TrainedBundle pruned = Train(PlantTable(), PlantSpec(), hooks).value();
  EXPECT_TRUE(pruned.was_pruned);
  EXPECT_EQ(rounds, 3);
  EXPECT_EQ(last, 1);
}

TEST(TrainingTest, EarlyStoppingKeepsTheBestRound) {
  std::vector<double> values;
  const TrainHooks hooks{.on_round = [&](std::string_view, const Round& round) {
    values.push_back(round.value);
    return RoundVerdict::kContinue;
  }};
  const TrainedBundle trained = Train(PlantTable(), PlantSpec({{"n_estimators", 400}, {"learning_rate", 0.5}}), hooks).value();
  const auto best = std::min_element(values.begin(), values.end()) - values.begin();
  EXPECT_LT(values.size(), 400u);
  EXPECT_EQ(trained.best_rounds.at("failure"), best);
  EXPECT_NEAR(trained.metrics.at("validation_logloss"), values[static_cast<std::size_t>(best)], 1e-6)
      << "the kept model is the best round's";
}

TEST(TrainingTest, RefitUsesTheValidationAssetsToo) {
  const TrainedBundle once = Train(PlantTable(), PlantSpec()).value();
  const TrainedBundle refit = Train(PlantTable(), PlantSpec({{"split.refit", true}})).value();
  EXPECT_EQ(refit.metrics.at("train_n"), once.metrics.at("train_n") + once.metrics.at("validation_n"));
  EXPECT_EQ(refit.metrics.at("validation_logloss"), once.metrics.at("validation_logloss"));
  EXPECT_EQ(refit.best_rounds, once.best_rounds);
  EXPECT_EQ(refit.bundle.heads()[0].threshold, once.bundle.heads()[0].threshold);
}

TEST(TrainingTest, SeveralHeadsShareOnePipeline) {
  nlohmann::json spec = PlantSpec().source;
  spec["heads"].push_back(
      {{"name", "heat"}, {"target", {{"kind", "column"}, {"column", "temperature"}}}, {"params", {{"n_estimators", 5}}}});
  const TrainedBundle trained = Train(PlantTable(), ParseTrainingSpec(spec).value()).value();
  EXPECT_TRUE(trained.metrics.contains("heat.validation_rmse"));
  TempFolder folder;
  ASSERT_TRUE(trained.bundle.Save(folder.path()).ok());
  EXPECT_TRUE(std::filesystem::exists(folder.path() / "model_heat.ubj"));
  const Prediction prediction = Bundle::Load(folder.path())->PredictWindow(WindowOf("pump-01", 60, 60)).value();
  ASSERT_EQ(prediction.heads.size(), 2u);
  EXPECT_FALSE(prediction.heads[1].threshold.has_value());
  EXPECT_GT(prediction.heads[1].value, 10);
}

TEST(TrainingTest, TablesThatDoNotFitAreRefusedByColumn) {
  const auto error = [](const Table& table, const nlohmann::json& params = nlohmann::json::object()) {
    return Train(table, PlantSpec(params)).status();
  };
  Table table;
  EXPECT_EQ(error(table).code(), absl::StatusCode::kFailedPrecondition);
  ASSERT_TRUE(table.AddColumn(Texts("asset", {"a", "b", "c", "d"})).ok());
  ASSERT_TRUE(table.AddColumn(Numbers("time", {1, 1, 1, 1}, ColumnRole::kTime)).ok());
  EXPECT_EQ(error(table).code(), absl::StatusCode::kInvalidArgument);
  EXPECT_THAT(std::string(error(table).message()), HasSubstr("no column \"temperature\""));
  EXPECT_THAT(std::string(error(PlantTable(), {{"features.min_rows", 90000}}).message()), HasSubstr("no training row"));
  EXPECT_THAT(std::string(Train(PlantTable().Slice(0, 500), PlantSpec()).status().message()), HasSubstr("1 assets"));
}

TEST(TrainingSpecTest, MistakesAreNamedByPath) {
  const auto error = [](auto change) {
    nlohmann::json json = Fixture("turbofan_spec.json");
    change(json);
    return std::string(ParseTrainingSpec(json).status().message());
  };
  EXPECT_THAT(error([](nlohmann::json& j) { j["heads"][0]["params"]["max_dept"] = 3; }),
              HasSubstr("heads[0].params.max_dept: unknown parameter of xgboost"));
  EXPECT_THAT(error([](nlohmann::json& j) { j["heads"][0]["params"]["max_depth"] = "deep"; }),
              HasSubstr("heads[0].params.max_depth: \"deep\" must be a whole number"));
  EXPECT_THAT(error([](nlohmann::json& j) { j["heads"][0]["params"]["eta"] = 0.1; }), HasSubstr("is the same parameter as"));
  EXPECT_THAT(error([](nlohmann::json& j) { j["heads"][0]["learner"] = "catboost"; }),
              HasSubstr("heads[0].learner: \"catboost\" is not a learner; there are: xgboost"));
  EXPECT_THAT(error([](nlohmann::json& j) { j["heads"][0]["target"]["cap"] = -1; }), HasSubstr("heads[0].target.cap"));
  EXPECT_THAT(error([](nlohmann::json& j) { j["split"]["validation"] = 2; }),
              HasSubstr("split.validation: 2 must be a number from 0 to 0.9"));
  EXPECT_THAT(error([](nlohmann::json& j) { j.erase("features"); }), HasSubstr("features: is missing"));
  EXPECT_THAT(error([](nlohmann::json& j) { j.erase("time"); }), HasSubstr("target.kind: needs time.column"));
  EXPECT_THAT(error([](nlohmann::json& j) { j["extra"] = 1; }), HasSubstr("extra: unknown key"));
  nlohmann::json deep = 1;
  for (int i = 0; i < 1000; ++i) deep = nlohmann::json::array({std::move(deep)});
  EXPECT_THAT(error([&](nlohmann::json& j) { j["features"] = deep; }), HasSubstr("nested deeper"));
  EXPECT_FALSE(ParseTrainingSpec("text").ok());
}

TEST(TrainingSpecTest, OverridesReachHeadsAndPaths) {
  const TrainingSpec spec = SpecFixture(
      "turbofan_spec.json", {{"max_depth", 7}, {"features.window", 20}, {"heads.rul.target.cap", 100}, {"split.seed", 9}});
  EXPECT_EQ(spec.heads[0].params["max_depth"], 7);
  EXPECT_EQ(spec.pipeline.LongestWindow(), 20u);
  EXPECT_EQ(spec.heads[0].target.cap, 100);
  EXPECT_EQ(spec.split.seed, 9u);
  const TrainingSpec base = SpecFixture("turbofan_spec.json");
  EXPECT_THAT(std::string(WithParams(base, {{"heads.nobody.params.eta", 1}}).status().message()),
              HasSubstr("there is no such place"));
  EXPECT_THAT(std::string(WithParams(base, {{"features.windw", 1}}).status().message()),
              HasSubstr("features.windw: unknown key"));
}

}  // namespace
}  // namespace millwright::learn
