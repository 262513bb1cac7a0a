#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <pqxx/pqxx>
#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "nlohmann/json.hpp"

namespace millwright::pg {

/// One row of an answer. Columns are read by position, in the order of the statement's list. Reading a column as a type it
/// is not is a broken invariant of ours (CHECK).
class Row {
 public:
  class Table;
  /// The rows of an answer, which share it.
  static std::vector<Row> Of(const pqxx::result& answer);

  bool IsNull(int column) const;
  std::string Text(int column) const;
  std::int64_t Int(int column) const;
  double Double(int column) const;  // NaN and infinities too
  bool Bool(int column) const;
  absl::Time Time(int column) const;      // timestamptz, microseconds
  nlohmann::json Json(int column) const;  // json or jsonb
  std::string Bytes(int column) const;    // bytea

  std::optional<std::string> OptionalText(int column) const;
  std::optional<std::int64_t> OptionalInt(int column) const;
  std::optional<double> OptionalDouble(int column) const;
  std::optional<absl::Time> OptionalTime(int column) const;

 private:
  Row(std::shared_ptr<const Table> table, std::size_t number) : table_(std::move(table)), number_(number) {}
  absl::string_view View(int column) const;

  std::shared_ptr<const Table> table_;
  std::size_t number_;
};

}  // namespace millwright::pg
