#pragma once

#include <cstddef>
#include <span>
#include <vector>

namespace millwright::learn {

/// Rows of float features, row-major, as learners take them. Missing values are NaN.
struct FeatureMatrix {
  std::size_t rows = 0;
  std::size_t columns = 0;
  std::vector<float> values;

  std::span<const float> Row(std::size_t row) const { return {values.data() + row * columns, columns}; }
};

/// Features as the learner sees them. The one place where doubles become floats; a value beyond float's range becomes missing.
void AppendRow(FeatureMatrix& matrix, std::span<const double> features);

}  // namespace millwright::learn
