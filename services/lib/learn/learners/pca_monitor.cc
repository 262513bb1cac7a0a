#include "lib/learn/learners/pca_monitor.h"

#include <Eigen/Dense>
#include <algorithm>
#include <cmath>
#include <utility>

#include "lib/base/status_macros.h"
#include "lib/learn/learners/model_json.h"
#include "lib/learn/learners/standardizer.h"
#include "lib/learn/text.h"

namespace millwright::learn {

namespace {

constexpr std::string_view kKind = "pca_monitor";
constexpr std::string_view kStatistics[] = {"max", "sum", "t2", "q"};
constexpr std::size_t kMaxColumns = 2000;
constexpr std::size_t kBlock = 512;

struct Plane {
  std::string statistic = "max";
  std::vector<double> variances;                // of the kept components, falling
  std::vector<std::vector<double>> directions;  // one a component, of length 1
  double t2_limit = 1;
  double q_limit = 1;
};

struct Distances {
  double t2 = 0;
  double q = 0;
};

Distances Measure(const Plane& plane, std::span<const double> z) {
  Distances d;
  for (const double value : z) d.q += value * value;
  for (std::size_t c = 0; c < plane.directions.size(); ++c) {
    double score = 0;
    for (std::size_t i = 0; i < z.size(); ++i) score += plane.directions[c][i] * z[i];
    d.t2 += score * score / plane.variances[c];
    d.q -= score * score;
  }
  d.q = std::max(d.q, 0.0);
  return d;
}

double Score(const Plane& plane, const Distances& d) {
  const double t2 = d.t2 / plane.t2_limit;
  const double q = d.q / plane.q_limit;
  if (plane.statistic == "t2") return t2;
  if (plane.statistic == "q") return q;
  return plane.statistic == "sum" ? t2 + q : std::max(t2, q);
}

class PcaMonitorModel : public Model {
 public:
  PcaMonitorModel(Standardizer standardizer, Plane plane) : standardizer_(std::move(standardizer)), plane_(std::move(plane)) {}

  absl::StatusOr<std::vector<float>> Predict(const FeatureMatrix& features) const override {
    RETURN_IF_ERROR(CheckColumns(features, feature_count()));
    std::vector<float> scores;
    std::vector<double> z(feature_count());
    for (std::size_t row = 0; row < features.rows; ++row) {
      standardizer_.Apply(features.Row(row), z);
      scores.push_back(static_cast<float>(Score(plane_, Measure(plane_, z))));
    }
    return scores;
  }
  std::size_t feature_count() const override { return standardizer_.features(); }
  absl::StatusOr<std::string> Serialize() const override {
    nlohmann::json json = NewModelJson(kKind);
    json["features"] = feature_count();
    json["statistic"] = plane_.statistic;
    json["variances"] = plane_.variances;
    json["directions"] = plane_.directions;
    json["t2_limit"] = plane_.t2_limit;
    json["q_limit"] = plane_.q_limit;
    standardizer_.Write(json);
    return json.dump();
  }

 private:
  Standardizer standardizer_;
  Plane plane_;
};

double Quantile(std::vector<double> values, double level) {
  const auto at = values.begin() + static_cast<std::ptrdiff_t>(level * static_cast<double>(values.size() - 1));
  std::nth_element(values.begin(), at, values.end());
  return *at;
}

class PcaMonitorLearner : public Learner {
 public:
  PcaMonitorLearner(std::size_t components, double variance, double level, std::string statistic)
      : components_(components), variance_(variance), level_(level), statistic_(std::move(statistic)) {}

  absl::StatusOr<FitResult> Fit(const LearningSet& training, const LearningSet&, const FitOptions&) const override {
    if (training.features == nullptr || training.features->rows < 2)
      return absl::FailedPreconditionError("a monitor needs at least two training rows");
    const FeatureMatrix& x = *training.features;
    if (x.columns > kMaxColumns)
      return absl::FailedPreconditionError(Cat("pca_monitor takes at most ", kMaxColumns, " features and there are ", x.columns,
                                               "; name fewer in the head's features"));
    const Standardizer standardizer = Standardizer::Fit(x, {});
    Plane plane = FindPlane(x, standardizer);
    std::vector<double> t2(x.rows);
    std::vector<double> q(x.rows);
    std::vector<double> z(x.columns);
    for (std::size_t row = 0; row < x.rows; ++row) {
      standardizer.Apply(x.Row(row), z);
      const Distances d = Measure(plane, z);
      t2[row] = d.t2;
      q[row] = d.q;
    }
    // A plane that holds every training row has nothing off it; the limit stays above rounding.
    plane.t2_limit = std::max(Quantile(std::move(t2), level_), 1e-9);
    plane.q_limit = std::max(Quantile(std::move(q), level_), 1e-9 * static_cast<double>(x.columns));
    return FitResult{.model = std::make_shared<PcaMonitorModel>(standardizer, std::move(plane))};
  }

