#include "lib/learn/validation/rule.h"

#include <algorithm>
#include <limits>

#include "lib/base/status_macros.h"
#include "lib/learn/strict_json.h"
#include "lib/learn/text.h"

namespace millwright::learn {

namespace {

constexpr std::string_view kNames[] = {"type",  "range", "allowed",   "complete", "monotone",
                                       "stuck", "rate",  "row_count", "unique"};
constexpr double kAny = std::numeric_limits<double>::max();
constexpr std::size_t kMaxRules = 50'000;

std::optional<double> Bound(StrictObject& object, std::string_view key, double low = -kAny) {
  if (object.Optional(key) == nullptr) return std::nullopt;
  return object.Number(key, low, kAny);
}

void ReadAllowed(StrictObject& object, Rule& rule) {
  const nlohmann::json& values = object.Required("values");
  if (!values.is_array() || values.empty()) {
    object.Fail("values", "must be a list of texts or numbers that is not empty");
    return;
  }
  for (const nlohmann::json& value : values) {
    if (value.is_string())
      rule.texts.push_back(value.get<std::string>());
    else if (value.is_number())
      rule.numbers.push_back(value.get<double>());
    else
      object.Fail("values", Cat(Excerpt(value), " must be a text or a number"));
  }
  if (!rule.texts.empty() && !rule.numbers.empty()) object.Fail("values", "must be all texts or all numbers");
}

absl::StatusOr<Rule> ParseRule(const nlohmann::json& json, const std::string& path) {
  StrictObject object(json, path);
  Rule rule;
  const std::string name = object.Text("rule");
  const auto it = std::find(std::begin(kNames), std::end(kNames), name);
  if (it == std::end(kNames)) {
    object.Fail("rule", Cat("\"", name, "\" must be one of ", Join(kNames)));
    return object.Finish();
  }
  rule.kind = static_cast<RuleKind>(it - std::begin(kNames));
  const bool is_of_table = rule.kind == RuleKind::kMonotone || rule.kind == RuleKind::kRowCount || rule.kind == RuleKind::kUnique;
  if (!is_of_table) {
    rule.column = object.Text("column");
    if (rule.column.empty()) object.Fail("column", "must not be empty");
  }
  const std::string severity = object.Text("severity", "error");
  if (severity != "error" && severity != "warning") object.Fail("severity", Cat("\"", severity, "\" must be error or warning"));
  rule.severity = severity == "warning" ? Severity::kWarning : Severity::kError;
  rule.mostly = object.Number("mostly", 0, 1, 1);
  switch (rule.kind) {
    case RuleKind::kType: {
      const std::optional<ColumnType> type = ColumnTypeFromName(object.Text("type"));
      if (!type) object.Fail("type", "must be number or text");
      rule.type = type.value_or(ColumnType::kNumber);
      break;
    }
    case RuleKind::kRange:
      rule.min = Bound(object, "min");
      rule.max = Bound(object, "max");
      if (!rule.min && !rule.max) object.Fail("min", "min or max must be given");
      if (rule.min && rule.max && *rule.min > *rule.max) object.Fail("min", "must not be above max");
      break;
    case RuleKind::kAllowed:
      ReadAllowed(object, rule);
      break;
    case RuleKind::kStuck:
      rule.rows = static_cast<std::size_t>(object.Integer("rows", 1, 1'000'000'000));
      break;
    case RuleKind::kRate: {
      rule.max = object.Number("max", 0, kAny);
      const std::string per = object.Text("per", "row");
      if (per != "row" && per != "time") object.Fail("per", Cat("\"", per, "\" must be row or time"));
      rule.per_time = per == "time";
      break;
    }
    case RuleKind::kRowCount:
      rule.min = Bound(object, "min", 0);
      rule.max = Bound(object, "max", 0);
      rule.min_ratio = Bound(object, "min_ratio", 0);
      rule.max_ratio = Bound(object, "max_ratio", 0);
      break;
    case RuleKind::kUnique:
      if (object.Optional("columns") != nullptr) rule.columns = object.Texts("columns");
      break;
    case RuleKind::kComplete:
    case RuleKind::kMonotone:
      break;
  }
  RETURN_IF_ERROR(object.Finish());
  return rule;
}

}  // namespace

std::string_view Name(RuleKind kind) { return kNames[static_cast<int>(kind)]; }

absl::StatusOr<std::vector<Rule>> ParseRules(const nlohmann::json& json, std::string_view path) {
  if (!json.is_array()) return absl::InvalidArgumentError(Cat(path, ": ", Excerpt(json), " must be a list of rules"));
  if (json.size() > kMaxRules)
    return absl::InvalidArgumentError(Cat(path, ": ", json.size(), " rules; at most ", kMaxRules, " are checked"));
  std::vector<Rule> rules;
  for (std::size_t i = 0; i < json.size(); ++i) {
    ASSIGN_OR_RETURN(rules.emplace_back(), ParseRule(json[i], Cat(path, "[", i, "]")));
  }
  return rules;
}

nlohmann::json ToJson(const Rule& rule) {
  nlohmann::json json{
      {"rule", Name(rule.kind)}, {"severity", rule.severity == Severity::kError ? "error" : "warning"}, {"mostly", rule.mostly}};
  if (!rule.column.empty()) json["column"] = rule.column;
  if (rule.kind == RuleKind::kType) json["type"] = Name(rule.type);
  if (rule.min) json["min"] = *rule.min;
  if (rule.max) json["max"] = *rule.max;
  if (rule.min_ratio) json["min_ratio"] = *rule.min_ratio;
  if (rule.max_ratio) json["max_ratio"] = *rule.max_ratio;
  if (!rule.texts.empty()) json["values"] = rule.texts;
  if (!rule.numbers.empty()) json["values"] = rule.numbers;
  if (rule.kind == RuleKind::kStuck) json["rows"] = rule.rows;
  if (rule.kind == RuleKind::kRate) json["per"] = rule.per_time ? "time" : "row";
  if (!rule.columns.empty()) json["columns"] = rule.columns;
  return json;
}

}  // namespace millwright::learn
