#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"

namespace millwright::learn {

/// Where a row's values stand while it goes through the column steps. Raw inputs and the columns that steps work on have places
/// of their own, so that a raw value stays readable after its column was scaled.
class RowLayout {
 public:
  /// A raw column of the table.
  struct Input {
    std::string name;
    bool is_text = false;
    std::size_t place = 0;
  };
  /// A column that later steps see, in order.
  struct Column {
    std::string name;
    std::size_t place = 0;
  };

  /// The place of a raw input, which is added if need be. InvalidArgument when it is read as a number and as a text.
  absl::StatusOr<std::size_t> Raw(std::string_view name, bool is_text = false);
  /// A new column; InvalidArgument when its name is taken.
  absl::StatusOr<std::size_t> Add(std::string name);
  /// Takes a column from the sight of later steps.
  void Remove(std::string_view name);

  /// The positions in columns() of these names, of all columns when there are none. InvalidArgument lists the columns.
  absl::StatusOr<std::vector<std::size_t>> Positions(std::span<const std::string> names) const;
  /// The places of these columns; as Positions.
  absl::StatusOr<std::vector<std::size_t>> Places(std::span<const std::string> names) const;

  std::span<const Input> inputs() const { return inputs_; }
  std::span<const Column> columns() const { return columns_; }
  /// Values a row has.
  std::size_t width() const { return width_; }

 private:
  std::vector<Input> inputs_;
  std::vector<Column> columns_;
  std::size_t width_ = 0;
};

}  // namespace millwright::learn
