#include "lib/learn/learners/torch/torch_learner.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <limits>

#include "lib/learn/learners/torch/torch_model.h"
#include "lib/learn/text.h"

namespace millwright::learn {
namespace {

using ::testing::ElementsAreArray;
using ::testing::HasSubstr;

constexpr std::size_t kRows = 8;
constexpr std::size_t kColumns = 3;
constexpr std::size_t kFeatures = 1 + kRows * kColumns + 1;  // a static column before the sequence and one after

/// Rows whose answer lies in the sequence (its first column's trend) and in a static column.
struct Data {
  FeatureMatrix features;
  std::vector<double> targets;
  LearningSet set() const { return {.features = &features, .targets = targets}; }
  LearningSet unlabelled() const { return {.features = &features}; }
};

FeatureLayout Layout() {
  FeatureLayout layout{.sequence = FeatureLayout::Sequence{.begin = 1, .rows = kRows, .columns = kColumns}};
  for (std::size_t i = 0; i < kFeatures; ++i) layout.names.push_back(Cat("f", i));
  return layout;
}

/// A plain linear congruence: the same numbers everywhere.
class Numbers {
 public:
  explicit Numbers(std::uint64_t seed) : state_(seed * 2654435761 + 1) {}
  double Next() {
    state_ = state_ * 6364136223846793005 + 1442695040888963407;
    return static_cast<double>(state_ >> 11) / 9007199254740992.0 - 0.5;
  }

