#pragma once

#include <cstddef>
#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "lib/learn/table/byte_source.h"
#include "lib/learn/table/table.h"
#include "nlohmann/json.hpp"

namespace millwright::learn {

/// What the caller declares about one column of a CSV file.
struct CsvColumn {
  enum class Type { kDetect, kNumber, kText, kTime };
  std::string name;
  std::optional<ColumnRole> role;
  Type type = Type::kDetect;
  std::string unit;
  bool is_optional = false;  // with a header: may be absent from the file
};

/// How to read a CSV file; the README tells what is detected when not told.
struct CsvOptions {
  enum class Encoding { kAuto, kUtf8, kCp949 };
  std::optional<char> delimiter;  // ',', ';', '\t' or ' ' (runs of blanks)
  std::optional<bool> has_header;
  Encoding encoding = Encoding::kAuto;
  std::vector<CsvColumn> columns;
  std::map<std::string, ColumnRole> roles;
  std::size_t max_line_bytes = std::size_t{1} << 20;
  std::size_t max_bytes = std::size_t{4} << 30;  // after inflation
  std::size_t max_rows = 100'000'000;
  std::size_t max_columns = 10'000;
};

/// Strict: an unknown key or value is InvalidArgument with its path. The bounds cannot be set by JSON.
absl::StatusOr<CsvOptions> ParseCsvOptions(const nlohmann::json& json);

/// Reads CSV, gzip-compressed or not. Bad content is InvalidArgument that begins with `display_name` and names row (1 is the
/// first line), column, the offending text (at most 40 characters) and what would be right; so are two rows of one asset at one
/// time. Memory stays bounded by the options.
absl::StatusOr<Table> ReadCsv(ByteSource& source, std::string_view display_name, const CsvOptions& options);
absl::StatusOr<Table> ReadCsvFile(const std::filesystem::path& path, const CsvOptions& options);
absl::StatusOr<Table> ReadCsvText(std::string_view text, std::string_view display_name, const CsvOptions& options);

/// Writes a table with a header, numbers in their shortest exact form, missing numbers empty.
std::string WriteCsv(const Table& table);

}  // namespace millwright::learn
