#include "lib/learn/table/table.h"

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <functional>
#include <limits>
#include <memory>
#include <numeric>
#include <unordered_map>

#include "lib/base/sha256.h"
#include "lib/base/status_macros.h"
#include "lib/learn/strict_json.h"
#include "lib/learn/table/table_file.h"
#include "lib/learn/table/timestamp.h"
#include "lib/learn/text.h"

namespace millwright::learn {

namespace {

constexpr std::size_t kPart = std::size_t{1} << 16;
constexpr std::string_view kRoleNames[] = {"asset", "time", "sensor", "setting", "label", "segment"};

/// Hands what the content hash is of over in parts: "MWTABLE1", the header's length, the header, then each column's values, texts
/// with their length before them.
void WriteContent(const Table& table, const std::function<void(std::string_view)>& sink) {
  const auto number = [](std::string& out, const auto& value) {
    out.append(reinterpret_cast<const char*>(&value), sizeof value);
  };
  const std::string header = nlohmann::json{{"columns", SchemaToJson(table.schema())}, {"rows", table.rows()}}.dump();
  std::string part("MWTABLE1");
  number(part, static_cast<std::uint64_t>(header.size()));
  part += header;
  const auto flush = [&] {
    if (part.size() < kPart) return;
    sink(part);
    part.clear();
  };
  for (const Column& column : table.columns()) {
    if (column.spec.type == ColumnType::kNumber) {
      for (const double value : column.numbers) {
        number(part, std::isnan(value) ? std::numeric_limits<double>::quiet_NaN() : value);
        flush();
      }
      continue;
    }
    for (const std::string& text : column.texts) {
      number(part, static_cast<std::uint32_t>(text.size()));
      part += text;
      flush();
    }
  }
  sink(part);
}

/// Seconds since 1970, told from counters and from milliseconds by their size.
bool IsInstant(double value) { return value >= 1e8 && value < 1e11; }

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

std::string ValueName(const Column& column, std::size_t row) {
  return column.spec.type == ColumnType::kText ? column.texts[row] : Shortest(column.numbers[row]);
}

bool HoldsInstants(const Column& time) {
  double largest = 0;
  for (const double value : time.numbers) largest = std::max(largest, value);  // a NaN is never above
  return IsInstant(largest);
}

std::string TimeText(const Column& time, std::size_t row) {
  const double value = time.numbers[row];
  return IsInstant(value) ? FormatTimestamp(value) : Shortest(value);
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
  std::vector<std::size_t> rows(end - begin);
  std::iota(rows.begin(), rows.end(), begin);
  return Take(rows);
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
    columns_[i].numbers.Append(other.columns_[i].numbers);
    columns_[i].texts.Append(other.columns_[i].texts);
  }
  return absl::OkStatus();
}

std::string Table::ToBytes() const {
  std::string bytes;
  const absl::Status status = WriteRows(*this, nullptr, [&](std::string_view part) {
    bytes += part;
    return absl::OkStatus();
  });
  return status.ok() ? bytes : "";
}

std::string Table::ContentHash() const {
  base::Sha256 hash;
  WriteContent(*this, [&](std::string_view part) { hash.Update(absl::string_view(part.data(), part.size())); });
  return hash.FinishHex();
}

absl::Status Table::Save(const std::filesystem::path& path) const {
  ASSIGN_OR_RETURN(const std::unique_ptr<NewFile> file, NewFile::Create(path));
  RETURN_IF_ERROR(WriteRows(*this, nullptr, [&](std::string_view part) { return file->Write(part); }));
  return file->Commit();
}

absl::StatusOr<Table> Table::Load(const std::filesystem::path& path) {
  ASSIGN_OR_RETURN(const auto mapped, MapFile(path));
  return ReadTable(mapped.first, mapped.second, path.filename().string());
}

absl::StatusOr<Table> Table::FromBytes(std::string_view bytes, std::string_view display_name) {
  const auto copy = std::make_shared<const std::string>(bytes);
  return ReadTable(*copy, copy, display_name);
}

absl::StatusOr<std::vector<AssetRows>> GroupByAsset(const Table& table, std::string_view asset_column,
                                                    std::string_view time_column) {
  std::vector<AssetRows> assets;
  if (asset_column.empty()) {
    assets.push_back({});
    for (std::size_t row = 0; row < table.rows(); ++row) assets[0].rows.push_back(row);
  } else {
    ASSIGN_OR_RETURN(const Column* column, table.Get(asset_column));
    const bool is_text = column->spec.type == ColumnType::kText;
    constexpr std::size_t kNew = std::numeric_limits<std::size_t>::max();
    std::vector<std::size_t> by_code(is_text ? column->texts.codes() : 0, kNew);
    std::unordered_map<std::string, std::size_t> by_name;
    for (std::size_t row = 0; row < table.rows(); ++row) {
      const std::size_t code = is_text ? column->texts.Code(row) : 0;
      std::size_t index = code < by_code.size() ? by_code[code] : kNew;
      if (index == kNew) {
        const std::string name = ValueName(*column, row);
        if (name.empty() || name == "nan")
          return absl::InvalidArgumentError(Cat("row ", row + 1, ", column \"", asset_column, "\": the asset is missing"));
        const auto [it, is_new] = by_name.try_emplace(name, assets.size());
        if (is_new) assets.push_back({.asset = name});
        index = it->second;
        if (code < by_code.size()) by_code[code] = index;
      }
      assets[index].rows.push_back(row);
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
      const std::string of = asset_column.empty() ? "" : Cat(" of asset \"", asset.asset, "\"");
      return absl::InvalidArgumentError(Cat("the table's rows ", asset.rows[i - 1] + 1, " and ", asset.rows[i] + 1, of,
                                            " have the same ", time_column, " ", TimeText(*time, asset.rows[i]),
                                            "; an asset has one row per time (an import with duplicates: first, last or "
                                            "drop_equal keeps one of them)"));
    }
  }
  return assets;
}

}  // namespace millwright::learn
