#include "lib/learn/table/csv_format.h"

#include <algorithm>
#include <unordered_set>

#include "lib/base/status_macros.h"
#include "lib/base/utf8.h"
#include "lib/learn/table/timestamp.h"
#include "lib/learn/text.h"

namespace millwright::learn {

namespace {

// What the sample's cells of a column are.
struct CellCounts {
  std::size_t filled = 0;
  std::size_t numbers = 0;
  std::size_t points = 0;  // of them, with a decimal point
  std::size_t commas = 0;  // numbers with a decimal comma
  std::size_t groups = 0;  // of them, those such as 1,200, which may be thousands
  std::size_t times = 0;   // of a time column
  std::size_t truths = 0;  // of a label column
  std::string text;        // the first cell that is no number, and its line
  std::size_t line = 0;
};

// 1 to 3 digits, a comma and exactly 3 digits.
bool MayBeThousands(std::string_view cell) {
  const std::size_t comma = cell.find(',');
  const std::size_t digits = comma - (cell[0] == '-' || cell[0] == '+' ? 1 : 0);
  return digits >= 1 && digits <= 3 && cell.size() - comma == 4;
}

class FormatReader {
 public:
  FormatReader(const std::vector<CsvRecord>& sample, std::string_view name, const CsvOptions& options, TextDecoder& decoder)
      : sample_(sample), name_(name), options_(options), decoder_(decoder) {}

  absl::StatusOr<CsvFormat> Read() {
    if (sample_.empty())
      return absl::InvalidArgumentError(Cat(name_, ": the file is empty; it must have at least one row of data"));
    DetectDelimiter();
    RETURN_IF_ERROR(NameColumns());
    RETURN_IF_ERROR(SettleTypes());
    return std::move(format_);
  }

 private:
  absl::Status Error(std::size_t line, std::string_view what) const {
    return absl::InvalidArgumentError(Cat(name_, ": row ", line, ": ", what));
  }
  void DetectDelimiter();
  bool LooksLikeHeader(const std::vector<std::string_view>& cells) const;
  absl::Status NameColumns();
  absl::Status SettleTypes();
  void SettleDecimals(const std::vector<CellCounts>& counts);

