#pragma once

#include <optional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "lib/pg/database.h"
#include "lib/search/ast.h"

namespace millwright::registry {

/// The parameters of a statement that is put together from what a caller asks: values never stand in its text.
class Bindings {
 public:
  /// Adds the value; how the text names it, with its type.
  std::string Bind(pg::Param value, const char* type);
  const std::vector<pg::Param>& values() const { return values_; }

 private:
  std::vector<pg::Param> values_;
};

/// Where the fields of what is searched are.
struct SearchTable {
  struct Column {
    const char* key;     // of search::Field
    const char* column;  // SQL
    const char* type;
  };
  std::vector<Column> columns;
  const char* tags;  // "FROM registry.model_tags t WHERE t.model_id = m.model_id"
};

/// The filter as a condition, prompts left out unless it asks for them.
std::string FilterSql(const search::Expression& filter, const SearchTable& table, Bindings& bindings);
/// "column ASC, …"
std::string OrderSql(const std::vector<search::OrderKey>& order, const SearchTable& table);
/// The keys of a row as text, for the next page.
std::string KeysSql(const std::vector<search::OrderKey>& order, const SearchTable& table);
/// The rows behind `keys` in this order. InvalidArgument when they are not of it.
absl::StatusOr<std::string> AfterSql(const std::vector<search::OrderKey>& order, const std::vector<std::string>& keys,
                                     const SearchTable& table, Bindings& bindings);

}  // namespace millwright::registry
