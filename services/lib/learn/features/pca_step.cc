#include <Eigen/Eigenvalues>
#include <cmath>

#include "lib/base/status_macros.h"
#include "lib/learn/features/column_step.h"
#include "lib/learn/text.h"

namespace millwright::learn {

namespace {

constexpr std::int64_t kMaxColumns = 500;

struct PcaSpec {
  std::size_t components = 0;  // 0: as many as `variance` needs
  double variance = 0;         // share of the training rows' variance
  std::vector<std::string> columns;
  std::string prefix;
  bool keeps = false;   // the columns stay beside the components
  double fit_span = 1;  // of the moving average whose rows the directions are fitted on; 1: the rows as they are
};

/// Principal components of columns, by the covariance of the training rows or of their exponential moving average since the
/// history began, in which slow changes outweigh noise; a missing value counts as the column's mean.
class PcaStep : public ColumnStep {
 public:
  explicit PcaStep(PcaSpec spec) : spec_(std::move(spec)) {}

  std::unique_ptr<ColumnStep> Clone() const override { return std::make_unique<PcaStep>(*this); }
  nlohmann::json ToJson() const override {
    nlohmann::json json{{"op", "pca"}, {"prefix", spec_.prefix}, {"keep", spec_.keeps}, {"fit_span", spec_.fit_span}};
    if (spec_.components > 0)
      json["components"] = spec_.components;
    else
      json["variance"] = spec_.variance;
    if (!spec_.columns.empty()) json["columns"] = spec_.columns;
    return json;
  }

  absl::Status Bind(RowLayout& layout) override {
    ASSIGN_OR_RETURN(const std::vector<std::size_t> positions, layout.Positions(spec_.columns));
    for (const std::size_t position : positions) {
      from_.push_back(layout.columns()[position].place);
      names_.push_back(layout.columns()[position].name);
    }
    if (from_.empty() || from_.size() > kMaxColumns)
      return absl::InvalidArgumentError(
          Cat("features.steps: pca of ", from_.size(), " columns; 1 to ", kMaxColumns, " are taken"));
    if (spec_.components > from_.size())
      return absl::InvalidArgumentError(
          Cat("features.steps: pca of ", from_.size(), " columns has no ", spec_.components, " components"));
    return absl::OkStatus();
  }
  absl::Status Fit(const TrainingRows& rows) override;
  nlohmann::json Fitted() const override { return {{"mean", mean_}, {"loadings", loadings_}}; }
  absl::Status Restore(const nlohmann::json& fitted, const std::string& path) override;
  absl::Status Extend(RowLayout& layout) override {
    for (std::size_t i = 0; i < loadings_.size(); ++i) {
      ASSIGN_OR_RETURN(to_.emplace_back(), layout.Add(Cat(spec_.prefix, i + 1)));
    }
    for (const std::string& name : names_) {
      if (!spec_.keeps) layout.Remove(name);
    }
    return absl::OkStatus();
  }
  void Apply(std::span<double> row, const ColumnHistory&) const override {
    for (std::size_t k = 0; k < loadings_.size(); ++k) {
      double score = 0;
      for (std::size_t i = 0; i < from_.size(); ++i) {
        const double value = row[from_[i]];
        if (!std::isnan(value)) score += loadings_[k][i] * (value - mean_[i]);
      }
      row[to_[k]] = score;
    }
  }

