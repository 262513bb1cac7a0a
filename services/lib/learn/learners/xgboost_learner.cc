#include "lib/learn/learners/xgboost_learner.h"

#include <xgboost/c_api.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <utility>

#include "lib/base/status_macros.h"
#include "lib/learn/learners/xgboost_model_file.h"
#include "lib/learn/learners/xgboost_params.h"
#include "lib/learn/name_pattern.h"
#include "lib/learn/text.h"

namespace millwright::learn {

namespace {

constexpr const char* kPredictConfig =
    R"({"type":0,"training":false,"iteration_begin":0,"iteration_end":0,"strict_shape":false,"missing":NaN,"cache_id":0})";
constexpr const char* kTrainingConfig =
    R"({"type":1,"training":true,"iteration_begin":0,"iteration_end":0,"strict_shape":false,"missing":NaN,"cache_id":0})";

absl::Status Check(int result, std::string_view doing) {
  if (result == 0) return absl::OkStatus();
  std::string reason = XGBGetLastError();
  reason = reason.substr(0, reason.find("\nStack trace"));
  return absl::InternalError(Cat("xgboost, ", doing, ": ", reason));
}

class Booster {
 public:
  Booster() = default;
  explicit Booster(BoosterHandle handle) : handle_(handle) {}
  Booster(Booster&& other) noexcept : handle_(std::exchange(other.handle_, nullptr)) {}
  Booster& operator=(Booster&& other) noexcept {
    std::swap(handle_, other.handle_);
    return *this;
  }
  ~Booster() {
    if (handle_ != nullptr) XGBoosterFree(handle_);
  }
  BoosterHandle get() const { return handle_; }

 private:
  BoosterHandle handle_ = nullptr;
};

/// A training or validation matrix in XGBoost's own form.
class Data {
 public:
  static absl::StatusOr<Data> Make(const LearningSet& set, std::span<const float> weights, std::span<const std::string> names,
                                   int nthread) {
    Data data;
    const FeatureMatrix& x = *set.features;
    RETURN_IF_ERROR(Check(XGDMatrixCreateFromMat_omp(x.values.data(), x.rows, x.columns, std::numeric_limits<float>::quiet_NaN(),
                                                     &data.handle_, nthread),
                          "reading the features"));
    const std::vector<float> labels(set.targets.begin(), set.targets.end());
    RETURN_IF_ERROR(Check(XGDMatrixSetFloatInfo(data.handle_, "label", labels.data(), labels.size()), "reading the targets"));
    if (!weights.empty())
      RETURN_IF_ERROR(
          Check(XGDMatrixSetFloatInfo(data.handle_, "weight", weights.data(), weights.size()), "reading the weights"));
    std::vector<std::string> safe(names.begin(), names.end());
    for (std::string& name : safe)
      std::replace_if(
          name.begin(), name.end(), [](char c) { return c == '[' || c == ']' || c == '<'; }, '_');
    std::vector<const char*> pointers;
    for (const std::string& name : safe) pointers.push_back(name.c_str());
    RETURN_IF_ERROR(
        Check(XGDMatrixSetStrFeatureInfo(data.handle_, "feature_name", pointers.data(), pointers.size()), "naming the features"));
    return data;
  }
  Data(Data&& other) noexcept : handle_(std::exchange(other.handle_, nullptr)) {}
  ~Data() {
    if (handle_ != nullptr) XGDMatrixFree(handle_);
  }
  DMatrixHandle get() const { return handle_; }

