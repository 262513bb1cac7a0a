#include "scheduler/domain/samplers/truncated_normal.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numbers>

namespace millwright::scheduler {
namespace {

constexpr double kHalfLog2Pi = 0.91893853320467274178;

double Below(double x) { return 0.5 * std::erfc(-x / std::numbers::sqrt2); }

/// log of the mass below x. Far in the left tail, where erfc would underflow, by the asymptotic series of Mills' ratio.
double LogBelow(double x) {
  if (x > -30) return std::log(Below(x));
  const double r = 1 / (x * x);
  return -x * x / 2 - std::log(-x) - kHalfLog2Pi + std::log1p(-r + 3 * r * r - 15 * r * r * r);
}

/// Inverse of Below for 0 < p <= 0.5: a rational start (Abramowitz and Stegun 26.2.23), then Newton on the logarithm.
double QuantileLeft(double p) {
  if (p >= 0.5) return 0;
  const double t = std::sqrt(-2 * std::log(p));
  double x = -(t - (2.515517 + t * (0.802853 + t * 0.010328)) / (1 + t * (1.432788 + t * (0.189269 + t * 0.001308))));
  const double target = std::log(p);
  for (int i = 0; i < 20; ++i) {
    const double log_below = LogBelow(x);
    const double step = (log_below - target) * std::exp(log_below + x * x / 2 + kHalfLog2Pi);
    x -= step;
    if (std::abs(step) < 1e-12 * std::max(1.0, std::abs(x))) break;
  }
  return x;
}

}  // namespace

double LogNormalMass(double a, double b) {
  if (a > 0) return LogNormalMass(-b, -a);  // the left tail is the exact one
  if (b > 0) return std::log1p(-Below(a) - Below(-b));
  const double high = LogBelow(b);
  const double low = LogBelow(a);
  if (low == -std::numeric_limits<double>::infinity()) return high;
  return high + std::log1p(-std::exp(low - high));
}

double TruncatedNormalQuantile(double u, double a, double b) {
  const double left = Below(a);
  const double right = Below(-b);
  const double p = left + u * (1 - left - right);
  const double x = p <= 0.5 ? QuantileLeft(p) : -QuantileLeft(right + (1 - u) * (1 - left - right));
  return std::clamp(x, a, b);
}

}  // namespace millwright::scheduler
