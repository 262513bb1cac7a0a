#include "lib/learn/validation/check.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <unordered_map>
#include <unordered_set>

#include "lib/base/utf8.h"
#include "lib/learn/text.h"

namespace millwright::learn {

namespace {

constexpr std::size_t kMaxExamples = 5;
constexpr std::size_t kExcerptBytes = 60;
constexpr double kTolerance = 1e-9;  // of a share

std::string ValueText(const Column& column, std::size_t row) {
  if (column.spec.type == ColumnType::kNumber) return std::isnan(column.numbers[row]) ? "" : Shortest(column.numbers[row]);
  return std::string(base::Utf8Excerpt(column.texts[row], kExcerptBytes));
}

bool IsMissing(const Column& column, std::size_t row) {
  return column.spec.type == ColumnType::kNumber ? std::isnan(column.numbers[row]) : column.texts[row].empty();
}

/// Numbers the assets of a table's rows; all are 0 without an asset column.
class AssetNumbers {
 public:
  explicit AssetNumbers(const Table& table) : column_(table.FindRole(ColumnRole::kAsset)) {}
  std::size_t Of(std::size_t row) {
    if (column_ == nullptr) return 0;
    if (column_->spec.type == ColumnType::kText) return column_->texts.Code(row);
    const double number = column_->numbers[row];
    // A NaN equals no other, so a map would keep them all.
    const double key = std::isnan(number) ? -std::numeric_limits<double>::infinity() : number;
    return by_number_.try_emplace(key, by_number_.size()).first->second;
  }
  std::string NameOf(std::size_t row) const { return column_ == nullptr ? "" : ValueText(*column_, row); }

 private:
  const Column* column_;
  std::unordered_map<double, std::size_t> by_number_;
};

/// Checks one rule and keeps what it finds.
class Checker {
 public:
  Checker(const Rule& rule, const Table& table, const CheckContext& context)
      : rule_(rule), table_(table), context_(context), assets_(table) {
    result_.rule = rule;
  }

  RuleResult Check() {
    const Column* const column = rule_.column.empty() ? nullptr : table_.Find(rule_.column);
    if (!rule_.column.empty() && column == nullptr) {
      result_.passed = false;
      result_.failed = result_.checked = 1;
      result_.message = Cat("the table has no column \"", rule_.column, "\"");
      return std::move(result_);
    }
    if (const bool is_numeric = rule_.kind == RuleKind::kRange || rule_.kind == RuleKind::kRate || !rule_.numbers.empty();
        is_numeric && column->spec.type != ColumnType::kNumber)
      return Whole(false, "the column is text and must be numbers");
    if (!rule_.texts.empty() && column->spec.type != ColumnType::kText)
      return Whole(false, "the column is numbers and must be text");
    switch (rule_.kind) {
      case RuleKind::kType:
        return Whole(column->spec.type == rule_.type,
                     Cat("the column is ", column->spec.type == ColumnType::kText ? "text" : "numbers"));
      case RuleKind::kRange:
        Range(*column);
        break;
      case RuleKind::kAllowed:
        Allowed(*column);
        break;
      case RuleKind::kComplete:
        Complete(*column);
        break;
      case RuleKind::kMonotone:
        Monotone();
        break;
      case RuleKind::kStuck:
        Stuck(*column);
        break;
      case RuleKind::kRate:
        Rate(*column);
        break;
      case RuleKind::kRowCount:
        return RowCount();
      case RuleKind::kUnique:
        Unique();
        break;
    }
    return Shares();
  }

 private:
  RuleResult Whole(bool passed, std::string message) {
    result_.checked = 1;
    result_.failed = passed ? 0 : 1;
    result_.passed = passed;
    result_.message = std::move(message);
    return std::move(result_);
  }

  RuleResult Shares() {
    const double checked = static_cast<double>(result_.checked);
    const double share = result_.checked == 0 ? 1 : 1 - static_cast<double>(result_.failed) / checked;
    result_.passed = share + kTolerance >= rule_.mostly;
    result_.message = result_.failed == 0 ? Cat("all ", result_.checked, " pass")
                                          : Cat(result_.failed, " of ", result_.checked, " fail",
                                                share < 1 && result_.passed ? ", as many may" : "");
    return std::move(result_);
  }

  void Fail(std::size_t row, std::string value, std::string message) {
    ++result_.failed;
    if (result_.examples.size() == kMaxExamples) return;
    result_.examples.push_back(
        {.row = row, .asset = assets_.NameOf(row), .value = std::move(value), .message = std::move(message)});
  }

  void Range(const Column& column) {
    const double low = rule_.min.value_or(-std::numeric_limits<double>::infinity());
    const double high = rule_.max.value_or(std::numeric_limits<double>::infinity());
    for (std::size_t row = 0; row < table_.rows(); ++row) {
      const double value = column.numbers[row];
      if (std::isnan(value)) continue;
      ++result_.checked;
      if (value < low) Fail(row, Shortest(value), Cat("is ", Shortest(value), ", below ", Shortest(low)));
      if (value > high) Fail(row, Shortest(value), Cat("is ", Shortest(value), ", above ", Shortest(high)));
    }
  }

