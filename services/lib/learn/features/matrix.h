#pragma once

#include <cstddef>
#include <optional>
#include <span>
#include <string>
#include <vector>

namespace millwright::learn {

/// Rows of float features, row-major, as learners take them. Missing values are NaN.
struct FeatureMatrix {
  std::size_t rows = 0;
  std::size_t columns = 0;
  std::vector<float> values;

  std::span<const float> Row(std::size_t row) const { return {values.data() + row * columns, columns}; }
};

/// What the columns of a feature matrix are.
struct FeatureLayout {
  /// Columns [begin, begin + rows × columns) are one sequence: its rows oldest first, the values of a row side by side.
  struct Sequence {
    std::size_t begin = 0;
    std::size_t rows = 0;
    std::size_t columns = 0;
  };

  std::vector<std::string> names;    // one a column
  std::optional<Sequence> sequence;  // for networks; every other column is a static feature
};

/// Features as the learner sees them. The one place where doubles become floats; a value beyond float's range becomes missing.
void AppendRow(FeatureMatrix& matrix, std::span<const double> features);

}  // namespace millwright::learn
