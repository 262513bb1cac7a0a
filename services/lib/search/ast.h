#pragma once

#include <cstdint>
#include <string>
#include <variant>
#include <vector>

namespace millwright::search {

enum class Entity { kAttribute, kMetric, kParam, kTag, kDataset };
enum class Operator {
  kEqual,
  kNotEqual,
  kLess,
  kLessEqual,
  kGreater,
  kGreaterEqual,
  kLike,
  kILike,
  kIn,
  kNotIn,
  kIsNull,
  kIsNotNull
};
/// Which value of a metric's history is meant. Written `min(metrics.loss)`, `max(metrics.loss)`; no MLflow key can hold a
/// parenthesis.
enum class Aggregate { kLast, kMin, kMax };

/// What a comparison or an ordering looks at. `key` is an attribute's own name (aliases are resolved) or the user's key.
struct Field {
  Entity entity = Entity::kAttribute;
  std::string key;
  Aggregate aggregate = Aggregate::kLast;
  bool operator==(const Field&) const = default;
};

/// What a field is compared with: nothing (IS NULL), text, a whole number, another number, a list of texts. Metrics are always
/// compared with a double; a number beside a param asks for numeric comparison (params that are no numbers never match).
using Value = std::variant<std::monostate, std::string, std::int64_t, double, std::vector<std::string>>;

struct Comparison {
  Field field;
  Operator op = Operator::kEqual;
  Value value;
  bool operator==(const Comparison&) const = default;
};

/// A comparison, or its children joined. An AND without children holds for everything: the empty filter.
struct Expression {
  enum class Kind { kComparison, kAnd, kOr };
  Kind kind = Kind::kAnd;
  Comparison comparison;             // of kComparison
  std::vector<Expression> children;  // of the others; at least two, and none of the same kind, as the parser makes them
  bool operator==(const Expression&) const = default;
};

struct OrderKey {
  Field field;
  bool is_ascending = true;
  bool operator==(const OrderKey&) const = default;
};

/// The filter's text in one form: parsing it gives the same expression.
std::string Print(const Expression& expression);
std::string Print(const Field& field);
std::string Print(const OrderKey& key);
/// "=", "NOT IN", ...
const char* Name(Operator op);

}  // namespace millwright::search
