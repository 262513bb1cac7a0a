#include "lib/learn/table/csv.h"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <cstdint>
#include <cstring>
#include <limits>
#include <unordered_map>
#include <unordered_set>

#include "absl/time/time.h"
#include "lib/base/status_macros.h"
#include "lib/base/utf8.h"
#include "lib/learn/strict_json.h"
#include "lib/learn/table/csv_record.h"
#include "lib/learn/table/korean.h"
#include "lib/learn/table/timestamp.h"
#include "lib/learn/text.h"

namespace millwright::learn {

namespace {

constexpr std::size_t kSampleRows = 1000;
constexpr std::size_t kExcerptBytes = 40;

std::string_view Trim(std::string_view text) {
  while (!text.empty() && (text.front() == ' ' || text.front() == '\t')) text.remove_prefix(1);
  while (!text.empty() && (text.back() == ' ' || text.back() == '\t')) text.remove_suffix(1);
  return text;
}

/// A line without a cell. Tabs are cells.
bool IsBlank(std::string_view line) { return line.find_first_not_of(' ') == std::string_view::npos; }

bool IsMissing(std::string_view cell) {
  switch (cell.size()) {
    case 0:
      return true;
    case 1:
      return cell == "-" || cell == "?";
    case 2:
      return cell == "NA" || cell == "na";
    case 3:
      return cell == "NaN" || cell == "nan" || cell == "NAN" || cell == "N/A";
    case 4:
      return cell == "null" || cell == "NULL" || cell == "None";
    default:
      return false;
  }
}

/// A finite number, the whole cell.
std::optional<double> ParseNumber(std::string_view cell) {
  if (cell.size() > 1 && cell.front() == '+' && cell[1] != '-') cell.remove_prefix(1);
  double value = 0;
  const auto [end, error] = std::from_chars(cell.data(), cell.data() + cell.size(), value);
  if (error == std::errc::result_out_of_range && end == cell.data() + cell.size()) {
    // Too small to be told from 0 is fine, too large is not.
    value = std::strtod(std::string(cell).c_str(), nullptr);
    return std::isfinite(value) ? std::optional(value) : std::nullopt;
  }
  if (error != std::errc() || end != cell.data() + cell.size() || !std::isfinite(value)) return std::nullopt;
  return value;
}

/// One column while it is being read: what it holds becomes known after the sample.
struct Building {
  Column column;
  CsvColumn::Type type = CsvColumn::Type::kDetect;
};

class Reader {
 public:
  Reader(ByteSource& source, std::string_view display_name, const CsvOptions& options)
      : name_(display_name), options_(options), records_(source, options.max_line_bytes, options.max_bytes) {}

  absl::StatusOr<Table> Read();

 private:
  absl::Status Error(std::size_t line, std::string_view what) const {
    return absl::InvalidArgumentError(Cat(name_, ": row ", line, what.starts_with(',') ? "" : ": ", what));
  }
  absl::Status CellError(std::size_t line, const std::string& column, std::string_view cell, std::string_view what) const {
    return Error(line, Cat(", column \"", column, "\": ", Quote(cell), " ", what));
  }
  std::string Quote(std::string_view cell) const {
    return Cat("\"", base::Utf8Excerpt({cell.data(), cell.size()}, kExcerptBytes), cell.size() > kExcerptBytes ? "…" : "", "\"");
  }

  absl::StatusOr<std::string> Decode(std::string_view cell);
  absl::Status ReadSample();
  void DetectDelimiter();
  bool LooksLikeHeader(const std::vector<std::string_view>& cells) const;
  absl::Status NameColumns();
  absl::Status SettleTypes();
  absl::Status AddRow(const Record& record);
  absl::Status CheckOneRowPerTime(const Table& table) const;

