#pragma once

#include <cstddef>
#include <filesystem>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "lib/learn/table/values.h"
#include "nlohmann/json.hpp"

namespace millwright::learn {

enum class ColumnType { kNumber, kText };
enum class ColumnRole { kAsset, kTime, kSensor, kSetting, kLabel, kSegment };

std::string_view Name(ColumnType type);
std::string_view Name(ColumnRole role);
std::optional<ColumnType> ColumnTypeFromName(std::string_view name);
std::optional<ColumnRole> ColumnRoleFromName(std::string_view name);

/// What a column is called, holds and is for. A time in seconds since 1970 has the unit "s".
struct ColumnSpec {
  std::string name;
  ColumnRole role = ColumnRole::kSensor;
  ColumnType type = ColumnType::kNumber;
  std::string unit;

  bool operator==(const ColumnSpec&) const = default;
};

/// One column: `numbers` or `texts` holds its values, after its type. A missing number is NaN, a missing text is empty.
struct Column {
  ColumnSpec spec;
  NumberValues numbers;
  TextValues texts;

  std::size_t size() const { return spec.type == ColumnType::kNumber ? numbers.size() : texts.size(); }
};

/// What a cell says, as an asset or a kind of event is called: its text, or its number in the shortest form ("nan" when missing).
std::string ValueName(const Column& column, std::size_t row);
/// Whether a number column holds seconds since 1970, told from counters by its largest value: one of the years 1973 to 5138.
bool HoldsInstants(const Column& time);
/// A cell of a time column as 2024-05-01T12:30:05Z where it is such an instant, else the number.
std::string TimeText(const Column& time, std::size_t row);

/// A schema as JSON, [{"name","role","type","unit"}, …], and back.
nlohmann::json SchemaToJson(std::span<const ColumnSpec> schema);
absl::StatusOr<std::vector<ColumnSpec>> SchemaFromJson(const nlohmann::json& json);

/// Columns of equal length, in memory or in a mapped file. Copyable; const use is thread-safe.
class Table {
 public:
  std::size_t rows() const { return columns_.empty() ? 0 : columns_[0].size(); }
  std::span<const Column> columns() const { return columns_; }
  std::vector<ColumnSpec> schema() const;

  /// Null when there is no such column.
  const Column* Find(std::string_view name) const;
  /// The first column of this role, or null.
  const Column* FindRole(ColumnRole role) const;
  /// NotFound names the columns that are there.
  absl::StatusOr<const Column*> Get(std::string_view name) const;
  /// As Get, but InvalidArgument for a text column.
  absl::StatusOr<const Column*> GetNumber(std::string_view name) const;

  /// InvalidArgument when the name is taken or empty or the length differs from rows().
  absl::Status AddColumn(Column column);
  /// Changes a column's role; NotFound when it is not there.
  absl::Status SetRole(std::string_view name, ColumnRole role);

  /// Rows [begin, end), cut to what is there.
  Table Slice(std::size_t begin, std::size_t end) const;
  /// The given rows in the given order. Every index must be below rows().
  Table Take(std::span<const std::size_t> rows) const;
  /// Appends rows of the same schema (names, roles and types in the same order); InvalidArgument names the difference.
  absl::Status Append(const Table& other);

  /// The .mwt form (table_file.h). The same table gives the same bytes; every NaN is written as the same NaN.
  std::string ToBytes() const;
  static absl::StatusOr<Table> FromBytes(std::string_view bytes, std::string_view display_name = "table");
  absl::Status Save(const std::filesystem::path& path) const;
  /// Maps the file: its pages are read when a value is. The file may be removed meanwhile, but not be changed.
  static absl::StatusOr<Table> Load(const std::filesystem::path& path);
  /// SHA-256 of the schema, the row count and every value in full, column by column: independent of how they are encoded.
  std::string ContentHash() const;

  /// Per column: {"name","role","type","unit","count","missing"} and what ProfileNumbers or ProfileTexts says.
  nlohmann::json Statistics() const;

 private:
  std::vector<Column> columns_;
};

/// {"count","missing","mean","sd","min","max","quantiles":[at 0, 0.1 … 1]} of numbers with NaN as missing. sd has n - 1 below;
/// what is undefined is null. Over 200,000 numbers, quantiles are those of as many drawn evenly and deterministically, and
/// "sampled" says how many.
nlohmann::json DescribeNumbers(const NumberValues& values);

/// DescribeNumbers with "distinct" (counted up to 10,000) and "histogram": {"values","counts","other"} of at most 20 different
/// numbers, else {"edges","counts"} of 20 bins of about equal count. Both of the drawn numbers where some are drawn.
nlohmann::json ProfileNumbers(const NumberValues& values);

/// {"count","missing","distinct","histogram":{"values","counts","other"}} of texts with "" as missing: the 20 most frequent ones.
nlohmann::json ProfileTexts(const TextValues& values);

/// Row numbers of each asset, assets in order of first appearance, rows in order of time. Without an asset column there is one
/// asset "".
struct AssetRows {
  std::string asset;
  std::vector<std::size_t> rows;
};

/// Groups and sorts rows. InvalidArgument for an asset that has a row without time or two rows of the same time.
/// `asset_column` and `time_column` may be empty: one asset, row order.
absl::StatusOr<std::vector<AssetRows>> GroupByAsset(const Table& table, std::string_view asset_column,
                                                    std::string_view time_column);

}  // namespace millwright::learn
