#pragma once

#include <cstddef>
#include <filesystem>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "lib/learn/table/byte_source.h"
#include "lib/learn/table/row_places.h"
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

/// What becomes of rows of one asset at one time: the import is refused; equal ones are dropped and others refused; the first or
/// the last in the files' order stays; all stay.
enum class DuplicateRows { kRefuse, kDropEqual, kFirst, kLast, kKeep };

/// How to read a CSV file; the README tells what is detected when not told.
struct CsvOptions {
  enum class Encoding { kAuto, kUtf8, kCp949, kWindows1252 };
  std::optional<char> delimiter;  // ',', ';', '\t', '|' or ' ' (runs of blanks)
  std::optional<char> decimal;    // '.' or ','
  std::optional<bool> has_header;
  Encoding encoding = Encoding::kAuto;
  std::vector<CsvColumn> columns;
  std::map<std::string, ColumnRole> roles;
  DuplicateRows duplicates = DuplicateRows::kRefuse;
  std::size_t threads = 2;
  std::size_t max_line_bytes = std::size_t{1} << 20;
  std::size_t max_bytes = std::size_t{64} << 30;        // of a file after inflation
  std::size_t max_text_bytes = std::size_t{512} << 20;  // of the different texts, in memory
  std::size_t max_rows = 1'000'000'000;
  std::size_t max_columns = 10'000;
};

/// Strict: an unknown key or value is InvalidArgument with its path. The bounds cannot be set by JSON.
absl::StatusOr<CsvOptions> ParseCsvOptions(const nlohmann::json& json);

/// Reads CSV, gzip-compressed or not. Bad content is InvalidArgument that begins with `display_name` and names row (1 is the
/// first line), column, the offending text (at most 40 characters) and what would be right; so are two rows of one asset at one
/// time where the options do not allow them. Memory stays bounded by the options.
absl::StatusOr<Table> ReadCsv(ByteSource& source, std::string_view display_name, const CsvOptions& options);
absl::StatusOr<Table> ReadCsvFile(const std::filesystem::path& path, const CsvOptions& options);
absl::StatusOr<Table> ReadCsvText(std::string_view text, std::string_view display_name, const CsvOptions& options);

/// One of the files of a dataset.
struct CsvFile {
  std::string name;
  std::filesystem::path path;
};

/// A table made of files.
struct CsvDataset {
  Table table;
  RowPlaces places;
  std::size_t dropped_rows = 0;       // repetitions, as the options say
  std::vector<std::string> warnings;  // what was guessed and may be otherwise: a sensor that is text, an encoding
};

/// Reads files of one schema, one after the other, into the .mwt file `into` and maps it. Parses on `options.threads` threads;
/// memory does not grow with the number of rows. Each file's columns must be those of the first, in its order. Errors as
/// ReadCsv's.
absl::StatusOr<CsvDataset> ReadCsvFiles(std::span<const CsvFile> files, const CsvOptions& options,
                                        const std::filesystem::path& into);

/// Writes a table with a header, numbers in their shortest exact form, missing numbers empty.
std::string WriteCsv(const Table& table);

}  // namespace millwright::learn
