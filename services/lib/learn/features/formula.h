#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"

namespace millwright::learn {

/// Arithmetic between columns: + - * / ( ), numbers, columns by name (in "quotes" when the name is not an identifier), and abs,
/// sqrt, log, exp, round of one value, min, max of two. A missing or undefined value makes the result missing. Immutable.
class Formula {
 public:
  /// InvalidArgument says what stands where.
  static absl::StatusOr<Formula> Parse(std::string_view text);

  /// The columns it reads, each once.
  std::span<const std::string> columns() const { return columns_; }
  /// `places[i]` is where columns()[i] stands in the row.
  double Evaluate(std::span<const double> row, std::span<const std::size_t> places) const;

 private:
  friend class FormulaParser;
  enum class Op { kNumber, kColumn, kAdd, kSubtract, kMultiply, kDivide, kNegate, kAbs, kSqrt, kLog, kExp, kRound, kMin, kMax };
  struct Instruction {
    Op op = Op::kNumber;
    double number = 0;
    std::size_t column = 0;
  };
  static constexpr std::size_t kMaxDepth = 64;  // values waiting at once

  std::vector<std::string> columns_;
  std::vector<Instruction> program_;  // in reverse Polish order
};

}  // namespace millwright::learn
