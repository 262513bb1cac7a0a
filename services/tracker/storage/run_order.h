#pragma once

#include <optional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "tracker/domain/search_store.h"
#include "tracker/storage/sql_params.h"

namespace millwright::tracker {

/// One key of an order as SQL: what to sort by, and how.
struct SqlOrderKey {
  enum class Kind { kNumber, kWhole, kText };  // float8, bigint, text
  std::string column;
  Kind kind = Kind::kText;
  bool is_ascending = true;
  bool has_gaps =
      false;  // may be null, which sorts behind everything in both directions; NaN (of kNumber) stands just before that
};

/// `k0 ASC, (k1 IS NULL), k1 DESC ...`
std::string OrderBySql(const std::vector<SqlOrderKey>& keys);

/// The condition for rows that come after the cursor. InvalidArgument for a cursor that does not fit the keys.
absl::StatusOr<std::string> AfterSql(const std::vector<SqlOrderKey>& keys, const Cursor& cursor, SqlParams& params);

}  // namespace millwright::tracker
