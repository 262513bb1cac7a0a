#pragma once

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <span>
#include <vector>

namespace millwright::learn {

/// The last rows of some columns, each column's values side by side in memory, oldest first, and sorted too where that is asked
/// for. Memory grows to about twice the capacity and no further. Not thread-safe.
class ColumnHistory {
 public:
  ColumnHistory(std::size_t columns, std::size_t capacity, bool keeps_sorted = false)
      : columns_(columns),
        capacity_(capacity),
        stride_(std::min<std::size_t>(2 * capacity, kFirstRows)),
        sorted_(keeps_sorted ? columns : 0) {
    values_.resize(columns_ * stride_);
  }

  /// Appends row[place] for every place, one a column.
  void Push(std::span<const double> row, std::span<const std::size_t> places) {
    if (end_ == stride_) MakeRoom();
    for (std::size_t column = 0; column < sorted_.size(); ++column) {
      if (rows() == capacity_) Remove(sorted_[column], values_[column * stride_ + begin_]);
      Insert(sorted_[column], row[places[column]]);
    }
    double* value = values_.data() + end_;
    for (const std::size_t place : places) {
      *value = row[place];
      value += stride_;
    }
    ++end_;
    if (end_ - begin_ > capacity_) ++begin_;
  }
  void Clear() {
    begin_ = end_ = 0;
    for (std::vector<double>& values : sorted_) values.clear();
  }

  /// Rows kept, at most the capacity.
  std::size_t rows() const { return end_ - begin_; }
  /// The last `rows` values of a column, or as many as there are; valid until the next Push.
  std::span<const double> Last(std::size_t column, std::size_t rows) const {
    const std::size_t count = std::min(rows, end_ - begin_);
    return {values_.data() + column * stride_ + end_ - count, count};
  }
  /// The column's values from the least on, without the missing ones; of a history that keeps them sorted. Valid until the next
  /// Push.
  std::span<const double> Sorted(std::size_t column) const { return sorted_[column]; }

 private:
  static constexpr std::size_t kFirstRows = 256;

  // 0.0 is added as -0.0 would be as great as 0.0 and yet have other bits: where it stood would tell of rows long gone.
  static void Insert(std::vector<double>& sorted, double value) {
    if (!std::isnan(value)) sorted.insert(std::upper_bound(sorted.begin(), sorted.end(), value), value + 0.0);
  }
  static void Remove(std::vector<double>& sorted, double value) {
    if (!std::isnan(value)) sorted.erase(std::lower_bound(sorted.begin(), sorted.end(), value));
  }

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
  std::vector<std::vector<double>> sorted_;  // per column; empty unless asked for
};

}  // namespace millwright::learn
