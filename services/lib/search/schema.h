#pragma once

#include <string>
#include <vector>

#include "lib/search/ast.h"

namespace millwright::search {

using Operators = std::vector<Operator>;

/// One attribute of what is searched.
struct Attribute {
  std::string key;                   // its own name: what Field::key holds
  std::vector<std::string> aliases;  // other names in filters and orders
  bool is_number = false;
  Operators operators;               // empty: cannot be filtered by
  bool takes_list = false;           // IN ('a', 'b')
  bool takes_quoted_number = false;  // version_number = '5'
  bool takes_fraction = true;        // of a number: 5.5
  bool orders = true;
  std::string operator_error;  // $0: the operator as written
};

/// Keys that users choose: metrics, params, tags; and the fixed keys of datasets.
struct EntityRule {
  Entity entity = Entity::kTag;
  std::string name;                   // in messages
  std::vector<std::string> prefixes;  // before the dot
  Operators operators;
  std::vector<std::string> keys;  // only these; any when empty
  bool filters = true;
  bool orders = false;
  std::string operator_error;  // $0: the operator as written
};

/// What one search looks at, and the texts of its errors where MLflow's clients compare them.
struct Schema {
  /// Which of MLflow's four parsers the messages follow.
  enum class Wire { kRuns, kExperiments, kRegistry, kLoggedModels };
  Wire wire = Wire::kRuns;
  std::vector<std::string> attribute_prefixes;
  std::vector<Attribute> attributes;
  std::vector<EntityRule> entities;
  bool has_aggregates = false;      // min(metrics.x)
  bool has_numeric_params = false;  // params.x > 0.5
  bool any_case_operators = true;   // like, in
  bool may_repeat_order = false;    // a field twice in order_by: the first counts
  std::string entity_error;         // $0: the prefix
  std::string order_error;          // $0: the key; empty: that of an unknown attribute
};

}  // namespace millwright::search
