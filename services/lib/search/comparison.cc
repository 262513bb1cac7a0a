#include "lib/search/comparison.h"

#include <algorithm>
#include <charconv>
#include <limits>
#include <optional>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/substitute.h"
#include "lib/base/status_macros.h"
#include "lib/search/field.h"
#include "lib/search/filter.h"
#include "lib/search/place.h"

namespace millwright::search {
namespace {

using Wire = Schema::Wire;

Place PlaceOf(const Operand& operand) { return {operand.offset, std::string(operand.text)}; }

bool IsNumber(const Operand& operand) { return operand.kind == Operand::Kind::kInteger || operand.kind == Operand::Kind::kFloat; }
bool IsText(const Operand& operand) {
  return operand.kind == Operand::Kind::kString ||
         (operand.kind == Operand::Kind::kName && operand.aggregate == Aggregate::kLast);
}

// Of a number token: whole numbers beyond 64 bits become doubles, doubles beyond their range infinite.
Value NumberOf(absl::string_view text) {
  std::int64_t whole = 0;
  if (absl::SimpleAtoi(text, &whole)) return whole;
  double value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error == std::errc::result_out_of_range && !absl::StrContains(text, "e-") && !absl::StrContains(text, "E-")) {
    value = text.front() == '-' ? -std::numeric_limits<double>::infinity() : std::numeric_limits<double>::infinity();
  }
  return value;
}

double AsDouble(const Value& value) {
  return std::holds_alternative<std::int64_t>(value) ? static_cast<double>(std::get<std::int64_t>(value))
                                                     : std::get<double>(value);
}

std::string Shown(double value) {
  char buffer[40];
  return std::string(buffer, std::to_chars(buffer, buffer + sizeof buffer, value).ptr);
}

absl::StatusOr<Value> TextOf(const Operand& operand) {
  if (IsQuoted(operand.text)) return Value(std::string(StripQuotes(operand.text)));
  return ErrorAt(absl::StrCat("Parameter value is either not quoted or unidentified quote types used for string value ",
                              operand.text, ". Use either single or double quotes."),
                 PlaceOf(operand));
}

absl::StatusOr<Value> ListOf(const Operand& operand, const std::vector<Token>& tokens) {
  std::vector<std::string> values;
  std::vector<absl::string_view> shown;
  bool has_other_type = false;
  bool wants_comma = false;
  for (std::size_t i = operand.first + 1; i + 1 < operand.last; ++i) {
    const Token& token = tokens[i];
    if (token.kind == Token::Kind::kComma && wants_comma) {
      wants_comma = false;
      continue;
    }
    const bool is_text = token.kind == Token::Kind::kString || (token.kind == Token::Kind::kSymbol);
    const bool is_number = token.kind == Token::Kind::kInteger || token.kind == Token::Kind::kFloat;
    if (wants_comma || !(is_text || is_number)) {
      return ErrorAt("While parsing a list in the query, expected a non-empty list of string values, but got ill-formed list.",
                     {token.offset, std::string(token.text)});
    }
    has_other_type = has_other_type || is_number;
    shown.push_back(token.text);
    values.emplace_back(StripQuotes(token.text));
    wants_comma = true;
  }
  if (values.empty()) {
    return ErrorAt("While parsing a list in the query, expected a non-empty list of string values, but got empty list",
                   PlaceOf(operand));
  }
  if (has_other_type) {
    return ErrorAt(absl::StrCat("While parsing a list in the query, expected string value, punctuation, or whitespace, but got "
                                "different type in list: (",
                                absl::StrJoin(shown, ", "), shown.size() == 1 ? ",)" : ")"),
                   PlaceOf(operand));
  }
  if (values.size() > kMaxListed) {
    return ErrorAt(absl::StrCat("a list in the filter has ", values.size(), " values; at most ", kMaxListed, " may stand there"),
                   PlaceOf(operand));
  }
  return Value(std::move(values));
}

std::string Listing(const Schema& schema) {
  std::vector<std::string> keys;
  for (const Attribute& attribute : schema.attributes) {
    if (attribute.takes_list) keys.push_back(absl::StrCat("'", attribute.key, "'"));
  }
  std::sort(keys.begin(), keys.end());
  return absl::StrJoin(keys, ", ");
}

std::string Numbers(const Schema& schema) {
  std::vector<std::string> keys;
  for (const Attribute& attribute : schema.attributes) {
    if (attribute.is_number) keys.push_back(absl::StrCat("'", attribute.key, "'"));
  }
  return absl::StrJoin(keys, ", ");
}

// An attribute as the filter names it, which may be by an alias.
absl::string_view KeyAsWritten(const Operand& left) {
  const std::size_t dot = left.name.find('.');
  const absl::string_view key = StripQuotes(dot == absl::string_view::npos ? left.name : left.name.substr(dot + 1));
  return key.size() >= 2 && key.front() == '`' && key.back() == '`' ? key.substr(1, key.size() - 2) : key;
}

absl::StatusOr<Value> AttributeValue(const Attribute& attribute, const Operand& left, const Operand& right,
                                     const std::vector<Token>& tokens, const Schema& schema) {
  if (attribute.is_number) {
    if (IsNumber(right)) return NumberOf(right.text);
    if (!attribute.takes_quoted_number) {
      return ErrorAt(
          absl::StrCat("Expected numeric value type for numeric attribute: ", KeyAsWritten(left), ". Found ", right.text),
          PlaceOf(right));
    }
    if (IsText(right)) {
      ASSIGN_OR_RETURN(const Value text, TextOf(right));
      const std::string& digits = std::get<std::string>(text);
      std::int64_t whole = 0;
      if (absl::SimpleAtoi(digits, &whole)) return Value(whole);
      return ErrorAt(absl::StrCat("Invalid value for numeric attribute '", attribute.key, "': ", PythonText(digits)),
                     PlaceOf(right));
    }
  }
  if (IsText(right)) return TextOf(right);
  if (right.kind == Operand::Kind::kList) {
    if (attribute.takes_list) return ListOf(right, tokens);
    return ErrorAt(
        absl::StrCat("Only [", Listing(schema), "] attributes support comparison with a list of quoted string values."),
        PlaceOf(right));
  }
  if (schema.wire != Wire::kRegistry) {
    return ErrorAt(absl::StrCat("Expected a quoted string value for attributes. Got value ", right.text), PlaceOf(right));
  }
  const bool has_filtering_numbers = std::any_of(schema.attributes.begin(), schema.attributes.end(),
                                                 [](const Attribute& each) { return each.is_number && !each.operators.empty(); });
  if (has_filtering_numbers && IsNumber(right)) {
    return ErrorAt(absl::StrCat("Only the '{", Numbers(schema), "}' attributes support comparison with numeric values."),
                   PlaceOf(right));
  }
  return ErrorAt(
      absl::StrCat("Expected a quoted string value or a list of quoted string values for attributes. Got value ", right.text),
      PlaceOf(right));
}

absl::StatusOr<Value> ValueOf(const Field& field, const Clause& clause, const std::vector<Token>& tokens, const Schema& schema) {
  const Operand& right = clause.right;
  switch (field.entity) {
    case Entity::kAttribute:
      return AttributeValue(AttributeOf(schema, field.key), clause.left, right, tokens, schema);
    case Entity::kMetric:
      if (IsNumber(right)) return Value(AsDouble(NumberOf(right.text)));
      return ErrorAt(absl::StrCat("Expected numeric value type for metric. Found ", right.text), PlaceOf(right));
    case Entity::kDataset:
      if (IsText(right)) return TextOf(right);
      if (right.kind == Operand::Kind::kList) return ListOf(right, tokens);
      return ErrorAt(absl::StrCat("Expected a quoted string value for dataset attributes. Got value ", right.text),
                     PlaceOf(right));
    case Entity::kParam:
      if (schema.has_numeric_params && IsNumber(right) && !absl::EndsWithIgnoreCase(clause.operator_text, "LIKE"))
        return Value(AsDouble(NumberOf(right.text)));
      [[fallthrough]];
    case Entity::kTag:
      if (IsText(right)) return TextOf(right);
      return ErrorAt(absl::StrCat("Expected a quoted string value for ", RuleOf(schema, field.entity).name,
                                  " (e.g. 'my-value'). Got value ", right.text),
                     PlaceOf(right));
  }
  return absl::InternalError("an entity without values");
}

bool IsNumeric(const Field& field, const Schema& schema) {
  return field.entity == Entity::kMetric || (field.entity == Entity::kAttribute && AttributeOf(schema, field.key).is_number);
}

// Logged models take unquoted texts too.
absl::StatusOr<Value> LoggedModelValue(const Field& field, const Operand& right, const std::vector<Token>& tokens,
                                       const Schema& schema) {
  if (IsNumeric(field, schema)) {
    if (IsNumber(right)) return Value(AsDouble(NumberOf(right.text)));
    return ErrorAt(absl::StrCat("could not convert string to float: ", PythonText(right.text)), PlaceOf(right));
  }
  if (right.kind == Operand::Kind::kList) return ListOf(right, tokens);
  return Value(std::string(StripQuotes(right.text)));
}

std::optional<Operator> OperatorOf(absl::string_view text) {
  for (const Operator op :
       {Operator::kEqual, Operator::kNotEqual, Operator::kLess, Operator::kLessEqual, Operator::kGreater, Operator::kGreaterEqual,
        Operator::kLike, Operator::kILike, Operator::kIn, Operator::kNotIn, Operator::kIsNull, Operator::kIsNotNull}) {
    if (text == Name(op)) return op;
  }
  return std::nullopt;
}

bool IsOrdering(Operator op) {
  return op == Operator::kLess || op == Operator::kLessEqual || op == Operator::kGreater || op == Operator::kGreaterEqual;
}
bool IsPattern(Operator op) { return op == Operator::kLike || op == Operator::kILike; }
bool IsList(Operator op) { return op == Operator::kIn || op == Operator::kNotIn; }

// Whether the value is of the kind that the operator needs, beyond what the tables say.
bool GoesWith(Operator op, const Comparison& comparison) {
  if (std::holds_alternative<std::vector<std::string>>(comparison.value) != IsList(op)) return false;
  if (comparison.field.entity != Entity::kParam) return true;
  if (std::holds_alternative<double>(comparison.value)) return !IsPattern(op);
  return !IsOrdering(op);
}

// To MLflow's search of logged models an attribute that it does not know is a text, and the operator is judged first.
absl::Status CheckUnknownAttribute(const Clause& clause, const Schema& schema) {
  const std::optional<Operator> op = OperatorOf(clause.operator_text);
  if (absl::StrContains(clause.left.name, '.') || !op || !IsOrdering(*op)) return absl::OkStatus();
  return ErrorAt(absl::Substitute(AttributeOf(schema, "name").operator_error, clause.operator_text,
                                  absl::StrCat("attributes.", clause.left.name)),
                 PlaceOf(clause.left));
}

}  // namespace