  std::string name_;
  const CsvOptions& options_;
  RecordReader records_;
  char delimiter_ = ',';
  bool is_cp949_ = false;
  bool is_utf8_ = false;
  std::vector<Record> sample_;
  std::size_t first_data_ = 0;  // in sample_
  std::vector<Building> building_;
  std::vector<std::uint32_t> lines_;  // of the rows; kept when rows have an asset and a time
  bool has_lines_ = false;
  bool has_instants_ = false;  // times are instants, not counters
  std::vector<std::string_view> cells_;
  std::string unquoted_;
};

absl::StatusOr<std::string> Reader::Decode(std::string_view cell) {
  if (IsAscii(cell)) return std::string(cell);
  if (!is_cp949_ && options_.encoding != CsvOptions::Encoding::kCp949 && base::IsUtf8({cell.data(), cell.size()})) {
    is_utf8_ = true;
    return std::string(cell);
  }
  if (options_.encoding == CsvOptions::Encoding::kUtf8)
    return absl::InvalidArgumentError("is not UTF-8 (set encoding to cp949 if the file is Korean text of Windows)");
  if (is_utf8_) return absl::InvalidArgumentError("is not UTF-8 as the texts before it (set encoding to utf-8 or cp949)");
  std::optional<std::string> text = Cp949ToUtf8(cell);
  if (!text) return absl::InvalidArgumentError("is neither UTF-8 nor CP949");
  is_cp949_ = true;
  return *std::move(text);
}

absl::Status Reader::ReadSample() {
  std::size_t bytes = 0;
  // Bounded by rows and bytes: a sample of long lines may not fill the memory.
  while (sample_.size() <= kSampleRows && bytes < (std::size_t{8} << 20)) {
    Record record;
    ASSIGN_OR_RETURN(const bool is_there, records_.Next(record, name_));
    if (!is_there) break;
    bytes += record.text.size();
    if (!IsBlank(record.text)) sample_.push_back(std::move(record));
  }
  if (sample_.empty())
    return absl::InvalidArgumentError(Cat(name_, ": the file is empty; it must have at least one row of data"));
  return absl::OkStatus();
}

void Reader::DetectDelimiter() {
  if (options_.delimiter) {
    delimiter_ = *options_.delimiter;
    return;
  }
  // The first candidate that splits the first lines into the same number (> 1) of cells; else the one with most cells in the
  // first line.
  std::size_t most = 1;
  delimiter_ = ',';
  for (const char candidate : {',', ';', '\t', ' '}) {
    std::optional<std::size_t> count;
    bool is_even = true;
    for (std::size_t i = 0; i < std::min<std::size_t>(sample_.size(), 20); ++i) {
      if (!SplitRecord(sample_[i].text, candidate, cells_, unquoted_)) is_even = false;
      if (count && *count != cells_.size()) is_even = false;
      if (!count) count = cells_.size();
    }
    if (is_even && *count > 1) {
      delimiter_ = candidate;
      return;
    }
    if (candidate != ' ' && *count > most) {
      most = *count;
      delimiter_ = candidate;
    }
  }
}

bool Reader::LooksLikeHeader(const std::vector<std::string_view>& cells) const {
  bool has_text = false;
  for (const std::string_view cell : cells) {
    if (ParseNumber(Trim(cell)) || ParseTimestamp(Trim(cell))) return false;
    has_text |= !IsMissing(Trim(cell));
  }
  return has_text;
}

absl::Status Reader::NameColumns() {
  const Record& first = sample_[0];
  if (!SplitRecord(first.text, delimiter_, cells_, unquoted_))
    return Error(first.line, "a quote is not closed or is followed by text");
  if (cells_.size() > options_.max_columns)
    return Error(first.line, Cat("has ", cells_.size(), " columns; at most ", options_.max_columns, " are read"));
  const bool has_header = options_.has_header.value_or(LooksLikeHeader(cells_));
  std::vector<const CsvColumn*> declared(cells_.size(), nullptr);
  building_.resize(cells_.size());
  if (has_header) {
    first_data_ = 1;
    std::unordered_set<std::string> seen;
    for (std::size_t i = 0; i < cells_.size(); ++i) {
      absl::StatusOr<std::string> name = Decode(Trim(cells_[i]));
      if (!name.ok()) return Error(first.line, Cat("the name of column ", i + 1, " ", name.status().message()));
      if (name->empty()) name = Cat("c", i + 1);
      if (!seen.insert(*name).second)
        return Error(first.line, Cat("the header has the column ", Quote(*name), " twice; names must be different"));
      building_[i].column.spec.name = *std::move(name);
      for (const CsvColumn& column : options_.columns) {
        if (column.name == building_[i].column.spec.name) declared[i] = &column;
      }
    }
    std::vector<std::string> names;
    for (const Building& building : building_) names.push_back(building.column.spec.name);
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
      std::string& name = building_[i].column.spec.name;
      name = declared[i] != nullptr ? declared[i]->name : Cat("c", i + 1);
      if (!seen.insert(name).second)
        return absl::InvalidArgumentError(Cat(name_, ": the column \"", name, "\" is declared twice"));
    }
  }
  for (std::size_t i = 0; i < building_.size(); ++i) {
    ColumnSpec& spec = building_[i].column.spec;
    if (const auto it = options_.roles.find(spec.name); it != options_.roles.end()) spec.role = it->second;
    if (declared[i] == nullptr) continue;
    if (declared[i]->role) spec.role = *declared[i]->role;
    spec.unit = declared[i]->unit;
    building_[i].type = declared[i]->type;
  }
  if (first_data_ == sample_.size())
    return absl::InvalidArgumentError(Cat(name_, ": there is a header and no data; the file must have at least one row of data"));
  return absl::OkStatus();
}

absl::Status Reader::SettleTypes() {
  std::vector<std::size_t> filled(building_.size());
  std::vector<std::size_t> numbers(building_.size());
  std::vector<std::size_t> times(building_.size());
  for (std::size_t row = first_data_; row < sample_.size(); ++row) {
    SplitRecord(sample_[row].text, delimiter_, cells_, unquoted_);
    for (std::size_t i = 0; i < std::min(cells_.size(), building_.size()); ++i) {
      const std::string_view cell = Trim(cells_[i]);
      if (IsMissing(cell)) continue;
      ++filled[i];
      if (ParseNumber(cell)) ++numbers[i];
      if (building_[i].column.spec.role == ColumnRole::kTime && ParseTimestamp(cell)) ++times[i];
    }
  }
  for (std::size_t i = 0; i < building_.size(); ++i) {
    Building& building = building_[i];
    ColumnSpec& spec = building.column.spec;
    if (building.type == CsvColumn::Type::kDetect) {
      building.type = CsvColumn::Type::kText;
      if (spec.role == ColumnRole::kTime) {
        building.type = times[i] * 2 > filled[i] ? CsvColumn::Type::kTime : CsvColumn::Type::kNumber;
      } else if (spec.role != ColumnRole::kAsset && (numbers[i] * 2 > filled[i] || filled[i] == 0)) {
        building.type = CsvColumn::Type::kNumber;
      }
    }
    spec.type = building.type == CsvColumn::Type::kText ? ColumnType::kText : ColumnType::kNumber;
    if (building.type == CsvColumn::Type::kTime && spec.unit.empty()) spec.unit = std::string("s");
  }
  return absl::OkStatus();
}

absl::Status Reader::AddRow(const Record& record) {
  if (!SplitRecord(record.text, delimiter_, cells_, unquoted_))
    return Error(record.line, "a quote is not closed or is followed by text");
  if (cells_.size() != building_.size()) {
    return Error(record.line, Cat("has ", cells_.size(), " cells and must have ", building_.size(),
                                  " as the first row; it begins ", Quote(record.text)));
  }
  for (std::size_t i = 0; i < building_.size(); ++i) {
    Building& building = building_[i];
    const std::string_view cell = Trim(cells_[i]);
    if (building.type == CsvColumn::Type::kText) {
      absl::StatusOr<std::string> text = Decode(cell);
      if (!text.ok())
        return Error(record.line, Cat(", column \"", building.column.spec.name, "\": the text ", text.status().message()));
      building.column.texts.push_back(*std::move(text));
      continue;
    }
    std::optional<double> number = building.type == CsvColumn::Type::kTime ? ParseTimestamp(cell) : ParseNumber(cell);
    if (!number && IsMissing(cell)) number = std::numeric_limits<double>::quiet_NaN();
    if (!number) {
      return CellError(record.line, building.column.spec.name, cell,
                       building.type == CsvColumn::Type::kTime
                           ? "is not a time (ISO-8601 such as 2024-05-01T12:30:00Z is read)"
                           : "is not a number (leave the cell empty where the value is missing)");
    }
    building.column.numbers.push_back(*number);
  }
  if (has_lines_) lines_.push_back(static_cast<std::uint32_t>(record.line));
  return absl::OkStatus();
}

// What differs between two rows, as "temperature is 3.5 there and 3.7 here".
std::string Difference(const Table& table, std::size_t there, std::size_t here) {
  for (const Column& column : table.columns()) {
    const bool is_text = column.spec.type == ColumnType::kText;
    const auto value = [&](std::size_t row) {
      return is_text ? Cat("\"", column.texts[row], "\"") : Shortest(column.numbers[row]);
    };
    if (value(there) != value(here)) return Cat(column.spec.name, " is ", value(there), " there and ", value(here), " here");
  }
  return "the rows are equal";
}

absl::Status Reader::CheckOneRowPerTime(const Table& table) const {
  const Column& asset = *table.FindRole(ColumnRole::kAsset);
  const Column& time = *table.FindRole(ColumnRole::kTime);
  const auto name = [&](std::size_t row) {
    return asset.spec.type == ColumnType::kText ? asset.texts[row] : Shortest(asset.numbers[row]);
  };
  std::unordered_map<std::string, std::vector<std::size_t>> assets;
  for (std::size_t row = 0; row < table.rows(); ++row) {
    if (!std::isnan(time.numbers[row])) assets[name(row)].push_back(row);
  }
  std::optional<std::pair<std::size_t, std::size_t>> first;  // the first row that repeats another, and that one
  for (auto& [_, rows] : assets) {
    const auto is_earlier = [&](std::size_t a, std::size_t b) { return time.numbers[a] < time.numbers[b]; };
    if (!std::is_sorted(rows.begin(), rows.end(), is_earlier)) std::stable_sort(rows.begin(), rows.end(), is_earlier);
    for (std::size_t i = 1; i < rows.size(); ++i) {
      if (time.numbers[rows[i]] != time.numbers[rows[i - 1]]) continue;
      if (!first || rows[i] < first->first) first = {rows[i], rows[i - 1]};
    }
  }
  if (!first) return absl::OkStatus();
  const auto [here, there] = *first;
  const std::string at = has_instants_
                             ? absl::FormatTime(absl::RFC3339_full, absl::FromUnixSeconds(0) + absl::Seconds(time.numbers[here]),
                                                absl::UTCTimeZone())
                             : Shortest(time.numbers[here]);
  return Error(lines_[here], Cat("asset \"", name(here), "\" has a row at ", time.spec.name, " ", at, " already, row ",
                                 lines_[there], " (", Difference(table, there, here), "); an asset has one row per time"));
}

absl::StatusOr<Table> Reader::Read() {
  RETURN_IF_ERROR(ReadSample());
  DetectDelimiter();
  RETURN_IF_ERROR(NameColumns());
  RETURN_IF_ERROR(SettleTypes());
  const auto find = [&](ColumnRole role) {
    return std::find_if(building_.begin(), building_.end(), [&](const Building& b) { return b.column.spec.role == role; });
  };
  const auto time = find(ColumnRole::kTime);
  has_lines_ = find(ColumnRole::kAsset) != building_.end() && time != building_.end() && time->type != CsvColumn::Type::kText;
  has_instants_ = has_lines_ && time->type == CsvColumn::Type::kTime;
  std::size_t rows = 0;
  for (std::size_t i = first_data_; i < sample_.size(); ++i, ++rows) RETURN_IF_ERROR(AddRow(sample_[i]));
  sample_.clear();
  Record record;
  for (;;) {
    ASSIGN_OR_RETURN(const bool is_there, records_.Next(record, name_));
    if (!is_there) break;
    if (IsBlank(record.text)) continue;
    if (++rows > options_.max_rows) return absl::ResourceExhaustedError(Cat(name_, ": more than ", options_.max_rows, " rows"));
    RETURN_IF_ERROR(AddRow(record));
  }
  Table table;
  for (Building& building : building_) RETURN_IF_ERROR(table.AddColumn(std::move(building.column)));
  if (has_lines_) RETURN_IF_ERROR(CheckOneRowPerTime(table));
  return table;
}

absl::Status ParseColumn(const nlohmann::json& json, const std::string& path, CsvColumn& column) {
  StrictObject object(json, path);
  column.name = object.Text("name");
  column.unit = object.Text("unit", "");
  column.is_optional = object.Bool("optional", false);
  if (object.Optional("role") != nullptr) {
    column.role = ColumnRoleFromName(object.Text("role"));
    if (!column.role) object.Fail("role", "must be asset, time, sensor, setting, label or segment");
  }
  const std::string type = object.Text("type", "");
  if (type == "number")
    column.type = CsvColumn::Type::kNumber;
  else if (type == "text")
    column.type = CsvColumn::Type::kText;
  else if (type == "time")
    column.type = CsvColumn::Type::kTime;
  else if (!type.empty())
    object.Fail("type", Cat("\"", type, "\" must be number, text or time"));
  if (column.name.empty()) object.Fail("name", "must not be empty");
  return object.Finish();
}

}  // namespace

