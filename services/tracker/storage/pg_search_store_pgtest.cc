#include <gmock/gmock.h>

#include <algorithm>
#include <cmath>
#include <functional>
#include <limits>
#include <map>
#include <random>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "lib/pg/database_test.h"
#include "lib/search/filter.h"
#include "lib/search/mlflow_schemas.h"
#include "lib/search/order.h"
#include "migrations.h"
#include "tracker/domain/search.h"
#include "tracker/storage/model_metrics.h"
#include "tracker/storage/pg_experiment_store.h"
#include "tracker/storage/pg_logged_model_store.h"
#include "tracker/storage/pg_run_link_store.h"
#include "tracker/storage/pg_run_store.h"
#include "tracker/storage/pg_search_store.h"

namespace millwright::tracker {
namespace {

using search::Comparison;
using search::Entity;
using search::Expression;
using search::Operator;
using testing::ElementsAre;

constexpr double kNan = std::numeric_limits<double>::quiet_NaN();
const base::WorkspaceId kOurs("1");
const base::WorkspaceId kTheirs("2");
const absl::Time kNoon = absl::FromUnixSeconds(1'700'000'000);

// A run as this test knows it, and what a search must make of it.
struct Known {
  tracker::Run run;
  std::map<std::string, std::string> params;
  std::map<std::string, std::string> tags;
  std::map<std::string, std::vector<double>> metrics;  // each key's history
  std::vector<std::string> datasets;

  std::optional<double> MetricOf(const search::Field& field) const {
    const auto found = metrics.find(field.key);
    if (found == metrics.end()) return std::nullopt;
    if (field.aggregate == search::Aggregate::kLast) return found->second.back();
    std::optional<double> extreme;
    for (const double value : found->second) {
      if (std::isnan(value)) continue;
      const bool is_better = !extreme || (field.aggregate == search::Aggregate::kMin ? value < *extreme : value > *extreme);
      if (is_better) extreme = value;
    }
    return extreme;
  }
  std::optional<std::string> TextOf(const search::Field& field) const {
    const auto in = [&](const std::map<std::string, std::string>& items) {
      const auto found = items.find(field.key);
      return found == items.end() ? std::nullopt : std::optional(found->second);
    };
    if (field.entity == Entity::kParam) return in(params);
    if (field.entity == Entity::kTag) return in(tags);
    if (field.key == "run_id") return run.id.value();
    if (field.key == "run_name") return run.name;
    if (field.key == "status") return absl::AsciiStrToUpper(Name(run.status));
    if (field.key == "user_id") return run.user;
    return run.artifact_uri;
  }
  std::optional<std::int64_t> TimeOf(const std::string& key) const {
    if (key == "start_time") return absl::ToUnixMillis(run.started_at);
    return run.ended_at ? std::optional(absl::ToUnixMillis(*run.ended_at)) : std::nullopt;
  }
};

bool Like(absl::string_view text, absl::string_view pattern) {
  if (pattern.empty()) return text.empty();
  if (pattern.front() == '%') {
    for (std::size_t i = 0; i <= text.size(); ++i) {
      if (Like(text.substr(i), pattern.substr(1))) return true;
    }
    return false;
  }
  if (pattern.front() == '\\' && pattern.size() > 1) {
    return !text.empty() && pattern[1] == text.front() && Like(text.substr(1), pattern.substr(2));
  }
  return !text.empty() && (pattern.front() == '_' || pattern.front() == text.front()) && Like(text.substr(1), pattern.substr(1));
}

template <typename T>
bool Compare(Operator op, const T& left, const T& right) {
  switch (op) {
    case Operator::kEqual:
      return left == right;
    case Operator::kNotEqual:
      return left != right;
    case Operator::kLess:
      return left < right;
    case Operator::kLessEqual:
      return left <= right;
    case Operator::kGreater:
      return left > right;
    default:
      return left >= right;
  }
}

bool CompareText(Operator op, const std::string& left, const search::Value& value) {
  const auto is_listed = [&] {
    const auto& list = std::get<std::vector<std::string>>(value);
    return std::find(list.begin(), list.end(), left) != list.end();
  };
  switch (op) {
    case Operator::kIn:
      return is_listed();
    case Operator::kNotIn:
      return !is_listed();
    case Operator::kLike:
      return Like(left, std::get<std::string>(value));
    case Operator::kILike:
      return Like(absl::AsciiStrToLower(left), absl::AsciiStrToLower(std::get<std::string>(value)));
    default:
      return Compare(op, left, std::get<std::string>(value));
  }
}

double NumberOf(const search::Value& value) {
  return std::holds_alternative<double>(value) ? std::get<double>(value) : static_cast<double>(std::get<std::int64_t>(value));
}

bool Holds(const Comparison& comparison, const Known& known) {
  const search::Field& field = comparison.field;
  if (field.entity == Entity::kMetric) {
    const std::optional<double> value = known.MetricOf(field);
    return value && Compare(comparison.op, *value, NumberOf(comparison.value));
  }
  if (field.entity == Entity::kDataset) {
    return std::any_of(known.datasets.begin(), known.datasets.end(),
                       [&](const std::string& name) { return CompareText(comparison.op, name, comparison.value); });
  }
  if (field.entity == Entity::kAttribute && (field.key == "start_time" || field.key == "end_time")) {
    const std::optional<std::int64_t> time = known.TimeOf(field.key);
    return time && Compare(comparison.op, static_cast<double>(*time), NumberOf(comparison.value));
  }
  const std::optional<std::string> text = known.TextOf(field);
  if (comparison.op == Operator::kIsNull) return !text;
  if (comparison.op == Operator::kIsNotNull) return text.has_value();
  if (!text) return false;
  if (std::holds_alternative<double>(comparison.value)) {
    char* end = nullptr;
    const double number = std::strtod(text->c_str(), &end);
    return !text->empty() && *end == '\0' && Compare(comparison.op, number, NumberOf(comparison.value));
  }
  return CompareText(comparison.op, *text, comparison.value);
}

bool Holds(const Expression& filter, const Known& known) {
  if (filter.kind == Expression::Kind::kComparison) return Holds(filter.comparison, known);
  const auto holds = [&](const Expression& child) { return Holds(child, known); };
  return filter.kind == Expression::Kind::kAnd ? std::all_of(filter.children.begin(), filter.children.end(), holds)
                                               : std::any_of(filter.children.begin(), filter.children.end(), holds);
}

// Below 0: `a` comes first.
int CompareBy(const search::OrderKey& key, const Known& a, const Known& b) {
  const int up = key.is_ascending ? 1 : -1;
  if (key.field.entity == Entity::kMetric) {
    const auto rank = [](const std::optional<double>& value) { return !value ? 2 : std::isnan(*value) ? 1 : 0; };
    const std::optional<double> left = a.MetricOf(key.field);
    const std::optional<double> right = b.MetricOf(key.field);
    if (rank(left) != rank(right)) return rank(left) - rank(right);
    if (rank(left) > 0 || *left == *right) return 0;
    return *left < *right ? -up : up;
  }
  if (key.field.entity == Entity::kAttribute && (key.field.key == "start_time" || key.field.key == "end_time")) {
    const std::optional<std::int64_t> left = a.TimeOf(key.field.key);
    const std::optional<std::int64_t> right = b.TimeOf(key.field.key);
    if (left.has_value() != right.has_value()) return left ? -1 : 1;
    return !left || *left == *right ? 0 : *left < *right ? -up : up;
  }
  const std::optional<std::string> left = a.TextOf(key.field);
  const std::optional<std::string> right = b.TextOf(key.field);
  if (left.has_value() != right.has_value()) return left ? -1 : 1;
  return !left || *left == *right ? 0 : *left < *right ? -up : up;
}

class PgSearchStoreTest : public pg::DatabaseTest {
 protected:
  PgSearchStoreTest() : DatabaseTest({{"tracker", migrations()}}) {}

  template <typename T>
  const T& Any(const std::vector<T>& of) {
    return of[random_() % of.size()];
  }
  bool Chance(int percent) { return static_cast<int>(random_() % 100) < percent; }

  ExperimentId MakeExperiment(const std::string& name, const base::WorkspaceId& workspace = kOurs,
                              std::vector<KeyValue> tags = {}) {
    NewExperiment experiment;
    experiment.name = name;
    experiment.tags = std::move(tags);
    absl::StatusOr<Experiment> made = experiments_.Create(workspace, experiment, kNoon + absl::Seconds(++made_));
    EXPECT_TRUE(made.ok()) << made.status();
    return made->id;
  }

  Known MakeRun(const ExperimentId& experiment, const base::WorkspaceId& workspace = kOurs) {
    Known known;
    NewRun run;
    run.id = NewRunId();
    run.experiment_id = experiment;
    run.name = absl::StrCat(Any(names_), random_() % 3);
    run.created_by = "ada";
    run.user = Any(names_);
    run.started_at = kNoon + absl::Seconds(random_() % 40);  // many at one time
    for (const std::string& key : keys_) {
      if (Chance(60)) known.tags[key] = Any(texts_);
    }
    for (const auto& [key, value] : known.tags) run.tags.push_back({key, value});
    run.tags.push_back({kNameTag, run.name});
    std::sort(run.tags.begin(), run.tags.end(), [](const KeyValue& a, const KeyValue& b) { return a.key < b.key; });
    EXPECT_TRUE(runs_.Create(workspace, run).ok());
    Batch batch;
    for (const std::string& key : keys_) {
      if (Chance(60)) batch.params.push_back({key, known.params[key] = Any(texts_)});
      if (!Chance(70)) continue;
      for (int step = 0, points = 1 + static_cast<int>(random_() % 3); step < points; ++step) {
        batch.metrics.push_back({key, Any(numbers_), step, 1000});
        known.metrics[key].push_back(batch.metrics.back().value);
      }
    }
    EXPECT_TRUE(runs_.StartLog(workspace, run.id, batch).get().ok());
    if (Chance(60)) {
      EXPECT_TRUE(runs_
                      .Finish(workspace, run.id, Chance(50) ? RunStatus::kFinished : RunStatus::kFailed,
                              kNoon + absl::Seconds(100 + random_() % 5))
                      .ok());
    }
    if (Chance(40)) {
      known.datasets = {Any(names_)};
      EXPECT_TRUE(links_.LogInputs(workspace, run.id, {{{known.datasets[0], "d1", "local", "x", {}, {}}, {}}}, {}).ok());
    }
    if (Chance(15)) {
      EXPECT_TRUE(runs_.Delete(workspace, run.id, kNoon).ok());
    }
    known.run = *runs_.Get(workspace, run.id);
    return known;
  }

  Expression MakeComparison() {
    Expression expression;
    expression.kind = Expression::Kind::kComparison;
    Comparison& made = expression.comparison;
    const std::vector<Operator> ordering = {Operator::kEqual,     Operator::kNotEqual, Operator::kLess,
                                            Operator::kLessEqual, Operator::kGreater,  Operator::kGreaterEqual};
    const std::vector<Operator> texts = {Operator::kEqual, Operator::kNotEqual, Operator::kLike, Operator::kILike};
    switch (random_() % 7) {
      case 0:
      case 1:
        made.field = {Entity::kMetric, Chance(95) ? Any(keys_) : "never logged",
                      Chance(60) ? search::Aggregate::kLast : static_cast<search::Aggregate>(random_() % 3)};
        made.op = Any(ordering);
        made.value = std::round(static_cast<double>(random_() % 7) - 3);
        break;
      case 2:
        made.field = {Entity::kParam, Any(keys_)};
        made.op = Any(ordering);
        made.value = static_cast<double>(random_() % 4);
        break;
      case 3:
      case 4:
        made.field = {Chance(50) ? Entity::kParam : Entity::kTag, Any(keys_)};
        made.op = Chance(20) ? (Chance(50) ? Operator::kIsNull : Operator::kIsNotNull) : Any(texts);
        if (made.op != Operator::kIsNull && made.op != Operator::kIsNotNull)
          made.value = Chance(50) ? Any(texts_) : Any(patterns_);
        break;
      case 5:
        made.field = {Entity::kDataset, "name"};
        made.op = Any(texts);
        made.value = Any(names_);
        break;
      default:
        made.field = {Entity::kAttribute, Any(std::vector<std::string>{"run_name", "status", "user_id", "start_time", "end_time",
                                                                       "run_id", "artifact_uri"})};
        if (made.field.key == "start_time" || made.field.key == "end_time") {
          made.op = Any(ordering);
          made.value = absl::ToUnixMillis(kNoon) +
                       1000 * static_cast<std::int64_t>(made.field.key == "end_time" ? 100 + random_() % 5 : random_() % 40);
        } else if (made.field.key == "run_id") {
          made.op = Chance(50) ? Operator::kIn : Operator::kNotIn;
          made.value = std::vector<std::string>{Any(known_).run.id.value(), Any(known_).run.id.value(), "none"};
        } else {
          made.op = Any(texts);
          made.value = made.field.key == "status" ? Any(std::vector<std::string>{"FINISHED", "RUNNING", "F%"})
                       : Chance(50)               ? Any(names_)
                                                  : absl::StrCat(Any(names_), "%");
        }
    }
    return expression;
  }

  Expression MakeFilter(int depth) {
    if (depth == 0 || Chance(40)) return MakeComparison();
    Expression expression;
    expression.kind = Chance(60) ? Expression::Kind::kAnd : Expression::Kind::kOr;
    for (int i = 0, children = 2 + static_cast<int>(random_() % 2); i < children; ++i) {
      Expression child = MakeFilter(depth - 1);
      if (child.kind == expression.kind) child = MakeComparison();
      expression.children.push_back(std::move(child));
    }
    return expression;
  }

  std::vector<std::string> MakeOrder() {
    std::vector<std::string> order;
    for (int i = 0, keys = static_cast<int>(random_() % 5) / 2; i < keys; ++i) {
      const std::string field = Any(std::vector<std::string>{
          "metrics.a", "metrics.b", "metrics.a", "metrics.`never logged`", "min(metrics.a)", "max(metrics.b)", "params.a",
          "tags.b", "start_time", "start_time", "end_time", "status", "run_name", "run_id", "artifact_uri"});
      const bool has =
          std::any_of(order.begin(), order.end(), [&](const std::string& key) { return absl::StrContains(key, field); });
      if (!has) order.push_back(absl::StrCat(field, Chance(50) ? " ASC" : " DESC"));
    }
    return order;
  }

  std::vector<std::string> Expected(const RunSearch& search) {
    const Expression filter = *search::ParseFilter(search.filter, search::RunSchema());
    std::vector<search::OrderKey> order = *search::ParseOrderBy(search.order_by, search::RunSchema());
    order.push_back({{Entity::kAttribute, "start_time"}, false});
    order.push_back({{Entity::kAttribute, "run_id"}, true});
    std::vector<const Known*> found;
    for (const Known& known : known_) {
      const bool is_seen = search.view == LifecycleView::kAll || known.run.is_deleted == (search.view == LifecycleView::kDeleted);
      const bool is_there = !search.experiments || std::find(search.experiments->begin(), search.experiments->end(),
                                                             known.run.experiment_id) != search.experiments->end();
      if (is_seen && is_there && Holds(filter, known)) found.push_back(&known);
    }
    std::sort(found.begin(), found.end(), [&](const Known* a, const Known* b) {
      for (const search::OrderKey& key : order) {
        if (const int compared = CompareBy(key, *a, *b); compared != 0) return compared < 0;
      }
      return false;
    });
    std::vector<std::string> ids;
    for (const Known* known : found) ids.push_back(known->run.id.value());
    return ids;
  }

  std::vector<std::string> AllPages(RunSearch search) {
    std::vector<std::string> ids;
    for (int pages = 0; pages < 1000; ++pages) {
      const absl::StatusOr<Found<tracker::Run>> page = search_.Runs(kOurs, search);
      EXPECT_TRUE(page.ok()) << page.status();
      if (!page.ok()) break;
      EXPECT_LE(page->items.size(), static_cast<std::size_t>(search.size));
      for (const tracker::Run& run : page->items) ids.push_back(run.id.value());
      if (page->next_page_token.empty()) break;
      EXPECT_EQ(page->items.size(), static_cast<std::size_t>(search.size));
      search.page_token = page->next_page_token;
    }
    return ids;
  }

  std::mt19937 random_{20261121};
  int made_ = 0;
  const std::vector<std::string> keys_ = {"a", "b", "c d"};
  const std::vector<std::string> names_ = {"pump", "Rotor", "gear_box", "ähre"};
  const std::vector<std::string> texts_ = {"1", "2.5", "-1e2", "x", "X", "1e999", "", "pump", "100%", "a\\b"};
  const std::vector<std::string> patterns_ = {"%", "p_mp", "%1%", "x", "1%", "%\\%", "a\\\\b", "2._"};
  const std::vector<double> numbers_ = {
      -2, -1, -0.5, 0, 0, 1, 1, 2, kNan, std::numeric_limits<double>::infinity(), -std::numeric_limits<double>::infinity()};
  PgExperimentStore experiments_{db()};
  PgRunStore runs_{db(), {.write_model_metrics = WriteModelMetrics, .settle_every = absl::ZeroDuration()}};
  PgRunLinkStore links_{db()};
  PgLoggedModelStore models_{db()};
  PgSearchStore store_{db()};
  Search search_{store_};
  std::vector<Known> known_;
};

TEST_F(PgSearchStoreTest, FindsOrdersAndPagesAsANaiveReaderWould) {
  const std::vector<ExperimentId> experiments = {ExperimentId("0"), MakeExperiment("one"), MakeExperiment("two")};
  MakeRun(MakeExperiment("theirs", kTheirs), kTheirs);
  for (int i = 0; i < 160; ++i) known_.push_back(MakeRun(i % 4 == 0 ? Any(experiments) : experiments[1]));
  for (int round = 0; round < 500; ++round) {
    RunSearch search;
    if (!Chance(25))
      search.experiments =
          Chance(60) ? std::vector<ExperimentId>{experiments[1]} : std::vector<ExperimentId>{experiments[0], experiments[2]};
    if (Chance(85)) search.filter = search::Print(MakeFilter(2));
    search.order_by = MakeOrder();
    search.view = static_cast<LifecycleView>(random_() % 3);
    search.size = Any(std::vector<int>{1, 3, 7, 40, 1000});
    const std::vector<std::string> expected = Expected(search);
    if (search.size == 1 && expected.size() > 30) search.size = 5;
    ASSERT_EQ(AllPages(search), expected) << search.filter << "\norder " << absl::StrJoin(search.order_by, ", ") << "\nsize "
                                          << search.size << ", view " << static_cast<int>(search.view) << ", "
                                          << (search.experiments ? search.experiments->size() : 0) << " experiments";
  }
}

TEST_F(PgSearchStoreTest, RunsComeWithTheChosenColumns) {
  known_.push_back(MakeRun(ExperimentId("0")));
  const RunId run = known_[0].run.id;
  ASSERT_TRUE(
      runs_.StartLog(kOurs, run, {{{"loss", 0.5, 3, 10}}, {{"depth", "4"}, {"eta", "0.1"}}, {{"team", "pumps"}}}).get().ok());
  ASSERT_TRUE(runs_.StartLog(kOurs, run, {{{"loss", 0.25, 4, 11}}, {}, {}}).get().ok());
  RunSearch search;
  search.view = LifecycleView::kAll;
  const tracker::Run whole = search_.Runs(kOurs, search)->items.at(0);
  EXPECT_TRUE(std::any_of(whole.metrics.begin(), whole.metrics.end(),
                          [](const Metric& metric) { return metric.key == "loss" && metric.value == 0.25 && metric.step == 4; }));
  EXPECT_EQ(whole.params.size(), known_[0].params.size() + 2);
  search.columns = {"params.depth", "metrics.loss", "metrics.unknown"};
  const tracker::Run chosen = search_.Runs(kOurs, search)->items.at(0);
  ASSERT_EQ(chosen.params.size(), 1u);
  EXPECT_EQ(chosen.params[0].value, "4");
  ASSERT_EQ(chosen.metrics.size(), 1u);
  EXPECT_EQ(chosen.metrics[0].value, 0.25);
  EXPECT_TRUE(chosen.tags.empty());
  search.columns = {"loss"};
  EXPECT_EQ(search_.Runs(kOurs, search).status().code(), absl::StatusCode::kInvalidArgument);
}

TEST_F(PgSearchStoreTest, AnyPatternIsSearched) {
  known_.push_back(MakeRun(ExperimentId("0")));
  ASSERT_TRUE(runs_.Restore(kOurs, known_[0].run.id).ok());
  ASSERT_TRUE(runs_.StartLog(kOurs, known_[0].run.id, {{}, {{"path", "C:\\"}}, {}}).get().ok());
  EXPECT_EQ(search_.Runs(kOurs, {.filter = "params.path LIKE 'C:\\'"})->items.size(), 1u);
  EXPECT_EQ(search_.Runs(kOurs, {.filter = "params.path LIKE 'C:\\\\'"})->items.size(), 1u);
  EXPECT_EQ(search_.Runs(kOurs, {.filter = "params.path LIKE 'C_\\\\\\'"})->items.size(), 0u);
  EXPECT_EQ(search_.Runs(kOurs, {.filter = "params.path LIKE '(%['"})->items.size(), 0u);
}

TEST_F(PgSearchStoreTest, TokensOfOthersAreRefused) {
  for (int i = 0; i < 5; ++i) known_.push_back(MakeRun(ExperimentId("0")));
  RunSearch search{.view = LifecycleView::kAll, .size = 2};
  const std::string token = search_.Runs(kOurs, search)->next_page_token;
  ASSERT_FALSE(token.empty());
  for (const std::string& bad :
       {std::string("x"), std::string("bm90IGpzb24"), std::string("WyJhIl0"), token.substr(0, token.size() - 4)}) {
    search.page_token = bad;
    EXPECT_EQ(search_.Runs(kOurs, search).status().code(), absl::StatusCode::kInvalidArgument) << bad;
  }
  search.page_token = token;
  EXPECT_TRUE(search_.Runs(kOurs, search).ok());
  search.order_by = {"run_name"};
  EXPECT_EQ(search_.Runs(kOurs, search).status().code(), absl::StatusCode::kInvalidArgument);
}

TEST_F(PgSearchStoreTest, PagesStayTogetherWhileRunsAreAdded) {
  for (int i = 0; i < 12; ++i) known_.push_back(MakeRun(ExperimentId("0")));
  RunSearch search{.order_by = {"metrics.a DESC"}, .view = LifecycleView::kAll, .size = 5};
  const std::vector<std::string> expected = Expected(search);
  const Found<tracker::Run> first = *search_.Runs(kOurs, search);
  std::vector<std::string> ids;
  for (const tracker::Run& run : first.items) ids.push_back(run.id.value());
  for (int i = 0; i < 20; ++i) MakeRun(ExperimentId("0"));
  search.page_token = first.next_page_token;
  search.size = 1000;
  const Found<tracker::Run> rest = *search_.Runs(kOurs, search);
  for (const tracker::Run& run : rest.items) {
    if (std::find(expected.begin(), expected.end(), run.id.value()) != expected.end()) ids.push_back(run.id.value());
  }
  EXPECT_EQ(ids, expected);
}

TEST_F(PgSearchStoreTest, BadQuestionsSayWhatIsWrong) {
  RunSearch search{.size = 0};
  EXPECT_EQ(search_.Runs(kOurs, search).status().code(), absl::StatusCode::kInvalidArgument);
  search = {.filter = "metrics.a > 'x'"};
  EXPECT_EQ(search_.Runs(kOurs, search).status().message(), "Expected numeric value type for metric. Found 'x'");
  search = {.order_by = {"metrics.a upwards"}};
  EXPECT_EQ(search_.Runs(kOurs, search).status().message(), "Invalid ordering key in order_by clause 'metrics.a upwards'.");
  EXPECT_TRUE(search_.Runs(kOurs, {.experiments = std::vector<ExperimentId>{}})->items.empty());
  EXPECT_TRUE(search_.Runs(kOurs, {.experiments = std::vector<ExperimentId>{ExperimentId("4711")}})->items.empty());
}

TEST_F(PgSearchStoreTest, ExperimentsAreFilteredOrderedAndPaged) {
  const ExperimentId a = MakeExperiment("alpha", kOurs, {{"team", "pumps"}});
  const ExperimentId b = MakeExperiment("beta", kOurs, {{"team", "gears"}});
  const ExperimentId c = MakeExperiment("Gamma");
  MakeExperiment("alpha", kTheirs, {{"team", "pumps"}});
  const auto names = [&](ExperimentSearch search) {
    std::vector<std::string> found;
    for (;;) {
      const absl::StatusOr<Found<Experiment>> page = search_.Experiments(kOurs, search);
      EXPECT_TRUE(page.ok()) << page.status();
      for (const Experiment& experiment : page->items) found.push_back(experiment.name);
      if (page->next_page_token.empty()) return found;
      search.page_token = page->next_page_token;
    }
  };
  EXPECT_THAT(names({.filter = "name != 'Default'", .size = 2}), ElementsAre("Gamma", "beta", "alpha"));
  EXPECT_THAT(names({.filter = "tags.team = 'pumps'"}), ElementsAre("alpha"));
  EXPECT_THAT(names({.filter = "tags.team IS NULL AND name ILIKE 'g%'"}), ElementsAre("Gamma"));
  EXPECT_THAT(names({.filter = "tags.team LIKE '%s' OR name = 'Gamma'", .order_by = {"name DESC"}, .size = 1}),
              ElementsAre("beta", "alpha", "Gamma"));
  EXPECT_THAT(names({.filter = absl::StrCat("experiment_id IN ('", a.value(), "', '0')"), .order_by = {"experiment_id"}}),
              ElementsAre("Default", "alpha"));
  EXPECT_THAT(names({.filter = absl::StrCat("creation_time = ", absl::ToUnixMillis(kNoon + absl::Seconds(2)))}),
              ElementsAre("beta"));
  ASSERT_TRUE(experiments_.Delete(kOurs, c, kNoon).ok());
  EXPECT_THAT(names({.view = LifecycleView::kDeleted}), ElementsAre("Gamma"));
}

TEST_F(PgSearchStoreTest, LoggedModelsAreFilteredOrderedAndPaged) {
  const ExperimentId experiment = MakeExperiment("models");
  const RunId run = MakeRun(experiment).run.id;
  std::vector<LoggedModelId> ids;
  const auto make = [&](const std::string& name, std::vector<Metric> metrics) {
    NewLoggedModel model;
    model.id = NewLoggedModelId();
    model.experiment_id = experiment;
    model.name = name;
    model.source_run_id = run.value();
    model.artifact_location = "mlflow-artifacts:/x";
    model.params = {{"depth", name}};
    model.tags = {{"kind", name.substr(0, 1)}};
    model.created_at = kNoon + absl::Seconds(++made_);
    EXPECT_TRUE(models_.Create(kOurs, model).ok());
    ids.push_back(model.id);
    if (metrics.empty()) return;
    for (Metric& metric : metrics) metric.model.model_id = model.id.value();
    EXPECT_TRUE(runs_.Restore(kOurs, run).ok());
    EXPECT_TRUE(runs_.StartLog(kOurs, run, {metrics, {}, {}}).get().ok());
  };
  make("a1", {{"acc", 0.9, 1, 100}, {"acc", 0.2, 2, 200}});
  make("a2", {{"acc", 0.5, 1, 100, {"", "train", "d1"}}, {"acc", 0.6, 1, 50, {"", "test", "d2"}}});
  make("b1", {});
  const auto names = [&](LoggedModelSearch search) {
    search.experiments = {experiment};
    std::vector<std::string> found;
    for (;;) {
      const absl::StatusOr<Found<LoggedModel>> page = search_.LoggedModels(kOurs, search);
      EXPECT_TRUE(page.ok()) << page.status();
      if (!page.ok()) return found;
      for (const LoggedModel& model : page->items) found.push_back(model.name);
      if (page->next_page_token.empty()) return found;
      search.page_token = page->next_page_token;
    }
  };
  EXPECT_THAT(names({.size = 2}), ElementsAre("b1", "a2", "a1"));
  EXPECT_THAT(names({.filter = "name LIKE 'a%' AND params.depth = 'a1'"}), ElementsAre("a1"));
  EXPECT_THAT(names({.filter = "metrics.acc >= 0.5", .order_by = {{.field = "name"}}}), ElementsAre("a1", "a2"));
  EXPECT_THAT(names({.order_by = {{.field = "metrics.acc", .is_ascending = false}}, .size = 1}), ElementsAre("a2", "a1", "b1"));
  EXPECT_THAT(names({.order_by = {{.field = "metrics.acc", .dataset_name = "test"}}}), ElementsAre("a2", "b1", "a1"));
  EXPECT_THAT(names({.datasets = {{"train", {}}}}), ElementsAre("a2"));
  EXPECT_THAT(names({.datasets = {{"train", "d9"}}}), ElementsAre());
  EXPECT_THAT(names({.filter = "metrics.acc > 0.55", .datasets = {{"train", {}}}}), ElementsAre());
  EXPECT_THAT(names({.filter = "status = 'PENDING' AND tags.kind IN ('b')"}), ElementsAre("b1"));
  EXPECT_EQ(search_.LoggedModels(kOurs, {.experiments = {experiment}, .order_by = {{.field = "params.x"}}}).status().message(),
            "Invalid order by field name: params.x. Only metrics are supported.");
}

}  // namespace
}  // namespace millwright::tracker
