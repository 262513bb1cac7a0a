#pragma once

#include <string>
#include <vector>

#include "lib/search/schema.h"
#include "lib/search/token.h"

namespace millwright::search {

/// One side of a comparison as written.
struct Operand {
  enum class Kind { kName, kString, kInteger, kFloat, kNull, kList, kOperation };
  Kind kind = Kind::kName;  // kName also for "text"
  Aggregate aggregate = Aggregate::kLast;
  std::size_t first = 0;  // tokens [first, last)
  std::size_t last = 0;
  absl::string_view text;  // all of it
  absl::string_view name;  // of kName: without min( )
  std::size_t offset = 0;
};

/// What stands between the ANDs, ORs and parentheses of a filter, and those themselves.
struct Clause {
  enum class Kind { kComparison, kAnd, kOr, kOpen, kClose, kStray };
  Kind kind = Kind::kStray;
  std::size_t begin = 0;  // bytes [begin, end)
  std::size_t end = 0;
  Operand left;               // of kComparison, as all below
  std::string operator_text;  // "NOT IN", "like", "=>"
  bool has_right = true;      // not with IS NULL
  Operand right;
};

/// Finds the comparisons wherever they stand, as MLflow's parser does; what is left over is stray. Adjacent pieces around a
/// comma, or a comparison with a name behind it, count as one.
std::vector<Clause> GroupClauses(absl::string_view text, const std::vector<Token>& tokens, bool has_aggregates);

}  // namespace millwright::search
