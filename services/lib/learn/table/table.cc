#include "lib/learn/table/table.h"

#include <algorithm>
#include <cmath>
#include <cstring>
#include <functional>
#include <limits>
#include <unordered_map>
#include <unordered_set>

#include "lib/base/files.h"
#include "lib/base/sha256.h"
#include "lib/base/status_macros.h"
#include "lib/learn/strict_json.h"
#include "lib/learn/table/timestamp.h"
#include "lib/learn/text.h"

namespace millwright::learn {

namespace {

constexpr std::string_view kMagic = "MWTABLE1";
constexpr std::size_t kMaxHeaderBytes = std::size_t{16} << 20;
constexpr std::size_t kMaxFileBytes = std::size_t{16} << 30;
constexpr std::size_t kMaxDistinct = 10'000;
constexpr std::string_view kRoleNames[] = {"asset", "time", "sensor", "setting", "label", "segment"};

std::string Header(const Table& table) {
  return nlohmann::json{{"columns", SchemaToJson(table.schema())}, {"rows", table.rows()}}.dump();
}

template <typename T>
void AppendRaw(std::string& out, const T& value) {
  out.append(reinterpret_cast<const char*>(&value), sizeof value);
}

/// Hands the .mwt form over in parts of about a megabyte.
void Write(const Table& table, const std::function<void(std::string_view)>& sink) {
  std::string part(kMagic);
  const std::string header = Header(table);
  AppendRaw(part, static_cast<std::uint64_t>(header.size()));
  part += header;
  const auto flush = [&](std::size_t least) {
    if (part.size() <= least) return;
    sink(part);
    part.clear();
  };
  for (const Column& column : table.columns()) {
    for (const double number : column.numbers) {
      AppendRaw(part, std::isnan(number) ? std::numeric_limits<double>::quiet_NaN() : number);
      flush(1 << 20);
    }
    for (const std::string& text : column.texts) {
      AppendRaw(part, static_cast<std::uint32_t>(text.size()));
      part += text;
      flush(1 << 20);
    }
  }
  flush(0);
}

}  // namespace

std::string_view Name(ColumnType type) { return type == ColumnType::kNumber ? "number" : "text"; }
std::string_view Name(ColumnRole role) { return kRoleNames[static_cast<int>(role)]; }

std::optional<ColumnType> ColumnTypeFromName(std::string_view name) {
  if (name == "number") return ColumnType::kNumber;
  if (name == "text") return ColumnType::kText;
  return std::nullopt;
}

std::optional<ColumnRole> ColumnRoleFromName(std::string_view name) {
  const auto it = std::find(std::begin(kRoleNames), std::end(kRoleNames), name);
  if (it == std::end(kRoleNames)) return std::nullopt;
  return static_cast<ColumnRole>(it - std::begin(kRoleNames));
}

nlohmann::json SchemaToJson(std::span<const ColumnSpec> schema) {
  nlohmann::json json = nlohmann::json::array();
  for (const ColumnSpec& spec : schema)
    json.push_back({{"name", spec.name}, {"role", Name(spec.role)}, {"type", Name(spec.type)}, {"unit", spec.unit}});
  return json;
}

absl::StatusOr<std::vector<ColumnSpec>> SchemaFromJson(const nlohmann::json& json) {
  if (!json.is_array()) return absl::InvalidArgumentError(Cat("columns: ", Excerpt(json), " must be a list"));
  std::vector<ColumnSpec> schema;
  for (const nlohmann::json& item : json) {
    StrictObject object(item, Cat("columns[", schema.size(), "]"));
    const std::optional<ColumnRole> role = ColumnRoleFromName(object.Text("role"));
    const std::optional<ColumnType> type = ColumnTypeFromName(object.Text("type"));
    ColumnSpec spec{.name = object.Text("name"), .unit = object.Text("unit", "")};
    if (!role) object.Fail("role", Cat("must be one of ", Join(kRoleNames)));
    if (!type) object.Fail("type", "must be number or text");
    RETURN_IF_ERROR(object.Finish());
    spec.role = *role;
    spec.type = *type;
    schema.push_back(std::move(spec));
  }
  return schema;
}

std::vector<ColumnSpec> Table::schema() const {
  std::vector<ColumnSpec> schema;
  for (const Column& column : columns_) schema.push_back(column.spec);
  return schema;
}

const Column* Table::Find(std::string_view name) const {
  for (const Column& column : columns_) {
    if (column.spec.name == name) return &column;
  }
  return nullptr;
}

const Column* Table::FindRole(ColumnRole role) const {
  for (const Column& column : columns_) {
    if (column.spec.role == role) return &column;
  }
  return nullptr;
}

absl::StatusOr<const Column*> Table::Get(std::string_view name) const {
  if (const Column* column = Find(name)) return column;
  std::vector<std::string> names;
  for (const Column& column : columns_) {
    if (names.size() == 50) {
      names.push_back("…");
      break;
    }
    names.push_back(column.spec.name);
  }
  return absl::NotFoundError(Cat("the table has no column \"", name, "\"; it has ", Join(names)));
}

absl::StatusOr<const Column*> Table::GetNumber(std::string_view name) const {
  ASSIGN_OR_RETURN(const Column* column, Get(name));
  if (column->spec.type == ColumnType::kNumber) return column;
  return absl::InvalidArgumentError(Cat("column \"", name, "\" is text and must be numbers"));
}

absl::Status Table::AddColumn(Column column) {
  if (column.spec.name.empty()) return absl::InvalidArgumentError("a column has no name");
  if (Find(column.spec.name) != nullptr)
    return absl::InvalidArgumentError(Cat("column \"", column.spec.name, "\" is there twice"));
  if (!columns_.empty() && column.size() != rows()) {
    return absl::InvalidArgumentError(
        Cat("column \"", column.spec.name, "\" has ", column.size(), " rows and the table ", rows()));
  }
  columns_.push_back(std::move(column));
  return absl::OkStatus();
}

absl::Status Table::SetRole(std::string_view name, ColumnRole role) {
  for (Column& column : columns_) {
    if (column.spec.name != name) continue;
    column.spec.role = role;
    return absl::OkStatus();
  }
  return Get(name).status();
}

Table Table::Slice(std::size_t begin, std::size_t end) const {
  end = std::min(end, rows());
  begin = std::min(begin, end);
  const auto from = static_cast<std::ptrdiff_t>(begin);
  const auto to = static_cast<std::ptrdiff_t>(end);
  Table slice;
  for (const Column& column : columns_) {
    Column part{.spec = column.spec};
    if (column.spec.type == ColumnType::kNumber) part.numbers.assign(column.numbers.begin() + from, column.numbers.begin() + to);
    if (column.spec.type == ColumnType::kText) part.texts.assign(column.texts.begin() + from, column.texts.begin() + to);
    slice.columns_.push_back(std::move(part));
  }
  return slice;
}

Table Table::Take(std::span<const std::size_t> rows) const {
  Table taken;
  for (const Column& column : columns_) {
    Column part{.spec = column.spec};
    for (const std::size_t row : rows) {
      if (column.spec.type == ColumnType::kNumber) part.numbers.push_back(column.numbers[row]);
      if (column.spec.type == ColumnType::kText) part.texts.push_back(column.texts[row]);
    }
    taken.columns_.push_back(std::move(part));
  }
  return taken;
}

absl::Status Table::Append(const Table& other) {
  if (columns_.empty()) {
    *this = other;
    return absl::OkStatus();
  }
  if (columns_.size() != other.columns_.size()) {
    return absl::InvalidArgumentError(Cat("the rows have ", other.columns_.size(), " columns and the table ", columns_.size()));
  }
  for (std::size_t i = 0; i < columns_.size(); ++i) {
    const ColumnSpec& mine = columns_[i].spec;
    const ColumnSpec& theirs = other.columns_[i].spec;
    if (mine.name != theirs.name || mine.type != theirs.type || mine.role != theirs.role) {
      return absl::InvalidArgumentError(Cat("column ", i + 1, " is \"", theirs.name, "\" (", Name(theirs.role), ", ",
                                            Name(theirs.type), ") and must be \"", mine.name, "\" (", Name(mine.role), ", ",
                                            Name(mine.type), ")"));
    }
  }
  for (std::size_t i = 0; i < columns_.size(); ++i) {
    columns_[i].numbers.insert(columns_[i].numbers.end(), other.columns_[i].numbers.begin(), other.columns_[i].numbers.end());
    columns_[i].texts.insert(columns_[i].texts.end(), other.columns_[i].texts.begin(), other.columns_[i].texts.end());
  }
  return absl::OkStatus();
}

std::string Table::ToBytes() const {
  std::string bytes;
  Write(*this, [&](std::string_view part) { bytes += part; });
  return bytes;
}

std::string Table::ContentHash() const {
  base::Sha256 hash;
  Write(*this, [&](std::string_view part) { hash.Update(absl::string_view(part.data(), part.size())); });
  return hash.FinishHex();
}

absl::Status Table::Save(const std::filesystem::path& path) const { return base::WriteFileAtomically(path, ToBytes()); }

absl::StatusOr<Table> Table::Load(const std::filesystem::path& path) {
  ASSIGN_OR_RETURN(const std::string bytes, base::ReadFile(path, kMaxFileBytes));
  return FromBytes(bytes, path.filename().string());
}

absl::StatusOr<Table> Table::FromBytes(std::string_view bytes, std::string_view display_name) {
  const auto broken = [&](std::string_view what) {
    return absl::InvalidArgumentError(Cat(display_name, ": not a whole .mwt table: ", what));
  };
  std::uint64_t header_size = 0;
  if (!bytes.starts_with(kMagic) || bytes.size() < kMagic.size() + sizeof header_size)
    return broken("it does not begin with MWTABLE1");
  std::memcpy(&header_size, bytes.data() + kMagic.size(), sizeof header_size);
  bytes.remove_prefix(kMagic.size() + sizeof header_size);
  if (header_size > kMaxHeaderBytes || header_size > bytes.size()) return broken("the header is cut off");
  const nlohmann::json header = nlohmann::json::parse(bytes.substr(0, header_size), nullptr, false);
  bytes.remove_prefix(header_size);
  if (!header.is_object() || !header.contains("columns") || !header.contains("rows") || !header["rows"].is_number_unsigned())
    return broken("the header is broken");
  ASSIGN_OR_RETURN(const std::vector<ColumnSpec> schema, SchemaFromJson(header["columns"]));
  const std::uint64_t rows = header["rows"].get<std::uint64_t>();
  if (rows > bytes.size())
    return broken("it has fewer rows than its header says");  // a value takes at least 4 bytes, so this bounds what is reserved
  Table table;
  for (const ColumnSpec& spec : schema) {
    Column column{.spec = spec};
    if (spec.type == ColumnType::kNumber) {
      if (bytes.size() / sizeof(double) < rows) return broken(Cat("column \"", spec.name, "\" is cut off"));
      column.numbers.resize(rows);
      if (rows > 0) std::memcpy(column.numbers.data(), bytes.data(), rows * sizeof(double));
      bytes.remove_prefix(rows * sizeof(double));
    } else {
      for (std::uint64_t row = 0; row < rows; ++row) {
        std::uint32_t size = 0;
        if (bytes.size() < sizeof size) return broken(Cat("column \"", spec.name, "\" is cut off"));
        std::memcpy(&size, bytes.data(), sizeof size);
        bytes.remove_prefix(sizeof size);
        if (bytes.size() < size) return broken(Cat("column \"", spec.name, "\" is cut off"));
        column.texts.emplace_back(bytes.substr(0, size));
        bytes.remove_prefix(size);
      }
    }
    RETURN_IF_ERROR(table.AddColumn(std::move(column)));
  }
  if (!bytes.empty()) return broken(Cat(bytes.size(), " bytes too many"));
  return table;
}

nlohmann::json DescribeNumbers(std::span<const double> values) {
  std::vector<double> present;
  present.reserve(values.size());
  double sum = 0;
  for (const double value : values) {
    if (std::isnan(value)) continue;
    present.push_back(value);
    sum += value;
  }
  nlohmann::json json{{"count", present.size()},
                      {"missing", values.size() - present.size()},
                      {"mean", nullptr},
                      {"sd", nullptr},
                      {"min", nullptr},
                      {"max", nullptr},
                      {"quantiles", nlohmann::json::array()}};
  if (present.empty()) return json;
  const double n = static_cast<double>(present.size());
  const double mean = sum / n;
  double squares = 0;
  for (const double value : present) squares += (value - mean) * (value - mean);
  std::sort(present.begin(), present.end());
  json["mean"] = mean;
  if (present.size() > 1) json["sd"] = std::sqrt(squares / (n - 1));
  json["min"] = present.front();
  json["max"] = present.back();
  for (std::size_t i = 0; i <= 10; ++i) json["quantiles"].push_back(present[i * (present.size() - 1) / 10]);
  return json;
}

nlohmann::json Table::Statistics() const {
  nlohmann::json all = nlohmann::json::array();
  for (const Column& column : columns_) {
    nlohmann::json json;
    if (column.spec.type == ColumnType::kNumber) {
      json = DescribeNumbers(column.numbers);
    } else {
      std::unordered_set<std::string_view> distinct;
      std::size_t missing = 0;
      for (const std::string& text : column.texts) {
        if (text.empty()) ++missing;
        if (!text.empty() && distinct.size() < kMaxDistinct) distinct.insert(text);
      }
      json = {{"count", column.texts.size() - missing}, {"missing", missing}, {"distinct", distinct.size()}};
    }
    json["name"] = column.spec.name;
    json["role"] = Name(column.spec.role);
    json["type"] = Name(column.spec.type);
    json["unit"] = column.spec.unit;
    all.push_back(std::move(json));
  }
  return all;
}

absl::StatusOr<std::vector<AssetRows>> GroupByAsset(const Table& table, std::string_view asset_column,
                                                    std::string_view time_column) {
  std::vector<AssetRows> assets;
  if (asset_column.empty()) {
    assets.push_back({});
    for (std::size_t row = 0; row < table.rows(); ++row) assets[0].rows.push_back(row);
  } else {
    ASSIGN_OR_RETURN(const Column* column, table.Get(asset_column));
    std::unordered_map<std::string, std::size_t> index;
    for (std::size_t row = 0; row < table.rows(); ++row) {
      const std::string name = column->spec.type == ColumnType::kText ? column->texts[row] : Shortest(column->numbers[row]);
      if (name.empty() || name == "nan")
        return absl::InvalidArgumentError(Cat("row ", row + 1, ", column \"", asset_column, "\": the asset is missing"));
      const auto [it, is_new] = index.try_emplace(name, assets.size());
      if (is_new) assets.push_back({.asset = name});
      assets[it->second].rows.push_back(row);
    }
  }
  if (time_column.empty()) return assets;
  ASSIGN_OR_RETURN(const Column* time, table.GetNumber(time_column));
  for (AssetRows& asset : assets) {
    for (const std::size_t row : asset.rows) {
      if (std::isnan(time->numbers[row]))
        return absl::InvalidArgumentError(Cat("row ", row + 1, ", column \"", time_column, "\": the time is missing"));
    }
    std::stable_sort(asset.rows.begin(), asset.rows.end(),
                     [&](std::size_t a, std::size_t b) { return time->numbers[a] < time->numbers[b]; });
    for (std::size_t i = 1; i < asset.rows.size(); ++i) {
      if (time->numbers[asset.rows[i]] != time->numbers[asset.rows[i - 1]]) continue;
      return absl::InvalidArgumentError(Cat("rows ", asset.rows[i - 1] + 1, " and ", asset.rows[i] + 1, " of asset \"",
                                            asset.asset, "\" have the same ", time_column, " ", time->numbers[asset.rows[i]],
                                            "; an asset has one row per time"));
    }
  }
  return assets;
}

}  // namespace millwright::learn
