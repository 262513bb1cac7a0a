#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <limits>

#include "lib/learn/testing.h"
#include "lib/learn/validation/check.h"

namespace millwright::learn {
namespace {

using nlohmann::json;
using ::testing::HasSubstr;

constexpr double kNan = std::numeric_limits<double>::quiet_NaN();

Table Sample() {
  Table table;
  EXPECT_TRUE(table.AddColumn(Texts("pump", {"a", "a", "a", "b", "b", "b"})).ok());
  EXPECT_TRUE(table.AddColumn(Numbers("time", {1, 2, 3, 1, 2, 3}, ColumnRole::kTime)).ok());
  EXPECT_TRUE(table.AddColumn(Numbers("heat", {60, 61, 900, kNan, 60, 60})).ok());
  EXPECT_TRUE(table.AddColumn(Texts("mode", {"on", "on", "off", "", "on", "idle"}, ColumnRole::kSegment)).ok());
  return table;
}

RuleResult Check(const json& rule, const Table& table = Sample(), const CheckContext& context = {}) {
  const absl::StatusOr<std::vector<Rule>> rules = ParseRules(json::array({rule}), "rules");
  EXPECT_TRUE(rules.ok()) << rules.status();
  return CheckRules(*rules, table, context)[0];
}

TEST(ValidationTest, ARangeNamesRowAndValue) {
  const RuleResult result = Check({{"rule", "range"}, {"column", "heat"}, {"min", 0}, {"max", 700}});
  EXPECT_FALSE(result.passed);
  EXPECT_EQ(result.checked, 5u);
  EXPECT_EQ(result.failed, 1u);
  ASSERT_EQ(result.examples.size(), 1u);
  EXPECT_EQ(result.examples[0].row, 2u);
  EXPECT_EQ(result.examples[0].asset, "a");
  EXPECT_EQ(result.examples[0].message, "is 900, above 700");
  EXPECT_TRUE(Check({{"rule", "range"}, {"column", "heat"}, {"max", 700}, {"mostly", 0.8}}).passed);
  EXPECT_FALSE(Check({{"rule", "range"}, {"column", "heat"}, {"max", 700}, {"mostly", 0.81}}).passed);
}

TEST(ValidationTest, TypeCompletenessAndAllowedValues) {
  EXPECT_TRUE(Check({{"rule", "type"}, {"column", "heat"}, {"type", "number"}}).passed);
  EXPECT_FALSE(Check({{"rule", "type"}, {"column", "mode"}, {"type", "number"}}).passed);
  EXPECT_FALSE(Check({{"rule", "complete"}, {"column", "heat"}}).passed);
  EXPECT_TRUE(Check({{"rule", "complete"}, {"column", "heat"}, {"mostly", 0.8}}).passed);
  const RuleResult allowed = Check({{"rule", "allowed"}, {"column", "mode"}, {"values", {"on", "off"}}});
  EXPECT_EQ(allowed.checked, 5u);
  EXPECT_EQ(allowed.failed, 1u);
  EXPECT_EQ(allowed.examples[0].value, "idle");
  EXPECT_THAT(Check({{"rule", "range"}, {"column", "mode"}, {"max", 1}}).message, HasSubstr("is text"));
  EXPECT_THAT(Check({{"rule", "complete"}, {"column", "cold"}}).message, HasSubstr("no column \"cold\""));
}

TEST(ValidationTest, OrderRunsAndChangesAreThoseOfAnAsset) {
  EXPECT_TRUE(Check({{"rule", "monotone"}}).passed);
  Table table;
  ASSERT_TRUE(table.AddColumn(Texts("pump", {"a", "b", "a", "b", "a", "a"})).ok());
  ASSERT_TRUE(table.AddColumn(Numbers("time", {2, 9, 4, 8, 5, 6}, ColumnRole::kTime)).ok());
  ASSERT_TRUE(table.AddColumn(Numbers("x", {7, 0, 7, 1, 7, 20})).ok());
  const RuleResult order = Check({{"rule", "monotone"}}, table);
  EXPECT_EQ(order.failed, 1u);
  EXPECT_EQ(order.examples[0].row, 3u);
  EXPECT_TRUE(Check({{"rule", "stuck"}, {"column", "x"}, {"rows", 3}}, table).passed);
  const RuleResult stuck = Check({{"rule", "stuck"}, {"column", "x"}, {"rows", 2}}, table);
  EXPECT_EQ(stuck.failed, 1u);
  EXPECT_EQ(stuck.examples[0].row, 4u);
  EXPECT_THAT(stuck.examples[0].message, HasSubstr("has been 7 for 3 rows"));
  EXPECT_TRUE(Check({{"rule", "rate"}, {"column", "x"}, {"max", 13}}, table).passed);
  EXPECT_EQ(Check({{"rule", "rate"}, {"column", "x"}, {"max", 12}}, table).examples[0].row, 5u);
  EXPECT_TRUE(Check({{"rule", "rate"}, {"column", "x"}, {"max", 13}, {"per", "time"}}, table).passed);
}

TEST(ValidationTest, RowsAreCountedAgainstTheVersionBefore) {
  const json rule{{"rule", "row_count"}, {"min_ratio", 0.5}, {"max_ratio", 2}};
  EXPECT_TRUE(Check(rule).passed);
  EXPECT_TRUE(Check(rule, Sample(), {.previous_rows = 12}).passed);
  EXPECT_THAT(Check(rule, Sample(), {.previous_rows = 20}).message, HasSubstr("6 rows, 0.3 times the 20"));
  EXPECT_FALSE(Check({{"rule", "row_count"}, {"min", 7}}).passed);
}

TEST(ValidationTest, RepeatedRowsAreFound) {
  EXPECT_TRUE(Check({{"rule", "unique"}}).passed);
  const RuleResult result = Check({{"rule", "unique"}, {"columns", {"pump", "heat"}}});
  EXPECT_EQ(result.failed, 1u);
  EXPECT_EQ(result.examples[0].row, 5u);
  EXPECT_EQ(result.examples[0].message, "repeats row 5");
}

TEST(ValidationTest, ARefusalNamesRowColumnAndRule) {
  const std::vector<Rule> rules = ParseRules({{{"rule", "range"}, {"column", "heat"}, {"max", 700}},
                                              {{"rule", "complete"}, {"column", "heat"}, {"severity", "warning"}},
                                              {{"rule", "complete"}, {"column", "mode"}}},
                                             "rules")
                                      .value();
  const CheckContext context{.describe_row = [](std::size_t row) { return "f.csv: row " + std::to_string(row + 2); }};
  const std::vector<RuleResult> results = CheckRules(rules, Sample(), context);
  EXPECT_EQ(std::string(RefusalOf(results, context).message()),
            "f.csv: row 4, column \"heat\": is 900, above 700 (rule range; 1 of 5 fail); 1 more rule fails");
  const json report = ReportJson(results, {}, context);
  EXPECT_EQ(report["passed"], false);
  EXPECT_EQ(report["errors"], 2);
  EXPECT_EQ(report["warnings"], 1);
  EXPECT_EQ(report["rules"][0]["examples"][0]["row"], "f.csv: row 4");
  EXPECT_TRUE(RefusalOf({}, context).ok());
}

TEST(ValidationTest, InferredRulesHoldForTheirTableAndComeBackFromJson) {
  const std::vector<Rule> inferred = InferRules(Sample());
  json list = json::array();
  for (const Rule& rule : inferred) list.push_back(ToJson(rule));
  const absl::StatusOr<std::vector<Rule>> read = ParseRules(list, "rules");
  ASSERT_TRUE(read.ok()) << read.status();
  for (const RuleResult& result : CheckRules(*read, Sample(), {}))
    EXPECT_TRUE(result.passed) << ToJson(result.rule) << " " << result.message;
  // A batch of another scale does not pass.
  const Table sample = Sample();
  Table other;
  for (Column column : sample.columns()) {
    if (column.spec.name == "heat") column.numbers = {6e4, 6.1e4, 9e4, kNan, 6e4, 6e4};
    ASSERT_TRUE(other.AddColumn(std::move(column)).ok());
  }
  EXPECT_THAT(std::string(RefusalOf(CheckRules(*read, other, {}), {}).message()), HasSubstr("column \"heat\""));
}

TEST(ValidationTest, UnknownSettingsAreNamed) {
  const auto error = [](const json& rule) { return std::string(ParseRules(json::array({rule}), "rules").status().message()); };
  EXPECT_THAT(error({{"rule", "rang"}, {"column", "x"}}), HasSubstr("rules[0].rule: \"rang\" must be one of type, range"));
  EXPECT_THAT(error({{"rule", "range"}, {"column", "x"}, {"maximum", 3}}), HasSubstr("rules[0]"));
  EXPECT_THAT(error({{"rule", "range"}, {"column", "x"}, {"max", 3}, {"mostly", 3}}), HasSubstr("rules[0].mostly"));
  EXPECT_THAT(error({{"rule", "allowed"}, {"column", "x"}, {"values", {1, "a"}}}), HasSubstr("all texts or all numbers"));
}

}  // namespace
}  // namespace millwright::learn