  void Allowed(const Column& column) {
    const std::unordered_set<std::string> texts(rule_.texts.begin(), rule_.texts.end());
    std::vector<char> is_allowed(column.texts.codes());
    for (std::uint32_t code = 0; code < is_allowed.size(); ++code) is_allowed[code] = texts.contains(column.texts.Word(code));
    for (std::size_t row = 0; row < table_.rows(); ++row) {
      if (IsMissing(column, row)) continue;
      ++result_.checked;
      const bool passes = column.spec.type == ColumnType::kText
                              ? is_allowed[column.texts.Code(row)] != 0
                              : std::find(rule_.numbers.begin(), rule_.numbers.end(), column.numbers[row]) != rule_.numbers.end();
      if (!passes) Fail(row, ValueText(column, row), Cat("is \"", ValueText(column, row), "\", not an allowed value"));
    }
  }

  void Complete(const Column& column) {
    result_.checked = table_.rows();
    for (std::size_t row = 0; row < table_.rows(); ++row) {
      if (IsMissing(column, row)) Fail(row, "", "is missing");
    }
  }

  // Calls visit(row, row before of the same asset) for rows that have one, in the order of the table.
  template <typename Visit>
  void Pairs(const Visit& visit) {
    constexpr std::size_t kNone = std::numeric_limits<std::size_t>::max();
    std::vector<std::size_t> before;
    for (std::size_t row = 0; row < table_.rows(); ++row) {
      const std::size_t asset = assets_.Of(row);
      if (asset >= before.size()) before.resize(asset + 1, kNone);
      if (before[asset] != kNone) visit(row, before[asset]);
      before[asset] = row;
    }
  }

  void Monotone() {
    const Column* const time = table_.FindRole(ColumnRole::kTime);
    if (time == nullptr || time->spec.type != ColumnType::kNumber) return;
    Pairs([&](std::size_t row, std::size_t before) {
      ++result_.checked;
      if (time->numbers[row] < time->numbers[before])
        Fail(row, ValueText(*time, row), Cat("time ", ValueText(*time, row), " comes after ", ValueText(*time, before)));
    });
  }

  // Counts the rows by which runs are too long.
  void Stuck(const Column& column) {
    result_.checked = table_.rows();
    std::vector<std::size_t> run;
    const auto is_same = [&](std::size_t a, std::size_t b) {
      return column.spec.type == ColumnType::kText ? column.texts.Code(a) == column.texts.Code(b)
                                                   : column.numbers[a] == column.numbers[b];
    };
    Pairs([&](std::size_t row, std::size_t before) {
      const std::size_t asset = assets_.Of(row);
      if (asset >= run.size()) run.resize(asset + 1, 1);
      run[asset] = !IsMissing(column, row) && is_same(row, before) ? run[asset] + 1 : 1;
      if (run[asset] > rule_.rows)
        Fail(row, ValueText(column, row), Cat("has been ", ValueText(column, row), " for ", run[asset], " rows"));
    });
  }

  void Rate(const Column& column) {
    const Column* const time = table_.FindRole(ColumnRole::kTime);
    const bool per_time = rule_.per_time && time != nullptr && time->spec.type == ColumnType::kNumber;
    Pairs([&](std::size_t row, std::size_t before) {
      double change = std::abs(column.numbers[row] - column.numbers[before]);
      if (per_time) {
        const double elapsed = time->numbers[row] - time->numbers[before];
        if (!(elapsed > 0)) return;
        change /= elapsed;
      }
      if (std::isnan(change)) return;
      ++result_.checked;
      if (change > *rule_.max)
        Fail(row, ValueText(column, row),
             Cat("goes from ", ValueText(column, before), " to ", ValueText(column, row), ", a change above ",
                 Shortest(*rule_.max), per_time ? " by unit of time" : " by row"));
    });
  }

  RuleResult RowCount() {
    const double rows = static_cast<double>(table_.rows());
    if (rule_.min && rows < *rule_.min) return Whole(false, Cat(table_.rows(), " rows, fewer than ", Shortest(*rule_.min)));
    if (rule_.max && rows > *rule_.max) return Whole(false, Cat(table_.rows(), " rows, more than ", Shortest(*rule_.max)));
    if (context_.previous_rows && *context_.previous_rows > 0) {
      const double ratio = rows / static_cast<double>(*context_.previous_rows);
      if ((rule_.min_ratio && ratio < *rule_.min_ratio) || (rule_.max_ratio && ratio > *rule_.max_ratio)) {
        return Whole(false, Cat(table_.rows(), " rows, ", Shortest(std::round(ratio * 1000) / 1000), " times the ",
                                *context_.previous_rows, " of the version before"));
      }
    }
    return Whole(true, Cat(table_.rows(), " rows"));
  }

  // Then no two rows of an asset have one time, and there is nothing to sort.
  bool TimesOnlyGrow() {
    const Column* const time = table_.FindRole(ColumnRole::kTime);
    if (time == nullptr || time->spec.type != ColumnType::kNumber) return false;
    bool only_grow = true;
    Pairs([&](std::size_t row, std::size_t before) { only_grow = only_grow && time->numbers[row] > time->numbers[before]; });
    return only_grow;
  }