absl::StatusOr<Comparison> ResolveComparison(const Clause& clause, const std::vector<Token>& tokens, const Schema& schema) {
  if (clause.left.kind != Operand::Kind::kName) {
    return ErrorAt(absl::StrCat("Invalid comparison clause. Expected 'Identifier' found '", clause.left.text, "'"),
                   PlaceOf(clause.left));
  }
  Comparison comparison;
  absl::StatusOr<Field> resolved =
      ResolveField(clause.left.name, clause.left.aggregate, schema, FieldUse::kFilter, clause.left.offset);
  if (!resolved.ok() && schema.wire == Wire::kLoggedModels) RETURN_IF_ERROR(CheckUnknownAttribute(clause, schema));
  if (!resolved.ok()) return resolved.status();
  comparison.field = *std::move(resolved);
  const Field& field = comparison.field;
  if (!clause.has_right) {
    const bool takes_null = field.entity == Entity::kTag || (field.entity == Entity::kParam && schema.wire == Wire::kRuns);
    if (schema.wire == Wire::kRuns && !takes_null) {
      const char* kind = field.entity == Entity::kAttribute ? "attribute" : RuleOf(schema, field.entity).name.c_str();
      return ErrorAt(absl::StrCat("IS NULL / IS NOT NULL is only supported for tags and params, not for '", kind, "' '",
                                  field.entity == Entity::kAttribute ? KeyAsWritten(clause.left) : field.key, "'"),
                     PlaceOf(clause.left));
    }
    if (schema.wire == Wire::kExperiments && !takes_null) {
      return ErrorAt(absl::StrCat("IS NULL / IS NOT NULL is only supported for tags, not for attribute '", field.key, "'"),
                     PlaceOf(clause.left));
    }
    if (schema.wire == Wire::kLoggedModels) {
      return ErrorAt(
          absl::StrCat("Invalid comparison: ", clause.left.text, clause.operator_text, ". Expected a comparison with 3 tokens."),
          PlaceOf(clause.left));
    }
    return comparison;
  }
  if (schema.wire == Wire::kLoggedModels) {
    RETURN_IF_ERROR(ResolveOperator(clause, schema, comparison));
    ASSIGN_OR_RETURN(comparison.value, LoggedModelValue(field, clause.right, tokens, schema));
    return comparison;
  }
  ASSIGN_OR_RETURN(comparison.value, ValueOf(field, clause, tokens, schema));
  return comparison;
}