 private:
  Data() = default;
  DMatrixHandle handle_ = nullptr;
};

class XgboostModel : public Model {
 public:
  static absl::StatusOr<std::shared_ptr<const Model>> Load(std::string bytes) {
    ASSIGN_OR_RETURN(XgboostModelShape shape, CheckXgboostModelFile(bytes));
    const std::size_t features = shape.features;
    BoosterHandle handle = nullptr;
    RETURN_IF_ERROR(Check(XGBoosterCreate(nullptr, 0, &handle), "making a booster"));
    auto model = std::shared_ptr<XgboostModel>(new XgboostModel(Booster(handle), std::move(bytes), std::move(shape)));
    if (const absl::Status status =
            Check(XGBoosterLoadModelFromBuffer(handle, model->bytes_.data(), model->bytes_.size()), "reading the model");
        !status.ok()) {
      return absl::InvalidArgumentError(status.message());
    }
    // More threads make one row slower, and setting parameters later is not thread-safe.
    for (const auto& [name, value] :
         {std::pair("nthread", "1"), std::pair("predictor", "cpu_predictor"), std::pair("verbosity", "0")}) {
      RETURN_IF_ERROR(Check(XGBoosterSetParam(handle, name, value), "setting up prediction"));
    }
    // The first prediction configures the booster, which must not happen on two threads at once.
    FeatureMatrix one{.rows = 1, .columns = features, .values = std::vector<float>(features)};
    RETURN_IF_ERROR(model->Predict(one).status());
    return model;
  }

  absl::StatusOr<std::vector<float>> Predict(const FeatureMatrix& features) const override {
    if (features.columns != shape_.features) {
      return absl::InvalidArgumentError(
          Cat("the rows have ", features.columns, " features and the model takes ", shape_.features));
    }
    if (features.rows == 0) return std::vector<float>();
    const std::string values =
        Cat(R"({"data":[)", reinterpret_cast<std::uintptr_t>(features.values.data()), R"(,true],"shape":[)", features.rows, ",",
            features.columns, R"(],"typestr":"<f4","version":3})");
    const bst_ulong* shape = nullptr;
    bst_ulong dimensions = 0;
    const float* result = nullptr;
    RETURN_IF_ERROR(
        Check(XGBoosterPredictFromDense(booster_.get(), values.c_str(), kPredictConfig, nullptr, &shape, &dimensions, &result),
              "predicting"));
    bst_ulong count = dimensions == 0 ? 0 : 1;
    for (bst_ulong i = 0; i < dimensions; ++i) count *= shape[i];
    if (count != features.rows * shape_.outputs)
      return absl::InternalError(Cat("xgboost gave ", count, " values for ", features.rows, " rows"));
    return std::vector<float>(result, result + count);
  }

  std::size_t feature_count() const override { return shape_.features; }
  std::size_t outputs() const override { return shape_.outputs; }
  std::vector<double> Importance() const override { return shape_.gain; }
  absl::StatusOr<std::string> Serialize() const override { return bytes_; }

 private:
  XgboostModel(Booster booster, std::string bytes, XgboostModelShape shape)
      : booster_(std::move(booster)), bytes_(std::move(bytes)), shape_(std::move(shape)) {}

  Booster booster_;
  std::string bytes_;
  XgboostModelShape shape_;
};

/// The values of a matrix that the booster knows; it adds only the newest trees to what it has. Valid until the next call.
absl::StatusOr<std::span<const float>> CachedPrediction(const Booster& booster, DMatrixHandle data, const char* config) {
  const bst_ulong* shape = nullptr;
  bst_ulong dimensions = 0;
  const float* values = nullptr;
  RETURN_IF_ERROR(Check(XGBoosterPredictFromDMatrix(booster.get(), data, config, &shape, &dimensions, &values), "predicting"));
  bst_ulong count = dimensions == 0 ? 0 : 1;
  for (bst_ulong i = 0; i < dimensions; ++i) count *= shape[i];
  return std::span(values, count);
}

class XgboostLearner : public Learner {
 public:
  XgboostLearner(XgboostParams params, const LearningTask& task) : params_(std::move(params)), task_(task) {}

  absl::StatusOr<FitResult> Fit(const LearningSet& training, const LearningSet& validation,
                                const FitOptions& options) const override;