absl::StatusOr<CsvOptions> ParseCsvOptions(const nlohmann::json& json) {
  CsvOptions options;
  if (json.is_null()) return options;
  StrictObject object(json, "csv");
  if (object.Optional("delimiter") != nullptr) {
    const std::string delimiter = object.Text("delimiter");
    if (delimiter == "," || delimiter == ";" || delimiter == "\t" || delimiter == " ")
      options.delimiter = delimiter[0];
    else
      object.Fail("delimiter", Cat("\"", delimiter, "\" must be \",\", \";\", \"\\t\" or \" \""));
  }
  if (object.Optional("header") != nullptr) options.has_header = object.Bool("header", true);
  const std::string encoding = object.Text("encoding", "auto");
  if (encoding == "utf-8")
    options.encoding = CsvOptions::Encoding::kUtf8;
  else if (encoding == "cp949")
    options.encoding = CsvOptions::Encoding::kCp949;
  else if (encoding != "auto")
    object.Fail("encoding", Cat("\"", encoding, "\" must be auto, utf-8 or cp949"));
  const nlohmann::json* columns = object.Optional("columns");
  const nlohmann::json* roles = object.Optional("roles");
  RETURN_IF_ERROR(object.Finish());
  if (columns != nullptr && !columns->is_array())
    return absl::InvalidArgumentError(Cat("csv.columns: ", Excerpt(*columns), " must be a list"));
  for (std::size_t i = 0; columns != nullptr && i < columns->size(); ++i) {
    RETURN_IF_ERROR(ParseColumn((*columns)[i], Cat("csv.columns[", i, "]"), options.columns.emplace_back()));
  }
  if (roles != nullptr && !roles->is_object())
    return absl::InvalidArgumentError(Cat("csv.roles: ", Excerpt(*roles), " must be an object"));
  if (roles != nullptr) {
    for (const auto& [name, role] : roles->items()) {
      const std::optional<ColumnRole> known = role.is_string() ? ColumnRoleFromName(role.get<std::string>()) : std::nullopt;
      if (!known)
        return absl::InvalidArgumentError(
            Cat("csv.roles.", name, ": ", Excerpt(role), " must be asset, time, sensor, setting, label or segment"));
      options.roles[name] = *known;
    }
  }
  return options;
}

