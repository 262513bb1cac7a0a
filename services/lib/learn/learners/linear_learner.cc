#include "lib/learn/learners/linear_learner.h"

#include <Eigen/Dense>
#include <algorithm>
#include <cmath>
#include <limits>
#include <utility>

#include "lib/base/status_macros.h"
#include "lib/learn/learners/class_weights.h"
#include "lib/learn/learners/model_json.h"
#include "lib/learn/learners/standardizer.h"
#include "lib/learn/text.h"

namespace millwright::learn {

namespace {

constexpr std::string_view kKind = "linear";
constexpr std::size_t kMaxColumns = 5000;
constexpr std::size_t kBlock = 512;  // rows that are multiplied at once
constexpr int kMaxIterations = 30;

double Sigmoid(double x) { return 1 / (1 + std::exp(-x)); }

/// One output: an intercept and a coefficient for each standardised feature.
struct Line {
  double intercept = 0;
  std::vector<double> coefficients;

  double At(std::span<const double> z) const {
    double sum = intercept;
    for (std::size_t i = 0; i < z.size(); ++i) sum += coefficients[i] * z[i];
    return sum;
  }
};

class LinearModel : public Model {
 public:
  LinearModel(Task task, Standardizer standardizer, std::vector<Line> lines)
      : task_(task), standardizer_(std::move(standardizer)), lines_(std::move(lines)) {}

  absl::StatusOr<std::vector<float>> Predict(const FeatureMatrix& features) const override {
    RETURN_IF_ERROR(CheckColumns(features, feature_count()));
    std::vector<float> out;
    out.reserve(features.rows * lines_.size());
    std::vector<double> z(feature_count());
    std::vector<double> values(lines_.size());
    for (std::size_t row = 0; row < features.rows; ++row) {
      standardizer_.Apply(features.Row(row), z);
      double sum = 0;
      for (std::size_t i = 0; i < lines_.size(); ++i) {
        values[i] = task_ == Task::kRegression ? lines_[i].At(z) : Sigmoid(lines_[i].At(z));
        sum += values[i];
      }
      if (task_ == Task::kMulticlass)
        for (double& value : values) value = sum > 0 ? value / sum : 1 / static_cast<double>(values.size());
      for (const double value : values) out.push_back(static_cast<float>(value));
    }
    return out;
  }
  std::size_t feature_count() const override { return standardizer_.features(); }
  std::size_t outputs() const override { return lines_.size(); }
  std::vector<double> Importance() const override {
    std::vector<double> sums(feature_count());
    for (const Line& line : lines_)
      for (std::size_t i = 0; i < sums.size(); ++i) sums[i] += std::abs(line.coefficients[i]);
    return sums;
  }
  absl::StatusOr<std::string> Serialize() const override {
    nlohmann::json json = NewModelJson(kKind);
    json["task"] = Name(task_);
    json["features"] = feature_count();
    standardizer_.Write(json);
    for (const Line& line : lines_) {
      json["intercepts"].push_back(line.intercept);
      json["coefficients"].push_back(line.coefficients);
    }
    return json.dump();
  }

 private:
  Task task_;
  Standardizer standardizer_;
  std::vector<Line> lines_;
};

/// Weighted ridge regression over the standardised rows; the intercept is not penalised.
class Ridge {
 public:
  Ridge(const FeatureMatrix& features, const Standardizer& standardizer, double alpha)
      : features_(features), standardizer_(standardizer), alpha_(alpha) {}