 private:
  PcaSpec spec_;
  std::vector<std::string> names_;
  std::vector<std::size_t> from_;
  std::vector<std::size_t> to_;
  std::vector<double> mean_;
  std::vector<std::vector<double>> loadings_;  // per component
};

absl::Status PcaStep::Fit(const TrainingRows& rows) {
  const std::size_t size = from_.size();
  std::vector<double> counts(size);
  double total = 0;
  mean_.assign(size, 0);
  RETURN_IF_ERROR(rows.for_each([&](std::span<const double> row, bool) {
    for (std::size_t i = 0; i < size; ++i) {
      if (std::isnan(row[from_[i]])) continue;
      mean_[i] += row[from_[i]];
      counts[i] += 1;
    }
    total += 1;
  }));
  if (total < 2) return absl::FailedPreconditionError("features.steps: pca needs at least 2 training rows");
  for (std::size_t i = 0; i < size; ++i) mean_[i] = counts[i] > 0 ? mean_[i] / counts[i] : 0.0;
  const auto edge = static_cast<Eigen::Index>(size);
  Eigen::MatrixXd covariance = Eigen::MatrixXd::Zero(edge, edge);
  Eigen::VectorXd centred(edge);
  const double alpha = 2 / (spec_.fit_span + 1);
  std::vector<double> sums(size);  // exponentially weighted, since the history began
  double weights = 0;
  RETURN_IF_ERROR(rows.for_each([&](std::span<const double> row, bool begins) {
    if (begins) sums.assign(size, 0);
    weights = alpha + (begins ? 0 : (1 - alpha) * weights);
    for (std::size_t i = 0; i < size; ++i) {
      const double value = row[from_[i]];
      sums[i] = alpha * (std::isnan(value) ? 0.0 : value - mean_[i]) + (1 - alpha) * sums[i];
      centred[static_cast<Eigen::Index>(i)] = sums[i] / weights;
    }
    covariance.selfadjointView<Eigen::Lower>().rankUpdate(centred);
  }));
  covariance /= total - 1;
  const Eigen::SelfAdjointEigenSolver<Eigen::MatrixXd> solver(covariance);  // reads the lower half; values rise
  if (solver.info() != Eigen::Success || !solver.eigenvalues().allFinite())
    return absl::FailedPreconditionError("features.steps: pca: the columns' covariance has no eigenvalues (an infinite value?)");
  const double all = solver.eigenvalues().cwiseMax(0.0).sum();
  double explained = 0;
  for (Eigen::Index k = edge; k-- > 0;) {
    if (spec_.components > 0 ? loadings_.size() == spec_.components : !loadings_.empty() && explained >= spec_.variance * all)
      break;
    Eigen::VectorXd loading = solver.eigenvectors().col(k);
    Eigen::Index greatest = 0;
    loading.cwiseAbs().maxCoeff(&greatest);
    if (loading[greatest] < 0) loading = -loading;  // the sign is free; so it is always the same
    loadings_.emplace_back(loading.data(), loading.data() + edge);
    explained += std::max(0.0, solver.eigenvalues()[k]);
  }
  return absl::OkStatus();
}

absl::Status PcaStep::Restore(const nlohmann::json& fitted, const std::string& path) {
  StrictObject object(fitted, path);
  mean_ = object.Numbers("mean");
  const nlohmann::json& loadings = object.Required("loadings");
  if (mean_.size() != from_.size()) object.Fail("mean", Cat("must have ", from_.size(), " numbers"));
  if (!loadings.is_array() || loadings.empty() || loadings.size() > from_.size())
    object.Fail("loadings", Cat("must be a list of 1 to ", from_.size()));
  RETURN_IF_ERROR(object.Finish());
  for (const nlohmann::json& loading : loadings) {
    const nlohmann::json wrapped{{"loading", loading}};
    StrictObject inner(wrapped, Cat(path, ".loadings[", loadings_.size(), "]"));
    loadings_.push_back(inner.Numbers("loading"));
    if (loadings_.back().size() != from_.size()) inner.Fail("loading", Cat("must have ", from_.size(), " numbers"));
    RETURN_IF_ERROR(inner.Finish());
  }
  return absl::OkStatus();
}

}  // namespace

ColumnStepOr ParsePca(StrictObject& step, const StepContext&) {
  PcaSpec spec;
  const bool has_components = step.Optional("components") != nullptr;
  if (has_components == (step.Optional("variance") != nullptr)) step.Fail("components", "or variance: one of them is needed");
  if (has_components)
    spec.components = static_cast<std::size_t>(step.Integer("components", 1, kMaxColumns));
  else
    spec.variance = step.Number("variance", 0.01, 1, 1.0);
  spec.columns = step.Texts("columns");
  RequireDistinct(step, "columns", spec.columns);
  spec.prefix = step.Text("prefix", "pc");
  spec.keeps = step.Bool("keep", false);
  spec.fit_span = step.Number("fit_span", 1, 1e6, 1.0);
  return std::make_shared<const PcaStep>(std::move(spec));
}

}  // namespace millwright::learn
