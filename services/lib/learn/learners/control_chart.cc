#include "lib/learn/learners/control_chart.h"

#include <algorithm>
#include <cmath>
#include <utility>

#include "lib/base/status_macros.h"
#include "lib/learn/learners/model_json.h"
#include "lib/learn/learners/standardizer.h"
#include "lib/learn/strict_json.h"
#include "lib/learn/text.h"

namespace millwright::learn {

namespace {

constexpr std::string_view kKind = "control_chart";
constexpr std::int64_t kMaxColumns = 1'000'000;

class ControlChartModel : public Model {
 public:
  explicit ControlChartModel(Standardizer standardizer) : standardizer_(std::move(standardizer)) {}

  absl::StatusOr<std::vector<float>> Predict(const FeatureMatrix& features) const override {
    RETURN_IF_ERROR(CheckColumns(features, feature_count()));
    std::vector<float> scores;
    std::vector<double> z(feature_count());
    for (std::size_t row = 0; row < features.rows; ++row) {
      standardizer_.Apply(features.Row(row), z);
      double worst = 0;
      for (const double value : z) worst = std::max(worst, std::abs(value));
      scores.push_back(static_cast<float>(worst));
    }
    return scores;
  }
  std::size_t feature_count() const override { return standardizer_.features(); }
  absl::StatusOr<std::string> Serialize() const override {
    nlohmann::json json = NewModelJson(kKind);
    json["features"] = feature_count();
    standardizer_.Write(json);
    return json.dump();
  }

 private:
  Standardizer standardizer_;
};

class ControlChartLearner : public Learner {
 public:
  absl::StatusOr<FitResult> Fit(const LearningSet& training, const LearningSet&, const FitOptions&) const override {
    if (training.features == nullptr || training.features->rows < 2)
      return absl::FailedPreconditionError("a control chart needs at least two training rows");
    return FitResult{.model = std::make_shared<ControlChartModel>(Standardizer::Fit(*training.features, {}))};
  }
};

}  // namespace

absl::StatusOr<std::unique_ptr<Learner>> MakeControlChart(const nlohmann::json& params, const LearningTask& task,
                                                          std::string_view path) {
  if (task.kind != Task::kAnomaly) {
    return absl::InvalidArgumentError(
        Cat(path, ": control_chart does not fit a ", Name(task.kind), " target; use reconstruction"));
  }
  RETURN_IF_ERROR(StrictObject(params, path).Finish());
  return std::make_unique<ControlChartLearner>();
}

absl::StatusOr<std::shared_ptr<const Model>> LoadControlChart(std::string_view bytes) {
  ASSIGN_OR_RETURN(const nlohmann::json json, ParseModelJson(bytes, kKind));
  StrictObject object(json, "");
  AskModelKeys(object);
  const auto features = static_cast<std::size_t>(object.Integer("features", 1, kMaxColumns));
  Standardizer standardizer = Standardizer::Read(object, features);
  RETURN_IF_ERROR(object.Finish());
  return std::make_shared<ControlChartModel>(std::move(standardizer));
}

}  // namespace millwright::learn
