#include "model-registry/storage/search_sql.h"

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "lib/base/check.h"

namespace millwright::registry {
namespace {

using search::Comparison;
using search::Entity;
using search::Expression;
using search::Operator;

constexpr char kPromptTag[] = "mlflow.prompt.is_prompt";

const SearchTable::Column& ColumnOf(const SearchTable& table, const std::string& key) {
  for (const SearchTable::Column& column : table.columns) {
    if (column.key == key) return column;
  }
  CHECK(false);  // the schema lets no other through
  return table.columns[0];
}

std::string CompareSql(const std::string& left, const char* type, const Comparison& comparison, Bindings& bindings) {
  if (const auto* list = std::get_if<std::vector<std::string>>(&comparison.value)) {
    const char* all = comparison.op == Operator::kNotIn ? " <> ALL " : " = ANY ";
    return absl::StrCat(left, all, "(", bindings.Bind(pg::Param(*list), "text[]"), ")");
  }
  if (const auto* number = std::get_if<std::int64_t>(&comparison.value))
    return absl::StrCat(left, " ", search::Name(comparison.op), " ", bindings.Bind(pg::Param(*number), "bigint"));
  const auto* text = std::get_if<std::string>(&comparison.value);
  CHECK(text != nullptr);
  return absl::StrCat(left, " ", search::Name(comparison.op), " ", bindings.Bind(pg::Param(*text), type));
}

std::string ComparisonSql(const Comparison& comparison, const SearchTable& table, bool has_prompts, Bindings& bindings) {
  if (comparison.field.entity == Entity::kTag) {
    if (comparison.field.key == kPromptTag && !has_prompts) return "true";  // what is left has no such tag
    const std::string any =
        absl::StrCat("EXISTS (SELECT ", table.tags, " AND t.key = ", bindings.Bind(pg::Param(comparison.field.key), "text"));
    if (comparison.op == Operator::kIsNull) return absl::StrCat("NOT ", any, ")");
    if (comparison.op == Operator::kIsNotNull) return any + ")";
    return absl::StrCat(any, " AND ", CompareSql("t.value", "text", comparison, bindings), ")");
  }
  const SearchTable::Column& column = ColumnOf(table, comparison.field.key);
  return CompareSql(column.column, column.type, comparison, bindings);
}

std::string ConditionSql(const Expression& filter, const SearchTable& table, bool has_prompts, Bindings& bindings) {
  if (filter.kind == Expression::Kind::kComparison) return ComparisonSql(filter.comparison, table, has_prompts, bindings);
  if (filter.children.empty()) return "true";
  std::vector<std::string> parts;
  for (const Expression& child : filter.children) parts.push_back(ConditionSql(child, table, has_prompts, bindings));
  return absl::StrCat("(", absl::StrJoin(parts, filter.kind == Expression::Kind::kAnd ? " AND " : " OR "), ")");
}

bool AsksForPrompts(const Expression& filter) {
  for (const Expression& child : filter.children) {
    if (AsksForPrompts(child)) return true;
  }
  const Comparison& comparison = filter.comparison;
  const auto* text = std::get_if<std::string>(&comparison.value);
  if (filter.kind != Expression::Kind::kComparison || comparison.field.key != kPromptTag || text == nullptr) return false;
  const std::string lower = absl::AsciiStrToLower(*text);
  return (comparison.op == Operator::kEqual && lower == "true") || (comparison.op == Operator::kNotEqual && lower == "false");
}

}  // namespace

std::string Bindings::Bind(pg::Param value, const char* type) {
  values_.push_back(std::move(value));
  return absl::StrCat("$", values_.size(), "::", type);
}

std::string FilterSql(const Expression& filter, const SearchTable& table, Bindings& bindings) {
  const bool has_prompts = AsksForPrompts(filter);
  const std::string condition = ConditionSql(filter, table, has_prompts, bindings);
  if (has_prompts) return condition;
  return absl::StrCat(condition, " AND NOT EXISTS (SELECT ", table.tags,
                      " AND t.key = ", bindings.Bind(pg::Param(std::string(kPromptTag)), "text"), " AND t.value = 'true')");
}

std::string OrderSql(const std::vector<search::OrderKey>& order, const SearchTable& table) {
  return absl::StrJoin(order, ", ", [&](std::string* out, const search::OrderKey& key) {
    absl::StrAppend(out, ColumnOf(table, key.field.key).column, key.is_ascending ? " ASC" : " DESC");
  });
}

std::string KeysSql(const std::vector<search::OrderKey>& order, const SearchTable& table) {
  return absl::StrJoin(order, ", ", [&](std::string* out, const search::OrderKey& key) {
    absl::StrAppend(out, "(", ColumnOf(table, key.field.key).column, ")::text");
  });
}

absl::StatusOr<std::string> AfterSql(const std::vector<search::OrderKey>& order, const std::vector<std::string>& keys,
                                     const SearchTable& table, Bindings& bindings) {
  if (keys.size() != order.size()) return absl::InvalidArgumentError("page_token: is not one of a search in this order");
  std::vector<std::string> either;
  std::string equal;
  for (std::size_t i = 0; i < order.size(); ++i) {
    const SearchTable::Column& column = ColumnOf(table, order[i].field.key);
    const std::string value = bindings.Bind(pg::Param(keys[i]), column.type);
    either.push_back(absl::StrCat("(", equal, column.column, order[i].is_ascending ? " > " : " < ", value, ")"));
    absl::StrAppend(&equal, column.column, " = ", value, " AND ");
  }
  return absl::StrCat("(", absl::StrJoin(either, " OR "), ")");
}

}  // namespace millwright::registry