  void Unique() {
    std::vector<const Column*> columns;
    for (const std::string& name : rule_.columns) {
      if (const Column* column = table_.Find(name)) columns.push_back(column);
    }
    if (rule_.columns.empty()) {
      for (const ColumnRole role : {ColumnRole::kAsset, ColumnRole::kTime}) {
        if (const Column* column = table_.FindRole(role)) columns.push_back(column);
      }
    }
    if (columns.empty()) return;
    result_.checked = table_.rows();
    if (rule_.columns.empty() && TimesOnlyGrow()) return;
    std::vector<std::size_t> rows(table_.rows());
    for (std::size_t row = 0; row < rows.size(); ++row) rows[row] = row;
    const auto compare = [&](std::size_t a, std::size_t b) {
      for (const Column* column : columns) {
        const bool is_text = column->spec.type == ColumnType::kText;
        double x = is_text ? column->texts.Code(a) : column->numbers[a];
        double y = is_text ? column->texts.Code(b) : column->numbers[b];
        if (std::isnan(x)) x = -std::numeric_limits<double>::infinity();
        if (std::isnan(y)) y = -std::numeric_limits<double>::infinity();
        if (x != y) return x < y ? -1 : 1;
      }
      return 0;
    };
    std::stable_sort(rows.begin(), rows.end(), [&](std::size_t a, std::size_t b) { return compare(a, b) < 0; });
    std::vector<std::pair<std::size_t, std::size_t>> repeats;  // a row and the one it repeats
    for (std::size_t i = 1; i < rows.size(); ++i) {
      if (compare(rows[i - 1], rows[i]) == 0) repeats.emplace_back(rows[i], rows[i - 1]);
    }
    std::sort(repeats.begin(), repeats.end());
    for (const auto& [row, first] : repeats) Fail(row, "", Cat("repeats ", Describe(context_, first)));
  }

  static std::string Describe(const CheckContext& context, std::size_t row) {
    return context.describe_row ? context.describe_row(row) : Cat("row ", row + 1);
  }

  const Rule& rule_;
  const Table& table_;
  const CheckContext& context_;
  AssetNumbers assets_;
  RuleResult result_;
};

std::string DescribeRow(const CheckContext& context, std::size_t row) {
  return context.describe_row ? context.describe_row(row) : Cat("row ", row + 1);
}

}  // namespace

std::vector<RuleResult> CheckRules(std::span<const Rule> rules, const Table& table, const CheckContext& context) {
  std::vector<RuleResult> results;
  for (const Rule& rule : rules) results.push_back(Checker(rule, table, context).Check());
  return results;
}

nlohmann::json ReportJson(std::span<const RuleResult> results, std::span<const Rule> inferred, const CheckContext& context) {
  nlohmann::json rules = nlohmann::json::array();
  std::size_t errors = 0;
  std::size_t warnings = 0;
  for (const RuleResult& result : results) {
    if (!result.passed) ++(result.rule.severity == Severity::kError ? errors : warnings);
    nlohmann::json json = ToJson(result.rule);
    json["passed"] = result.passed;
    json["checked"] = result.checked;
    json["failed"] = result.failed;
    json["message"] = result.message;
    json["examples"] = nlohmann::json::array();
    for (const RuleExample& example : result.examples) {
      json["examples"].push_back({{"row", DescribeRow(context, example.row)},
                                  {"asset", example.asset},
                                  {"value", example.value},
                                  {"message", example.message}});
    }
    rules.push_back(std::move(json));
  }
  nlohmann::json next = nlohmann::json::array();
  for (const Rule& rule : inferred) next.push_back(ToJson(rule));
  return {{"passed", errors == 0}, {"errors", errors}, {"warnings", warnings}, {"rules", rules}, {"inferred", next}};
}

std::string FailureOf(const RuleResult& result, const CheckContext& context) {
  const std::string column = result.rule.column.empty() ? "" : Cat("column \"", result.rule.column, "\"");
  if (result.examples.empty())
    return Cat("rule ", Name(result.rule.kind), column.empty() ? "" : Cat(", ", column), ": ", result.message);
  const RuleExample& example = result.examples[0];
  return Cat(DescribeRow(context, example.row), column.empty() ? "" : Cat(", ", column), ": ", example.message, " (rule ",
             Name(result.rule.kind), "; ", result.message, ")");
}

absl::Status RefusalOf(std::span<const RuleResult> results, const CheckContext& context) {
  std::string message;
  std::size_t more = 0;
  for (const RuleResult& result : results) {
    if (result.passed || result.rule.severity != Severity::kError) continue;
    if (!message.empty()) {
      ++more;
      continue;
    }
    message = FailureOf(result, context);
  }
  if (message.empty()) return absl::OkStatus();
  if (more > 0) message += Cat("; ", more, more == 1 ? " more rule fails" : " more rules fail");
  return absl::InvalidArgumentError(message);
}

}  // namespace millwright::learn