absl::StatusOr<Table> ReadCsv(ByteSource& source, std::string_view display_name, const CsvOptions& options) {
  const std::unique_ptr<ByteSource> inflated = Inflate(source);
  return Reader(*inflated, display_name, options).Read();
}

absl::StatusOr<Table> ReadCsvFile(const std::filesystem::path& path, const CsvOptions& options) {
  ASSIGN_OR_RETURN(const std::unique_ptr<ByteSource> source, OpenFile(path));
  return ReadCsv(*source, path.filename().string(), options);
}

absl::StatusOr<Table> ReadCsvText(std::string_view text, std::string_view display_name, const CsvOptions& options) {
  return ReadCsv(*FromBytes(text), display_name, options);
}

std::string WriteCsv(const Table& table) {
  std::string out;
  const auto append_text = [&](const std::string& text) {
    if (text.find_first_of(",\"\n\r") == std::string::npos) {
      out += text;
      return;
    }
    out += '"';
    for (const char c : text) {
      if (c == '"') out += '"';
      out += c;
    }
    out += '"';
  };
  bool is_first = true;
  for (const Column& column : table.columns()) {
    if (!std::exchange(is_first, false)) out += ',';
    append_text(column.spec.name);
  }
  out += '\n';
  for (std::size_t row = 0; row < table.rows(); ++row) {
    is_first = true;
    for (const Column& column : table.columns()) {
      if (!std::exchange(is_first, false)) out += ',';
      if (column.spec.type == ColumnType::kText)
        append_text(column.texts[row]);
      else if (!std::isnan(column.numbers[row]))
        out += Shortest(column.numbers[row]);
    }
    out += '\n';
  }
  return out;
}

}  // namespace millwright::learn
