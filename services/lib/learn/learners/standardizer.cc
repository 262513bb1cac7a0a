#include "lib/learn/learners/standardizer.h"

#include <algorithm>
#include <cmath>

#include "lib/learn/learners/model_json.h"

namespace millwright::learn {

Standardizer Standardizer::Fit(const FeatureMatrix& features, std::span<const float> weights, double clip) {
  Standardizer fitted;
  fitted.clip_ = clip;
  std::vector<double> count(features.columns);
  fitted.mean_.resize(features.columns);
  fitted.scale_.resize(features.columns);
  const auto for_each = [&](auto&& at) {
    for (std::size_t row = 0; row < features.rows; ++row) {
      const double weight = weights.empty() ? 1.0 : static_cast<double>(weights[row]);
      const std::span<const float> values = features.Row(row);
      for (std::size_t i = 0; i < values.size(); ++i) {
        if (!std::isnan(values[i])) at(i, static_cast<double>(values[i]), weight);
      }
    }
  };
  for_each([&](std::size_t i, double value, double weight) {
    fitted.mean_[i] += weight * value;
    count[i] += weight;
  });
  for (std::size_t i = 0; i < features.columns; ++i) fitted.mean_[i] = count[i] > 0 ? fitted.mean_[i] / count[i] : 0;
  for_each([&](std::size_t i, double value, double weight) {
    fitted.scale_[i] += weight * (value - fitted.mean_[i]) * (value - fitted.mean_[i]);
  });
  for (std::size_t i = 0; i < features.columns; ++i) {
    const double sd = count[i] > 0 ? std::sqrt(fitted.scale_[i] / count[i]) : 0;
    // What is left of a constant float column after its mean is taken away is rounding, not signal.
    fitted.scale_[i] = sd > 1e-9 * (1e-9 + std::abs(fitted.mean_[i])) ? 1 / sd : 0;
  }
  return fitted;
}

Standardizer Standardizer::Identity(std::size_t features) {
  Standardizer identity;
  identity.mean_.assign(features, 0.0);
  identity.scale_.assign(features, 1.0);
  return identity;
}

Standardizer Standardizer::Read(StrictObject& object, std::size_t features) {
  Standardizer read;
  read.mean_ = ExactNumbers(object, "mean", features);
  read.scale_ = ExactNumbers(object, "scale", features);
  read.clip_ = object.Number("clip", 0, kFar);
  return read;
}

void Standardizer::Write(nlohmann::json& json) const {
  json["mean"] = mean_;
  json["scale"] = scale_;
  json["clip"] = clip_;
}

void Standardizer::Apply(std::span<const float> row, std::span<double> out) const {
  for (std::size_t i = 0; i < mean_.size(); ++i)
    out[i] = std::isnan(row[i]) ? 0.0 : std::clamp((static_cast<double>(row[i]) - mean_[i]) * scale_[i], -clip_, clip_);
}

}  // namespace millwright::learn
