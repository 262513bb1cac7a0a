#pragma once

#include <algorithm>
#include <cstddef>
#include <span>
#include <vector>

namespace millwright::learn {

/// The last rows of some columns, each column's values side by side in memory, oldest first. Memory grows to about twice the
/// capacity and no further. Not thread-safe.
class ColumnHistory {
 public:
  ColumnHistory(std::size_t columns, std::size_t capacity)
      : columns_(columns), capacity_(capacity), stride_(std::min<std::size_t>(2 * capacity, kFirstRows)) {
    values_.resize(columns_ * stride_);
  }

  /// Appends row[place] for every place, one a column.
  void Push(std::span<const double> row, std::span<const std::size_t> places) {
    if (end_ == stride_) MakeRoom();
    double* value = values_.data() + end_;
    for (const std::size_t place : places) {
      *value = row[place];
      value += stride_;
    }
    ++end_;
    if (end_ - begin_ > capacity_) ++begin_;
  }
  void Clear() { begin_ = end_ = 0; }

  /// Rows kept, at most the capacity.
  std::size_t rows() const { return end_ - begin_; }
  /// The last `rows` values of a column, or as many as there are; valid until the next Push.
  std::span<const double> Last(std::size_t column, std::size_t rows) const {
    const std::size_t count = std::min(rows, end_ - begin_);
    return {values_.data() + column * stride_ + end_ - count, count};
  }

 private:
  static constexpr std::size_t kFirstRows = 256;

  void MakeRoom() {
    const std::size_t kept = end_ - begin_;
    const std::size_t stride = stride_ < 2 * capacity_ && kept * 2 > stride_ ? std::min(2 * capacity_, 2 * stride_) : stride_;
    std::vector<double> grown(stride == stride_ ? 0 : columns_ * stride);
    for (std::size_t column = 0; column < columns_; ++column) {
      const double* from = values_.data() + column * stride_ + begin_;
      std::copy(from, from + kept, (grown.empty() ? values_.data() : grown.data()) + column * stride);
    }
    if (!grown.empty()) values_ = std::move(grown);
    stride_ = stride;
    begin_ = 0;
    end_ = kept;
  }

  std::size_t columns_;
  std::size_t capacity_;
  std::size_t stride_;  // values of memory a column has
  std::size_t begin_ = 0;
  std::size_t end_ = 0;
  std::vector<double> values_;
};

}  // namespace millwright::learn
