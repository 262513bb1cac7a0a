#include "lib/learn/evaluation/measures.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include "lib/learn/metrics/metrics.h"

namespace millwright::learn {

namespace {

constexpr double kUndefined = std::numeric_limits<double>::quiet_NaN();
constexpr std::size_t kMaxRankedRows = 1'000'000;
constexpr double kLateWeight = 2;

enum RegressionSum {
  kN,
  kSquare,
  kAbsolute,
  kError,
  kTruth,
  kTruthSquare,
  kPhm,
  kWeighted,
  kWeight,
  kCutSquare,
  kCutPhm,
  kRegressionSums
};
enum AlarmSum { kTruePositive, kFalsePositive, kTrueNegative, kFalseNegative, kLogLoss, kBrier, kAlarmCost, kAlarmSums };

double Square(double x) { return x * x; }
double PhmTerm(double d) { return d < 0 ? std::exp(-d / 13) - 1 : std::exp(d / 10) - 1; }
double ValueOr(const std::optional<double>& value) { return value.value_or(kUndefined); }
double Ratio(double part, double whole) { return whole > 0 ? part / whole : kUndefined; }

}  // namespace

Measures::Measures(const HeadRows& head, std::span<const std::uint32_t> unit_of, std::size_t units, const CostMatrix* costs)
    : task_(head.task()),
      is_rul_(head.target.kind == TargetSpec::Kind::kRul),
      classes_(head.labels.size()),
      units_(units),
      costs_(costs) {
  switch (task_) {
    case Task::kRegression:
      SumRegression(head, unit_of);
      break;
    case Task::kMulticlass:
      SumClasses(head, unit_of);
      break;
    case Task::kBinary:
    case Task::kAnomaly:
      SumAlarms(head, unit_of);
      break;
  }
}

void Measures::SumRegression(const HeadRows& head, std::span<const std::uint32_t> unit_of) {
  measures_ = is_rul_ ? std::vector<Measure>{{"rmse_uncut"}, {"rmse_cut"},  {"mae"},           {"r2", true},
                                             {"bias"},       {"phm_score"}, {"phm_score_cut"}, {"weighted_rmse"}}
                      : std::vector<Measure>{{"rmse"}, {"mae"}, {"r2", true}, {"bias"}};
  width_ = kRegressionSums;
  sums_.resize(units_ * width_);
  for (const double y : head.truth) centre_ += y / static_cast<double>(head.truth.size());
  for (std::size_t i = 0; i < head.truth.size(); ++i) {
    const double y = head.truth[i];
    const double d = head.predicted[i] - y;
    const double cut = head.predicted[i] - Cut(y, head.target.cap);
    const double weight = d > 0 ? kLateWeight : 1;
    double* sums = &sums_[unit_of[i] * width_];
    sums[kN] += 1;
    sums[kSquare] += Square(d);
    sums[kAbsolute] += std::abs(d);
    sums[kError] += d;
    sums[kTruth] += y - centre_;
    sums[kTruthSquare] += Square(y - centre_);
    sums[kPhm] += PhmTerm(d);
    sums[kWeighted] += weight * Square(d);
    sums[kWeight] += weight;
    sums[kCutSquare] += Square(cut);
    sums[kCutPhm] += PhmTerm(cut);
  }
}

std::vector<double> Measures::Regression(std::span<const double> sums) const {
  const double n = sums[kN];
  const double variance = Ratio(sums[kTruthSquare], n) - Square(Ratio(sums[kTruth], n));
  const double mean_square = Ratio(sums[kSquare], n);
  const double mae = Ratio(sums[kAbsolute], n);
  const double r2 = variance > 0 ? 1 - mean_square / variance : kUndefined;
  const double bias = Ratio(sums[kError], n);
  if (!is_rul_) return {std::sqrt(mean_square), mae, r2, bias};
  return {std::sqrt(mean_square),
          std::sqrt(Ratio(sums[kCutSquare], n)),
          mae,
          r2,
          bias,
          n > 0 ? sums[kPhm] : kUndefined,
          n > 0 ? sums[kCutPhm] : kUndefined,
          std::sqrt(Ratio(sums[kWeighted], sums[kWeight]))};
}

void Measures::SumAlarms(const HeadRows& head, std::span<const std::uint32_t> unit_of) {
  has_probabilities_ = task_ == Task::kBinary;
  has_ranks_ = head.truth.size() <= kMaxRankedRows;
  measures_ = {{"f1", true}, {"precision", true}, {"recall", true}, {"accuracy", true}, {"mcc", true}, {"far"}, {"mar"}};
  if (has_ranks_) measures_.insert(measures_.begin(), {{"auc", true}, {"pr_auc", true}});
  if (has_probabilities_) measures_.insert(measures_.end(), {{"logloss"}, {"brier"}});
  if (costs_ != nullptr) measures_.push_back({"cost"});
  if (has_ranks_) Rank(head, unit_of);
  width_ = kAlarmSums;
  sums_.resize(units_ * width_);
  const double threshold = head.threshold.value_or(0.5);
  for (std::size_t i = 0; i < head.truth.size(); ++i) {
    const bool is_positive = head.truth[i] > 0.5;
    const bool is_alarm = head.predicted[i] >= threshold;
    double* sums = &sums_[unit_of[i] * width_];
    sums[is_positive ? (is_alarm ? kTruePositive : kFalseNegative) : (is_alarm ? kFalsePositive : kTrueNegative)] += 1;
    if (costs_ != nullptr) sums[kAlarmCost] += costs_->At(is_positive, is_alarm);
    if (!has_probabilities_) continue;
    sums[kLogLoss] += *LogLoss({&head.truth[i], 1}, {&head.predicted[i], 1});
    sums[kBrier] += Square(head.predicted[i] - (is_positive ? 1 : 0));
  }
}

void Measures::Rank(const HeadRows& head, std::span<const std::uint32_t> unit_of) {
  ranked_.reserve(head.truth.size());
  for (std::size_t i = 0; i < head.truth.size(); ++i) ranked_.push_back({head.predicted[i], unit_of[i], head.truth[i] > 0.5});
  std::stable_sort(ranked_.begin(), ranked_.end(), [](const Ranked& a, const Ranked& b) { return a.score > b.score; });
}

std::vector<double> Measures::Alarms(std::span<const double> sums, std::span<const double> weights) const {
  const Confusion c{.true_positives = sums[kTruePositive],
                    .false_positives = sums[kFalsePositive],
                    .true_negatives = sums[kTrueNegative],
                    .false_negatives = sums[kFalseNegative]};
  const double positives = c.true_positives + c.false_negatives;
  const double negatives = c.true_negatives + c.false_positives;
  std::vector<double> values;
  if (has_ranks_) {
    double area = 0;
    double precision_sum = 0;
    double hits = 0;
    double alarms = 0;
    for (std::size_t i = 0; i < ranked_.size();) {
      double group_hits = 0;
      double group = 0;
      for (const double score = ranked_[i].score; i < ranked_.size() && !(ranked_[i].score < score); ++i) {
        const double weight = weights[ranked_[i].unit];
        group += weight;
        if (ranked_[i].is_positive) group_hits += weight;
      }
      area += (group - group_hits) * (hits + group_hits / 2);
      hits += group_hits;
      alarms += group;
      if (group_hits > 0) precision_sum += group_hits * hits / alarms;
    }
    values = {Ratio(area, positives * negatives), Ratio(precision_sum, positives)};
  }
  values.insert(values.end(), {ValueOr(F1(c)), ValueOr(Precision(c)), ValueOr(Recall(c)), ValueOr(Accuracy(c)), ValueOr(Mcc(c)),
                               ValueOr(FalseAlarmRate(c)), ValueOr(MissedAlarmRate(c))});
  const double n = positives + negatives;
  if (has_probabilities_) values.insert(values.end(), {Ratio(sums[kLogLoss], n), Ratio(sums[kBrier], n)});
  if (costs_ != nullptr) values.push_back(Ratio(sums[kAlarmCost], n));
  return values;
}

void Measures::SumClasses(const HeadRows& head, std::span<const std::uint32_t> unit_of) {
  has_probabilities_ = !head.probabilities.empty();
  measures_ = {{"accuracy", true}, {"macro_f1", true}, {"balanced_accuracy", true}};
  if (has_probabilities_) measures_.push_back({"logloss"});
  if (costs_ != nullptr) measures_.push_back({"cost"});
  width_ = 3 * classes_ + 3;  // hits, occurrences and predictions of each class; rows, log loss, cost
  sums_.resize(units_ * width_);
  const auto limit = static_cast<double>(classes_);
  for (std::size_t i = 0; i < head.truth.size(); ++i) {
    const double y = head.truth[i];
    const double p = head.predicted[i];
    if (!(y >= 0 && y < limit && p >= 0 && p < limit)) continue;
    const auto truth = static_cast<std::size_t>(y);
    const auto answer = static_cast<std::size_t>(p);
    double* sums = &sums_[unit_of[i] * width_];
    if (truth == answer) sums[truth] += 1;
    sums[classes_ + truth] += 1;
    sums[2 * classes_ + answer] += 1;
    double* rest = sums + 3 * classes_;
    rest[0] += 1;
    if (has_probabilities_) {
      const double probability = head.probabilities[i * classes_ + truth];
      rest[1] -= std::log(probability < 1e-15 ? 1e-15 : probability);
    }
    if (costs_ != nullptr) rest[2] += costs_->At(y, p);
  }
}

std::vector<double> Measures::Classes(std::span<const double> sums) const {
  double hits = 0;
  double f1 = 0;
  double f1_classes = 0;
  double recall = 0;
  double recall_classes = 0;
  for (std::size_t c = 0; c < classes_; ++c) {
    const double occurs = sums[classes_ + c];
    const double predicted = sums[2 * classes_ + c];
    hits += sums[c];
    if (occurs + predicted > 0) {
      f1 += 2 * sums[c] / (occurs + predicted);
      f1_classes += 1;
    }
    if (occurs > 0) {
      recall += sums[c] / occurs;
      recall_classes += 1;
    }
  }
  const std::span<const double> rest = sums.subspan(3 * classes_);
  std::vector<double> values{Ratio(hits, rest[0]), Ratio(f1, f1_classes), Ratio(recall, recall_classes)};
  if (has_probabilities_) values.push_back(Ratio(rest[1], rest[0]));
  if (costs_ != nullptr) values.push_back(Ratio(rest[2], rest[0]));
  return values;
}

std::vector<double> Measures::Compute(std::span<const double> weights) const {
  std::vector<double> sums(width_);
  for (std::size_t unit = 0; unit < units_; ++unit) {
    const double weight = weights[unit];
    if (weight == 0) continue;
    for (std::size_t k = 0; k < width_; ++k) sums[k] += weight * sums_[unit * width_ + k];
  }
  switch (task_) {
    case Task::kRegression:
      return Regression(sums);
    case Task::kMulticlass:
      return Classes(sums);
    case Task::kBinary:
    case Task::kAnomaly:
      return Alarms(sums, weights);
  }
  return {};
}

std::vector<double> Measures::Compute() const { return Compute(std::vector<double>(units_, 1.0)); }

}  // namespace millwright::learn