  const std::vector<CsvRecord>& sample_;
  std::string_view name_;
  const CsvOptions& options_;
  TextDecoder& decoder_;
  CsvFormat format_;
  std::size_t first_data_ = 0;  // in sample_
  std::vector<std::string_view> cells_;
  std::string unquoted_;
};

void FormatReader::DetectDelimiter() {
  if (options_.delimiter) {
    format_.delimiter = *options_.delimiter;
    return;
  }
  // The first candidate that splits the first lines into the same number (> 1) of cells; else the one with most cells in the
  // first line. A semicolon goes before the comma, which may stand in its numbers.
  std::size_t most = 1;
  format_.delimiter = ',';
  for (const char candidate : {';', ',', '\t', '|', ' '}) {
    std::optional<std::size_t> count;
    bool is_even = true;
    for (std::size_t i = 0; i < std::min<std::size_t>(sample_.size(), 20); ++i) {
      if (!SplitRecord(sample_[i].text, candidate, cells_, unquoted_)) is_even = false;
      if (count && *count != cells_.size()) is_even = false;
      if (!count) count = cells_.size();
    }
    if (is_even && *count > 1) {
      format_.delimiter = candidate;
      return;
    }
    if (candidate != ' ' && *count > most) {
      most = *count;
      format_.delimiter = candidate;
    }
  }
}

bool FormatReader::LooksLikeHeader(const std::vector<std::string_view>& cells) const {
  bool has_text = false;
  for (const std::string_view cell : cells) {
    if (ParseNumber(TrimCell(cell)) || ParseTimestamp(TrimCell(cell)) || ParseCommaNumber(TrimCell(cell))) return false;
    has_text |= !IsMissingCell(TrimCell(cell));
  }
  return has_text;
}

absl::Status FormatReader::NameColumns() {
  const CsvRecord& first = sample_[0];
  if (!SplitRecord(first.text, format_.delimiter, cells_, unquoted_))
    return Error(first.line, "a quote is not closed or is followed by text");
  if (cells_.size() > options_.max_columns)
    return Error(first.line, Cat("has ", cells_.size(), " columns; at most ", options_.max_columns, " are read"));
  const bool has_header = options_.has_header.value_or(LooksLikeHeader(cells_));
  std::vector<const CsvColumn*> declared(cells_.size(), nullptr);
  format_.columns.resize(cells_.size());
  format_.types.resize(cells_.size(), CsvColumn::Type::kDetect);
  if (has_header) {
    first_data_ = 1;
    format_.has_header = true;
    std::unordered_set<std::string> seen;
    for (std::size_t i = 0; i < cells_.size(); ++i) {
      absl::StatusOr<std::string> name = decoder_.Decode(TrimCell(cells_[i]));
      if (!name.ok()) return Error(first.line, Cat("the name of column ", i + 1, " ", name.status().message()));
      if (name->empty()) name = Cat("c", i + 1);
      if (!seen.insert(*name).second)
        return Error(first.line, Cat("the header has the column ", QuoteCell(*name), " twice; names must be different"));
      format_.columns[i].name = *std::move(name);
      for (const CsvColumn& column : options_.columns) {
        if (column.name == format_.columns[i].name) declared[i] = &column;
      }
    }
    std::vector<std::string> names;
    for (const ColumnSpec& spec : format_.columns) names.push_back(spec.name);
    const auto require = [&](const std::string& name) -> absl::Status {
      if (seen.contains(name)) return absl::OkStatus();
      return Error(first.line, Cat("the header has no column \"", name, "\"; it has ", base::Utf8Excerpt(Join(names), 500)));
    };
    for (const CsvColumn& column : options_.columns) {
      if (!column.is_optional) RETURN_IF_ERROR(require(column.name));
    }
    for (const auto& [name, role] : options_.roles) RETURN_IF_ERROR(require(name));
  } else {
    if (!options_.columns.empty() && options_.columns.size() != cells_.size()) {
      return Error(first.line, Cat("has ", cells_.size(), " cells; the ", options_.columns.size(), " declared columns (",
                                   base::Utf8Excerpt(Join([&] {
                                                       std::vector<std::string> names;
                                                       for (const CsvColumn& column : options_.columns)
                                                         names.push_back(column.name);
                                                       return names;
                                                     }()),
                                                     500),
                                   ") need as many"));
    }
    std::unordered_set<std::string> seen;
    for (std::size_t i = 0; i < cells_.size(); ++i) {
      if (!options_.columns.empty()) declared[i] = &options_.columns[i];
      std::string& name = format_.columns[i].name;
      name = declared[i] != nullptr ? declared[i]->name : Cat("c", i + 1);
      if (!seen.insert(name).second)
        return absl::InvalidArgumentError(Cat(name_, ": the column \"", name, "\" is declared twice"));
    }
  }
  for (std::size_t i = 0; i < format_.columns.size(); ++i) {
    ColumnSpec& spec = format_.columns[i];
    if (const auto it = options_.roles.find(spec.name); it != options_.roles.end()) spec.role = it->second;
    if (declared[i] == nullptr) continue;
    if (declared[i]->role) spec.role = *declared[i]->role;
    spec.unit = declared[i]->unit;
    format_.types[i] = declared[i]->type;
  }
  if (first_data_ == sample_.size())
    return absl::InvalidArgumentError(Cat(name_, ": there is a header and no data; the file must have at least one row of data"));
  return absl::OkStatus();
}

absl::Status FormatReader::SettleTypes() {
  std::vector<CellCounts> counts(format_.columns.size());
  for (std::size_t row = first_data_; row < sample_.size(); ++row) {
    SplitRecord(sample_[row].text, format_.delimiter, cells_, unquoted_);
    for (std::size_t i = 0; i < std::min(cells_.size(), format_.columns.size()); ++i) {
      const std::string_view cell = TrimCell(cells_[i]);
      if (IsMissingCell(cell)) continue;
      CellCounts& count = counts[i];
      ++count.filled;
      if (ParseNumber(cell)) {
        ++count.numbers;
        if (cell.find('.') != std::string_view::npos) ++count.points;
        continue;
      }
      if (ParseCommaNumber(cell)) {
        ++count.commas;
        if (MayBeThousands(cell)) ++count.groups;
      }
      if (format_.columns[i].role == ColumnRole::kTime && ParseTimestamp(cell)) ++count.times;
      if (format_.columns[i].role == ColumnRole::kLabel && ParseTruth(cell)) ++count.truths;
      if (count.line == 0) {
        count.line = sample_[row].line;
        count.text = QuoteCell(cell);
      }
    }
  }
  SettleDecimals(counts);
  for (std::size_t i = 0; i < format_.columns.size(); ++i) {
    ColumnSpec& spec = format_.columns[i];
    CsvColumn::Type& type = format_.types[i];
    const CellCounts& count = counts[i];
    const std::size_t numbers = count.numbers + count.truths + (format_.has_comma[i] ? count.commas : 0);
    if (type == CsvColumn::Type::kDetect) {
      type = CsvColumn::Type::kText;
      if (spec.role == ColumnRole::kTime) {
        type = count.times * 2 > count.filled ? CsvColumn::Type::kTime : CsvColumn::Type::kNumber;
      } else if (spec.role != ColumnRole::kAsset && (numbers * 2 > count.filled || count.filled == 0)) {
        type = CsvColumn::Type::kNumber;
      }
      if (type == CsvColumn::Type::kText && spec.role == ColumnRole::kSensor) {
        format_.warnings.push_back(Cat(name_, ": column \"", spec.name, "\" is read as text: ", count.text, " in row ",
                                       count.line,
                                       " is not a number; give it the type number to have such cells refused, or the role "
                                       "segment if it is meant to be text"));
      }
    }
    spec.type = type == CsvColumn::Type::kText ? ColumnType::kText : ColumnType::kNumber;
    if (type == CsvColumn::Type::kTime && spec.unit.empty()) spec.unit = std::string("s");
  }
  return absl::OkStatus();
}

// A column has decimal commas when it shows some that are no thousands and no point; so have those that show neither, where none
// shows a point. Commas that separate cells do not separate decimals unless the options say so.
void FormatReader::SettleDecimals(const std::vector<CellCounts>& counts) {
  format_.has_comma.assign(counts.size(), options_.decimal == ',');
  if (options_.decimal || format_.delimiter == ',') return;
  const auto is_clear = [](const CellCounts& count) { return count.commas > count.groups && count.points == 0; };
  const bool has_some = std::any_of(counts.begin(), counts.end(), is_clear);
  const bool has_points = std::any_of(counts.begin(), counts.end(), [](const CellCounts& count) { return count.points > 0; });
  for (std::size_t i = 0; i < counts.size(); ++i) format_.has_comma[i] = is_clear(counts[i]) || (has_some && !has_points);
  if (has_some) {
    const auto first = static_cast<std::size_t>(std::find_if(counts.begin(), counts.end(), is_clear) - counts.begin());
    format_.warnings.push_back(Cat(name_, ": the commas of column \"", format_.columns[first].name,
                                   "\" and of others like it are read as decimal ones; the option decimal says what they are"));
  }
}

}  // namespace

absl::StatusOr<CsvFormat> DetectFormat(const std::vector<CsvRecord>& sample, std::string_view name, const CsvOptions& options,
                                       TextDecoder& decoder) {
  return FormatReader(sample, name, options, decoder).Read();
}

}  // namespace millwright::learn
