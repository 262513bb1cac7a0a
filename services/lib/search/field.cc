#include "lib/search/field.h"

#include <algorithm>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/substitute.h"
#include "lib/base/check.h"
#include "lib/search/place.h"

namespace millwright::search {
namespace {

bool IsAround(absl::string_view text, char quote) { return text.size() >= 2 && text.front() == quote && text.back() == quote; }

absl::string_view StripBackticks(absl::string_view text) { return IsAround(text, '`') ? text.substr(1, text.size() - 2) : text; }

bool Contains(const std::vector<std::string>& names, absl::string_view name) {
  return std::any_of(names.begin(), names.end(), [&](const std::string& each) { return each == name; });
}

bool Serves(const Attribute& attribute, FieldUse use) {
  return use == FieldUse::kOrder ? attribute.orders : !attribute.operators.empty();
}

std::string KnownKeys(const Schema& schema, FieldUse use) {
  std::vector<std::string> keys;
  for (const Attribute& attribute : schema.attributes) {
    if (!Serves(attribute, use)) continue;
    keys.push_back(absl::StrCat("'", attribute.key, "'"));
    for (const std::string& alias : attribute.aliases) {
      if (use == FieldUse::kFilter || attribute.is_number) keys.push_back(absl::StrCat("'", alias, "'"));
    }
  }
  return absl::StrCat("{", absl::StrJoin(keys, ", "), "}");
}

absl::Status NotAMetric(const Place& place) {
  return ErrorAt(absl::StrCat("min() and max() take a metric, not ", place.text), place);
}

absl::StatusOr<Field> ResolveAttribute(absl::string_view key, const Schema& schema, FieldUse use, const Place& place) {
  for (const Attribute& attribute : schema.attributes) {
    if (!Serves(attribute, use)) continue;
    // MLflow orders by the aliases of times only.
    const bool is_alias = Contains(attribute.aliases, key) && (use == FieldUse::kFilter || attribute.is_number);
    if (attribute.key == key || is_alias) return Field{Entity::kAttribute, attribute.key, Aggregate::kLast};
  }
  if (use == FieldUse::kOrder && !schema.order_error.empty()) return ErrorAt(absl::Substitute(schema.order_error, key), place);
  return ErrorAt(absl::StrCat("Invalid attribute key '", key, "' specified. Valid keys are '", KnownKeys(schema, use), "'"),
                 place);
}

}  // namespace

bool IsQuoted(absl::string_view text) { return IsAround(text, '\'') || IsAround(text, '"'); }

absl::string_view StripQuotes(absl::string_view text) { return IsQuoted(text) ? text.substr(1, text.size() - 2) : text; }

absl::StatusOr<Field> ResolveField(absl::string_view name, Aggregate aggregate, const Schema& schema, FieldUse use,
                                   std::size_t offset) {
  const Place place{offset, std::string(name)};
  const std::size_t dot = name.find('.');
  if (aggregate != Aggregate::kLast && dot == absl::string_view::npos) return NotAMetric(place);
  if (dot == absl::string_view::npos) {
    // The registry of MLflow knows no attribute in backticks.
    const bool is_bare = schema.wire == Schema::Wire::kRegistry && absl::StartsWith(name, "`");
    return ResolveAttribute(is_bare ? name : StripBackticks(StripQuotes(name)), schema, use, place);
  }
  const absl::string_view prefix = StripBackticks(name.substr(0, dot));
  const absl::string_view key = StripBackticks(StripQuotes(name.substr(dot + 1)));
  if (aggregate == Aggregate::kLast && Contains(schema.attribute_prefixes, prefix))
    return ResolveAttribute(key, schema, use, place);
  for (const EntityRule& rule : schema.entities) {
    if (!Contains(rule.prefixes, prefix)) continue;
    if (aggregate != Aggregate::kLast && rule.entity != Entity::kMetric) return NotAMetric(place);
    if (use == FieldUse::kOrder && !rule.orders) {
      if (schema.wire == Schema::Wire::kRuns) return ErrorAt(absl::StrCat("Invalid identifier type '", rule.name, "'"), place);
      if (!schema.order_error.empty()) return ErrorAt(absl::Substitute(schema.order_error, name), place);
      if (schema.wire == Schema::Wire::kRegistry) {
        return ErrorAt(absl::StrCat("Invalid order by key '", key, "' specified. Valid keys are ", KnownKeys(schema, use)),
                       place);
      }
      return ErrorAt(absl::StrCat("Invalid order_by entity: ", rule.name), place);
    }
    if (!rule.keys.empty() && !Contains(rule.keys, key)) {
      return ErrorAt(absl::StrCat("Invalid ", rule.name, " key '", key, "' specified. Valid keys are '{'",
                                  absl::StrJoin(rule.keys, "', '"), "'}'"),
                     place);
    }
    return Field{rule.entity, std::string(key), aggregate};
  }
  if (use == FieldUse::kOrder && !schema.order_error.empty()) return ErrorAt(absl::Substitute(schema.order_error, name), place);
  return ErrorAt(absl::Substitute(schema.entity_error, prefix), place);
}

const Attribute& AttributeOf(const Schema& schema, const std::string& key) {
  const auto found = std::find_if(schema.attributes.begin(), schema.attributes.end(),
                                  [&](const Attribute& attribute) { return attribute.key == key; });
  CHECK(found != schema.attributes.end());
  return *found;
}

const EntityRule& RuleOf(const Schema& schema, Entity entity) {
  const auto found =
      std::find_if(schema.entities.begin(), schema.entities.end(), [&](const EntityRule& rule) { return rule.entity == entity; });
  CHECK(found != schema.entities.end());
  return *found;
}

}  // namespace millwright::search
