#include <algorithm>
#include <cmath>
#include <limits>
#include <set>

#include "lib/learn/validation/check.h"

namespace millwright::learn {

namespace {

constexpr std::size_t kMostValues = 20;
constexpr double kSpare = 0.25;         // of a range, on each side
constexpr double kMostly = 0.99;        // a stray cell does not refuse a batch
constexpr double kMostlyFilled = 0.95;  // of what is filled now
constexpr std::size_t kLeastRun = 100;

/// Rounds outwards to three digits of the span, so that a person can read it.
double Readable(double value, double span, bool is_up) {
  if (span <= 0) return value;
  const double unit = std::pow(10, std::floor(std::log10(span)) - 2);
  return (is_up ? std::ceil(value / unit) : std::floor(value / unit)) * unit;
}

bool Passes(const Rule& rule, const Table& table) { return CheckRules({&rule, 1}, table, {})[0].passed; }

struct Moves {
  std::size_t longest_run = 1;
  double largest_change = 0;
};

// Between the rows of an asset, in the order of the table.
Moves MovesOf(const Table& table, const Column& column) {
  const Column* const asset = table.FindRole(ColumnRole::kAsset);
  const bool has_codes = asset != nullptr && asset->spec.type == ColumnType::kText;
  struct Last {
    double value = std::numeric_limits<double>::quiet_NaN();
    std::size_t run = 1;
  };
  std::vector<Last> lasts(1);
  Moves moves;
  for (std::size_t row = 0; row < table.rows(); ++row) {
    const std::size_t index = has_codes ? asset->texts.Code(row) : 0;
    if (index >= lasts.size()) lasts.resize(index + 1);
    Last& last = lasts[index];
    const double value = column.numbers[row];
    last.run = value == last.value ? last.run + 1 : 1;
    moves.longest_run = std::max(moves.longest_run, last.run);
    const double change = std::abs(value - last.value);
    if (std::isfinite(change)) moves.largest_change = std::max(moves.largest_change, change);
    last.value = value;
  }
  return moves;
}

void InferNumbers(const Table& table, const Column& column, std::vector<Rule>& rules) {
  double low = std::numeric_limits<double>::infinity();
  double high = -low;
  std::set<double> values;
  for (const double value : column.numbers) {
    if (std::isnan(value)) continue;
    low = std::min(low, value);
    high = std::max(high, value);
    if (values.size() <= kMostValues) values.insert(value);
  }
  if (values.empty() || !std::isfinite(low) || !std::isfinite(high)) return;
  if (column.spec.role == ColumnRole::kLabel && values.size() <= kMostValues) {
    // A label of one value so far says nothing: the first failure is yet to come.
    if (values.size() > 1)
      rules.push_back({.kind = RuleKind::kAllowed, .column = column.spec.name, .numbers = {values.begin(), values.end()}});
    return;
  }
  if (values.size() == 1) return;  // a constant of today says nothing of tomorrow
  const double span = high - low;
  rules.push_back({.kind = RuleKind::kRange,
                   .column = column.spec.name,
                   .mostly = kMostly,
                   .min = low >= 0 && low - kSpare * span < 0 ? 0 : Readable(low - kSpare * span, span, false),
                   .max = Readable(high + kSpare * span, span, true)});
  if (column.spec.role != ColumnRole::kSensor || values.size() <= kMostValues) return;
  const Moves moves = MovesOf(table, column);
  rules.push_back({.kind = RuleKind::kStuck,
                   .column = column.spec.name,
                   .severity = Severity::kWarning,
                   .rows = std::max(kLeastRun, 2 * moves.longest_run)});
  if (moves.largest_change > 0) {
    rules.push_back({.kind = RuleKind::kRate,
                     .column = column.spec.name,
                     .severity = Severity::kWarning,
                     .mostly = kMostly,
                     .max = Readable(2 * moves.largest_change, moves.largest_change, true)});
  }
}

void InferTexts(const Column& column, std::vector<Rule>& rules) {
  std::set<std::string> values;
  for (std::size_t row = 0; row < column.texts.size() && values.size() <= kMostValues; ++row) values.insert(column.texts[row]);
  values.erase("");
  if (values.empty() || values.size() > kMostValues) return;
  rules.push_back(
      {.kind = RuleKind::kAllowed, .column = column.spec.name, .mostly = kMostly, .texts = {values.begin(), values.end()}});
}

}  // namespace

std::vector<Rule> InferRules(const Table& table) {
  std::vector<Rule> rules;
  for (const Column& column : table.columns()) {
    rules.push_back({.kind = RuleKind::kType, .column = column.spec.name, .type = column.spec.type});
    const Rule complete{.kind = RuleKind::kComplete, .column = column.spec.name};
    const RuleResult filled = CheckRules({&complete, 1}, table, {})[0];
    const double share = table.rows() == 0 ? 0 : 1 - static_cast<double>(filled.failed) / static_cast<double>(table.rows());
    const bool is_key = column.spec.role == ColumnRole::kAsset || column.spec.role == ColumnRole::kTime;
    if (share > 0) {
      rules.push_back({.kind = RuleKind::kComplete,
                       .column = column.spec.name,
                       .mostly = is_key && share == 1 ? 1 : std::floor(share * kMostlyFilled * 1000) / 1000});
    }
    // Time goes on, and assets come and go.
    if (column.spec.role == ColumnRole::kTime || column.spec.role == ColumnRole::kAsset) continue;
    if (column.spec.type == ColumnType::kNumber)
      InferNumbers(table, column, rules);
    else
      InferTexts(column, rules);
  }
  if (table.FindRole(ColumnRole::kTime) != nullptr) {
    for (const RuleKind kind : {RuleKind::kMonotone, RuleKind::kUnique}) {
      const Rule rule{.kind = kind};
      if (Passes(rule, table)) rules.push_back(rule);
    }
  }
  rules.push_back({.kind = RuleKind::kRowCount, .severity = Severity::kWarning, .min_ratio = 0.5, .max_ratio = 2});
  return rules;
}

}  // namespace millwright::learn
