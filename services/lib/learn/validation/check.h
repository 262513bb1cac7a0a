#pragma once

#include <cstddef>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "lib/learn/table/table.h"
#include "lib/learn/validation/rule.h"
#include "nlohmann/json.hpp"

namespace millwright::learn {

/// A cell or row that breaks a rule.
struct RuleExample {
  std::size_t row = 0;
  std::string asset;    // empty without an asset column
  std::string value;    // as it stands there; empty where the rule is not about one cell
  std::string message;  // "is 900, above 700"
};

/// What became of a rule.
struct RuleResult {
  Rule rule;
  bool passed = true;
  std::size_t checked = 0;            // cells, rows or tables
  std::size_t failed = 0;             // of them
  std::string message;                // a sentence; of a rule that passed too
  std::vector<RuleExample> examples;  // the first ones, at most five
};

/// What is known of a table beside its rows.
struct CheckContext {
  std::optional<std::size_t> previous_rows;                  // of the version before; without it, ratios pass
  std::function<std::string(std::size_t row)> describe_row;  // "train.csv: row 17"; "row 17" of the table when empty
};

/// Checks every rule. Memory does not grow with the number of rows, except for kUnique's. A rule about a column that is not there
/// fails.
std::vector<RuleResult> CheckRules(std::span<const Rule> rules, const Table& table, const CheckContext& context);

/// The validation of a dataset version as the tracker keeps it (proto tracker.v1 DatasetVersion): the results, and the rules that
/// the next version could be checked by.
nlohmann::json ReportJson(std::span<const RuleResult> results, std::span<const Rule> inferred, const CheckContext& context);

/// What a rule that failed has found: "a.csv: row 4, column "heat": is 900, above 700 (rule range; 1 of 5 fail)".
std::string FailureOf(const RuleResult& result, const CheckContext& context);

/// OK, or InvalidArgument that names row, column and rule of the first error and how many more rules failed.
absl::Status RefusalOf(std::span<const RuleResult> results, const CheckContext& context);

/// Rules that `table` keeps and that a later batch from the same source could be expected to keep: types, ranges with a quarter
/// of the span to spare, allowed values of columns with few, completeness, order and uniqueness where they hold, and as warnings
/// runs of one value, changes and the number of rows.
std::vector<Rule> InferRules(const Table& table);

}  // namespace millwright::learn