absl::Status ResolveOperator(const Clause& clause, const Schema& schema, Comparison& comparison) {
  const Field& field = comparison.field;
  const bool is_attribute = field.entity == Entity::kAttribute;
  const Operators& operators = is_attribute ? AttributeOf(schema, field.key).operators : RuleOf(schema, field.entity).operators;
  const std::string& error =
      is_attribute ? AttributeOf(schema, field.key).operator_error : RuleOf(schema, field.entity).operator_error;
  const std::string upper = absl::AsciiStrToUpper(clause.operator_text);
  const std::string shown = schema.any_case_operators ? upper : clause.operator_text;
  const std::optional<Operator> op = OperatorOf(shown);
  const bool is_judged_by_value = schema.wire != Wire::kLoggedModels || !std::holds_alternative<std::monostate>(comparison.value);
  if (!op || std::find(operators.begin(), operators.end(), *op) == operators.end() ||
      (clause.has_right && is_judged_by_value && !GoesWith(*op, comparison))) {
    const std::size_t offset = clause.left.offset + clause.left.text.size();
    const std::string full = absl::StrCat(is_attribute ? "attributes" : RuleOf(schema, field.entity).name, ".", field.key);
    return ErrorAt(absl::Substitute(error, shown, full), {offset, clause.operator_text});
  }
  comparison.op = *op;
  if (is_attribute && !AttributeOf(schema, field.key).takes_fraction && std::holds_alternative<double>(comparison.value)) {
    const std::string value = Shown(std::get<double>(comparison.value));
    const char* quote = schema.wire == Wire::kExperiments ? "'" : "";
    return ErrorAt(absl::StrCat("Invalid value for numeric attribute '", field.key, "': ", quote, value, quote),
                   PlaceOf(clause.right));
  }
  return absl::OkStatus();
}

}  // namespace millwright::search
