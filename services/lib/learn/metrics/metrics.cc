#include "lib/learn/metrics/metrics.h"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <numeric>
#include <vector>

namespace millwright::learn {

namespace {

using Values = std::span<const double>;

template <typename Term>
std::optional<double> Mean(Values truth, Values predicted, Term term) {
  if (truth.empty() || truth.size() != predicted.size()) return std::nullopt;
  double sum = 0;
  for (std::size_t i = 0; i < truth.size(); ++i) sum += term(truth[i], predicted[i]);
  return sum / static_cast<double>(truth.size());
}

double Square(double x) { return x * x; }

/// Row numbers from the highest score to the lowest, equal ones in order.
std::vector<std::size_t> Descending(Values score) {
  std::vector<std::size_t> order(score.size());
  std::iota(order.begin(), order.end(), 0);
  std::stable_sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) { return score[a] > score[b]; });
  return order;
}

double Positives(Values truth) {
  return static_cast<double>(std::count_if(truth.begin(), truth.end(), [](double y) { return y > 0.5; }));
}

/// Calls at(true positives, false positives, score) after each group of equal scores, from the highest down.
template <typename At>
void ForEachThreshold(Values truth, Values score, At at) {
  const std::vector<std::size_t> order = Descending(score);
  double true_positives = 0;
  double false_positives = 0;
  for (std::size_t i = 0; i < order.size(); ++i) {
    (truth[order[i]] > 0.5 ? true_positives : false_positives) += 1;
    if (i + 1 < order.size() && score[order[i + 1]] == score[order[i]]) continue;
    at(true_positives, false_positives, score[order[i]]);
  }
}

}  // namespace

std::optional<double> Rmse(Values truth, Values predicted) {
  const std::optional<double> mean = Mean(truth, predicted, [](double y, double p) { return Square(p - y); });
  return mean ? std::optional(std::sqrt(*mean)) : std::nullopt;
}

std::optional<double> Mae(Values truth, Values predicted) {
  return Mean(truth, predicted, [](double y, double p) { return std::abs(p - y); });
}

std::optional<double> R2(Values truth, Values predicted) {
  const std::optional<double> mean = Mean(truth, truth, [](double y, double) { return y; });
  if (!mean) return std::nullopt;
  const std::optional<double> variance = Mean(truth, truth, [&](double y, double) { return Square(y - *mean); });
  const std::optional<double> error = Mean(truth, predicted, [](double y, double p) { return Square(p - y); });
  if (!error || *variance == 0) return std::nullopt;
  return 1 - *error / *variance;
}

std::optional<double> PhmScore(Values truth, Values predicted) {
  const std::optional<double> mean = Mean(truth, predicted, [](double y, double p) {
    const double d = p - y;
    return d < 0 ? std::exp(-d / 13) - 1 : std::exp(d / 10) - 1;
  });
  return mean ? std::optional(*mean * static_cast<double>(truth.size())) : std::nullopt;
}

std::optional<double> WeightedRmse(Values truth, Values predicted, double late_weight) {
  if (truth.empty() || truth.size() != predicted.size()) return std::nullopt;
  double sum = 0;
  double weights = 0;
  for (std::size_t i = 0; i < truth.size(); ++i) {
    const double weight = predicted[i] > truth[i] ? late_weight : 1.0;
    sum += weight * Square(predicted[i] - truth[i]);
    weights += weight;
  }
  return std::sqrt(sum / weights);
}

Confusion Count(Values truth, Values probability, double threshold) {
  Confusion c;
  for (std::size_t i = 0; i < truth.size(); ++i) {
    const bool is_alarm = probability[i] >= threshold;
    if (truth[i] > 0.5)
      (is_alarm ? c.true_positives : c.false_negatives) += 1;
    else
      (is_alarm ? c.false_positives : c.true_negatives) += 1;
  }
  return c;
}

namespace {
std::optional<double> Ratio(double part, double whole) { return whole > 0 ? std::optional(part / whole) : std::nullopt; }
}  // namespace

std::optional<double> Accuracy(const Confusion& c) {
  return Ratio(c.true_positives + c.true_negatives, c.true_positives + c.true_negatives + c.false_positives + c.false_negatives);
}
std::optional<double> Precision(const Confusion& c) { return Ratio(c.true_positives, c.true_positives + c.false_positives); }
std::optional<double> Recall(const Confusion& c) { return Ratio(c.true_positives, c.true_positives + c.false_negatives); }
std::optional<double> F1(const Confusion& c) {
  return Ratio(2 * c.true_positives, 2 * c.true_positives + c.false_positives + c.false_negatives);
}

std::optional<double> FalseAlarmRate(const Confusion& c) {
  return Ratio(c.false_positives, c.false_positives + c.true_negatives);
}
std::optional<double> MissedAlarmRate(const Confusion& c) {
  return Ratio(c.false_negatives, c.false_negatives + c.true_positives);
}

std::optional<double> Mcc(const Confusion& c) {
  const double alarms = c.true_positives + c.false_positives;
  const double positives = c.true_positives + c.false_negatives;
  const double negatives = c.true_negatives + c.false_positives;
  const double silences = c.true_negatives + c.false_negatives;
  if (positives + negatives == 0) return std::nullopt;
  const double product = alarms * positives * negatives * silences;
  if (product == 0) return 0.0;
  return (c.true_positives * c.true_negatives - c.false_positives * c.false_negatives) / std::sqrt(product);
}