 private:
  Plane FindPlane(const FeatureMatrix& x, const Standardizer& standardizer) const {
    const auto p = static_cast<Eigen::Index>(x.columns);
    Eigen::MatrixXd covariance = Eigen::MatrixXd::Zero(p, p);
    Eigen::Matrix<double, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor> block(kBlock, p);
    for (std::size_t begin = 0; begin < x.rows; begin += kBlock) {
      const std::size_t rows = std::min(kBlock, x.rows - begin);
      for (std::size_t i = 0; i < rows; ++i)
        standardizer.Apply(x.Row(begin + i), {block.row(static_cast<Eigen::Index>(i)).data(), x.columns});
      covariance.selfadjointView<Eigen::Lower>().rankUpdate(block.topRows(static_cast<Eigen::Index>(rows)).transpose());
    }
    covariance /= static_cast<double>(x.rows - 1);
    const Eigen::SelfAdjointEigenSolver<Eigen::MatrixXd> solver(covariance);
    Plane plane{.statistic = statistic_};
    const double total = std::max(solver.eigenvalues().cwiseMax(0).sum(), 1e-300);
    double explained = 0;
    for (Eigen::Index c = p - 1; c >= 0; --c) {  // they come in rising order
      const double variance = solver.eigenvalues()[c];
      const std::size_t kept = plane.variances.size();
      const bool is_enough = components_ > 0 ? kept >= components_ : kept > 0 && explained >= variance_ * total;
      if (is_enough || variance <= 1e-10 * total) break;
      explained += variance;
      plane.variances.push_back(variance);
      const double* direction = solver.eigenvectors().col(c).data();
      plane.directions.emplace_back(direction, direction + p);
    }
    return plane;
  }

  std::size_t components_;  // 0: as many as `variance_` needs
  double variance_;
  double level_;
  std::string statistic_;
};

}  // namespace

absl::StatusOr<std::unique_ptr<Learner>> MakePcaMonitor(const nlohmann::json& params, const LearningTask& task,
                                                        std::string_view path) {
  if (task.kind != Task::kAnomaly)
    return absl::InvalidArgumentError(Cat(path, ": pca_monitor does not fit a ", Name(task.kind), " target; use reconstruction"));
  StrictObject object(params, path);
  const auto components = static_cast<std::size_t>(object.Integer("components", 0, kMaxColumns, 0));
  const double variance = object.Number("variance", 0.01, 1, 0.9);
  const double level = object.Number("level", 0.5, 1, 0.99);
  std::string statistic = object.Text("statistic", "max");
  if (std::find(std::begin(kStatistics), std::end(kStatistics), statistic) == std::end(kStatistics))
    object.Fail("statistic", Cat("\"", statistic, "\" must be one of ", Join(kStatistics)));
  RETURN_IF_ERROR(object.Finish());
  return std::make_unique<PcaMonitorLearner>(components, variance, level, std::move(statistic));
}

absl::StatusOr<std::shared_ptr<const Model>> LoadPcaMonitor(std::string_view bytes) {
  ASSIGN_OR_RETURN(const nlohmann::json json, ParseModelJson(bytes, kKind));
  StrictObject object(json, "");
  AskModelKeys(object);
  Plane plane;
  const auto features = static_cast<std::size_t>(object.Integer("features", 1, kMaxColumns));
  plane.statistic = object.Text("statistic");
  if (std::find(std::begin(kStatistics), std::end(kStatistics), plane.statistic) == std::end(kStatistics))
    object.Fail("statistic", Cat("must be one of ", Join(kStatistics)));
  Standardizer standardizer = Standardizer::Read(object, features);
  plane.variances = object.Numbers("variances");
  const nlohmann::json& directions = object.Required("directions");
  plane.t2_limit = object.Number("t2_limit", 1e-300, 1e300);
  plane.q_limit = object.Number("q_limit", 1e-300, 1e300);
  if (!directions.is_array() || directions.size() != plane.variances.size() || directions.size() > features)
    object.Fail("directions", "must be one list for each of the variances");
  if (std::any_of(plane.variances.begin(), plane.variances.end(), [](double v) { return !(v > 0); }))
    object.Fail("variances", "must be above 0");
  RETURN_IF_ERROR(object.Finish());
  for (const nlohmann::json& direction : directions) {
    const nlohmann::json wrapped{{"direction", direction}};
    StrictObject inner(wrapped, "directions");
    plane.directions.push_back(ExactNumbers(inner, "direction", features));
    RETURN_IF_ERROR(inner.Finish());
  }
  return std::make_shared<PcaMonitorModel>(std::move(standardizer), std::move(plane));
}

}  // namespace millwright::learn
