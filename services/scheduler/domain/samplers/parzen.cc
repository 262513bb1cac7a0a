#include "scheduler/domain/samplers/parzen.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>

#include "scheduler/domain/samplers/dimension.h"
#include "scheduler/domain/samplers/truncated_normal.h"

namespace millwright::scheduler {
namespace {

constexpr double kPriorWeight = 1;
constexpr std::size_t kFullWeight = 25;  // the newest observations that count in full; older ones fade
constexpr double kHalfLog2Pi = 0.91893853320467274178;

std::vector<double> Weights(std::size_t observations) {
  std::vector<double> weights(observations, 1.0);
  if (observations > kFullWeight) {
    const std::size_t ramp = observations - kFullWeight;
    const double first = 1.0 / static_cast<double>(observations);
    for (std::size_t i = 0; i < ramp; ++i)
      weights[i] = ramp == 1 ? first : first + (1 - first) * static_cast<double>(i) / static_cast<double>(ramp - 1);
  }
  weights.push_back(kPriorWeight);
  const double sum = std::accumulate(weights.begin(), weights.end(), 0.0);
  for (double& weight : weights) weight /= sum;
  return weights;
}

/// Each kernel is as wide as the larger gap to its sorted neighbours. The ends of the domain are neighbours too, except that the
/// outermost of several points look inwards only.
std::vector<double> NeighbourWidths(const std::vector<double>& points, const Dimension& dimension) {
  const std::size_t n = points.size();
  std::vector<std::size_t> order(n);
  std::iota(order.begin(), order.end(), 0);
  std::stable_sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) { return points[a] < points[b]; });
  std::vector<double> widths(n);
  for (std::size_t i = 0; i < n; ++i) {
    const double left = points[order[i]] - (i == 0 ? dimension.low : points[order[i - 1]]);
    const double right = (i + 1 == n ? dimension.high : points[order[i + 1]]) - points[order[i]];
    widths[order[i]] = std::max(left, right);
    if (n >= 2 && i == 0) widths[order[i]] = right;
    if (n >= 2 && i + 1 == n) widths[order[i]] = left;
  }
  const double least = dimension.range() / std::min(100.0, 2.0 + static_cast<double>(n));
  for (double& width : widths) width = std::clamp(width, least, dimension.range());
  return widths;
}

}  // namespace

ParzenEstimator::ParzenEstimator(const std::vector<Distribution>& space, const std::vector<const nlohmann::json*>& observations)
    : space_(space),
      weights_(Weights(observations.size())),
      centers_(space.size()),
      widths_(space.size()),
      log_masses_(space.size()),
      rows_(space.size()) {
  for (const double weight : weights_) log_weights_.push_back(std::log(weight));
  const std::size_t components = weights_.size();
  for (std::size_t d = 0; d < space.size(); ++d) {
    if (const auto* categorical = std::get_if<CategoricalDistribution>(&space[d].kind)) {
      const std::size_t count = categorical->choices.size();
      const double base = kPriorWeight / static_cast<double>(components);
      for (const nlohmann::json* params : observations) {
        std::vector<double> row(count, base);
        const auto seen = std::find(categorical->choices.begin(), categorical->choices.end(), params->at(space[d].name));
        row[static_cast<std::size_t>(seen - categorical->choices.begin())] += 1;
        const double sum = 1 + base * static_cast<double>(count);
        for (double& share : row) share /= sum;
        rows_[d].push_back(std::move(row));
      }
      rows_[d].emplace_back(count, 1.0 / static_cast<double>(count));
      continue;
    }
    const Dimension dimension = MakeDimension(space[d]);
    for (const nlohmann::json* params : observations) centers_[d].push_back(dimension.FromValue(params->at(space[d].name)));
    widths_[d] = NeighbourWidths(centers_[d], dimension);
    centers_[d].push_back((dimension.low + dimension.high) / 2);
    widths_[d].push_back(dimension.range());
    for (std::size_t k = 0; k < components; ++k) {
      if (dimension.range() <= 0) widths_[d][k] = 1;  // a parameter of one value: any width gives the same answer
      log_masses_[d].push_back(dimension.range() <= 0 ? 0
                                                      : LogNormalMass((dimension.low - centers_[d][k]) / widths_[d][k],
                                                                      (dimension.high - centers_[d][k]) / widths_[d][k]));
    }
  }
}

std::vector<double> ParzenEstimator::Sample(Random& random) const {
  const auto pick = [&](const std::vector<double>& shares) {
    double u = random.Uniform();
    for (std::size_t k = 0; k + 1 < shares.size(); ++k) {
      if (u < shares[k]) return k;
      u -= shares[k];
    }
    return shares.size() - 1;
  };
  const std::size_t k = pick(weights_);
  std::vector<double> point;
  for (std::size_t d = 0; d < space_.size(); ++d) {
    if (!rows_[d].empty()) {
      point.push_back(static_cast<double>(pick(rows_[d][k])));
      continue;
    }
    const Dimension dimension = MakeDimension(space_[d]);
    const double u = random.Uniform();
    const double center = centers_[d][k], width = widths_[d][k];
    const double z = TruncatedNormalQuantile(u, (dimension.low - center) / width, (dimension.high - center) / width);
    point.push_back(dimension.Snap(center + width * z));
  }
  return point;
}

double ParzenEstimator::LogDensity(const std::vector<double>& point) const {
  std::vector<double> logs = log_weights_;
  for (std::size_t d = 0; d < space_.size(); ++d) {
    if (!rows_[d].empty()) {
      for (std::size_t k = 0; k < logs.size(); ++k) logs[k] += std::log(rows_[d][k][static_cast<std::size_t>(point[d])]);
      continue;
    }
    const Dimension dimension = MakeDimension(space_[d]);
    if (dimension.range() <= 0) continue;
    for (std::size_t k = 0; k < logs.size(); ++k) {
      const double z = (point[d] - centers_[d][k]) / widths_[d][k];
      const double half = dimension.bin / 2 / widths_[d][k];
      const double density =
          dimension.bin > 0 ? LogNormalMass(z - half, z + half) : -z * z / 2 - kHalfLog2Pi - std::log(widths_[d][k]);
      logs[k] += density - log_masses_[d][k];
    }
  }
  const double top = *std::max_element(logs.begin(), logs.end());
  if (!std::isfinite(top)) return top;
  double sum = 0;
  for (const double log : logs) sum += std::exp(log - top);
  return top + std::log(sum);
}

nlohmann::json ParzenEstimator::ToParams(const std::vector<double>& point) const {
  nlohmann::json params = nlohmann::json::object();
  for (std::size_t d = 0; d < space_.size(); ++d) {
    const auto* categorical = std::get_if<CategoricalDistribution>(&space_[d].kind);
    params[space_[d].name] =
        categorical ? categorical->choices[static_cast<std::size_t>(point[d])] : MakeDimension(space_[d]).ToValue(point[d]);
  }
  return params;
}

}  // namespace millwright::scheduler
