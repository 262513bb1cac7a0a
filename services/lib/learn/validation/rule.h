#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "lib/learn/table/table.h"
#include "nlohmann/json.hpp"

namespace millwright::learn {

/// What a rule asks of a table; the README has its JSON.
enum class RuleKind { kType, kRange, kAllowed, kComplete, kMonotone, kStuck, kRate, kRowCount, kUnique };
std::string_view Name(RuleKind kind);

enum class Severity { kWarning, kError };

/// One rule. Which settings count depends on the kind.
struct Rule {
  RuleKind kind = RuleKind::kComplete;
  std::string column;                     // all but kMonotone, kRowCount, kUnique
  Severity severity = Severity::kError;   // an error refuses the batch
  double mostly = 1;                      // the share of checked cells or rows that must pass
  ColumnType type = ColumnType::kNumber;  // kType
  std::optional<double> min;              // kRange; kRowCount
  std::optional<double> max;              // kRange; kRate: the largest change; kRowCount
  std::optional<double> min_ratio;        // kRowCount: of the rows of the previous version
  std::optional<double> max_ratio;
  std::vector<std::string> texts;    // kAllowed of a text column
  std::vector<double> numbers;       // kAllowed of a number column
  std::size_t rows = 0;              // kStuck: the longest run of one value that is fine
  bool per_time = false;             // kRate: by unit of time, not by row
  std::vector<std::string> columns;  // kUnique; the asset and the time when empty
};

/// A list of rules. Strict: an unknown key or value is InvalidArgument with its path.
absl::StatusOr<std::vector<Rule>> ParseRules(const nlohmann::json& json, std::string_view path);
nlohmann::json ToJson(const Rule& rule);

}  // namespace millwright::learn
