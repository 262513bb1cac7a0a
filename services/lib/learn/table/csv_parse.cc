#include "lib/learn/table/csv_parse.h"

#include <algorithm>
#include <cstring>
#include <limits>
#include <optional>

#include "lib/learn/table/timestamp.h"
#include "lib/learn/text.h"

namespace millwright::learn {

namespace {

constexpr double kMissing = std::numeric_limits<double>::quiet_NaN();

class Parser {
 public:
  Parser(std::string_view name, const CsvFormat& format, ParsedChunk& parsed) : name_(name), format_(format), parsed_(parsed) {
    for (std::size_t i = 0; i < format.types.size(); ++i)
      is_plain_.push_back(format.types[i] == CsvColumn::Type::kNumber && !format.has_comma[i]);
  }

  // The quick way for records without quotes and errors; false leaves the row to AddRecord.
  bool AddPlain(std::string_view record);
  // Every record: adds it or says what is wrong with it.
  absl::Status AddRecord(std::string_view record, std::size_t line);
  void Truncate();

 private:
  absl::Status Error(std::size_t line, std::string_view what) const {
    return absl::InvalidArgumentError(Cat(name_, ": row ", line, what.starts_with(',') ? "" : ": ", what));
  }
  std::optional<double> ParseCell(std::size_t column, std::string_view cell) const {
    const std::optional<double> number = format_.types[column] == CsvColumn::Type::kTime ? ParseTimestamp(cell)
                                         : is_plain_[column] != 0                        ? ParseNumber(cell)
                                                                                         : ParseCommaNumber(cell);
    if (!number && IsMissingCell(cell)) return kMissing;
    if (!number && format_.columns[column].role == ColumnRole::kLabel) return ParseTruth(cell);
    return number;
  }
  std::string_view WhatIsWrong(std::size_t column, std::string_view cell) const;
  void AddText(std::size_t column, std::string_view cell);

