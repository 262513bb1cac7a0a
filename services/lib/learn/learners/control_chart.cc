#include "lib/learn/learners/control_chart.h"

#include <algorithm>
#include <cmath>
#include <numeric>
#include <utility>

#include "lib/base/status_macros.h"
#include "lib/learn/features/feature_choice.h"
#include "lib/learn/learners/model_json.h"
#include "lib/learn/learners/standardizer.h"
#include "lib/learn/strict_json.h"
#include "lib/learn/text.h"

namespace millwright::learn {

namespace {

constexpr std::string_view kKind = "control_chart";
constexpr std::int64_t kMaxColumns = 1'000'000;

/// Judges the last `rows` rows of a sequence; without one, a row of features is all there is.
class ControlChartModel : public Model {
 public:
  ControlChartModel(Standardizer standardizer, std::size_t rows) : standardizer_(std::move(standardizer)), rows_(rows) {}

  absl::StatusOr<std::vector<float>> Predict(const FeatureMatrix& features) const override {
    RETURN_IF_ERROR(CheckColumns(features, feature_count()));
    std::vector<float> scores;
    std::vector<double> z(standardizer_.features());
    std::vector<double> worst(rows_);
    // So many of the rows lie at or over the score as make a half of them, rounded up.
    const auto half = worst.begin() + static_cast<std::ptrdiff_t>(rows_ / 2);
    for (std::size_t row = 0; row < features.rows; ++row) {
      for (std::size_t i = 0; i < rows_; ++i) {
        standardizer_.Apply(features.Row(row).subspan(i * z.size(), z.size()), z);
        worst[i] = 0;
        for (const double value : z) worst[i] = std::max(worst[i], std::abs(value));
      }
      std::nth_element(worst.begin(), half, worst.end());
      scores.push_back(static_cast<float>(*half));
    }
    return scores;
  }
  std::size_t feature_count() const override { return rows_ * standardizer_.features(); }
  absl::StatusOr<std::string> Serialize() const override {
    nlohmann::json json = NewModelJson(kKind);
    json["features"] = standardizer_.features();
    json["rows"] = rows_;
    standardizer_.Write(json);
    return json.dump();
  }

 private:
  Standardizer standardizer_;  // of one row
  std::size_t rows_;
};

class ControlChartLearner : public Learner {
 public:
  explicit ControlChartLearner(bool is_standardized) : is_standardized_(is_standardized) {}

  absl::StatusOr<FitResult> Fit(const LearningSet& training, const LearningSet&, const FitOptions& options) const override {
    if (training.features == nullptr || training.features->rows < 2)
      return absl::FailedPreconditionError("a control chart needs at least two training rows");
    const FeatureMatrix& x = *training.features;
    const std::optional<FeatureLayout::Sequence>& sequence = options.layout->sequence;
    const std::size_t rows = sequence ? sequence->rows : 1;
    const std::size_t columns = sequence ? sequence->columns : x.columns;
    if (rows * columns != x.columns)
      return absl::FailedPreconditionError(
          Cat("control_chart judges the rows of a sequence and nothing beside it, and there are ", x.columns - rows * columns,
              " other features; name the sequence alone in the head's features"));
    // Of each sequence the newest row, so that every training row counts once.
    std::vector<std::size_t> newest(columns);
    std::iota(newest.begin(), newest.end(), x.columns - columns);
    const Standardizer standardizer =
        is_standardized_ ? Standardizer::Identity(columns) : Standardizer::Fit(TakeColumns(x, newest), {});
    return FitResult{.model = std::make_shared<ControlChartModel>(standardizer, rows)};
  }

 private:
  bool is_standardized_;
};

}  // namespace

absl::StatusOr<std::unique_ptr<Learner>> MakeControlChart(const nlohmann::json& params, const LearningTask& task,
                                                          std::string_view path) {
  if (task.kind != Task::kAnomaly) {
    return absl::InvalidArgumentError(
        Cat(path, ": control_chart does not fit a ", Name(task.kind), " target; use reconstruction"));
  }
  StrictObject object(params, path);
  const bool is_standardized = object.Bool("standardized", false);
  RETURN_IF_ERROR(object.Finish());
  return std::make_unique<ControlChartLearner>(is_standardized);
}

absl::StatusOr<std::shared_ptr<const Model>> LoadControlChart(std::string_view bytes) {
  ASSIGN_OR_RETURN(const nlohmann::json json, ParseModelJson(bytes, kKind));
  StrictObject object(json, "");
  AskModelKeys(object);
  const auto features = static_cast<std::size_t>(object.Integer("features", 1, kMaxColumns));
  const auto rows = static_cast<std::size_t>(object.Integer("rows", 1, kMaxColumns / static_cast<std::int64_t>(features), 1));
  Standardizer standardizer = Standardizer::Read(object, features);
  RETURN_IF_ERROR(object.Finish());
  return std::make_shared<ControlChartModel>(std::move(standardizer), rows);
}

}  // namespace millwright::learn
