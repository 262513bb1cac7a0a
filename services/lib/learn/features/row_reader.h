#pragma once

#include <cmath>
#include <cstddef>
#include <limits>
#include <span>
#include <vector>

#include "absl/status/statusor.h"
#include "lib/learn/features/column_step.h"
#include "lib/learn/table/table.h"

namespace millwright::learn {

/// No sensor reads more, and squares of it are still numbers; learners work in single precision.
inline constexpr double kMostReading = std::numeric_limits<float>::max();

/// Reads a table's rows in the order of some inputs, texts as the numbers of their categories; a number beyond ±kMostReading is
/// missing.
class RowReader {
 public:
  /// `categories` has one entry an input, null for numbers. NotFound or InvalidArgument names a column that does not fit. The
  /// table must outlive it.
  static absl::StatusOr<RowReader> Open(const Table& table, std::span<const RowLayout::Input> inputs,
                                        std::span<const TextCategories* const> categories);

  std::size_t size() const { return columns_.size(); }
  double Get(std::size_t input, std::size_t row) const;

 private:
  std::vector<const Column*> columns_;
  std::vector<const TextCategories*> categories_;
};

}  // namespace millwright::learn
