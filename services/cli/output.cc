#include "cli/output.h"

#include <google/protobuf/struct.pb.h>
#include <google/protobuf/timestamp.pb.h>
#include <google/protobuf/util/json_util.h>

#include <algorithm>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"
#include "absl/time/time.h"
#include "lib/base/check.h"
#include "lib/base/utf8.h"

namespace millwright::cli {
namespace {

namespace pb = google::protobuf;

std::string ShowTime(const pb::Timestamp& time) {
  return absl::FormatTime("%Y-%m-%d %H:%M:%SZ", absl::FromUnixSeconds(time.seconds()), absl::UTCTimeZone());
}

std::string ShowUptime(const pb::Timestamp& since) {
  const std::int64_t seconds =
      std::max<std::int64_t>(0, absl::ToInt64Seconds(absl::Now() - absl::FromUnixSeconds(since.seconds())));
  if (seconds < 60) return absl::StrCat(seconds, "s");
  if (seconds < 3600) return absl::StrCat(seconds / 60, "m", seconds % 60, "s");
  if (seconds < 86400) return absl::StrCat(seconds / 3600, "h", seconds % 3600 / 60, "m");
  return absl::StrCat(seconds / 86400, "d", seconds % 86400 / 3600, "h");
}

std::string ShowValue(const pb::Message& message, const pb::FieldDescriptor& field, int index);

// A message inside a cell or a line: well-known types as themselves, small ones as JSON.
std::string ShowMessage(const pb::Message& message) {
  const std::string& type = message.GetDescriptor()->full_name();
  if (type == "google.protobuf.Timestamp") {
    pb::Timestamp time;
    time.CopyFrom(message);
    return ShowTime(time);
  }
  if (type == "millwright.tracker.v1.Metric" || type == "millwright.tracker.v1.KeyValue") {
    return absl::StrCat(ShowField(message, "key"), "=", ShowField(message, "value"));
  }
  if (type == "millwright.registry.v1.Arm") {
    return absl::StrCat("v", ShowField(message, "version"), " ", ShowField(message, "role"), " ", ShowField(message, "weight"),
                        "%");
  }
  if (type == "millwright.telemetry.v1.Sensor") return ShowField(message, "name");
  std::string text;
  pb::util::JsonPrintOptions options;
  options.preserve_proto_field_names = true;
  if (!pb::util::MessageToJsonString(message, &text, options).ok()) return "?";
  return text;
}

// Text of others goes to a terminal without control characters.
std::string Printable(std::string text) {
  for (char& c : text) {
    if (static_cast<unsigned char>(c) < 0x20 || c == 0x7f) c = ' ';
  }
  return text;
}

std::string ShowValue(const pb::Message& message, const pb::FieldDescriptor& field, int index) {
  const pb::Reflection& reflection = *message.GetReflection();
  const bool repeated = field.is_repeated();
  switch (field.cpp_type()) {
    case pb::FieldDescriptor::CPPTYPE_INT32:
      return absl::StrCat(repeated ? reflection.GetRepeatedInt32(message, &field, index) : reflection.GetInt32(message, &field));
    case pb::FieldDescriptor::CPPTYPE_INT64:
      return absl::StrCat(repeated ? reflection.GetRepeatedInt64(message, &field, index) : reflection.GetInt64(message, &field));
    case pb::FieldDescriptor::CPPTYPE_UINT32:
      return absl::StrCat(repeated ? reflection.GetRepeatedUInt32(message, &field, index)
                                   : reflection.GetUInt32(message, &field));
    case pb::FieldDescriptor::CPPTYPE_UINT64:
      return absl::StrCat(repeated ? reflection.GetRepeatedUInt64(message, &field, index)
                                   : reflection.GetUInt64(message, &field));
    case pb::FieldDescriptor::CPPTYPE_DOUBLE:
      return absl::StrFormat(
          "%.6g", repeated ? reflection.GetRepeatedDouble(message, &field, index) : reflection.GetDouble(message, &field));
    case pb::FieldDescriptor::CPPTYPE_FLOAT:
      return absl::StrFormat(
          "%.6g", repeated ? reflection.GetRepeatedFloat(message, &field, index) : reflection.GetFloat(message, &field));
    case pb::FieldDescriptor::CPPTYPE_BOOL:
      return (repeated ? reflection.GetRepeatedBool(message, &field, index) : reflection.GetBool(message, &field)) ? "yes" : "no";
    case pb::FieldDescriptor::CPPTYPE_ENUM:
      return ShortEnumName(repeated ? *reflection.GetRepeatedEnum(message, &field, index) : *reflection.GetEnum(message, &field));
    case pb::FieldDescriptor::CPPTYPE_STRING:
      return repeated ? reflection.GetRepeatedString(message, &field, index) : reflection.GetString(message, &field);
    case pb::FieldDescriptor::CPPTYPE_MESSAGE:
      return ShowMessage(repeated ? reflection.GetRepeatedMessage(message, &field, index)
                                  : reflection.GetMessage(message, &field));
  }
  return "";
}

// A map entry as key=value, in key order: reflection gives entries in no order.
std::vector<std::string> ShowMap(const pb::Message& message, const pb::FieldDescriptor& field) {
  std::vector<std::string> entries;
  const pb::Reflection& reflection = *message.GetReflection();
  for (int i = 0; i < reflection.FieldSize(message, &field); ++i) {
    const pb::Message& entry = reflection.GetRepeatedMessage(message, &field, i);
    entries.push_back(absl::StrCat(ShowField(entry, "key"), "=", ShowField(entry, "value")));
  }
  std::sort(entries.begin(), entries.end());
  return entries;
}

// A cell at most this wide; `get` and JSON have the whole.
std::string Clip(std::string cell) {
  constexpr std::size_t kWidest = 72;
  if (cell.size() <= kWidest) return cell;
  return absl::StrCat(base::Utf8Prefix(cell, kWidest - 3), "...");
}

bool IsTableType(const pb::FieldDescriptor& field) {
  return field.is_repeated() && !field.is_map() && field.cpp_type() == pb::FieldDescriptor::CPPTYPE_MESSAGE &&
         FindColumns(field.message_type()->full_name()) != nullptr;
}

std::string ShowRows(const pb::Message& message, const pb::FieldDescriptor& field) {
  const pb::Reflection& reflection = *message.GetReflection();
  const std::vector<Column> columns = ColumnsOf(*field.message_type());
  std::vector<std::vector<std::string>> rows(1);
  for (const Column& column : columns) rows[0].push_back(column.heading);
  for (int i = 0; i < reflection.FieldSize(message, &field); ++i) {
    const pb::Message& entry = reflection.GetRepeatedMessage(message, &field, i);
    std::vector<std::string>& row = rows.emplace_back();
    for (const Column& column : columns) {
      std::string cell;
      if (std::string(column.heading) == "UPTIME") {
        const pb::FieldDescriptor* since = entry.GetDescriptor()->FindFieldByName(column.path);
        if (entry.GetReflection()->HasField(entry, since)) {
          pb::Timestamp time;
          time.CopyFrom(entry.GetReflection()->GetMessage(entry, since));
          cell = ShowUptime(time);
        }
      } else {
        cell = ShowField(entry, column.path);
      }
      row.push_back(cell.empty() ? "-" : Clip(std::move(cell)));
    }
  }
  return Align(rows);
}

void ShowFields(const pb::Message& message, std::string* text) {
  const pb::Reflection& reflection = *message.GetReflection();
  std::vector<std::vector<std::string>> lines;
  std::string tables;
  std::vector<const pb::FieldDescriptor*> fields;
  reflection.ListFields(message, &fields);
  for (const pb::FieldDescriptor* field : fields) {
    if (IsTableType(*field) && field->message_type()->full_name() != "millwright.tracker.v1.Metric") {
      absl::StrAppend(&tables, "\n", field->name(), "\n", ShowRows(message, *field));
    } else if (field->is_map()) {
      for (const std::string& entry : ShowMap(message, *field)) lines.push_back({field->name(), Printable(entry)});
    } else if (field->is_repeated()) {
      for (int i = 0; i < reflection.FieldSize(message, field); ++i) {
        lines.push_back({field->name(), Printable(ShowValue(message, *field, i))});
      }
    } else if (field->name() == "definition" || field->name() == "markdown") {  // text of several lines goes last, as it is
      absl::StrAppend(&tables, "\n", field->name(), "\n", ShowValue(message, *field, 0), "\n");
    } else {
      lines.push_back({field->name(), Printable(ShowValue(message, *field, 0))});
    }
  }
  absl::StrAppend(text, Align(lines), tables);
}

}  // namespace

std::vector<Column> ColumnsOf(const pb::Descriptor& type) {
  if (const std::vector<Column>* known = FindColumns(type.full_name())) return *known;
  std::vector<Column> columns;
  for (int i = 0; i < type.field_count(); ++i) {
    const pb::FieldDescriptor& field = *type.field(i);
    if (field.cpp_type() == pb::FieldDescriptor::CPPTYPE_MESSAGE) continue;
    columns.push_back({field.name().c_str(), field.name().c_str()});
  }
  return columns;
}

std::string ShowField(const pb::Message& message, const std::string& path) {
  const std::size_t dot = path.find('.');
  const pb::FieldDescriptor* field = message.GetDescriptor()->FindFieldByName(path.substr(0, dot));
  CHECK(field != nullptr);
  const pb::Reflection& reflection = *message.GetReflection();
  if (dot != std::string::npos) {
    return reflection.HasField(message, field) ? ShowField(reflection.GetMessage(message, field), path.substr(dot + 1)) : "";
  }
  if (field->is_map()) return Printable(absl::StrJoin(ShowMap(message, *field), " "));
  if (field->is_repeated()) {
    const int size = reflection.FieldSize(message, field);
    if (field->name() == "sensors") return absl::StrCat(size);
    std::vector<std::string> parts;
    for (int i = 0; i < size; ++i) parts.push_back(ShowValue(message, *field, i));
    return Printable(absl::StrJoin(parts, field->name() == "arms" ? ", " : " "));
  }
  if (field->has_presence() && !reflection.HasField(message, field)) return "";
  return Printable(ShowValue(message, *field, 0));
}

std::string ShortEnumName(const pb::EnumValueDescriptor& value) {
  // The values of an enum share their type's name as prefix: STAGE_PRODUCTION of Stage.
  const std::string& unset = value.type()->value(0)->name();
  const std::size_t cut = unset.size() > 11 ? unset.size() - 11 : 0;  // "UNSPECIFIED"
  if (value.number() == 0 || value.name().size() <= cut) return "";
  return absl::AsciiStrToLower(value.name().substr(cut));
}

const pb::FieldDescriptor* ListField(const pb::Descriptor& type) {
  const pb::FieldDescriptor* list = nullptr;
  for (int i = 0; i < type.field_count(); ++i) {
    const pb::FieldDescriptor& field = *type.field(i);
    if (field.name() == "next_page_token") continue;
    if (!field.is_repeated() || field.is_map() || field.cpp_type() != pb::FieldDescriptor::CPPTYPE_MESSAGE || list != nullptr)
      return nullptr;
    list = &field;
  }
  return list;
}

std::string ShowTable(const pb::Message& message) {
  if (const pb::FieldDescriptor* list = ListField(*message.GetDescriptor())) return ShowRows(message, *list);
  std::string text;
  ShowFields(message, &text);
  return text;
}

std::string ShowJson(const pb::Message& message) {
  pb::util::JsonPrintOptions options;
  options.preserve_proto_field_names = true;
  options.add_whitespace = true;
  std::string text;
  const auto status = pb::util::MessageToJsonString(message, &text, options);
  return status.ok() ? text : "{}\n";
}

std::string Show(const pb::Message& message, OutputFormat format) {
  return format == OutputFormat::kJson ? ShowJson(message) : ShowTable(message);
}

std::string Align(const std::vector<std::vector<std::string>>& rows) {
  std::vector<std::size_t> widths;
  for (const auto& row : rows) {
    widths.resize(std::max(widths.size(), row.size()));
    for (std::size_t i = 0; i < row.size(); ++i) widths[i] = std::max(widths[i], base::CountCharacters(row[i]));
  }
  std::string text;
  for (const auto& row : rows) {
    for (std::size_t i = 0; i < row.size(); ++i) {
      text += row[i];
      if (i + 1 < row.size()) text.append(widths[i] - base::CountCharacters(row[i]) + 2, ' ');
    }
    text += '\n';
  }
  return text;
}

}  // namespace millwright::cli
