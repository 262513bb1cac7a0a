#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <limits>

#include "lib/learn/learners/learner.h"
#include "lib/learn/text.h"

namespace millwright::learn {
namespace {

using ::testing::HasSubstr;

constexpr double kMissing = std::numeric_limits<double>::quiet_NaN();
constexpr LearningTask kRegression{Task::kRegression};
constexpr LearningTask kBinary{Task::kBinary};
constexpr LearningTask kThreeClasses{Task::kMulticlass, 3};
constexpr LearningTask kAnomaly{Task::kAnomaly};

/// Rows of three features that repeat nothing; the third is missing now and then.
struct Rows {
  FeatureMatrix features;
  std::vector<double> targets;
  FeatureLayout layout{.names = {"a_mean", "a_slope", "b_mean"}};

  LearningSet set() const { return {.features = &features, .targets = targets}; }
};

template <typename Target>
Rows MakeRows(std::size_t count, Target target) {
  Rows rows;
  for (std::size_t i = 0; i < count; ++i) {
    const double a = static_cast<double>((i * 7919) % 1000) / 500 - 1;
    const double b = static_cast<double>((i * 104729) % 997) / 498.5 - 1;
    const double c = static_cast<double>((i * 1299709) % 991) / 495.5 - 1;
    AppendRow(rows.features, std::vector<double>{a, b, i % 17 == 0 ? kMissing : c});
    rows.targets.push_back(target(a, b, c));
  }
  return rows;
}

std::unique_ptr<Learner> Make(std::string_view name, const nlohmann::json& params, const LearningTask& task) {
  absl::StatusOr<std::unique_ptr<Learner>> learner = FindLearner(name).value()->make(params, task, "params");
  EXPECT_TRUE(learner.ok()) << learner.status();
  return *std::move(learner);
}

std::string RefusalOf(std::string_view name, const nlohmann::json& params, const LearningTask& task) {
  const absl::Status status = FindLearner(name).value()->make(params, task, "params").status();
  EXPECT_EQ(status.code(), absl::StatusCode::kInvalidArgument) << name << " took " << params;
  return std::string(status.message());
}

FitResult Fit(std::string_view name, const nlohmann::json& params, const LearningTask& task, const Rows& rows,
              const Rows* validation = nullptr) {
  const absl::StatusOr<FitResult> fit =
      Make(name, params, task)
          ->Fit(rows.set(), validation != nullptr ? validation->set() : LearningSet{}, {.layout = &rows.layout});
  EXPECT_TRUE(fit.ok()) << name << ": " << fit.status();
  return *fit;
}

std::vector<float> Answers(const Model& model, const Rows& rows) { return model.Predict(rows.features).value(); }

double ShareAbove(std::span<const double> targets, std::span<const float> predicted) {
  double above = 0;
  for (std::size_t i = 0; i < targets.size(); ++i) above += targets[i] > static_cast<double>(predicted[i]) ? 1 : 0;
  return above / static_cast<double>(targets.size());
}

double NumberTarget(double a, double b, double) { return 50 + 20 * a - 5 * b; }
double ClassTarget(double a, double b, double) { return a + b > 0.3 ? 1 : 0; }
double ThreeClassTarget(double a, double, double) { return a < -0.3 ? 0 : a < 0.3 ? 1 : 2; }

struct Case {
  std::string_view name;
  nlohmann::json params;
  LearningTask task;
};

std::vector<Case> EveryLearner() {
  const nlohmann::json trees{{"n_estimators", 20}, {"max_depth", 3}, {"subsample", 0.8}};
  const nlohmann::json members{{{"learner", "xgboost"}, {"params", trees}, {"seeds", {1, 2}}}, {{"learner", "linear"}}};
  return {{"xgboost", trees, kRegression},
          {"xgboost", trees, kBinary},
          {"xgboost", trees, kThreeClasses},
          {"random_forest", {{"n_estimators", 20}, {"max_depth", 5}}, kRegression},
          {"random_forest", {{"n_estimators", 20}, {"max_depth", 5}}, kThreeClasses},
          {"linear", nlohmann::json::object(), kRegression},
          {"linear", nlohmann::json::object(), kBinary},
          {"linear", nlohmann::json::object(), kThreeClasses},
          {"mean", nlohmann::json::object(), kRegression},
          {"mean", nlohmann::json::object(), kThreeClasses},
          {"last_value", {{"feature", "b_mean"}}, kRegression},
          {"last_value", {{"value", 0}}, kRegression},
          {"pca_monitor", {{"components", 2}}, kAnomaly},
          {"control_chart", nlohmann::json::object(), kAnomaly},
          {"ensemble", {{"members", members}}, kRegression},
          {"ensemble", {{"members", members}}, kThreeClasses}};
}

Rows RowsFor(const LearningTask& task, std::size_t count) {
  if (task.kind == Task::kBinary) return MakeRows(count, ClassTarget);
  if (task.kind == Task::kMulticlass) return MakeRows(count, ThreeClassTarget);
  return MakeRows(count, NumberTarget);
}

TEST(LearnersTest, TheSameRowsGiveTheSameBytesAndTheFileTheSameAnswers) {
  for (const Case& c : EveryLearner()) {
    const Rows rows = RowsFor(c.task, 300);
    const FitResult fit = Fit(c.name, c.params, c.task, rows);
    const std::string bytes = fit.model->Serialize().value();
    EXPECT_EQ(bytes, Fit(c.name, c.params, c.task, rows).model->Serialize().value()) << c.name;
    const absl::StatusOr<std::shared_ptr<const Model>> loaded = FindLearner(c.name).value()->load(bytes);
    ASSERT_TRUE(loaded.ok()) << c.name << ": " << loaded.status();
    EXPECT_EQ((*loaded)->feature_count(), 3u) << c.name;
    EXPECT_EQ((*loaded)->outputs(), c.task.kind == Task::kMulticlass ? 3u : 1u) << c.name;
    EXPECT_EQ((*loaded)->Serialize().value(), bytes) << c.name;
    EXPECT_EQ(Answers(**loaded, rows), Answers(*fit.model, rows)) << c.name;
  }
}

TEST(LearnersTest, ARowGivesTheSameBitsAloneAndAmongOthers) {
  for (const Case& c : EveryLearner()) {
    const Rows rows = RowsFor(c.task, 200);
    const FitResult fit = Fit(c.name, c.params, c.task, rows);
    const std::vector<float> all = Answers(*fit.model, rows);
    for (const std::size_t row : {0u, 17u, 199u}) {
      const std::span<const float> values = rows.features.Row(row);
      const FeatureMatrix one{.rows = 1, .columns = 3, .values = {values.begin(), values.end()}};
      const std::vector<float> alone = fit.model->Predict(one).value();
      for (std::size_t i = 0; i < alone.size(); ++i) EXPECT_EQ(alone[i], all[row * alone.size() + i]) << c.name;
    }
  }
}

TEST(LearnersTest, BrokenModelFilesAreRefused) {
  for (const Case& c : EveryLearner()) {
    const std::string bytes = Fit(c.name, c.params, c.task, RowsFor(c.task, 100)).model->Serialize().value();
    const LearnerEntry& entry = *FindLearner(c.name).value();
    EXPECT_FALSE(entry.load("").ok()) << c.name;
    EXPECT_FALSE(entry.load(bytes.substr(0, bytes.size() / 2)).ok()) << c.name;
    EXPECT_FALSE(entry.load("{}").ok()) << c.name;
  }
}

TEST(LearnersTest, AFileOfBracketsIsRefusedAndEndsNothing) {
  const std::string arrays(2'000'000, '\x91');  // each an array of one
  EXPECT_EQ((*FindLearner("ensemble"))->load(arrays).status().code(), absl::StatusCode::kInvalidArgument);
  const std::string ubjson =
      "{i\x01"
      "a" +
      std::string(2'000'000, '[');
  EXPECT_FALSE((*FindLearner("xgboost"))->load(ubjson).ok());
}

TEST(LearnersTest, TreesAndLinesLearnThreeClasses) {
  const Rows rows = MakeRows(600, ThreeClassTarget);
  for (const Case& c :
       {Case{"xgboost", {{"n_estimators", 30}}, kThreeClasses}, Case{"random_forest", {{"n_estimators", 50}}, kThreeClasses},
        Case{"linear", nlohmann::json::object(), kThreeClasses}}) {
    const std::vector<float> p = Answers(*Fit(c.name, c.params, c.task, rows).model, rows);
    double hits = 0;
    for (std::size_t row = 0; row < rows.targets.size(); ++row) {
      EXPECT_NEAR(p[3 * row] + p[3 * row + 1] + p[3 * row + 2], 1, 1e-5);
      const auto begin = p.begin() + static_cast<std::ptrdiff_t>(3 * row);
      hits += std::max_element(begin, begin + 3) - begin == static_cast<std::ptrdiff_t>(rows.targets[row]) ? 1 : 0;
    }
    EXPECT_GT(hits / 600, c.name == "linear" ? 0.75 : 0.97) << c.name;
  }
}

TEST(LearnersTest, AQuantileHeadLeavesItsShareOfTheTruthBelowIt) {
  // The noise does not follow from the features, so the quantiles stand apart.
  Rows rows = MakeRows(2000, NumberTarget);
  for (std::size_t i = 0; i < rows.targets.size(); ++i) rows.targets[i] += static_cast<double>((i * 48271) % 100) / 5;
  for (const double level : {0.1, 0.5, 0.9}) {
    const nlohmann::json params{{"objective", "reg:quantileerror"},
                                {"quantile_alpha", level},
                                {"n_estimators", 150},
                                {"max_depth", 2},
                                {"learning_rate", 0.1}};
    EXPECT_EQ(QuantileLevel(params), level);
    const std::vector<float> predicted = Answers(*Fit("xgboost", params, kRegression, rows).model, rows);
    EXPECT_NEAR(ShareAbove(rows.targets, predicted), 1 - level, 0.04) << level;
  }
}

TEST(LearnersTest, LatePunishingLossesAlarmEarlier) {
  Rows rows = MakeRows(1000, NumberTarget);
  for (std::size_t i = 0; i < rows.targets.size(); ++i) rows.targets[i] += static_cast<double>((i * 48271) % 100) / 5;
  const auto late_share = [&](const nlohmann::json& objective) {
    nlohmann::json params{{"n_estimators", 60}, {"max_depth", 2}};
    params.update(objective);
    return 1 - ShareAbove(rows.targets, Answers(*Fit("xgboost", params, kRegression, rows).model, rows));
  };
  const double plain = late_share({{"objective", "reg:squarederror"}});
  EXPECT_LT(late_share({{"objective", "late_squared_error"}, {"late_weight", 10}}), plain - 0.1);
  EXPECT_LT(late_share({{"objective", "phm_score"}}), plain);
}

TEST(LearnersTest, EarlyStoppingKeepsTheBestRoundOfTheAskedMetric) {
  const Rows rows = MakeRows(400, NumberTarget);
  const Rows validation = MakeRows(150, [](double a, double b, double c) { return NumberTarget(a, b, c) + 20 * c; });
  for (const char* metric : {"rmse", "mae", "r2", "phm_score", "weighted_rmse", "pinball"}) {
    const auto learner =
        Make("xgboost", {{"n_estimators", 200}, {"early_stopping_rounds", 5}, {"eval_metric", metric}}, kRegression);
    std::vector<Round> curve;
    const FitResult fit = learner
                              ->Fit(rows.set(), validation.set(),
                                    {.layout = &rows.layout,
                                     .on_round =
                                         [&](const Round& round) {
                                           curve.push_back(round);
                                           return RoundVerdict::kContinue;
                                         }})
                              .value();
    EXPECT_EQ(curve.back().metric, metric);
    EXPECT_LT(curve.size(), 200u) << metric;
    for (const Round& round : curve) {
      const double best = curve[static_cast<std::size_t>(fit.best_round)].value;
      EXPECT_TRUE(metric == std::string("r2") ? round.value <= best : round.value >= best) << metric;
    }
  }
}

TEST(LearnersTest, MonotoneConstraintsHoldForEveryFeatureThatFits) {
  const Rows rows = MakeRows(800, [](double a, double b, double c) { return std::sin(4 * a) + b + 0.3 * std::cos(9 * c); });
  const FitResult fit = Fit("xgboost", {{"n_estimators", 50}, {"monotone_constraints", {{"a_*", 1}}}}, kRegression, rows);
  Rows line;
  for (int i = -10; i <= 10; ++i) AppendRow(line.features, std::vector<double>{i / 10.0, 0.2, 0.1});
  const std::vector<float> rising = Answers(*fit.model, line);
  EXPECT_TRUE(std::is_sorted(rising.begin(), rising.end()));
  const absl::Status status = Make("xgboost", {{"monotone_constraints", {{"c_*", 1}}}}, kRegression)
                                  ->Fit(rows.set(), {}, {.layout = &rows.layout})
                                  .status();
  EXPECT_THAT(std::string(status.message()), HasSubstr("no feature is called \"c_*\""));
}

TEST(LearnersTest, ClassAndRowWeightsMoveTheAnswer) {
  Rows rows = MakeRows(500, [](double a, double b, double c) { return a + b + c > 1.6 ? 1.0 : 0.0; });
  for (std::size_t i = 0; i < rows.features.values.size(); ++i) rows.features.values[i] = 0;  // nothing to go by
  for (const char* learner : {"xgboost", "linear"}) {
    const float plain = Answers(*Fit(learner, nlohmann::json::object(), kBinary, rows).model, rows)[0];
    const float balanced = Answers(*Fit(learner, {{"class_weight", "balanced"}}, kBinary, rows).model, rows)[0];
    EXPECT_LT(plain, 0.1f) << learner;
    EXPECT_NEAR(balanced, 0.5f, 0.02f) << learner;
  }
  const std::vector<double> weights = [&] {
    std::vector<double> w;
    for (const double target : rows.targets) w.push_back(target > 0.5 ? 50 : 1);
    return w;
  }();
  LearningSet weighted = rows.set();
  weighted.weights = weights;
  const FitResult fit = Make("xgboost", nlohmann::json::object(), kBinary)->Fit(weighted, {}, {.layout = &rows.layout}).value();
  EXPECT_GT(Answers(*fit.model, rows)[0], 0.5f);
}

TEST(LearnersTest, ALineFindsTheLineAndSaysWhichFeaturesCount) {
  const Rows rows = MakeRows(500, NumberTarget);
  const FitResult fit = Fit("linear", {{"alpha", 1e-6}}, kRegression, rows);
  const std::vector<float> predicted = Answers(*fit.model, rows);
  for (std::size_t i = 0; i < predicted.size(); ++i) ASSERT_NEAR(predicted[i], rows.targets[i], 1e-3);
  const std::vector<double> importance = fit.model->Importance();
  EXPECT_GT(importance[0], importance[1]);
  EXPECT_GT(importance[1], 100 * importance[2]);
}

TEST(LearnersTest, AMonitorFindsWhatIsFarOutAndWhatBreaksTheCorrelation) {
  Rows rows;
  for (std::size_t i = 0; i < 1000; ++i) {
    const double a = static_cast<double>((i * 7919) % 1000) / 500 - 1;
    const double noise = static_cast<double>((i * 104729) % 997) / 4985 - 0.1;
    AppendRow(rows.features, std::vector<double>{a, a + noise, -a});
  }
  const FitResult fit = Fit("pca_monitor", {{"components", 1}}, kAnomaly, rows);
  Rows asked;
  AppendRow(asked.features, std::vector<double>{0.5, 0.5, -0.5});  // as in training
  AppendRow(asked.features, std::vector<double>{6, 6, -6});        // far along the plane
  AppendRow(asked.features, std::vector<double>{0.5, -0.5, 0.5});  // off it
  const std::vector<float> scores = Answers(*fit.model, asked);
  EXPECT_LT(scores[0], 1);
  EXPECT_GT(scores[1], 5);
  EXPECT_GT(scores[2], 5);
}

TEST(LearnersTest, AControlChartCountsTheWorstColumnInStandardDeviations) {
  Rows rows;
  for (int i = 0; i < 1000; ++i)
    AppendRow(rows.features, std::vector<double>{i % 2 == 0 ? 9.0 : 11.0, i % 2 == 0 ? -2.0 : 2.0, 7});
  const FitResult fit = Fit("control_chart", nlohmann::json::object(), kAnomaly, rows);
  Rows asked;
  AppendRow(asked.features, std::vector<double>{11, 0, 7});
  AppendRow(asked.features, std::vector<double>{10, -8, 7});
  AppendRow(asked.features, std::vector<double>{std::nan(""), 0, 100});  // missing, and constant in training
  const std::vector<float> scores = Answers(*fit.model, asked);
  EXPECT_NEAR(scores[0], 1, 1e-3);
  EXPECT_NEAR(scores[1], 4, 1e-2);
  EXPECT_EQ(scores[2], 0);
  EXPECT_THAT(RefusalOf("control_chart", {{"span", 3}}, kAnomaly), HasSubstr("params.span"));
  EXPECT_THAT(RefusalOf("control_chart", nlohmann::json::object(), kRegression), HasSubstr("does not fit a regression target"));
}

TEST(LearnersTest, AControlChartOfASequenceIsOverItsLimitWhenHalfOfTheRowsAre) {
  Rows rows{.layout = {.names = {"a_3", "b_3", "a_2", "b_2", "a_1", "b_1", "a_0", "b_0"},
                       .sequence = FeatureLayout::Sequence{.begin = 0, .rows = 4, .columns = 2}}};
  for (int i = 0; i < 1000; ++i) {
    const double sign = i % 2 == 0 ? -1 : 1;  // older rows are nobody's mean or spread
    AppendRow(rows.features, std::vector<double>{500, 500, 500, 500, 500, 500, 10 + sign, 2 * sign});
  }
  const FitResult fit = Fit("control_chart", nlohmann::json::object(), kAnomaly, rows);
  Rows asked;
  AppendRow(asked.features, std::vector<double>{15, 0, 10, 0, 10, 12, 10, 0});  // 5, 0, 6, 0
  AppendRow(asked.features, std::vector<double>{10, 0, 10, 0, 10, 12, 10, 0});  // 0, 0, 6, 0
  AppendRow(asked.features, std::vector<double>{kMissing, kMissing, 11, 0, 12, 0, 13, 0});
  const std::vector<float> scores = Answers(*fit.model, asked);
  EXPECT_NEAR(scores[0], 5, 1e-2);
  EXPECT_NEAR(scores[1], 0, 1e-6);
  EXPECT_NEAR(scores[2], 2, 1e-2);
  const auto loaded = FindLearner("control_chart").value()->load(fit.model->Serialize().value()).value();
  EXPECT_EQ(Answers(*loaded, asked), scores);
  rows.layout.sequence->rows = 3;
  EXPECT_THAT(std::string(Make("control_chart", nlohmann::json::object(), kAnomaly)
                              ->Fit(rows.set(), {}, {.layout = &rows.layout})
                              .status()
                              .message()),
              HasSubstr("there are 2 other features"));
}

TEST(LearnersTest, AControlChartTakesStandardizedFeaturesAsTheyAre) {
  Rows rows;
  for (int i = 0; i < 10; ++i) AppendRow(rows.features, std::vector<double>{50.0 + i, 7, 0});
  const FitResult fit = Fit("control_chart", {{"standardized", true}}, kAnomaly, rows);
  Rows asked;
  AppendRow(asked.features, std::vector<double>{-3.5, 2, kMissing});
  EXPECT_EQ(Answers(*fit.model, asked), std::vector<float>{3.5F});
}

TEST(LearnersTest, AControlChartWrittenBeforeThereWereSequencesIsReadAsOneOfOneRow) {
  const std::string old = R"({"format":1,"kind":"control_chart","features":2,"mean":[1,2],"scale":[0.5,1],"clip":1e9})";
  const auto model = FindLearner("control_chart").value()->load(old).value();
  EXPECT_EQ(model->feature_count(), 2u);
  Rows asked;
  AppendRow(asked.features, std::vector<double>{7, 2});
  EXPECT_EQ(Answers(*model, asked), std::vector<float>{3});
  EXPECT_FALSE(FindLearner("control_chart")
                   .value()
                   ->load(R"({"format":1,"kind":"control_chart","features":2,"rows":0,"mean":[1,2],"scale":[0.5,1],"clip":1e9})")
                   .ok());
}

TEST(LearnersTest, AnEnsembleIsTheMeanOfItsMembersAndGoesOnFromACheckpoint) {
  const Rows rows = MakeRows(300, NumberTarget);
  const nlohmann::json trees{{"n_estimators", 20}, {"subsample", 0.5}};
  const nlohmann::json params{
      {"members", {{{"learner", "xgboost"}, {"params", trees}, {"seeds", {1, 2}}}, {{"learner", "linear"}}}}};
  const FitResult whole = Fit("ensemble", params, kRegression, rows);
  EXPECT_EQ(whole.member_rounds, (std::vector<int>{20, 20, 1}));
  std::vector<double> sums(300);
  for (const int seed : {1, 2}) {
    nlohmann::json own = trees;
    own["seed"] = seed;
    const std::vector<float> values = Answers(*Fit("xgboost", own, kRegression, rows).model, rows);
    for (std::size_t i = 0; i < 300; ++i) sums[i] += static_cast<double>(values[i]);
  }
  const std::vector<float> line = Answers(*Fit("linear", nlohmann::json::object(), kRegression, rows).model, rows);
  const std::vector<float> mean = Answers(*whole.model, rows);
  for (std::size_t i = 0; i < 300; ++i)
    ASSERT_FLOAT_EQ(mean[i], static_cast<float>((sums[i] + static_cast<double>(line[i])) / 3));

  std::vector<std::string> saved;
  FitOptions options{.layout = &rows.layout};
  options.checkpoints.save = [&](std::string_view bytes) {
    saved.emplace_back(bytes);
    return absl::OkStatus();
  };
  const auto learner = Make("ensemble", params, kRegression);
  ASSERT_TRUE(learner->Fit(rows.set(), {}, options).ok());
  ASSERT_EQ(saved.size(), 3u);
  options.checkpoints.load = [&]() -> absl::StatusOr<std::optional<std::string>> { return saved[1]; };
  const FitResult continued = learner->Fit(rows.set(), {}, options).value();
  EXPECT_EQ(continued.model->Serialize().value(), whole.model->Serialize().value());
}

TEST(LearnersTest, AnEnsembleWrittenBeforeMembersHadFeaturesOfTheirOwnIsRead) {
  const Rows rows = MakeRows(100, NumberTarget);
  const FitResult fit = Fit("ensemble", {{"members", {{{"learner", "linear"}}}}}, kRegression, rows);
  const std::string now = fit.model->Serialize().value();
  nlohmann::json json = nlohmann::json::from_msgpack(now);
  ASSERT_EQ(json.erase("features"), 1u);
  const std::vector<std::uint8_t> packed = nlohmann::json::to_msgpack(json);
  const auto restored =
      FindLearner("ensemble").value()->load({reinterpret_cast<const char*>(packed.data()), packed.size()}).value();
  EXPECT_EQ(Answers(*restored, rows), Answers(*fit.model, rows));
}

TEST(LearnersTest, AMemberOfAnEnsembleMayTakeSomeFeaturesOnly) {
  const Rows rows = MakeRows(300, NumberTarget);
  const std::string first = rows.layout.names[0];
  const std::string last = rows.layout.names.back();
  const nlohmann::json params{{"members", {{{"learner", "linear"}, {"features", {last}}}, {{"learner", "mean"}}}}};
  const FitResult fit = Fit("ensemble", params, kRegression, rows);
  const std::vector<float> answers = Answers(*fit.model, rows);
  const auto restored = FindLearner("ensemble").value()->load(fit.model->Serialize().value()).value();
  EXPECT_EQ(restored->feature_count(), rows.layout.names.size());
  EXPECT_EQ(Answers(*restored, rows), answers);

  Rows other = rows;
  for (std::size_t row = 0; row < other.features.rows; ++row) other.features.values[row * other.features.columns] += 7;
  EXPECT_EQ(Answers(*fit.model, other), answers) << first << " is not read";
  for (std::size_t row = 0; row < other.features.rows; ++row) other.features.values[(row + 1) * other.features.columns - 1] += 7;
  EXPECT_NE(Answers(*fit.model, other), answers) << last << " is";

  const nlohmann::json none{{"members", {{{"learner", "mean"}, {"features", {"nothing*"}}}}}};
  const auto refused = Make("ensemble", none, kRegression)->Fit(rows.set(), {}, {.layout = &rows.layout});
  EXPECT_THAT(std::string(refused.status().message()), HasSubstr("features of member 0: no feature is called \"nothing*\""));
}

TEST(LearnersTest, BadParametersAreNamed) {
  EXPECT_THAT(RefusalOf("xgboost", {{"max_dept", 3}}, kRegression), HasSubstr("params.max_dept: unknown parameter"));
  EXPECT_THAT(RefusalOf("xgboost", {{"objective", "binary:logistic"}}, kThreeClasses),
              HasSubstr("does not fit a multiclass target"));
  EXPECT_THAT(RefusalOf("xgboost", {{"eval_metric", "auc"}}, kRegression), HasSubstr("params.eval_metric: \"auc\""));
  EXPECT_THAT(RefusalOf("xgboost", {{"class_weight", {1, 2}}}, kThreeClasses),
              HasSubstr("has 2 weights and the target has 3 classes"));
  EXPECT_THAT(RefusalOf("xgboost", {{"quantile_alpha", 1}}, kRegression), HasSubstr("params.quantile_alpha"));
  EXPECT_THAT(RefusalOf("xgboost", nlohmann::json::object(), kAnomaly), HasSubstr("anomaly"));
  EXPECT_THAT(RefusalOf("random_forest", {{"early_stopping_rounds", 5}}, kRegression),
              HasSubstr("a random forest has one round"));
  EXPECT_THAT(RefusalOf("last_value", nlohmann::json::object(), kRegression), HasSubstr("params.value"));
  EXPECT_THAT(RefusalOf("pca_monitor", {{"statistic", "t3"}}, kAnomaly), HasSubstr("must be one of max, sum, t2, q"));
  EXPECT_THAT(RefusalOf("pca_monitor", nlohmann::json::object(), kBinary), HasSubstr("does not fit a binary target"));
  EXPECT_THAT(RefusalOf("ensemble", {{"members", {{{"learner", "ensemble"}}}}}, kRegression),
              HasSubstr("params.members[0].learner"));
  EXPECT_THAT(RefusalOf("ensemble", {{"members", {{{"learner", "xgboost"}, {"params", {{"etaa", 1}}}}}}}, kRegression),
              HasSubstr("params.members[0].params.etaa"));
}

}  // namespace
}  // namespace millwright::learn
