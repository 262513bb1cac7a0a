#include "lib/search/order.h"

#include <gtest/gtest.h>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "lib/search/mlflow_schemas.h"
#include "lib/search/place.h"

namespace millwright::search {
namespace {

std::string Parsed(const std::vector<std::string>& texts, const Schema& schema = RunSchema()) {
  const absl::StatusOr<std::vector<OrderKey>> keys = ParseOrderBy(texts, schema);
  if (!keys.ok()) return absl::StrCat("! ", keys.status().message());
  return absl::StrJoin(*keys, ", ", [](std::string* out, const OrderKey& key) { out->append(Print(key)); });
}

TEST(OrderTest, ReadsKeysAndDirections) {
  EXPECT_EQ(Parsed({}), "");
  EXPECT_EQ(Parsed({"metrics.acc"}), "metrics.acc ASC");
  EXPECT_EQ(Parsed({"metrics.acc dEsC", "created", "tags.`a b` DESC"}), "metrics.acc DESC, start_time ASC, tags.`a b` DESC");
  EXPECT_EQ(Parsed({"metrics.\"a b\" DESC", "run_name"}), "metrics.`a b` DESC, run_name ASC");
  EXPECT_EQ(Parsed({"metrics.loss.min DESC"}), "metrics.loss.min DESC");
  EXPECT_EQ(Parsed({"min(metrics.loss) ASC", "max(metrics.loss) DESC", "metrics.loss"}),
            "min(metrics.loss) ASC, max(metrics.loss) DESC, metrics.loss ASC");
  EXPECT_EQ(Parsed({"timestamp DESC", "name"}, RegisteredModelSchema()), "last_updated_timestamp DESC, name ASC");
  EXPECT_EQ(Parsed({"version_number DESC", "creation_timestamp"}, ModelVersionSchema()),
            "version_number DESC, creation_timestamp ASC");
  EXPECT_EQ(Parsed({"last_update_time", "experiment_id"}, ExperimentSchema()), "last_update_time ASC, experiment_id ASC");
}

TEST(OrderTest, RefusesInTheWordsOfMlflow) {
  for (const char* text : {"", "  ", " metrics.acc", "metrics.acc, metrics.b", "metrics.a/b", "metrics.a b DESC", "1", "asc",
                           "metrics.acc;", "metrics.acc ASC DESC", "min(metrics.a"}) {
    EXPECT_EQ(Parsed({text}), absl::StrCat("! Invalid order_by clause '", text, "'. Could not be parsed."));
  }
  EXPECT_EQ(Parsed({"metrics.acc foo"}), "! Invalid ordering key in order_by clause 'metrics.acc foo'.");
  EXPECT_EQ(Parsed({"foo.bar"}),
            "! Invalid entity type 'foo'. Valid values are ['metric', 'parameter', 'tag', 'attribute', 'dataset']");
  EXPECT_EQ(Parsed({"dataset.name"}), "! Invalid identifier type 'dataset'");
  EXPECT_EQ(Parsed({"`run name`"}),
            "! Invalid attribute key 'run name' specified. Valid keys are '{'run_id', 'run_name', 'status', 'user_id', "
            "'artifact_uri', 'start_time', "
            "'created', 'Created', 'end_time'}'");
  EXPECT_EQ(Parsed({"tags.x"}, ExperimentSchema()), "! Invalid order_by entity: tag");
  EXPECT_EQ(Parsed({"tags.x"}, RegisteredModelSchema()),
            "! Invalid order by key 'tags.x' specified. Valid keys are '{'name', 'timestamp'}'");
  EXPECT_EQ(Parsed({"tags.x"}, ModelVersionSchema()),
            "! Invalid order by key 'x' specified. Valid keys are {'name', 'version_number', 'creation_timestamp', "
            "'last_updated_timestamp'}");
  EXPECT_EQ(Parsed({"`name`"}, RegisteredModelSchema()),
            "! Invalid order by key '`name`' specified. Valid keys are '{'name', 'timestamp'}'");
  EXPECT_EQ(Parsed({"foo"}, RegisteredModelSchema()),
            "! Invalid order by key 'foo' specified. Valid keys are '{'name', 'timestamp'}'");
  EXPECT_EQ(Parsed({"run_id"}, ModelVersionSchema()),
            "! Invalid attribute key 'run_id' specified. Valid keys are '{'name', 'version_number', 'creation_timestamp', "
            "'last_updated_timestamp'}'");
}

TEST(OrderTest, RefusesAFieldTwiceUnderAnyName) {
  const absl::Status status = ParseOrderBy({"created", "start_time DESC"}, RunSchema()).status();
  EXPECT_EQ(status.message(), "`order_by` contains duplicate fields: ['created', 'start_time DESC']");
  EXPECT_TRUE(IsRepeatedOrder(status));
  EXPECT_EQ(Parsed({"name", "name DESC"}, ExperimentSchema()), "name ASC");
  EXPECT_FALSE(IsRepeatedOrder(ParseOrderBy({"foo"}, RunSchema()).status()));
}

TEST(OrderTest, ErrorsSayWhere) {
  const absl::Status status = ParseOrderBy({"metrics.acc upwards"}, RunSchema()).status();
  ASSERT_TRUE(PlaceOf(status).has_value());
  EXPECT_EQ(PlaceOf(status)->offset, 12u);
  EXPECT_EQ(PlaceOf(status)->text, "upwards");
}

}  // namespace
}  // namespace millwright::search