  std::string_view name_;
  const CsvFormat& format_;
  ParsedChunk& parsed_;
  std::vector<unsigned char> is_plain_;  // numbers with a decimal point
  std::vector<std::string_view> cells_;
  std::string unquoted_;
};

std::string_view Parser::WhatIsWrong(std::size_t column, std::string_view cell) const {
  if (format_.types[column] == CsvColumn::Type::kTime) return "is not a time (ISO-8601 such as 2024-05-01T12:30:00Z is read)";
  const ColumnRole role = format_.columns[column].role;
  if (role == ColumnRole::kTime) return "is neither a number nor a time (ISO-8601 such as 2024-05-01T12:30:00Z is read)";
  if (role == ColumnRole::kLabel)
    return "is not a number, nor yes or no, true or false (leave the cell empty where the label is missing; type text for "
           "classes)";
  if (format_.has_comma[column]) return "is not a number with a decimal comma (decimal: \".\" reads points)";
  if (cell.find(',') != std::string_view::npos && cell.find_first_not_of("+-0123456789,.") == std::string_view::npos)
    return "is not a number (decimal: \",\" reads a decimal comma; thousands have no separator)";
  return "is not a number (leave the cell empty where the value is missing)";
}

void Parser::AddText(std::size_t column, std::string_view cell) {
  ParsedColumn& texts = parsed_.columns[column];
  // Texts come in runs: the asset of a row is mostly that of the row before.
  if (!texts.codes.empty() && texts.words[texts.codes.back()] == cell) {
    texts.codes.push_back(texts.codes.back());
    return;
  }
  const std::uint32_t code = texts.words.Intern(cell);
  if (code == texts.first_rows.size()) texts.first_rows.push_back(parsed_.rows);
  texts.codes.push_back(code);
}

bool Parser::AddPlain(std::string_view record) {
  const char* at = record.data();
  const char* const end = at + record.size();
  const char delimiter = format_.delimiter;
  const bool is_blanks = delimiter == ' ';
  const auto skip_blanks = [&] {
    while (at != end && (*at == ' ' || *at == '\t')) ++at;
  };
  const std::size_t columns = format_.columns.size();
  for (std::size_t i = 0; i < columns; ++i) {
    if (is_blanks) skip_blanks();
    const CsvColumn::Type type = format_.types[i];
    double number = kMissing;
    const char* stop = is_plain_[i] != 0 ? ParsePlainNumber(at, end, number) : nullptr;
    const bool is_plain = stop != nullptr && (stop == end || *stop == delimiter || (is_blanks && *stop == '\t'));
    if (!is_plain) {
      stop = is_blanks ? std::find_if(at, end, [](char c) { return c == ' ' || c == '\t'; }) : std::find(at, end, delimiter);
      const std::string_view cell = TrimCell({at, static_cast<std::size_t>(stop - at)});
      if (is_blanks && cell.empty()) return false;
      if (type == CsvColumn::Type::kText) {
        AddText(i, cell);
      } else if (!cell.empty()) {
        const std::optional<double> parsed = ParseCell(i, cell);
        if (!parsed) return false;
        number = *parsed;
      } else {
        number = kMissing;
      }
    }
    if (type != CsvColumn::Type::kText) parsed_.columns[i].numbers.push_back(number);
    at = stop;
    if (is_blanks) skip_blanks();
    if (i + 1 == columns) return at == end;
    if (at == end) return false;
    if (!is_blanks) ++at;
  }
  return false;
}

absl::Status Parser::AddRecord(std::string_view record, std::size_t line) {
  if (!SplitRecord(record, format_.delimiter, cells_, unquoted_))
    return Error(line, "a quote is not closed or is followed by text");
  if (cells_.size() != format_.columns.size()) {
    return Error(line, Cat("has ", cells_.size(), " cells and must have ", format_.columns.size(),
                           " as the first row; it begins ", QuoteCell(record)));
  }
  for (std::size_t i = 0; i < cells_.size(); ++i) {
    const std::string_view cell = TrimCell(cells_[i]);
    if (format_.types[i] == CsvColumn::Type::kText) {
      AddText(i, cell);
      continue;
    }
    const std::optional<double> number = ParseCell(i, cell);
    if (!number) {
      return Error(line, Cat(", column \"", format_.columns[i].name, "\": ", QuoteCell(cell), " ", WhatIsWrong(i, cell)));
    }
    parsed_.columns[i].numbers.push_back(*number);
  }
  return absl::OkStatus();
}

// Takes back what a row that did not come to its end has added. Its words stay: nothing refers to them.
void Parser::Truncate() {
  for (ParsedColumn& column : parsed_.columns) {
    if (column.numbers.size() > parsed_.rows) column.numbers.resize(parsed_.rows);
    if (column.codes.size() > parsed_.rows) column.codes.resize(parsed_.rows);
  }
}

}  // namespace

std::size_t ParsedChunk::LineOf(std::size_t row) const {
  const auto after =
      std::upper_bound(lines.begin(), lines.end(), row, [](std::size_t at, const LineBreak& b) { return at < b.row; });
  const LineBreak& before = *std::prev(after);
  return before.line + (row - before.row);
}

void ParseChunk(const RecordChunk& chunk, bool skip_header, std::string_view name, const CsvFormat& format,
                std::size_t max_line_bytes, ParsedChunk& parsed) {
  parsed.rows = 0;
  parsed.lines.clear();
  parsed.status = absl::OkStatus();
  parsed.columns.resize(format.columns.size());
  for (ParsedColumn& column : parsed.columns) {
    column.numbers.clear();
    column.codes.clear();
    column.words.Clear();
    column.first_rows.clear();
  }
  Parser parser(name, format, parsed);
  RecordCursor cursor(chunk, name, max_line_bytes);
  const bool has_quotes = chunk.text.find('"') != std::string::npos;
  std::string_view record;
  std::size_t line = 0;
  std::size_t line_before = 0;
  while (cursor.Next(record, line)) {
    if (IsBlankLine(record)) continue;
    if (skip_header) {
      skip_header = false;
      continue;
    }
    const bool is_plain = !has_quotes || record.find('"') == std::string_view::npos;
    if (!is_plain || !parser.AddPlain(record)) {
      parser.Truncate();
      parsed.status = parser.AddRecord(record, line);
      if (!parsed.status.ok()) {
        parser.Truncate();
        return;
      }
    }
    if (parsed.rows == 0 || line != line_before + 1) parsed.lines.push_back({parsed.rows, line});
    line_before = line;
    ++parsed.rows;
  }
  parsed.status = cursor.status();
}

}  // namespace millwright::learn