std::optional<double> RocAuc(Values truth, Values score) {
  if (truth.size() != score.size()) return std::nullopt;
  const double positives = Positives(truth);
  const double negatives = static_cast<double>(truth.size()) - positives;
  if (positives == 0 || negatives == 0) return std::nullopt;
  double area = 0;  // trapezoids, in units of pairs
  double last_true = 0;
  double last_false = 0;
  ForEachThreshold(truth, score, [&](double true_positives, double false_positives, double) {
    area += (false_positives - last_false) * (true_positives + last_true) / 2;
    last_true = true_positives;
    last_false = false_positives;
  });
  return area / (positives * negatives);
}

std::optional<double> PrAuc(Values truth, Values score) {
  if (truth.size() != score.size()) return std::nullopt;
  const double positives = Positives(truth);
  if (positives == 0) return std::nullopt;
  double area = 0;
  double last_true = 0;
  ForEachThreshold(truth, score, [&](double true_positives, double false_positives, double) {
    area += (true_positives - last_true) / positives * (true_positives / (true_positives + false_positives));
    last_true = true_positives;
  });
  return area;
}

std::optional<double> LogLoss(Values truth, Values probability) {
  return Mean(truth, probability, [](double y, double p) {
    // clamp would hide a NaN that the caller must see.
    const double q = std::isnan(p) ? p : std::clamp(p, 1e-15, 1 - 1e-15);
    return y > 0.5 ? -std::log(q) : -std::log1p(-q);
  });
}

std::optional<double> Brier(Values truth, Values probability) {
  return Mean(truth, probability, [](double y, double p) { return Square(p - y); });
}

std::optional<double> PinballLoss(Values truth, Values predicted, double q) {
  return Mean(truth, predicted, [&](double y, double p) { return y >= p ? q * (y - p) : (1 - q) * (p - y); });
}

std::vector<double> CountClasses(Values truth, Values predicted, std::size_t classes) {
  std::vector<double> counts(classes * classes);
  const auto limit = static_cast<double>(classes);
  for (std::size_t i = 0; i < truth.size(); ++i) {
    const bool is_class = truth[i] >= 0 && truth[i] < limit && predicted[i] >= 0 && predicted[i] < limit;
    if (is_class) counts[static_cast<std::size_t>(truth[i]) * classes + static_cast<std::size_t>(predicted[i])] += 1;
  }
  return counts;
}

namespace {

/// Calls at(true positives, rows of the class, predictions of the class) for each class.
template <typename At>
void ForEachClass(Values counts, std::size_t classes, At at) {
  for (std::size_t c = 0; c < classes; ++c) {
    double occurs = 0;
    double predicted = 0;
    for (std::size_t other = 0; other < classes; ++other) {
      occurs += counts[c * classes + other];
      predicted += counts[other * classes + c];
    }
    at(counts[c * classes + c], occurs, predicted);
  }
}

}  // namespace

std::optional<double> ClassAccuracy(Values counts, std::size_t classes) {
  double right = 0;
  double all = 0;
  ForEachClass(counts, classes, [&](double hits, double occurs, double) {
    right += hits;
    all += occurs;
  });
  return Ratio(right, all);
}

std::optional<double> MacroF1(Values counts, std::size_t classes) {
  double sum = 0;
  double used = 0;
  ForEachClass(counts, classes, [&](double hits, double occurs, double predicted) {
    if (occurs + predicted == 0) return;
    sum += 2 * hits / (occurs + predicted);
    used += 1;
  });
  return Ratio(sum, used);
}

std::optional<double> BalancedAccuracy(Values counts, std::size_t classes) {
  double sum = 0;
  double used = 0;
  ForEachClass(counts, classes, [&](double hits, double occurs, double) {
    if (occurs == 0) return;
    sum += hits / occurs;
    used += 1;
  });
  return Ratio(sum, used);
}

std::optional<double> ClassLogLoss(Values truth, Values probabilities, std::size_t classes) {
  if (truth.empty() || probabilities.size() != truth.size() * classes) return std::nullopt;
  double sum = 0;
  for (std::size_t i = 0; i < truth.size(); ++i) {
    if (!(truth[i] >= 0 && truth[i] < static_cast<double>(classes))) return std::nullopt;
    const double p = probabilities[i * classes + static_cast<std::size_t>(truth[i])];
    sum -= std::log(p < 1e-15 ? 1e-15 : p);  // a NaN stays one
  }
  return sum / static_cast<double>(truth.size());
}

double BestF1Threshold(Values truth, Values probability) {
  const double positives = Positives(truth);
  double best = -1;
  double threshold = 0.5;
  if (positives == 0) return threshold;
  ForEachThreshold(truth, probability, [&](double true_positives, double false_positives, double score) {
    const double f1 = 2 * true_positives / (true_positives + false_positives + positives);
    if (f1 <= best) return;
    best = f1;
    threshold = score;
  });
  return threshold;
}

}  // namespace millwright::learn
