#pragma once

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "lib/search/schema.h"

namespace millwright::search {

enum class FieldUse { kFilter, kOrder };

/// The field that `name` (as written: `[entity.]key`, key maybe in quotes) means. InvalidArgument with its place otherwise;
/// `offset` is where the name stands.
absl::StatusOr<Field> ResolveField(absl::string_view name, Aggregate aggregate, const Schema& schema, FieldUse use,
                                   std::size_t offset);

const Attribute& AttributeOf(const Schema& schema, const std::string& key);  // of a field that ResolveField gave
const EntityRule& RuleOf(const Schema& schema, Entity entity);

/// The text without the quotes around it, when it has them.
absl::string_view StripQuotes(absl::string_view text);
bool IsQuoted(absl::string_view text);  // in ' or "

}  // namespace millwright::search