 private:
  absl::Status SetParams(const Booster& booster, double start, std::span<const std::string> features) const;
  /// The constant that the first tree corrects. 1.7 takes 0.5 whatever the target; a better one saves it many rounds.
  double Start(std::span<const double> targets, std::span<const float> weights,
               const std::optional<ObjectiveGradient>& gradient) const;

  XgboostParams params_;
  LearningTask task_;
};

absl::StatusOr<std::string> MonotoneConstraints(const XgboostParams& params, std::span<const std::string> features) {
  std::string list;
  std::vector<bool> is_used(params.monotone.size());
  for (const std::string& feature : features) {
    int direction = 0;
    for (std::size_t i = 0; i < params.monotone.size(); ++i) {
      if (!Matches(params.monotone[i].first, feature)) continue;
      is_used[i] = true;
      if (direction == 0) direction = params.monotone[i].second;
    }
    list += Cat(list.empty() ? "(" : ",", direction);
  }
  for (std::size_t i = 0; i < params.monotone.size(); ++i) {
    if (is_used[i]) continue;
    return absl::InvalidArgumentError(
        Cat("monotone_constraints: no feature is called \"", params.monotone[i].first, "\"; the first is \"", features[0], "\""));
  }
  return list + ")";
}

absl::Status XgboostLearner::SetParams(const Booster& booster, double start, std::span<const std::string> features) const {
  const auto set = [&](const std::string& name, const std::string& value) {
    return Check(XGBoosterSetParam(booster.get(), name.c_str(), value.c_str()), Cat("setting ", name));
  };
  RETURN_IF_ERROR(set("verbosity", "0"));
  for (const auto& [name, value] : params_.native) RETURN_IF_ERROR(set(name, value));
  if (!params_.monotone.empty()) {
    ASSIGN_OR_RETURN(const std::string constraints, MonotoneConstraints(params_, features));
    RETURN_IF_ERROR(set("monotone_constraints", constraints));
  }
  if (params_.has_base_score || task_.kind == Task::kMulticlass) return absl::OkStatus();
  return set("base_score", Shortest(static_cast<float>(start)));
}

double XgboostLearner::Start(std::span<const double> targets, std::span<const float> weights,
                             const std::optional<ObjectiveGradient>& gradient) const {
  if (gradient) return gradient->Start();
  double sum = 0;
  double count = 0;
  for (std::size_t i = 0; i < targets.size(); ++i) {
    const double weight = weights.empty() ? 1.0 : static_cast<double>(weights[i]);
    sum += weight * targets[i];
    count += weight;
  }
  return task_.kind == Task::kBinary ? std::clamp(sum / count, 1e-6, 1 - 1e-6) : sum / count;
}

absl::StatusOr<FitResult> XgboostLearner::Fit(const LearningSet& training, const LearningSet& validation,
                                              const FitOptions& options) const {
  if (training.features == nullptr || training.features->rows == 0)
    return absl::FailedPreconditionError("there are no rows to train on");
  const bool has_validation = validation.features != nullptr && validation.features->rows > 0;
  const int patience = options.rounds ? 0 : params_.early_stopping_rounds;  // 0: no early stopping
  const int total = options.rounds.value_or(params_.rounds);
  if (patience > 0 && !has_validation)
    return absl::InvalidArgumentError("early_stopping_rounds needs a validation split with rows");
  const std::vector<float> weights = RowWeights(params_.class_weights, task_, training.targets, training.weights);
  const std::span<const std::string> names = options.layout->names;
  ASSIGN_OR_RETURN(const Data train, Data::Make(training, weights, names, params_.nthread));
  std::vector<DMatrixHandle> cached{train.get()};
  std::optional<Data> held_out;
  if (has_validation) {
    ASSIGN_OR_RETURN(Data data, Data::Make(validation, {}, names, params_.nthread));
    held_out.emplace(std::move(data));
    cached.push_back(held_out->get());
  }
  BoosterHandle handle = nullptr;
  RETURN_IF_ERROR(Check(XGBoosterCreate(cached.data(), cached.size(), &handle), "making a booster"));
  const Booster booster(handle);
  std::optional<ObjectiveGradient> ours;
  if (params_.objective) ours.emplace(*params_.objective, training.targets, weights);
  RETURN_IF_ERROR(SetParams(booster, Start(training.targets, weights, ours), names));

  std::vector<float> gradient;
  std::vector<float> second;
  const auto boost = [&](int round) -> absl::Status {
    if (!ours) return Check(XGBoosterUpdateOneIter(handle, round, train.get()), Cat("training round ", round));
    ASSIGN_OR_RETURN(const std::span<const float> margin, CachedPrediction(booster, train.get(), kTrainingConfig));
    ours->Compute(margin, gradient, second);
    return Check(XGBoosterBoostOneIter(handle, train.get(), gradient.data(), second.data(), gradient.size()),
                 Cat("training round ", round));
  };

  FitResult result;
  const EvalMetric& metric = params_.eval_metric;
  const std::span<const double> truth = has_validation ? validation.targets : training.targets;
  double best = 0;
  int rounds = 0;
  while (rounds < total && !result.was_stopped) {
    RETURN_IF_ERROR(boost(rounds));
    const int round = rounds++;
    if (patience == 0) result.best_round = round;
    if (patience == 0 && !options.on_round) continue;  // a prediction that nobody asked for
    ASSIGN_OR_RETURN(const std::span<const float> predicted, CachedPrediction(booster, cached.back(), kPredictConfig));
    const std::optional<double> value = MetricValue(metric, task_, truth, predicted);
    if (!value)
      return absl::FailedPreconditionError(Cat(metric.name, " is undefined on the ", has_validation ? "validation" : "training",
                                               " rows: they have one class only"));
    const bool is_better = round == 0 || (metric.is_more_better ? *value > best : *value < best);
    if (is_better) best = *value;
    if (patience > 0 && is_better) result.best_round = round;
    if (options.on_round) {
      const Round report{
          .number = round, .total = total, .metric = metric.name, .value = *value, .is_validation = has_validation};
      result.was_stopped = options.on_round(report) == RoundVerdict::kStop;
    }
    if (patience > 0 && round - result.best_round >= patience) break;
  }
  // The file holds the best rounds only: Python and older readers always use all trees.
  BoosterHandle sliced = nullptr;
  RETURN_IF_ERROR(Check(XGBoosterSlice(handle, 0, result.best_round + 1, 1, &sliced), "cutting to the best round"));
  const Booster kept(sliced);
  bst_ulong size = 0;
  const char* bytes = nullptr;
  RETURN_IF_ERROR(Check(XGBoosterSaveModelToBuffer(sliced, R"({"format":"ubj"})", &size, &bytes), "writing the model"));
  ASSIGN_OR_RETURN(result.model, XgboostModel::Load(std::string(bytes, size)));
  return result;
}

absl::StatusOr<std::unique_ptr<Learner>> Make(const nlohmann::json& params, const LearningTask& task, Ensemble ensemble,
                                              std::string_view path) {
  ASSIGN_OR_RETURN(XgboostParams parsed, ParseXgboostParams(params, task, ensemble, path));
  return std::make_unique<XgboostLearner>(std::move(parsed), task);
}

}  // namespace

absl::StatusOr<std::unique_ptr<Learner>> MakeXgboost(const nlohmann::json& params, const LearningTask& task,
                                                     std::string_view path) {
  return Make(params, task, Ensemble::kBoosting, path);
}

absl::StatusOr<std::unique_ptr<Learner>> MakeRandomForest(const nlohmann::json& params, const LearningTask& task,
                                                          std::string_view path) {
  return Make(params, task, Ensemble::kForest, path);
}

absl::StatusOr<std::shared_ptr<const Model>> LoadXgboost(std::string_view bytes) {
  return XgboostModel::Load(std::string(bytes));
}

}  // namespace millwright::learn
