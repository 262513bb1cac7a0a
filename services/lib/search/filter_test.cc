#include "lib/search/filter.h"

#include <gtest/gtest.h>

#include <cmath>
#include <functional>
#include <random>

#include "absl/strings/str_cat.h"
#include "lib/search/mlflow_schemas.h"
#include "lib/search/place.h"

namespace millwright::search {
namespace {

std::string Parsed(absl::string_view text, const Schema& schema = RunSchema()) {
  const absl::StatusOr<Expression> expression = ParseFilter(text, schema);
  return expression.ok() ? Print(*expression) : absl::StrCat("! ", expression.status().message());
}

struct Case {
  const char* text;
  const char* parsed;  // in its one form, or "! " and the message
};

void ExpectAll(const Schema& schema, const std::vector<Case>& cases) {
  for (const Case& each : cases) EXPECT_EQ(Parsed(each.text, schema), each.parsed) << each.text;
}

TEST(FilterTest, ReadsComparisonsOfRuns) {
  ExpectAll(RunSchema(), {
                             {"", ""},
                             {"metrics.acc > 0.5", "metrics.acc > 0.5"},
                             {"metrics.acc>0.5 and params.lr='0.1'", "metrics.acc > 0.5 AND params.lr = '0.1'"},
                             {"metric.acc >= -1e-3", "metrics.acc >= -0.001"},
                             {"metrics.acc < .5 AND metrics.b != 5.", "metrics.acc < 0.5 AND metrics.b != 5.0"},
                             {"metrics.acc > 1E5", "metrics.acc > 1e+05"},
                             {"metrics.acc > 1e+05", "metrics.acc > 1e+05"},
                             {"metrics.`val/loss` < 1", "metrics.`val/loss` < 1.0"},
                             {"metrics.max > 1", "metrics.max > 1.0"},
                             {"params.a.b = 'v'", "params.a.b = 'v'"},
                             {"params.1a = 'v'", "params.1a = 'v'"},
                             {"params.`my key` = 'v'", "params.`my key` = 'v'"},
                             {"params.\"my key\" = 'v'", "params.`my key` = 'v'"},
                             {"params.'my key' = 'v'", "params.`my key` = 'v'"},
                             {"`params`.lr = \"it's\"", "params.lr = \"it's\""},
                             {"params.lr = 'a''b'", "params.lr = 'a''b'"},
                             {"params.lr = 'a\\'b'", "params.lr = 'a\\'b'"},
                             {"params.lr = ''", "params.lr = ''"},
                             {"params.lr like 'a%'", "params.lr LIKE 'a%'"},
                             {"parameters.lr IS NOT NULL", "params.lr IS NOT NULL"},
                             {"tags.x is null", "tags.x IS NULL"},
                             {"tags.mlflow.source.name = 'y'", "tags.mlflow.source.name = 'y'"},
                             {"tags.x='y'AND tag.z='w'", "tags.x = 'y' AND tags.z = 'w'"},
                             {"tags.ключ = '값'", "tags.ключ = '값'"},
                             {"attr.status = 'RUNNING'", "status = 'RUNNING'"},
                             {"run.run_id IN ('a', \"b\",)", "run_id IN ('a', 'b')"},
                             {"run_id not in ('a')", "run_id NOT IN ('a')"},
                             {"`run name` ILIKE 'x'", "run_name ILIKE 'x'"},
                             {"\"run name\" = 'x'", "run_name = 'x'"},
                             {"Created > 5", "start_time > 5"},
                             {"end_time <= 100.5", "end_time <= 100.5"},
                             {"dataset.name NOT IN ('a','b')", "dataset.name NOT IN ('a', 'b')"},
                             {"datasets.context = 'train'", "dataset.context = 'train'"},
                         });
}

TEST(FilterTest, TakesWhatMlflowTakesBeyondItsGrammar) {
  ExpectAll(RunSchema(), {
                             {"metrics.acc > 5 AND", "metrics.acc > 5.0"},
                             {"AND metrics.acc > 5", "metrics.acc > 5.0"},
                             {"metrics.a > 5 AND AND metrics.b < 1", "metrics.a > 5.0 AND metrics.b < 1.0"},
                             {"metrics.a > 1 metrics.b < 2", "metrics.a > 1.0 AND metrics.b < 2.0"},
                             {"and", ""},
                         });
}

TEST(FilterTest, ReadsOurExtensions) {
  ExpectAll(
      RunSchema(),
      {
          {"metrics.a > 1 OR metrics.b < 2", "metrics.a > 1.0 OR metrics.b < 2.0"},
          {"metrics.a > 1 or metrics.b < 2 and tags.x = 'y'", "metrics.a > 1.0 OR (metrics.b < 2.0 AND tags.x = 'y')"},
          {"(metrics.a > 1 OR metrics.b < 2) AND tags.x = 'y'", "(metrics.a > 1.0 OR metrics.b < 2.0) AND tags.x = 'y'"},
          {"((metrics.a > 1))", "metrics.a > 1.0"},
          {"(metrics.a > 1 AND metrics.b > 1) AND metrics.c > 1", "metrics.a > 1.0 AND metrics.b > 1.0 AND metrics.c > 1.0"},
          {"params.lr > 0.01", "params.lr > 0.01"},
          {"params.lr = 5", "params.lr = 5.0"},
          {"min(metrics.loss) < 0.2 AND MAX(metric.`a b`) >= 1", "min(metrics.loss) < 0.2 AND max(metrics.`a b`) >= 1.0"},
          {"last(metrics.loss) < 1", "metrics.loss < 1.0"},
          {"metrics.loss.min < 1", "metrics.loss.min < 1.0"},
      });
  EXPECT_EQ(Parsed("name = 'a' OR (tags.x = 'b' AND name != 'c')", RegisteredModelSchema()),
            "name = 'a' OR (tags.x = 'b' AND name != 'c')");
}

TEST(FilterTest, RefusesInTheWordsOfMlflow) {
  const std::string keys =
      "'{'run_id', 'run_name', 'run name', 'Run name', 'Run Name', 'status', 'user_id', 'artifact_uri', 'start_time', 'created', "
      "'Created', 'end_time'}'";
  ExpectAll(
      RunSchema(),
      {
          {"   ", "! Invalid filter '   '. Could not be parsed."},
          {"metrics.acc > 'x'", "! Expected numeric value type for metric. Found 'x'"},
          {"metrics.acc > nan", "! Expected numeric value type for metric. Found nan"},
          {"metrics.acc > +0.5", "! Invalid clause(s) in filter string: 'metrics.acc', '>', '+', '0.5'"},
          {"metrics.acc", "! Invalid clause(s) in filter string: 'metrics.acc'"},
          {"metrics.acc >", "! Invalid clause(s) in filter string: 'metrics.acc', '>'"},
          {"> 5", "! Invalid clause(s) in filter string: '>', '5'"},
          {"metrics.acc > 5 6", "! Invalid clause(s) in filter string: '6'"},
          {"metrics.acc > 5, metrics.b < 1", "! Invalid clause(s) in filter string: 'metrics.acc > 5, metrics.b < 1'"},
          {"metrics.a > 5; metrics.b < 1",
           "! Search filter contained multiple expression 'metrics.a > 5; metrics.b < 1'. Provide AND-ed expression list."},
          {"metrics.a > 1;", "! Invalid clause(s) in filter string: ';'"},
          {"metrics.acc == 5", "! Invalid comparator '==' not one of '{'>', '>=', '!=', '=', '<', '<='}"},
          {"params.lr = lr",
           "! Parameter value is either not quoted or unidentified quote types used for string value lr. Use either single or "
           "double quotes."},
          {"params.lr = `0.1`",
           "! Parameter value is either not quoted or unidentified quote types used for string value `0.1`. Use either single or "
           "double quotes."},
          {"metrics.acc = NULL", "! Expected numeric value type for metric. Found NULL"},
          {"created = NULL", "! Expected numeric value type for numeric attribute: created. Found NULL"},
          {"`run name` IS NULL", "! IS NULL / IS NOT NULL is only supported for tags and params, not for 'attribute' 'run name'"},
          {"params.lr LIKE 5", "! Expected a quoted string value for parameter (e.g. 'my-value'). Got value 5"},
          {"run_name ILIKE NULL", "! Expected a quoted string value for attributes. Got value NULL"},
          {"params.lr != null", "! Expected a quoted string value for parameter (e.g. 'my-value'). Got value null"},
          {"source = 'x'", "! Invalid clause(s) in filter string: 'source', '=', ''x''"},
          {"metrics.a > 1 -- text", "! Invalid clause(s) in filter string: '-- text'"},
          {"params.lr > '1'", "! Invalid comparator '>' not one of '{'!=', '=', 'LIKE', 'ILIKE', 'IS NULL', 'IS NOT NULL'}'"},
          {"params.lr NOT LIKE '1'",
           "! Invalid comparator 'NOT LIKE' not one of '{'!=', '=', 'LIKE', 'ILIKE', 'IS NULL', 'IS NOT NULL'}'"},
          {"params.lr IN ('a','b')", "! Expected a quoted string value for parameter (e.g. 'my-value'). Got value ('a','b')"},
          {"params.a-b = 'v'", "! Invalid comparison clause. Expected 'Identifier' found 'params.a-b'"},
          {"metrics.val/loss < 1", "! Invalid comparison clause. Expected 'Identifier' found 'metrics.val/loss'"},
          {"params.123 = 'v'", "! Invalid clause(s) in filter string: 'params'"},
          {"metrics.acc IS NULL", "! IS NULL / IS NOT NULL is only supported for tags and params, not for 'metric' 'acc'"},
          {"params.lr NOT NULL", "! Invalid clause(s) in filter string: 'params.lr', 'NOT NULL'"},
          {"status IN ('FINISHED')", "! Only ['run_id'] attributes support comparison with a list of quoted string values."},
          {"run_id IN ()", "! While parsing a list in the query, expected a non-empty list of string values, but got empty list"},
          {"run_id IN (1,2)",
           "! While parsing a list in the query, expected string value, punctuation, or whitespace, but got different type in "
           "list: (1, 2)"},
          {"run_id IN 'a'", "! Invalid clause(s) in filter string: 'run_id', 'IN', ''a''"},
          {"run_id IN ('a'", "! Invalid clause(s) in filter string: 'run_id', 'IN', '(', ''a''"},
          {"start_time > '5'", "! Expected numeric value type for numeric attribute: start_time. Found '5'"},
          {"foo.bar = 'x'",
           "! Invalid entity type 'foo'. Valid values are ['metric', 'parameter', 'tag', 'attribute', 'dataset']"},
          {"dataset.foo = 'd'", "! Invalid dataset key 'foo' specified. Valid keys are '{'name', 'digest', 'context'}'"},
          {"tags.x = 1", "! Expected a quoted string value for tag (e.g. 'my-value'). Got value 1"},
          {".x = 'y'", "! Invalid clause(s) in filter string: '.'"},
          {"tags.x = 'unclosed", "! Invalid clause(s) in filter string: 'tags.x', '=', ''', 'unclosed'"},
          {"tags.`x = 'y'", "! Invalid clause(s) in filter string: 'tags.', '`'"},
          {"'x' = tags.x", "! Invalid comparison clause. Expected 'Identifier' found ''x''"},
          {"NOT tags.x = 'y'", "! Invalid clause(s) in filter string: 'NOT'"},
          {"tags.x BETWEEN 'a' AND 'b'", "! Invalid clause(s) in filter string: 'tags.x', 'BETWEEN', ''a'', ''b''"},
          {"status = 'a' foo", "! Invalid clause(s) in filter string: 'status = 'a' foo'"},
          {"metrics.acc foo", "! Invalid clause(s) in filter string: 'metrics.acc foo'"},
          {"tags.x = 'y')", "! Invalid clause(s) in filter string: ')'"},
          {"(tags.x = 'y'", "! Invalid clause(s) in filter string: '('"},
          {"tags.x IS 'a'", "! Invalid clause(s) in filter string: 'tags.x', 'IS', ''a''"},
          {"OR tags.x = 'a'", "! Invalid clause(s) in filter string: 'OR'"},
          {"tags.x = 'a' OR", "! Invalid clause(s) in filter string: 'OR'"},
          {"tags.x = 'a' OR OR tags.x = 'b'", "! Invalid clause(s) in filter string: 'OR'"},
          {"()", "! Invalid clause(s) in filter string: '()'"},
          {"(AND)", "! Invalid clause(s) in filter string: '('"},
          {"min(tags.x) > 1", "! min() and max() take a metric, not tags.x"},
      });
  EXPECT_EQ(Parsed("foo = 'x'"), absl::StrCat("! Invalid attribute key 'foo' specified. Valid keys are ", keys));
}

TEST(FilterTest, FollowsTheRulesOfExperiments) {
  ExpectAll(
      ExperimentSchema(),
      {
          {"name LIKE 'x%' AND creation_time > 5", "name LIKE 'x%' AND creation_time > 5"},
          {"experiment_id IN ('1','2') AND tag.x IS NULL", "experiment_id IN ('1', '2') AND tags.x IS NULL"},
          {"name = 'x' foo", "! Invalid clause(s) in filter string: name = 'x' foo"},
          {"name like 'x%'", "! Invalid comparator 'like' not one of '{'!=', '=', 'LIKE', 'ILIKE', 'IN', 'NOT IN'}'"},
          {"tags.x like 'y'", "! Invalid comparator for tag: like"},
          {"name IN ('a')", "! Only ['experiment_id'] attributes support comparison with a list of quoted string values."},
          {"attributes.name = 'x'", "! Invalid entity type 'attributes'. Valid entity types are ('attribute', 'tag', 'tags')"},
          {"creation_time > 5.5", "! Invalid value for numeric attribute 'creation_time': '5.5'"},
          {"experiment_id LIKE '1'", "! Invalid comparator for experiment_id: LIKE"},
          {"name IS NULL", "! IS NULL / IS NOT NULL is only supported for tags, not for attribute 'name'"},
          {"metrics.x > 5", "! Invalid entity type 'metrics'. Valid entity types are ('attribute', 'tag', 'tags')"},
      });
}

TEST(FilterTest, FollowsTheRulesOfTheRegistry) {
  ExpectAll(RegisteredModelSchema(),
            {
                {"name ilike 'x%' AND tags.`a b` = 'c'", "name ILIKE 'x%' AND tags.`a b` = 'c'"},
                {"name IN ('a')", "name IN ('a')"},
                {"name > 'x'", "! Invalid comparator for attribute: >"},
                {"name = 5", "! Expected a quoted string value or a list of quoted string values for attributes. Got value 5"},
                {"run_id = 'x'", "! Invalid attribute key 'run_id' specified. Valid keys are '{'name'}'"},
            });
  ExpectAll(ModelVersionSchema(),
            {
                {"run_id IN ('a','b') AND version_number >= 3", "run_id IN ('a', 'b') AND version_number >= 3"},
                {"version_number = '5'", "version_number = 5"},
                {"version_number = 5.5", "! Invalid value for numeric attribute 'version_number': 5.5"},
                {"version_number LIKE 5", "! Invalid comparator for attribute version_number: LIKE"},
                {"name = 5",
                 "! Only the '{'version_number', 'creation_timestamp', 'last_updated_timestamp'}' attributes support comparison "
                 "with numeric values."},
                {"source_path IN ('x')",
                 "! Only ['name', 'run_id'] attributes support comparison with a list of quoted string values."},
                {"current_stage = 'x'",
                 "! Invalid attribute key 'current_stage' specified. Valid keys are '{'name', 'version_number', 'run_id', "
                 "'source_path'}'"},
            });
}

TEST(FilterTest, FollowsTheRulesOfLoggedModels) {
  ExpectAll(
      LoggedModelSchema(),
      {
          {"name = x AND metrics.acc > 5", "name = 'x' AND metrics.acc > 5.0"},
          {"creation_time > 5 AND tags.x in ('y')", "creation_timestamp_ms > 5.0 AND tags.x IN ('y')"},
          {"name > 'x'",
           "! Invalid comparison operator for attributes.name: '>'. Expected one of ('=', '!=', 'LIKE', 'ILIKE', 'IN', 'NOT "
           "IN')."},
          {"metrics > 1",
           "! Invalid comparison operator for attributes.metrics: '>'. Expected one of ('=', '!=', 'LIKE', 'ILIKE', 'IN', 'NOT "
           "IN')."},
          {"metrics.a LIKE 'x'",
           "! Invalid comparison operator for metrics.a: 'LIKE'. Expected one of ('<', '<=', '>', '>=', '=', '!=')."},
          {"tag.x = 'y'", "! Invalid entity type: 'tag'. Expected one of ['attributes', 'metrics', 'params', 'tags']."},
          {"tags.x IS NULL", "! Invalid comparison: tags.xIS NULL. Expected a comparison with 3 tokens."},
          {"name",
           "! Invalid filter string: 'name'. Expected a list of comparisons separated by 'AND' (e.g. 'metrics.loss > 0.1 AND "
           "params.lr = 0.01')."},
          {"name = 'x'; name = 'y'", "! Invalid filter string: \"name = 'x'; name = 'y'\". Expected a single SQL expression."},
      });
}

TEST(FilterTest, ErrorsSayWhere) {
  const std::string text = "tags.ключ = 'y' AND metrics.acc > 'high'";
  const absl::Status status = ParseFilter(text, RunSchema()).status();
  ASSERT_TRUE(PlaceOf(status).has_value());
  EXPECT_EQ(PlaceOf(status)->text, "'high'");
  EXPECT_EQ(text.substr(PlaceOf(status)->offset, 6), "'high'");
  EXPECT_EQ(WithPlace(status, text).message(), "Expected numeric value type for metric. Found 'high' (at character 35: 'high')");
  EXPECT_EQ(WithPlace(absl::InvalidArgumentError("x"), text).message(), "x");
}

TEST(FilterTest, IsBounded) {
  std::string many = "metrics.a > 1";
  for (int i = 0; i < kMaxComparisons; ++i) many += " AND metrics.a > 1";
  EXPECT_EQ(Parsed(many), "! the filter has 201 comparisons; at most 200 are allowed");
  const std::string deep = std::string(40, '(') + "metrics.a > 1" + std::string(40, ')');
  EXPECT_EQ(Parsed(deep), "! the filter nests parentheses deeper than 32");
  const std::string open(100000, '(');
  EXPECT_FALSE(ParseFilter(open, RunSchema()).ok());
  EXPECT_FALSE(ParseFilter(std::string(100000, '(') + std::string(100000, ')'), RunSchema()).ok());
  EXPECT_FALSE(ParseFilter(std::string(kMaxFilterBytes + 1, ' '), RunSchema()).ok());
}

// Random texts made of the grammar's own pieces: whatever is understood, is understood the same after printing.
TEST(FilterTest, PrintingKeepsTheMeaningOfAnyTextAndNothingCrashes) {
  const std::vector<std::string> pieces = {"metrics.acc",
                                           "params.lr",
                                           "tags.`a b`",
                                           "tags.\"x\"",
                                           "status",
                                           "run_id",
                                           "start_time",
                                           "dataset.name",
                                           "name",
                                           "version_number",
                                           ">",
                                           ">=",
                                           "=",
                                           "!=",
                                           "<",
                                           "LIKE",
                                           "ilike",
                                           "IN",
                                           "NOT",
                                           "IS",
                                           "NULL",
                                           "AND",
                                           "AND",
                                           "OR",
                                           "(",
                                           ")",
                                           "'v'",
                                           "\"w\"",
                                           "('a','b')",
                                           "(1)",
                                           "1",
                                           "-0.5",
                                           "1e9",
                                           "1e999",
                                           "min(metrics.x)",
                                           ",",
                                           ";",
                                           "'",
                                           "`",
                                           "\"",
                                           "\\",
                                           ".",
                                           "-",
                                           "ключ",
                                           "\xff",
                                           "tags.'",
                                           "''''",
                                           "'a\\'b'",
                                           "min(",
                                           "%"};
  const std::vector<const Schema*> schemas = {&RunSchema(), &ExperimentSchema(), &LoggedModelSchema(), &RegisteredModelSchema(),
                                              &ModelVersionSchema()};
  std::mt19937 random(20261121);
  int understood = 0;
  for (int round = 0; round < 60000; ++round) {
    std::string text;
    const int size = 1 + static_cast<int>(random() % 14);
    for (int i = 0; i < size; ++i) {
      if (round % 2 == 0 && i % 4 == 3) {
        text += random() % 4 == 0 ? " OR " : " AND ";
        continue;
      }
      text += pieces[random() % pieces.size()];
      if (random() % 8 != 0) text += ' ';
    }
    const Schema& schema = *schemas[random() % schemas.size()];
    const absl::StatusOr<Expression> expression = ParseFilter(text, schema);
    if (!expression.ok()) {
      EXPECT_EQ(expression.status().code(), absl::StatusCode::kInvalidArgument);
      EXPECT_TRUE(PlaceOf(expression.status()).has_value()) << text;
      continue;
    }
    ++understood;
    const std::string printed = Print(*expression);
    const absl::StatusOr<Expression> again = ParseFilter(printed, schema);
    ASSERT_TRUE(again.ok()) << text << " -> " << printed << ": " << again.status();
    EXPECT_TRUE(*again == *expression) << text << " -> " << printed << " -> " << Print(*again);
  }
  EXPECT_GT(understood, 100);
}

TEST(FilterTest, PrintingKeepsAnyExpression) {
  std::mt19937 random(7);
  const std::vector<std::string> keys = {"a", "a b", "val/loss", "x.y", "1", "ключ", "it's", "a\"b", "-", "min"};
  const std::vector<std::string> texts = {"", "v", "it's", "say \"hi\"", "%_", "값"};
  const std::function<Expression(int)> make = [&](int depth) {
    Expression expression;
    if (depth == 0 || random() % 3 == 0) {
      expression.kind = Expression::Kind::kComparison;
      Comparison& comparison = expression.comparison;
      comparison.field.key = keys[random() % keys.size()];
      switch (random() % 4) {
        case 0:
          comparison.field.entity = Entity::kMetric;
          comparison.field.aggregate = static_cast<Aggregate>(random() % 3);
          comparison.op = Operator::kLessEqual;
          comparison.value = std::ldexp(static_cast<double>(random()) - 2e9, static_cast<int>(random() % 200) - 100);
          break;
        case 1:
          comparison.field.entity = Entity::kTag;
          comparison.op = Operator::kIsNotNull;
          break;
        case 2:
          comparison.field = {Entity::kAttribute, "run_id", Aggregate::kLast};
          comparison.op = Operator::kNotIn;
          comparison.value = std::vector<std::string>{texts[random() % texts.size()], "b"};
          break;
        default:
          comparison.field.entity = Entity::kParam;
          comparison.op = Operator::kILike;
          comparison.value = texts[random() % texts.size()];
      }
      return expression;
    }
    expression.kind = depth % 2 == 0 ? Expression::Kind::kAnd : Expression::Kind::kOr;
    const int children = 2 + static_cast<int>(random() % 3);
    for (int i = 0; i < children; ++i) expression.children.push_back(make(depth - 1));
    return expression;
  };
  for (int round = 0; round < 3000; ++round) {
    const Expression expression = make(static_cast<int>(random() % 4));
    const absl::StatusOr<Expression> again = ParseFilter(Print(expression), RunSchema());
    ASSERT_TRUE(again.ok()) << Print(expression) << ": " << again.status();
    EXPECT_TRUE(*again == expression) << Print(expression) << " -> " << Print(*again);
  }
}

}  // namespace
}  // namespace millwright::search
