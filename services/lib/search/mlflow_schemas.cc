#include "lib/search/mlflow_schemas.h"

namespace millwright::search {
namespace {

using enum Operator;

const Operators kNumberOperators = {kEqual, kNotEqual, kLess, kLessEqual, kGreater, kGreaterEqual};
const Operators kTextOperators = {kEqual, kNotEqual, kLike, kILike};
const Operators kNominalOperators = {kEqual, kNotEqual, kIn, kNotIn};
const Operators kListOperators = {kEqual, kNotEqual, kLike, kILike, kIn, kNotIn};
const Operators kKeyOperators = {kEqual, kNotEqual, kLike, kILike, kIsNull, kIsNotNull};
const Operators kParamOperators = {kEqual,        kNotEqual, kLess,  kLessEqual, kGreater,
                                   kGreaterEqual, kLike,     kILike, kIsNull,    kIsNotNull};

// As MLflow prints its sets, whose order differs from start to start; some texts lack their last quote there.
#define NUMBER_SET "{'>', '>=', '!=', '=', '<', '<='}"
#define TEXT_SET "{'!=', '=', 'LIKE', 'ILIKE', 'IN', 'NOT IN'}"
#define KEY_SET "{'!=', '=', 'LIKE', 'ILIKE', 'IS NULL', 'IS NOT NULL'}"
constexpr char kNotNumberOperator[] = "Invalid comparator '$0' not one of '" NUMBER_SET;
constexpr char kNotTextOperator[] = "Invalid comparator '$0' not one of '" TEXT_SET "'";
constexpr char kNotTextOperatorOpen[] = "Invalid comparator '$0' not one of '" TEXT_SET;
constexpr char kNotKeyOperator[] = "Invalid comparator '$0' not one of '" KEY_SET "'";
constexpr char kNotKeyOperatorOpen[] = "Invalid comparator '$0' not one of '" KEY_SET;
#undef NUMBER_SET
#undef TEXT_SET
#undef KEY_SET

Attribute Text(std::string key, Operators operators, std::string operator_error) {
  Attribute attribute;
  attribute.key = std::move(key);
  attribute.operators = std::move(operators);
  attribute.operator_error = std::move(operator_error);
  return attribute;
}

Attribute TextOrList(std::string key, Operators operators, std::string operator_error) {
  Attribute attribute = Text(std::move(key), std::move(operators), std::move(operator_error));
  attribute.takes_list = true;
  return attribute;
}

Attribute Number(std::string key, std::vector<std::string> aliases, std::string operator_error) {
  Attribute attribute = Text(std::move(key), kNumberOperators, std::move(operator_error));
  attribute.aliases = std::move(aliases);
  attribute.is_number = true;
  return attribute;
}

Attribute OrderOnly(std::string key, std::vector<std::string> aliases = {}) {
  Attribute attribute;
  attribute.key = std::move(key);
  attribute.aliases = std::move(aliases);
  attribute.is_number = true;
  return attribute;
}

Schema MakeRuns() {
  Schema schema;
  schema.wire = Schema::Wire::kRuns;
  schema.attribute_prefixes = {"attribute", "attributes", "attr", "run"};
  Attribute name = Text("run_name", kListOperators, kNotTextOperator);
  name.aliases = {"run name", "Run name", "Run Name"};
  schema.attributes = {TextOrList("run_id", kListOperators, kNotTextOperator),
                       name,
                       Text("status", kListOperators, kNotTextOperator),
                       Text("user_id", kListOperators, kNotTextOperator),
                       Text("artifact_uri", kListOperators, kNotTextOperator),
                       Number("start_time", {"created", "Created"}, kNotTextOperatorOpen),
                       Number("end_time", {}, kNotTextOperatorOpen)};
  schema.entities = {{Entity::kMetric, "metric", {"metric", "metrics"}, kNumberOperators, {}, true, true, kNotNumberOperator},
                     {Entity::kParam,
                      "parameter",
                      {"parameter", "parameters", "param", "params"},
                      kParamOperators,
                      {},
                      true,
                      true,
                      kNotKeyOperator},
                     {Entity::kTag, "tag", {"tag", "tags"}, kKeyOperators, {}, true, true, kNotKeyOperatorOpen},
                     {Entity::kDataset,
                      "dataset",
                      {"dataset", "datasets"},
                      kListOperators,
                      {"name", "digest", "context"},
                      true,
                      false,
                      kNotTextOperatorOpen}};
  schema.has_aggregates = true;
  schema.has_numeric_params = true;
  schema.entity_error = "Invalid entity type '$0'. Valid values are ['metric', 'parameter', 'tag', 'attribute', 'dataset']";
  return schema;
}

constexpr char kAttributeOrTag[] = "Invalid entity type '$0'. Valid entity types are ('attribute', 'tag', 'tags')";

Schema MakeExperiments() {
  Schema schema;
  schema.wire = Schema::Wire::kExperiments;
  schema.attribute_prefixes = {"attribute"};
  Attribute id = TextOrList("experiment_id", kNominalOperators, "Invalid comparator for experiment_id: $0");
  Attribute created = Number("creation_time", {}, kNotTextOperatorOpen);
  Attribute updated = Number("last_update_time", {}, kNotTextOperatorOpen);
  created.takes_fraction = updated.takes_fraction = false;
  schema.attributes = {Text("name", kTextOperators, kNotTextOperator), id, created, updated};
  schema.entities = {{Entity::kTag, "tag", {"tag", "tags"}, kKeyOperators, {}, true, false, "Invalid comparator for tag: $0"}};
  schema.any_case_operators = false;
  schema.may_repeat_order = true;
  schema.entity_error = kAttributeOrTag;
  return schema;
}

Schema MakeLoggedModels() {
  constexpr char kNotNumber[] = "Invalid comparison operator for $1: '$0'. Expected one of ('<', '<=', '>', '>=', '=', '!=').";
  constexpr char kNotText[] =
      "Invalid comparison operator for $1: '$0'. Expected one of ('=', '!=', 'LIKE', 'ILIKE', 'IN', 'NOT IN').";
  Schema schema;
  schema.wire = Schema::Wire::kLoggedModels;
  schema.attribute_prefixes = {"attributes"};
  for (const char* key : {"name", "model_id", "model_type", "status", "source_run_id", "experiment_id", "artifact_location"}) {
    schema.attributes.push_back(TextOrList(key, kListOperators, kNotText));
  }
  schema.attributes.push_back(Number("creation_timestamp_ms", {"creation_timestamp", "creation_time"}, kNotNumber));
  schema.attributes.push_back(Number("last_updated_timestamp_ms", {"last_updated_timestamp"}, kNotNumber));
  schema.entities = {{Entity::kMetric, "metrics", {"metrics"}, kNumberOperators, {}, true, true, kNotNumber},
                     {Entity::kParam, "params", {"params"}, kListOperators, {}, true, false, kNotText},
                     {Entity::kTag, "tags", {"tags"}, kListOperators, {}, true, false, kNotText}};
  schema.entity_error = "Invalid entity type: '$0'. Expected one of ['attributes', 'metrics', 'params', 'tags'].";
  return schema;
}

Schema MakeRegisteredModels() {
  constexpr char kNotOperator[] = "Invalid comparator for attribute: $0";
  Schema schema;
  schema.wire = Schema::Wire::kRegistry;
  schema.attribute_prefixes = {"attribute"};
  schema.attributes = {TextOrList("name", kListOperators, kNotOperator), OrderOnly("last_updated_timestamp", {"timestamp"})};
  schema.entities = {{Entity::kTag, "tag", {"tag", "tags"}, kTextOperators, {}, true, false, "Invalid comparator for tag: $0"}};
  schema.entity_error = kAttributeOrTag;
  schema.order_error = "Invalid order by key '$0' specified. Valid keys are '{'name', 'timestamp'}'";
  return schema;
}

Schema MakeModelVersions() {
  constexpr char kNotOperator[] = "Invalid comparator for attribute: $0";
  Schema schema;
  schema.wire = Schema::Wire::kRegistry;
  schema.attribute_prefixes = {"attribute"};
  Attribute run = TextOrList("run_id", kListOperators, kNotOperator);
  Attribute source = Text("source_path", kTextOperators, kNotOperator);
  run.orders = source.orders = false;
  Attribute number = Number("version_number", {}, "Invalid comparator for attribute version_number: $0");
  number.takes_quoted_number = true;
  number.takes_fraction = false;
  schema.attributes = {TextOrList("name", kListOperators, kNotOperator),
                       number,
                       run,
                       source,
                       OrderOnly("creation_timestamp"),
                       OrderOnly("last_updated_timestamp")};
  schema.entities = {{Entity::kTag, "tag", {"tag", "tags"}, kTextOperators, {}, true, false, "Invalid comparator for tag: $0"}};
  schema.entity_error = kAttributeOrTag;
  return schema;
}

}  // namespace

const Schema& RunSchema() {
  static const Schema schema = MakeRuns();
  return schema;
}
const Schema& ExperimentSchema() {
  static const Schema schema = MakeExperiments();
  return schema;
}
const Schema& LoggedModelSchema() {
  static const Schema schema = MakeLoggedModels();
  return schema;
}
const Schema& RegisteredModelSchema() {
  static const Schema schema = MakeRegisteredModels();
  return schema;
}
const Schema& ModelVersionSchema() {
  static const Schema schema = MakeModelVersions();
  return schema;
}

}  // namespace millwright::search
