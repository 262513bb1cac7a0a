#include "lib/learn/features/formula.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <limits>

#include "lib/base/status_macros.h"
#include "lib/learn/text.h"

namespace millwright::learn {

namespace {

bool IsLetter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_'; }
bool IsDigit(char c) { return c >= '0' && c <= '9'; }

}  // namespace

/// Recursive descent; writes the program in the order of evaluation.
class FormulaParser {
 public:
  explicit FormulaParser(std::string_view text) : text_(text) {}

  absl::StatusOr<Formula> Parse() {
    if (text_.size() > 1000) return absl::InvalidArgumentError("must have at most 1000 characters");
    RETURN_IF_ERROR(Sum());
    if (Peek() != '\0') return Wrong("an operator");
    if (deepest_ > Formula::kMaxDepth) return absl::InvalidArgumentError("is nested too deep");
    return std::move(formula_);
  }

 private:
  using Op = Formula::Op;

  char Peek() {
    while (at_ < text_.size() && text_[at_] == ' ') ++at_;
    return at_ < text_.size() ? text_[at_] : '\0';
  }
  bool Take(char c) {
    if (Peek() != c) return false;
    ++at_;
    return true;
  }
  absl::Status Wrong(std::string_view wanted) {
    const std::string there = Peek() == '\0' ? std::string("the end") : Cat("\"", text_.substr(at_, 20), "\"");
    return absl::InvalidArgumentError(Cat("expected ", wanted, " instead of ", there));
  }
  void Write(Formula::Instruction instruction, int effect) {
    formula_.program_.push_back(instruction);
    depth_ += effect;
    deepest_ = std::max(deepest_, static_cast<std::size_t>(depth_));
  }

  absl::Status Sum() {
    RETURN_IF_ERROR(Product());
    while (Peek() == '+' || Peek() == '-') {
      const Op op = text_[at_++] == '+' ? Op::kAdd : Op::kSubtract;
      RETURN_IF_ERROR(Product());
      Write({.op = op}, -1);
    }
    return absl::OkStatus();
  }
  absl::Status Product() {
    RETURN_IF_ERROR(Value());
    while (Peek() == '*' || Peek() == '/') {
      const Op op = text_[at_++] == '*' ? Op::kMultiply : Op::kDivide;
      RETURN_IF_ERROR(Value());
      Write({.op = op}, -1);
    }
    return absl::OkStatus();
  }
  absl::Status Value() {
    if (++nesting_ > Formula::kMaxDepth) return absl::InvalidArgumentError("is nested too deep");
    const absl::Status status = InnerValue();
    --nesting_;
    return status;
  }
  absl::Status InnerValue() {
    if (Take('-')) {
      RETURN_IF_ERROR(Value());
      Write({.op = Op::kNegate}, 0);
      return absl::OkStatus();
    }
    if (Take('(')) {
      RETURN_IF_ERROR(Sum());
      return Take(')') ? absl::OkStatus() : Wrong("\")\"");
    }
    if (IsDigit(Peek()) || Peek() == '.') return Number();
    if (Take('"')) {
      const std::size_t end = text_.find('"', at_);
      if (end == std::string_view::npos) return absl::InvalidArgumentError("lacks the closing \" of a column's name");
      Column(text_.substr(at_, end - at_));
      at_ = end + 1;
      return absl::OkStatus();
    }
    if (!IsLetter(Peek())) return Wrong("a column, a number or \"(\"");
    const std::size_t begin = at_;
    while (at_ < text_.size() && (IsLetter(text_[at_]) || IsDigit(text_[at_]))) ++at_;
    const std::string_view name = text_.substr(begin, at_ - begin);
    if (Peek() == '(') return Call(name);
    Column(name);
    return absl::OkStatus();
  }
  absl::Status Number() {
    double number = 0;
    const auto [end, error] = std::from_chars(text_.data() + at_, text_.data() + text_.size(), number);
    if (error != std::errc()) return Wrong("a number");
    at_ = static_cast<std::size_t>(end - text_.data());
    Write({.op = Op::kNumber, .number = number}, 1);
    return absl::OkStatus();
  }
  void Column(std::string_view name) {
    const auto it = std::find(formula_.columns_.begin(), formula_.columns_.end(), name);
    const auto column = static_cast<std::size_t>(it - formula_.columns_.begin());
    if (it == formula_.columns_.end()) formula_.columns_.emplace_back(name);
    Write({.op = Op::kColumn, .column = column}, 1);
  }
  absl::Status Call(std::string_view name) {
    constexpr struct {
      std::string_view name;
      Op op;
      int arguments;
    } kFunctions[] = {{"abs", Op::kAbs, 1},     {"sqrt", Op::kSqrt, 1}, {"log", Op::kLog, 1}, {"exp", Op::kExp, 1},
                      {"round", Op::kRound, 1}, {"min", Op::kMin, 2},   {"max", Op::kMax, 2}};
    for (const auto& function : kFunctions) {
      if (name != function.name) continue;
      Take('(');
      for (int i = 0; i < function.arguments; ++i) {
        if (i > 0 && !Take(',')) return Wrong("\",\"");
        RETURN_IF_ERROR(Sum());
      }
      if (!Take(')')) return Wrong("\")\"");
      Write({.op = function.op}, 1 - function.arguments);
      return absl::OkStatus();
    }
    return absl::InvalidArgumentError(
        Cat("\"", name.substr(0, 40), "\" is not a function; there are abs, sqrt, log, exp, round, min and max"));
  }

