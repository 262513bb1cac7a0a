#include "lib/base/status_macros.h"
#include "lib/learn/strict_json.h"
#include "lib/learn/table/csv.h"
#include "lib/learn/text.h"

namespace millwright::learn {

namespace {

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
    if (delimiter == "," || delimiter == ";" || delimiter == "\t" || delimiter == "|" || delimiter == " ")
      options.delimiter = delimiter[0];
    else
      object.Fail("delimiter", Cat("\"", delimiter, "\" must be \",\", \";\", \"\\t\", \"|\" or \" \""));
  }
  if (object.Optional("decimal") != nullptr) {
    const std::string decimal = object.Text("decimal");
    if (decimal == "." || decimal == ",")
      options.decimal = decimal[0];
    else
      object.Fail("decimal", Cat("\"", decimal, "\" must be \".\" or \",\""));
  }
  if (object.Optional("header") != nullptr) options.has_header = object.Bool("header", true);
  const std::string encoding = object.Text("encoding", "auto");
  if (encoding == "utf-8")
    options.encoding = CsvOptions::Encoding::kUtf8;
  else if (encoding == "cp949")
    options.encoding = CsvOptions::Encoding::kCp949;
  else if (encoding == "windows-1252" || encoding == "latin-1")
    options.encoding = CsvOptions::Encoding::kWindows1252;
  else if (encoding != "auto")
    object.Fail("encoding", Cat("\"", encoding, "\" must be auto, utf-8, cp949, windows-1252 or latin-1"));
  const std::string duplicates = object.Text("duplicates", "refuse");
  if (duplicates == "drop_equal")
    options.duplicates = DuplicateRows::kDropEqual;
  else if (duplicates == "first")
    options.duplicates = DuplicateRows::kFirst;
  else if (duplicates == "last")
    options.duplicates = DuplicateRows::kLast;
  else if (duplicates == "keep")
    options.duplicates = DuplicateRows::kKeep;
  else if (duplicates != "refuse")
    object.Fail("duplicates", Cat("\"", duplicates, "\" must be refuse, drop_equal, first, last or keep"));
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

}  // namespace millwright::learn
