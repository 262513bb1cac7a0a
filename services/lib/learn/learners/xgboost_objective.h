#pragma once

#include <span>
#include <vector>

namespace millwright::learn {

/// A loss that XGBoost 1.7 lacks, trained by gradients of our own. Errors are d = predicted - truth.
struct XgboostObjective {
  enum class Kind {
    kLateSquaredError,  // w d², w = late_weight for d > 0 (a late alarm), else 1
    kPhmScore,          // the PHM08 challenge's score, see metrics.h
    kQuantile,          // pinball loss of `quantile`
  };
  Kind kind = Kind::kLateSquaredError;
  double late_weight = 2;
  double quantile = 0.5;
  double smoothing = 0.01;  // of the pinball loss, in standard deviations of the targets
};

/// Gradients and second derivatives of the loss over the training rows, scaled so that a second derivative is about 1 as
/// regularisation expects.
class ObjectiveGradient {
 public:
  /// `weights` may be empty. Both spans must outlive the object.
  ObjectiveGradient(const XgboostObjective& objective, std::span<const double> targets, std::span<const float> weights);

  /// The constant prediction with the least loss.
  double Start() const;
  void Compute(std::span<const float> predicted, std::vector<float>& gradient, std::vector<float>& second) const;

 private:
  struct Pair {
    double gradient;
    double second;
  };
  Pair At(double predicted, double truth) const;

  XgboostObjective objective_;
  std::span<const double> targets_;
  std::span<const float> weights_;
  double spread_ = 1;  // standard deviation of the targets
};

}  // namespace millwright::learn
