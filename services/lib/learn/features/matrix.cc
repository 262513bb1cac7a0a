#include "lib/learn/features/matrix.h"

#include <cmath>
#include <limits>

namespace millwright::learn {

void AppendRow(FeatureMatrix& matrix, std::span<const double> features) {
  matrix.columns = features.size();
  ++matrix.rows;
  for (const double feature : features) {
    const bool fits = std::abs(feature) <= static_cast<double>(std::numeric_limits<float>::max());
    matrix.values.push_back(fits ? static_cast<float>(feature) : std::numeric_limits<float>::quiet_NaN());
  }
}

}  // namespace millwright::learn