 private:
  std::uint64_t state_;
};

Data MakeData(std::size_t rows, std::uint64_t seed, const LearningTask& task, bool is_odd = false) {
  Numbers numbers(seed);
  Data data;
  for (std::size_t row = 0; row < rows; ++row) {
    const double slope = numbers.Next();
    const double age = numbers.Next();
    std::vector<double> values{100 + 10 * age};
    for (std::size_t t = 0; t < kRows; ++t) {
      const double turn = is_odd ? 3 * numbers.Next() : slope * static_cast<double>(t);
      values.insert(values.end(), {50 + turn + 0.1 * numbers.Next(), 5 - 2 * turn, 7});
    }
    values.push_back(3);
    AppendRow(data.features, values);
    const double answer = 20 * slope + 5 * age;
    data.targets.push_back(task.kind == Task::kRegression ? 60 + answer
                           : task.kind == Task::kBinary   ? (answer > 2 ? 1 : 0)
                                                          : (answer < -3  ? 0
                                                             : answer < 3 ? 1
                                                                          : 2));
  }
  return data;
}

nlohmann::json SmallParams(Architecture architecture) {
  nlohmann::json params{{"epochs", 30}, {"batch_size", 32}, {"learning_rate", 0.005}, {"dropout", 0.0}, {"seed", 3}};
  const bool has_hidden =
      architecture != Architecture::kCnn && architecture != Architecture::kDeepCnn && architecture != Architecture::kMlp;
  if (has_hidden) params["hidden"] = 16;
  if (architecture == Architecture::kLstmAutoencoder || architecture == Architecture::kRecurrentVae) params["latent"] = 4;
  if (architecture == Architecture::kCnn || architecture == Architecture::kCnnLstm) params["filters"] = 8;
  if (architecture == Architecture::kCnn || architecture == Architecture::kCnnLstm || architecture == Architecture::kDeepCnn)
    params["kernel"] = 3;
  return params;
}

FitResult Fit(Architecture architecture, const nlohmann::json& params, const LearningTask& task, const Data& training,
              FitOptions options = {}) {
  const FeatureLayout layout = Layout();
  options.layout = &layout;
  const auto learner = MakeTorch(architecture, params, task, "params");
  EXPECT_TRUE(learner.ok()) << learner.status();
  const auto fit = (*learner)->Fit(task.kind == Task::kAnomaly ? training.unlabelled() : training.set(), {}, options);
  EXPECT_TRUE(fit.ok()) << fit.status();
  return *fit;
}

constexpr LearningTask kRegression{.kind = Task::kRegression};
constexpr LearningTask kAnomaly{.kind = Task::kAnomaly};
constexpr Architecture kSupervised[] = {Architecture::kLstm,    Architecture::kCnn,         Architecture::kCnnLstm,
                                        Architecture::kDeepCnn, Architecture::kTransformer, Architecture::kRecurrentVae,
                                        Architecture::kMlp};

TEST(TorchLearnerTest, EveryArchitectureLearnsANumberFromSequenceAndStaticColumns) {
  const Data training = MakeData(400, 1, kRegression);
  const Data unseen = MakeData(100, 2, kRegression);
  for (const Architecture architecture : kSupervised) {
    const FitResult fit = Fit(architecture, SmallParams(architecture), kRegression, training);
    const std::vector<float> answers = *fit.model->Predict(unseen.features);
    double squares = 0;
    for (std::size_t i = 0; i < answers.size(); ++i) squares += std::pow(answers[i] - unseen.targets[i], 2) / 100;
    EXPECT_LT(std::sqrt(squares), 1.5) << Name(architecture);  // the targets' sd is 6
    EXPECT_EQ(fit.best_round, 29);
  }
}

TEST(TorchLearnerTest, LearnsClasses) {
  for (const LearningTask task : {LearningTask{.kind = Task::kBinary}, LearningTask{.kind = Task::kMulticlass, .classes = 3}}) {
    const Data training = MakeData(400, 1, task);
    const Data unseen = MakeData(100, 2, task);
    nlohmann::json params = SmallParams(Architecture::kLstm);
    params["class_weights"] = "balanced";
    const FitResult fit = Fit(Architecture::kLstm, params, task, training);
    const std::size_t outputs = task.kind == Task::kBinary ? 1 : 3;
    ASSERT_EQ(fit.model->outputs(), outputs);
    const std::vector<float> answers = *fit.model->Predict(unseen.features);
    ASSERT_EQ(answers.size(), 100 * outputs);
    int right = 0;
    for (std::size_t i = 0; i < 100; ++i) {
      const auto row = answers.begin() + static_cast<std::ptrdiff_t>(i * outputs);
      const double likeliest = outputs == 1 ? (*row >= 0.5F ? 1 : 0) : static_cast<double>(std::max_element(row, row + 3) - row);
      right += likeliest == unseen.targets[i] ? 1 : 0;
    }
    EXPECT_GT(right, 88) << Name(task.kind);
  }
}

TEST(TorchLearnerTest, AutoencodersFindWhatIsUnlikeTheTrainingRows) {
  const Data training = MakeData(300, 1, kAnomaly);
  const Data usual = MakeData(50, 2, kAnomaly);
  const Data odd = MakeData(50, 2, kAnomaly, /*is_odd=*/true);
  for (const Architecture architecture : {Architecture::kLstmAutoencoder, Architecture::kRecurrentVae}) {
    const FitResult fit = Fit(architecture, SmallParams(architecture), kAnomaly, training);
    const std::vector<float> low = *fit.model->Predict(usual.features);
    const std::vector<float> high = *fit.model->Predict(odd.features);
    double sum_low = 0, sum_high = 0;
    for (std::size_t i = 0; i < 50; ++i) {
      ASSERT_GE(low[i], 0);
      sum_low += low[i];
      sum_high += high[i];
    }
    EXPECT_GT(sum_high, 2 * sum_low) << Name(architecture);
  }
}

TEST(TorchLearnerTest, ARowGivesTheSameBitsAloneAmongOthersAndAfterLoading) {
  const Data training = MakeData(70, 1, kRegression);
  for (const Architecture architecture : kSupervised) {
    nlohmann::json params = SmallParams(architecture);
    params["epochs"] = 1;
    // Widths that fill no vector register evenly.
    if (params.contains("hidden")) params["hidden"] = architecture == Architecture::kTransformer ? 12 : 13;
    if (params.contains("filters")) params["filters"] = 7;
    params[architecture == Architecture::kMlp ? "units" : "dense"] =
        architecture == Architecture::kMlp ? nlohmann::json{13, 11} : nlohmann::json(11);
    const FitResult fit = Fit(architecture, params, kRegression, training);
    const std::vector<float> together = *fit.model->Predict(training.features);
    const auto loaded = LoadTorch(*fit.model->Serialize());
    ASSERT_TRUE(loaded.ok()) << loaded.status();
    for (std::size_t row = 0; row < training.features.rows; ++row) {
      FeatureMatrix one{.rows = 1, .columns = kFeatures};
      one.values.assign(training.features.Row(row).begin(), training.features.Row(row).end());
      EXPECT_EQ((*loaded)->Predict(one)->at(0), together[row]) << Name(architecture) << ", row " << row;
    }
  }
}

TEST(TorchLearnerTest, TheSameDataParametersAndSeedGiveTheSameBytes) {
  const Data training = MakeData(100, 1, kRegression);
  nlohmann::json params = SmallParams(Architecture::kCnnLstm);
  params.update({{"epochs", 2}, {"dropout", 0.3}});
  const std::string first = *Fit(Architecture::kCnnLstm, params, kRegression, training).model->Serialize();
  EXPECT_EQ(*Fit(Architecture::kCnnLstm, params, kRegression, training).model->Serialize(), first);
  params["seed"] = 4;
  EXPECT_NE(*Fit(Architecture::kCnnLstm, params, kRegression, training).model->Serialize(), first);
}

TEST(TorchLearnerTest, AResumedTrainingEndsAsOneWithoutABreak) {
  const Data training = MakeData(120, 1, kRegression);
  nlohmann::json params = SmallParams(Architecture::kLstm);
  params.update(
      {{"epochs", 6}, {"dropout", 0.2}, {"layers", 2}, {"schedule", "one_cycle"}, {"optimizer", "adamw"}, {"average_epochs", 4}});
  const std::string unbroken = *Fit(Architecture::kLstm, params, kRegression, training).model->Serialize();

  std::vector<std::string> saved;
  FitOptions until_broken{.checkpoints = {.save = [&](std::string_view bytes) {
                            saved.emplace_back(bytes);
                            return absl::OkStatus();
                          }}};
  Fit(Architecture::kLstm, params, kRegression, training, until_broken);
  ASSERT_EQ(saved.size(), 6U);
  int rounds = 0;
  const auto resume = [&](const std::string& bytes) {
    return FitOptions{.checkpoints = {.load = [&bytes] { return std::optional<std::string>(bytes); }},
                      .on_round = [&](const Round&) {
                        ++rounds;
                        return RoundVerdict::kContinue;
                      }};
  };
  EXPECT_EQ(*Fit(Architecture::kLstm, params, kRegression, training, resume(saved[3])).model->Serialize(), unbroken);
  EXPECT_EQ(rounds, 2);
  // One of another seed, or a broken one, is passed over.
  for (const std::string& bytes : {std::string("PK but no archive"), saved[3].substr(0, saved[3].size() / 2)}) {
    rounds = 0;
    EXPECT_EQ(*Fit(Architecture::kLstm, params, kRegression, training, resume(bytes)).model->Serialize(), unbroken);
    EXPECT_EQ(rounds, 6);
  }
  params["seed"] = 9;
  rounds = 0;
  Fit(Architecture::kLstm, params, kRegression, training, resume(saved[3]));
  EXPECT_EQ(rounds, 6);
}

TEST(TorchLearnerTest, EarlyStoppingKeepsTheBestEpoch) {
  const Data training = MakeData(60, 1, kRegression);
  const Data validation = MakeData(60, 5, kRegression);
  nlohmann::json params = SmallParams(Architecture::kLstm);
  params.update({{"epochs", 200}, {"early_stopping_patience", 3}, {"learning_rate", 0.05}});
  std::vector<double> values;
  const FeatureLayout layout = Layout();
  const FitOptions options{.layout = &layout, .on_round = [&](const Round& round) {
                             EXPECT_TRUE(round.is_validation);
                             values.push_back(round.value);
                             return RoundVerdict::kContinue;
                           }};
  const auto fit =
      (*MakeTorch(Architecture::kLstm, params, kRegression, "params"))->Fit(training.set(), validation.set(), options);
  ASSERT_TRUE(fit.ok()) << fit.status();
  EXPECT_EQ(fit->best_round, std::min_element(values.begin(), values.end()) - values.begin());
  EXPECT_EQ(values.size(), static_cast<std::size_t>(fit->best_round) + 4);
}

TEST(TorchLearnerTest, AMissingValueCountsAsTheTrainingMean) {
  Data training = MakeData(50, 1, kRegression);
  nlohmann::json params = SmallParams(Architecture::kLstm);
  params["epochs"] = 1;
  const FitResult fit = Fit(Architecture::kLstm, params, kRegression, training);
  FeatureMatrix row{.rows = 1, .columns = kFeatures};
  row.values.assign(training.features.Row(0).begin(), training.features.Row(0).end());
  row.values[3] = 7;  // the constant column of the sequence
  const float as_trained = fit.model->Predict(row)->at(0);
  row.values[3] = std::numeric_limits<float>::quiet_NaN();
  EXPECT_EQ(fit.model->Predict(row)->at(0), as_trained);
  EXPECT_EQ(fit.model->Predict({.rows = 1, .columns = 2, .values = {1, 2}}).status().code(), absl::StatusCode::kInvalidArgument);
}

TEST(TorchLearnerTest, AnMlpNeedsNoSequence) {
  const Data training = MakeData(200, 1, kRegression);
  FeatureLayout plain = Layout();
  plain.sequence.reset();
  const nlohmann::json params{{"epochs", 30},  {"batch_size", 32}, {"learning_rate", 0.005},
                              {"units", {16}}, {"clip", 4},        {"seed", 3}};
  const auto fit = (*MakeTorch(Architecture::kMlp, params, kRegression, "params"))->Fit(training.set(), {}, {.layout = &plain});
  ASSERT_TRUE(fit.ok()) << fit.status();
  const std::vector<float> answers = *fit->model->Predict(training.features);
  double squares = 0;
  for (std::size_t i = 0; i < answers.size(); ++i) squares += std::pow(answers[i] - training.targets[i], 2) / 200;
  EXPECT_LT(std::sqrt(squares), 1.5);  // the targets' sd is 6
}

TEST(TorchLearnerTest, RefusesWhatIsNotAParameterOfTheArchitecture) {
  const auto error = [](Architecture architecture, const nlohmann::json& params, const LearningTask& task) {
    return std::string(MakeTorch(architecture, params, task, "heads[0].params").status().message());
  };
  EXPECT_THAT(error(Architecture::kLstm, {{"kernel", 3}}, kRegression), HasSubstr("heads[0].params.kernel: unknown key"));
  EXPECT_THAT(error(Architecture::kCnn, {{"kernel", 0}}, kRegression),
              HasSubstr("heads[0].params.kernel: 0 must be a whole number from 1 to 101"));
  EXPECT_THAT(error(Architecture::kTransformer, {{"hidden", 10}}, kRegression), HasSubstr("multiple of attention_heads (4)"));
  EXPECT_THAT(error(Architecture::kLstm, {{"loss", "cross_entropy"}}, kRegression), HasSubstr("must be one of mse, mae"));
  EXPECT_THAT(error(Architecture::kLstm, {{"device", "cuda"}}, kRegression), HasSubstr("heads[0].params.device: cuda needs"));
  EXPECT_THAT(error(Architecture::kLstm, nlohmann::json::object(), kAnomaly),
              HasSubstr("lstm does not learn the target \"reconstruction\""));
  EXPECT_THAT(error(Architecture::kLstmAutoencoder, nlohmann::json::object(), kRegression), HasSubstr("\"reconstruction\" only"));
  EXPECT_THAT(error(Architecture::kMlp, {{"units", {64, 0.5}}}, kRegression),
              HasSubstr("heads[0].params.units: 0.5 must be a whole number from 1 to 8192"));
  EXPECT_THAT(error(Architecture::kLstm, {{"class_weights", {1, 2, 3}}}, {.kind = Task::kBinary}),
              HasSubstr("a list of 2 numbers"));
}

TEST(TorchLearnerTest, BrokenModelFilesAreRefused) {
  const Data training = MakeData(20, 1, kRegression);
  nlohmann::json params = SmallParams(Architecture::kCnn);
  params["epochs"] = 1;
  const std::string bytes = *Fit(Architecture::kCnn, params, kRegression, training).model->Serialize();
  for (const std::string& broken : {std::string(), std::string("PK"), bytes.substr(0, bytes.size() / 2), bytes.substr(100)})
    EXPECT_EQ(LoadTorch(broken).status().code(), absl::StatusCode::kInvalidArgument);
}

}  // namespace
}  // namespace millwright::learn
