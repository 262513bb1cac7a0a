#include "lib/learn/learners/baselines.h"

#include <algorithm>
#include <cmath>
#include <utility>

#include "lib/base/status_macros.h"
#include "lib/learn/learners/model_json.h"
#include "lib/learn/text.h"

namespace millwright::learn {

namespace {

constexpr std::string_view kKind = "baseline";

/// The same values for every row, or one of its features.
class BaselineModel : public Model {
 public:
  BaselineModel(std::size_t features, std::vector<double> values, std::optional<std::size_t> feature)
      : features_(features), values_(std::move(values)), feature_(feature) {}

  absl::StatusOr<std::vector<float>> Predict(const FeatureMatrix& features) const override {
    RETURN_IF_ERROR(CheckColumns(features, features_));
    std::vector<float> out;
    out.reserve(features.rows * values_.size());
    for (std::size_t row = 0; row < features.rows; ++row) {
      const float own = feature_ ? features.Row(row)[*feature_] : std::nanf("");
      for (const double value : values_) out.push_back(std::isnan(own) ? static_cast<float>(value) : own);
    }
    return out;
  }
  std::size_t feature_count() const override { return features_; }
  std::size_t outputs() const override { return values_.size(); }
  absl::StatusOr<std::string> Serialize() const override {
    nlohmann::json json = NewModelJson(kKind);
    json["features"] = features_;
    json["values"] = values_;
    if (feature_) json["feature"] = *feature_;
    return json.dump();
  }

 private:
  std::size_t features_;
  std::vector<double> values_;  // where there is no feature, or it is missing
  std::optional<std::size_t> feature_;
};

absl::Status CheckRows(const LearningSet& training) {
  if (training.features != nullptr && training.features->rows > 0) return absl::OkStatus();
  return absl::FailedPreconditionError("there are no rows to train on");
}

/// Weighted means of the target, or the share of each class.
std::vector<double> Means(const LearningSet& set, const LearningTask& task) {
  std::vector<double> sums(task.kind == Task::kMulticlass ? task.classes : 1);
  double count = 0;
  for (std::size_t i = 0; i < set.targets.size(); ++i) {
    const double weight = set.weights.empty() ? 1 : set.weights[i];
    if (task.kind == Task::kMulticlass)
      sums[static_cast<std::size_t>(set.targets[i])] += weight;
    else
      sums[0] += weight * set.targets[i];
    count += weight;
  }
  for (double& sum : sums) sum /= count;
  return sums;
}

class MeanLearner : public Learner {
 public:
  explicit MeanLearner(const LearningTask& task) : task_(task) {}
  absl::StatusOr<FitResult> Fit(const LearningSet& training, const LearningSet&, const FitOptions&) const override {
    RETURN_IF_ERROR(CheckRows(training));
    return FitResult{.model = std::make_shared<BaselineModel>(training.features->columns, Means(training, task_), std::nullopt)};
  }

 private:
  LearningTask task_;
};

class LastValueLearner : public Learner {
 public:
  LastValueLearner(std::string feature, double value) : feature_(std::move(feature)), value_(value) {}
  absl::StatusOr<FitResult> Fit(const LearningSet& training, const LearningSet&, const FitOptions& options) const override {
    RETURN_IF_ERROR(CheckRows(training));
    const std::size_t columns = training.features->columns;
    if (feature_.empty())
      return FitResult{.model = std::make_shared<BaselineModel>(columns, std::vector<double>{value_}, std::nullopt)};
    const std::vector<std::string>& names = options.layout->names;
    const auto it = std::find(names.begin(), names.end(), feature_);
    if (it == names.end()) return absl::InvalidArgumentError(Cat("feature: no feature is called \"", feature_, "\""));
    return FitResult{
        .model = std::make_shared<BaselineModel>(columns, Means(training, {}), static_cast<std::size_t>(it - names.begin()))};
  }

 private:
  std::string feature_;
  double value_;
};

}  // namespace

absl::StatusOr<std::unique_ptr<Learner>> MakeMean(const nlohmann::json& params, const LearningTask& task, std::string_view path) {
  if (task.kind == Task::kAnomaly) return absl::InvalidArgumentError(Cat(path, ": mean does not fit an anomaly target"));
  StrictObject object(params, path);
  RETURN_IF_ERROR(object.Finish());
  return std::make_unique<MeanLearner>(task);
}

absl::StatusOr<std::unique_ptr<Learner>> MakeLastValue(const nlohmann::json& params, const LearningTask& task,
                                                       std::string_view path) {
  if (task.kind != Task::kRegression)
    return absl::InvalidArgumentError(Cat(path, ": last_value does not fit a ", Name(task.kind), " target"));
  StrictObject object(params, path);
  std::string feature = object.Text("feature", "");
  const double value = feature.empty() ? object.Number("value", -1e300, 1e300) : 0;
  RETURN_IF_ERROR(object.Finish());
  return std::make_unique<LastValueLearner>(std::move(feature), value);
}

absl::StatusOr<std::shared_ptr<const Model>> LoadBaseline(std::string_view bytes) {
  ASSIGN_OR_RETURN(const nlohmann::json json, ParseModelJson(bytes, kKind));
  StrictObject object(json, "");
  AskModelKeys(object);
  const auto features = static_cast<std::size_t>(object.Integer("features", 1, 1'000'000));
  object.Required("values");
  std::vector<double> values = object.Numbers("values");
  std::optional<std::size_t> feature;
  if (object.Optional("feature") != nullptr)
    feature = static_cast<std::size_t>(object.Integer("feature", 0, static_cast<std::int64_t>(features) - 1));
  if (values.empty() || values.size() > 1000) object.Fail("values", "must be 1 to 1000 numbers");
  RETURN_IF_ERROR(object.Finish());
  return std::make_shared<BaselineModel>(features, std::move(values), feature);
}

}  // namespace millwright::learn