  /// Minimises sum w (y - line)² + alpha |coefficients|².
  absl::StatusOr<Line> Solve(std::span<const double> y, std::span<const double> w) const {
    const auto p = static_cast<Eigen::Index>(features_.columns);
    // The intercept is a column of ones in front.
    Eigen::MatrixXd gram = Eigen::MatrixXd::Zero(p + 1, p + 1);
    Eigen::VectorXd right = Eigen::VectorXd::Zero(p + 1);
    using Block = Eigen::Matrix<double, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor>;
    Block block(kBlock, p + 1);
    for (std::size_t begin = 0; begin < features_.rows; begin += kBlock) {
      const std::size_t rows = std::min(kBlock, features_.rows - begin);
      const auto count = static_cast<Eigen::Index>(rows);
      for (std::size_t i = 0; i < rows; ++i) {
        double* const at = block.row(static_cast<Eigen::Index>(i)).data();
        at[0] = 1;
        standardizer_.Apply(features_.Row(begin + i), {at + 1, features_.columns});
        const double root = std::sqrt(w[begin + i]);
        block.row(static_cast<Eigen::Index>(i)) *= root;
        right += block.row(static_cast<Eigen::Index>(i)).transpose() * (root * y[begin + i]);
      }
      gram.selfadjointView<Eigen::Lower>().rankUpdate(block.topRows(count).transpose());
    }
    // A constant column has nothing but its penalty, so the matrix has an inverse as long as alpha > 0.
    for (Eigen::Index i = 1; i <= p; ++i) gram(i, i) += alpha_;
    const Eigen::LLT<Eigen::MatrixXd, Eigen::Lower> factor(gram);
    if (factor.info() != Eigen::Success)
      return absl::FailedPreconditionError("the features are too alike to fit a line; raise alpha");
    const Eigen::VectorXd solution = factor.solve(right);
    if (!solution.allFinite()) return absl::FailedPreconditionError("the fit of a line gave no finite numbers; raise alpha");
    return Line{.intercept = solution[0], .coefficients = std::vector<double>(solution.data() + 1, solution.data() + p + 1)};
  }

  /// Minimises the logistic loss of 0/1 targets with the same penalty (halved): Newton's method, each step a weighted regression.
  absl::StatusOr<Line> SolveLogistic(std::span<const double> y, std::span<const double> w) const {
    Line line{.coefficients = std::vector<double>(features_.columns)};
    std::vector<double> z(features_.columns);
    std::vector<double> working(y.size());
    std::vector<double> weights(y.size());
    double before = std::numeric_limits<double>::infinity();
    for (int iteration = 0; iteration < kMaxIterations; ++iteration) {
      double loss = 0;
      for (const double c : line.coefficients) loss += alpha_ / 2 * c * c;
      for (std::size_t row = 0; row < y.size(); ++row) {
        standardizer_.Apply(features_.Row(row), z);
        const double margin = line.At(z);
        const double p = Sigmoid(margin);
        const double curvature = std::max(p * (1 - p), 1e-5);
        working[row] = margin + (y[row] - p) / curvature;
        weights[row] = w[row] * curvature;
        loss -= w[row] * std::log(std::max(y[row] > 0.5 ? p : 1 - p, 1e-15));
      }
      if (!(loss < before * (1 - 1e-6))) break;
      before = loss;
      ASSIGN_OR_RETURN(line, Solve(working, weights));
    }
    return line;
  }

 private:
  const FeatureMatrix& features_;
  const Standardizer& standardizer_;
  double alpha_;
};

class LinearLearner : public Learner {
 public:
  LinearLearner(double alpha, double clip, ClassWeights class_weights, const LearningTask& task)
      : alpha_(alpha), clip_(clip), class_weights_(std::move(class_weights)), task_(task) {}