  std::string_view text_;
  std::size_t at_ = 0;
  std::size_t nesting_ = 0;
  int depth_ = 0;
  std::size_t deepest_ = 0;
  Formula formula_;
};

absl::StatusOr<Formula> Formula::Parse(std::string_view text) { return FormulaParser(text).Parse(); }

double Formula::Evaluate(std::span<const double> row, std::span<const std::size_t> places) const {
  std::array<double, kMaxDepth> values;
  std::size_t top = 0;  // one beyond the last value
  const auto combine = [&](auto op) {
    --top;
    const double a = values[top - 1];
    const double b = values[top];
    values[top - 1] = std::isnan(a) || std::isnan(b) ? std::numeric_limits<double>::quiet_NaN() : op(a, b);
  };
  for (const Instruction& instruction : program_) {
    switch (instruction.op) {
      case Op::kNumber:
        values[top++] = instruction.number;
        break;
      case Op::kColumn:
        values[top++] = row[places[instruction.column]];
        break;
      case Op::kAdd:
        combine([](double a, double b) { return a + b; });
        break;
      case Op::kSubtract:
        combine([](double a, double b) { return a - b; });
        break;
      case Op::kMultiply:
        combine([](double a, double b) { return a * b; });
        break;
      case Op::kDivide:
        combine([](double a, double b) { return a / b; });
        break;
      case Op::kMin:
        combine([](double a, double b) { return std::min(a, b); });
        break;
      case Op::kMax:
        combine([](double a, double b) { return std::max(a, b); });
        break;
      case Op::kNegate:
        values[top - 1] = -values[top - 1];
        break;
      case Op::kAbs:
        values[top - 1] = std::abs(values[top - 1]);
        break;
      case Op::kSqrt:
        values[top - 1] = std::sqrt(values[top - 1]);
        break;
      case Op::kLog:
        values[top - 1] = std::log(values[top - 1]);
        break;
      case Op::kExp:
        values[top - 1] = std::exp(values[top - 1]);
        break;
      case Op::kRound:
        values[top - 1] = std::round(values[top - 1]);
        break;
    }
  }
  return std::isfinite(values[0]) ? values[0] : std::numeric_limits<double>::quiet_NaN();
}

}  // namespace millwright::learn
