#include "lib/search/order.h"

#include <algorithm>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "lib/base/status_macros.h"
#include "lib/search/clause.h"
#include "lib/search/field.h"
#include "lib/search/place.h"

namespace millwright::search {
namespace {

bool IsDirection(const Token& token) { return IsWord(token, "ASC") || IsWord(token, "DESC"); }

absl::StatusOr<OrderKey> ParseKey(const std::string& text, const Schema& schema) {
  const auto unreadable = [&](Place place) {
    return ErrorAt(absl::StrCat("Invalid order_by clause '", text, "'. Could not be parsed."), std::move(place));
  };
  const std::vector<Token> tokens = Tokenize(text);
  if (tokens.empty()) return unreadable({});
  if (tokens.front().offset > 0) return unreadable({0, ""});
  if (tokens.back().end() < text.size()) return unreadable({tokens.back().end(), ""});
  Aggregate aggregate = Aggregate::kLast;
  absl::string_view name = tokens[0].text;
  std::size_t next = 1;
  if (schema.has_aggregates && tokens.size() >= 4 && tokens[1].kind == Token::Kind::kOpen &&
      tokens[2].kind == Token::Kind::kName && tokens[3].kind == Token::Kind::kClose &&
      (IsWord(tokens[0], "MIN") || IsWord(tokens[0], "MAX") || IsWord(tokens[0], "LAST"))) {
    aggregate = IsWord(tokens[0], "MIN") ? Aggregate::kMin : IsWord(tokens[0], "MAX") ? Aggregate::kMax : Aggregate::kLast;
    name = tokens[2].text;
    next = 4;
  } else if (IsDirection(tokens[0]) || (tokens[0].kind != Token::Kind::kName && tokens[0].kind != Token::Kind::kSymbol)) {
    return unreadable({tokens[0].offset, std::string(tokens[0].text)});
  }
  OrderKey key;
  if (next < tokens.size()) {
    const Place place{tokens[next].offset, std::string(tokens[next].text)};
    if (tokens.size() > next + 1 || tokens[next].kind != Token::Kind::kName) return unreadable(place);
    if (!IsDirection(tokens[next])) return ErrorAt(absl::StrCat("Invalid ordering key in order_by clause '", text, "'."), place);
    key.is_ascending = IsWord(tokens[next], "ASC");
  }
  ASSIGN_OR_RETURN(key.field,
                   ResolveField(name, aggregate, schema, FieldUse::kOrder, static_cast<std::size_t>(name.data() - text.data())));
  return key;
}

}  // namespace

absl::StatusOr<std::vector<OrderKey>> ParseOrderBy(const std::vector<std::string>& texts, const Schema& schema) {
  if (texts.size() > kMaxOrderKeys) {
    return absl::InvalidArgumentError(
        absl::StrCat("order_by has ", texts.size(), " keys; at most ", kMaxOrderKeys, " are allowed"));
  }
  std::vector<OrderKey> keys;
  for (const std::string& text : texts) {
    ASSIGN_OR_RETURN(OrderKey key, ParseKey(text, schema));
    const bool is_repeated =
        std::any_of(keys.begin(), keys.end(), [&](const OrderKey& earlier) { return earlier.field == key.field; });
    if (is_repeated && schema.may_repeat_order) continue;
    if (is_repeated) {
      const std::string shown =
          absl::StrJoin(texts, ", ", [](std::string* out, const std::string& each) { out->append(PythonText(each)); });
      return RepeatedOrder(absl::StrCat("`order_by` contains duplicate fields: [", shown, "]"), {0, text});
    }
    keys.push_back(std::move(key));
  }
  return keys;
}

}  // namespace millwright::search
