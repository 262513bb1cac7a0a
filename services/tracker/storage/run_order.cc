#include "tracker/storage/run_order.h"

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "lib/base/status_macros.h"

namespace millwright::tracker {
namespace {

const char* TypeOf(SqlOrderKey::Kind kind) {
  switch (kind) {
    case SqlOrderKey::Kind::kNumber:
      return "float8";
    case SqlOrderKey::Kind::kWhole:
      return "bigint";
    case SqlOrderKey::Kind::kText:
      return "text";
  }
  return "";
}

absl::Status CheckValue(const SqlOrderKey& key, const std::optional<std::string>& value) {
  bool is_good = value.has_value() || key.has_gaps;
  double number = 0;
  std::int64_t whole = 0;
  if (value && key.kind == SqlOrderKey::Kind::kNumber) is_good = absl::SimpleAtod(*value, &number);
  if (value && key.kind == SqlOrderKey::Kind::kWhole) is_good = absl::SimpleAtoi(*value, &whole);
  if (value && value->find('\0') != std::string::npos) is_good = false;
  return is_good ? absl::OkStatus() : absl::InvalidArgumentError("Invalid page token: it is none of this server's");
}

}  // namespace

std::string OrderBySql(const std::vector<SqlOrderKey>& keys) {
  std::vector<std::string> parts;
  for (const SqlOrderKey& key : keys) {
    if (key.has_gaps) parts.push_back(absl::StrCat("(", key.column, " IS NULL)"));
    if (key.kind == SqlOrderKey::Kind::kNumber) parts.push_back(absl::StrCat("(", key.column, " = 'NaN')"));
    parts.push_back(absl::StrCat(key.column, key.is_ascending ? " ASC" : " DESC"));
  }
  return absl::StrJoin(parts, ", ");
}

absl::StatusOr<std::string> AfterSql(const std::vector<SqlOrderKey>& keys, const Cursor& cursor, SqlParams& params) {
  if (cursor.size() != keys.size()) return absl::InvalidArgumentError("Invalid page token: it is none of this server's");
  // From the last key to the first: later by this key, or equal and later by the rest.
  std::string after = "false";
  for (std::size_t i = keys.size(); i-- > 0;) {
    const SqlOrderKey& key = keys[i];
    RETURN_IF_ERROR(CheckValue(key, cursor[i]));
    const std::string gap = key.has_gaps ? absl::StrCat(" OR ", key.column, " IS NULL") : "";
    if (!cursor[i]) {
      after = absl::StrCat("(", key.column, " IS NULL AND ", after, ")");
      continue;
    }
    const std::string value = params.Bind(*cursor[i], TypeOf(key.kind));
    std::string later = absl::StrCat(key.column, key.is_ascending ? " > " : " < ", value);
    if (key.kind == SqlOrderKey::Kind::kNumber) {
      double number = 0;
      if (absl::SimpleAtod(*cursor[i], &number) && number != number) {
        later = "false";
      } else if (!key.is_ascending) {
        absl::StrAppend(&later, " OR ", key.column, " = 'NaN'");
      }
    }
    after = absl::StrCat("(", later, gap, " OR (", key.column, " = ", value, " AND ", after, "))");
  }
  return after;
}

}  // namespace millwright::tracker
