#include "lib/search/ast.h"

#include <charconv>
#include <cmath>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "lib/search/field.h"
#include "lib/search/token.h"

namespace millwright::search {
namespace {

const char* Prefix(Entity entity) {
  switch (entity) {
    case Entity::kAttribute:
      return "";
    case Entity::kMetric:
      return "metrics";
    case Entity::kParam:
      return "params";
    case Entity::kTag:
      return "tags";
    case Entity::kDataset:
      return "dataset";
  }
  return "";
}

// Whether `prefix.key` is read as one name whose key is `key`.
bool IsReadAs(const std::string& name, absl::string_view written, const std::string& key) {
  const std::vector<Token> tokens = Tokenize(name);
  if (tokens.size() != 1 || tokens[0].kind != Token::Kind::kName || tokens[0].text.size() != name.size()) return false;
  absl::string_view read = StripQuotes(written);
  if (read.size() >= 2 && read.front() == '`' && read.back() == '`') read = read.substr(1, read.size() - 2);
  return read == key;
}

std::string Quoted(const std::string& text) {
  for (const char quote : {'\'', '"'}) {
    const std::string quoted = absl::StrCat(std::string(1, quote), text, std::string(1, quote));
    const std::vector<Token> tokens = Tokenize(quoted);
    if (tokens.size() == 1 && tokens[0].text.size() == quoted.size() &&
        (tokens[0].kind == Token::Kind::kString || tokens[0].kind == Token::Kind::kSymbol)) {
      return quoted;
    }
  }
  return absl::StrCat("'", text, "'");  // no filter can say it
}

std::string Number(double value) {
  if (std::isinf(value)) return value > 0 ? "1e999" : "-1e999";
  char buffer[40];
  std::string text(buffer, std::to_chars(buffer, buffer + sizeof buffer, value).ptr);
  if (text.find_first_of(".e") == std::string::npos) text += ".0";
  return text;
}

struct ValuePrinter {
  std::string operator()(std::monostate) const { return ""; }
  std::string operator()(const std::string& text) const { return Quoted(text); }
  std::string operator()(std::int64_t number) const { return absl::StrCat(number); }
  std::string operator()(double number) const { return Number(number); }
  std::string operator()(const std::vector<std::string>& texts) const {
    return absl::StrCat(
        "(", absl::StrJoin(texts, ", ", [](std::string* out, const std::string& text) { out->append(Quoted(text)); }), ")");
  }
};

}  // namespace

std::string Print(const Field& field) {
  if (field.entity == Entity::kAttribute) return field.key;
  std::string name = absl::StrCat(Prefix(field.entity), ".", field.key);
  if (!IsReadAs(name, field.key, field.key)) {
    for (const char quote : {'`', '"', '\''}) {
      const std::string written = absl::StrCat(std::string(1, quote), field.key, std::string(1, quote));
      const std::string candidate = absl::StrCat(Prefix(field.entity), ".", written);
      if (IsReadAs(candidate, written, field.key)) {
        name = candidate;
        break;
      }
    }
  }
  if (field.aggregate == Aggregate::kLast) return name;
  return absl::StrCat(field.aggregate == Aggregate::kMin ? "min(" : "max(", name, ")");
}

std::string Print(const OrderKey& key) { return absl::StrCat(Print(key.field), key.is_ascending ? " ASC" : " DESC"); }

std::string Print(const Expression& expression) {
  if (expression.kind == Expression::Kind::kComparison) {
    const Comparison& comparison = expression.comparison;
    const std::string value = std::visit(ValuePrinter(), comparison.value);
    return absl::StrCat(Print(comparison.field), " ", Name(comparison.op), value.empty() ? "" : " ", value);
  }
  const char* joint = expression.kind == Expression::Kind::kAnd ? " AND " : " OR ";
  return absl::StrJoin(expression.children, joint, [](std::string* out, const Expression& child) {
    const bool is_joined = child.kind != Expression::Kind::kComparison;
    absl::StrAppend(out, is_joined ? "(" : "", Print(child), is_joined ? ")" : "");
  });
}

const char* Name(Operator op) {
  switch (op) {
    case Operator::kEqual:
      return "=";
    case Operator::kNotEqual:
      return "!=";
    case Operator::kLess:
      return "<";
    case Operator::kLessEqual:
      return "<=";
    case Operator::kGreater:
      return ">";
    case Operator::kGreaterEqual:
      return ">=";
    case Operator::kLike:
      return "LIKE";
    case Operator::kILike:
      return "ILIKE";
    case Operator::kIn:
      return "IN";
    case Operator::kNotIn:
      return "NOT IN";
    case Operator::kIsNull:
      return "IS NULL";
    case Operator::kIsNotNull:
      return "IS NOT NULL";
  }
  return "";
}

}  // namespace millwright::search