  absl::StatusOr<FitResult> Fit(const LearningSet& training, const LearningSet&, const FitOptions&) const override {
    if (training.features == nullptr || training.features->rows == 0)
      return absl::FailedPreconditionError("there are no rows to train on");
    if (training.features->columns > kMaxColumns)
      return absl::FailedPreconditionError(Cat("linear takes at most ", kMaxColumns, " features and there are ",
                                               training.features->columns, "; name fewer in the head's features"));
    const std::vector<float> given = RowWeights(class_weights_, task_, training.targets, training.weights);
    const Standardizer standardizer = Standardizer::Fit(*training.features, given, clip_);
    const Ridge ridge(*training.features, standardizer, alpha_);
    std::vector<double> weights(given.begin(), given.end());
    weights.resize(training.targets.size(), 1.0);
    std::vector<Line> lines;
    if (task_.kind == Task::kRegression) {
      ASSIGN_OR_RETURN(Line line, ridge.Solve(training.targets, weights));
      lines.push_back(std::move(line));
    } else if (task_.kind == Task::kBinary) {
      ASSIGN_OR_RETURN(Line line, ridge.SolveLogistic(training.targets, weights));
      lines.push_back(std::move(line));
    }
    for (std::size_t c = 0; task_.kind == Task::kMulticlass && c < task_.classes; ++c) {
      std::vector<double> is_class;
      for (const double target : training.targets) is_class.push_back(target == static_cast<double>(c) ? 1 : 0);
      ASSIGN_OR_RETURN(Line line, ridge.SolveLogistic(is_class, weights));
      lines.push_back(std::move(line));
    }
    return FitResult{.model = std::make_shared<LinearModel>(task_.kind, standardizer, std::move(lines))};
  }

 private:
  double alpha_;
  double clip_;
  ClassWeights class_weights_;
  LearningTask task_;
};

}  // namespace

absl::StatusOr<std::unique_ptr<Learner>> MakeLinear(const nlohmann::json& params, const LearningTask& task,
                                                    std::string_view path) {
  if (task.kind == Task::kAnomaly) return absl::InvalidArgumentError(Cat(path, ": linear does not fit an anomaly target"));
  StrictObject object(params, path);
  const double alpha = object.Number("alpha", 1e-9, 1e12, 1.0);
  const double clip = object.Number("clip", 0.1, 1e9, 1e9);
  const nlohmann::json* class_weight = object.Optional("class_weight");
  RETURN_IF_ERROR(object.Finish());
  ClassWeights class_weights;
  if (class_weight != nullptr) {
    ASSIGN_OR_RETURN(class_weights, ParseClassWeights(*class_weight, task, Cat(path, ".class_weight")));
  }
  return std::make_unique<LinearLearner>(alpha, clip, std::move(class_weights), task);
}

absl::StatusOr<std::shared_ptr<const Model>> LoadLinear(std::string_view bytes) {
  ASSIGN_OR_RETURN(const nlohmann::json json, ParseModelJson(bytes, kKind));
  StrictObject object(json, "");
  AskModelKeys(object);
  const std::string name = object.Text("task");
  const Task tasks[] = {Task::kRegression, Task::kBinary, Task::kMulticlass};
  const auto task = std::find_if(std::begin(tasks), std::end(tasks), [&](Task t) { return Name(t) == name; });
  if (task == std::end(tasks)) object.Fail("task", Cat("\"", name, "\" must be regression, binary or multiclass"));
  const auto features = static_cast<std::size_t>(object.Integer("features", 1, kMaxColumns));
  Standardizer standardizer = Standardizer::Read(object, features);
  const std::vector<double> intercepts = object.Numbers("intercepts");
  const nlohmann::json& coefficients = object.Required("coefficients");
  const bool fits = coefficients.is_array() && coefficients.size() == intercepts.size() &&
                    (name == "multiclass" ? intercepts.size() >= 2 : intercepts.size() == 1);
  if (!fits) object.Fail("coefficients", "must be one list for each intercept and output");
  RETURN_IF_ERROR(object.Finish());
  std::vector<Line> lines;
  for (std::size_t i = 0; i < intercepts.size(); ++i) {
    const nlohmann::json wrapped{{"coefficients", coefficients[i]}};
    StrictObject inner(wrapped, Cat("[", i, "]"));
    lines.push_back({.intercept = intercepts[i], .coefficients = ExactNumbers(inner, "coefficients", features)});
    RETURN_IF_ERROR(inner.Finish());
  }
  return std::make_shared<LinearModel>(*task, std::move(standardizer), std::move(lines));
}

}  // namespace millwright::learn
