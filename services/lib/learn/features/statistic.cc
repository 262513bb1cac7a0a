#include "lib/learn/features/statistic.h"

#include <algorithm>
#include <cmath>
#include <limits>

namespace millwright::learn {

namespace {

constexpr double kNothing = std::numeric_limits<double>::quiet_NaN();

double Mean(std::span<const double> values) {
  double sum = 0;
  double count = 0;
  for (const double value : values) {
    if (std::isnan(value)) continue;
    sum += value;
    count += 1;
  }
  return count > 0 ? sum / count : kNothing;
}

double Sd(std::span<const double> values) {
  const double mean = Mean(values);
  double squares = 0;
  double count = 0;
  for (const double value : values) {
    if (std::isnan(value)) continue;
    squares += (value - mean) * (value - mean);
    count += 1;
  }
  if (count == 0) return kNothing;
  return count > 1 ? std::sqrt(squares / (count - 1)) : 0.0;
}

double Slope(std::span<const double> values) {
  double count = 0;
  double sum_x = 0;
  double sum_y = 0;
  for (std::size_t i = 0; i < values.size(); ++i) {
    if (std::isnan(values[i])) continue;
    count += 1;
    sum_x += static_cast<double>(i);
    sum_y += values[i];
  }
  if (count == 0) return kNothing;
  if (count == 1) return 0;
  const double mean_x = sum_x / count;
  const double mean_y = sum_y / count;
  double xy = 0;
  double xx = 0;
  for (std::size_t i = 0; i < values.size(); ++i) {
    if (std::isnan(values[i])) continue;
    const double dx = static_cast<double>(i) - mean_x;
    xy += dx * (values[i] - mean_y);
    xx += dx * dx;
  }
  return xy / xx;
}

template <typename Better>
double Extreme(std::span<const double> values, Better better) {
  double best = kNothing;
  for (const double value : values) {
    if (std::isnan(value)) continue;
    if (std::isnan(best) || better(value, best)) best = value;
  }
  return best;
}

}  // namespace

double Compute(const Statistic& statistic, std::span<const double> window) {
  using Kind = Statistic::Kind;
  if (window.empty()) return kNothing;
  switch (statistic.kind) {
    case Kind::kMean:
      return Mean(window);
    case Kind::kSd:
      return Sd(window);
    case Kind::kSlope:
      return Slope(window);
    case Kind::kMin:
      return Extreme(window, [](double a, double b) { return a < b; });
    case Kind::kMax:
      return Extreme(window, [](double a, double b) { return a > b; });
    case Kind::kLast:
      return window.back();
    case Kind::kMeanLast:
      return Mean(window.last(std::min(statistic.rows, window.size())));
    // A window shorter than K rows says what changed over the rows it has.
    case Kind::kDelta:
      return window.back() - window[window.size() - 1 - std::min(statistic.rows, window.size() - 1)];
    case Kind::kMeanFirst:
    case Kind::kWindowMinusFirst:
      break;
  }
  return kNothing;
}

}  // namespace millwright::learn
