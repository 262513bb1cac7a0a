#pragma once

#include <cstddef>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "lib/learn/table/csv_format.h"
#include "lib/learn/table/csv_record.h"
#include "lib/learn/table/values.h"

namespace millwright::learn {

/// A column of a parsed chunk: numbers, or codes of its words, which are as the file has them.
struct ParsedColumn {
  std::vector<double> numbers;
  std::vector<std::uint32_t> codes;
  Dictionary words;
  std::vector<std::size_t> first_rows;  // of each word
};

/// The rows of a chunk up to the first that is wrong.
struct ParsedChunk {
  std::size_t rows = 0;
  std::vector<ParsedColumn> columns;
  struct LineBreak {
    std::size_t row = 0;
    std::size_t line = 0;
  };
  std::vector<LineBreak> lines;  // where a row does not stand in the line after the row before it; the first row always
  absl::Status status;

  std::size_t LineOf(std::size_t row) const;
};

/// Parses the records of a chunk. `skip_header`: its first record that is not blank holds the names. Touches nothing else, so
/// chunks may be parsed at the same time.
void ParseChunk(const RecordChunk& chunk, bool skip_header, std::string_view name, const CsvFormat& format,
                std::size_t max_line_bytes, ParsedChunk& parsed);

}  // namespace millwright::learn
