#pragma once

#include <cstddef>
#include <optional>
#include <span>
#include <vector>

namespace millwright::learn {

// Truth and prediction have equal length; an empty input, or one that leaves the value undefined, gives no value. Sums run in
// order.

/// Square root of the mean squared error.
std::optional<double> Rmse(std::span<const double> truth, std::span<const double> predicted);
/// Mean absolute error.
std::optional<double> Mae(std::span<const double> truth, std::span<const double> predicted);
/// 1 - sum (y - p)² / sum (y - mean y)²; none when the truth is constant.
std::optional<double> R2(std::span<const double> truth, std::span<const double> predicted);

/// The PHM08 challenge's score (Saxena et al., "Damage propagation modeling for aircraft engine run-to-failure simulation", PHM
/// 2008): sum of exp(-d/13) - 1 for d < 0 and exp(d/10) - 1 else, d = predicted - truth: a late alarm costs more. Lower is
/// better.
std::optional<double> PhmScore(std::span<const double> truth, std::span<const double> predicted);

/// RMSE in which an error of a late alarm (predicted > truth) weighs `late_weight` times: sqrt(sum w d² / sum w).
std::optional<double> WeightedRmse(std::span<const double> truth, std::span<const double> predicted, double late_weight = 2.0);

/// Counts of a 0/1 truth against probability >= threshold.
struct Confusion {
  double true_positives = 0;
  double false_positives = 0;
  double true_negatives = 0;
  double false_negatives = 0;
};
Confusion Count(std::span<const double> truth, std::span<const double> probability, double threshold);

std::optional<double> Accuracy(const Confusion& c);
/// TP / (TP + FP); none without a positive prediction.
std::optional<double> Precision(const Confusion& c);
/// TP / (TP + FN); none without a positive truth.
std::optional<double> Recall(const Confusion& c);
/// 2 TP / (2 TP + FP + FN); none when all three are 0.
std::optional<double> F1(const Confusion& c);
/// FP / (FP + TN): the share of normal rows that alarm (SKAB's FAR, there in per cent); none without a negative truth.
std::optional<double> FalseAlarmRate(const Confusion& c);
/// FN / (FN + TP): the share of positive rows without alarm (SKAB's MAR); none without a positive truth.
std::optional<double> MissedAlarmRate(const Confusion& c);
/// Matthews' correlation coefficient; 0 when a margin of the table is empty.
std::optional<double> Mcc(const Confusion& c);

/// Area under the ROC curve: the share of (positive, negative) pairs in the right order, a tie counting half. None with one class
/// only.
std::optional<double> RocAuc(std::span<const double> truth, std::span<const double> score);
/// Average precision: sum over distinct thresholds of (recall step) × precision, without interpolation. None without a positive.
std::optional<double> PrAuc(std::span<const double> truth, std::span<const double> score);
/// Mean of -log(probability of the true class), probabilities cut to [1e-15, 1 - 1e-15].
std::optional<double> LogLoss(std::span<const double> truth, std::span<const double> probability);

/// Mean of (probability - truth)² (Brier, "Verification of forecasts expressed in terms of probability", 1950).
std::optional<double> Brier(std::span<const double> truth, std::span<const double> probability);

/// Mean of the quantile loss: q (y - p) where the truth is above the prediction, (1 - q) (p - y) below it.
std::optional<double> PinballLoss(std::span<const double> truth, std::span<const double> predicted, double q);

/// Counts of classes from 0, [truth × classes + predicted]. A class outside [0, classes) is not counted.
std::vector<double> CountClasses(std::span<const double> truth, std::span<const double> predicted, std::size_t classes);
/// What follows from such counts; none when nothing was counted.
std::optional<double> ClassAccuracy(std::span<const double> counts, std::size_t classes);
/// Mean over the classes of 2 TP / (2 TP + FP + FN); classes that neither occur nor are predicted are left out.
std::optional<double> MacroF1(std::span<const double> counts, std::size_t classes);
/// Mean recall over the classes that occur.
std::optional<double> BalancedAccuracy(std::span<const double> counts, std::size_t classes);
/// Mean of -log(probability of the true class), probabilities (one row of `classes` after the other) cut below at 1e-15.
std::optional<double> ClassLogLoss(std::span<const double> truth, std::span<const double> probabilities, std::size_t classes);

/// The probability, among those given, at which F1 is highest (the largest of equals); 0.5 without a positive.
double BestF1Threshold(std::span<const double> truth, std::span<const double> probability);

}  // namespace millwright::learn
