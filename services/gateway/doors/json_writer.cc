#include "gateway/doors/json_writer.h"

#include <google/protobuf/struct.pb.h>
#include <google/protobuf/timestamp.pb.h>

#include <algorithm>
#include <charconv>
#include <cmath>
#include <cstdint>
#include <vector>

#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "absl/time/time.h"
#include "gateway/doors/percent.h"

namespace millwright::gateway {
namespace {

using google::protobuf::FieldDescriptor;
using google::protobuf::Message;
using google::protobuf::Reflection;

constexpr std::int64_t kExactInteger = std::int64_t{1} << 53;

template <typename Number>
void AppendFloat(Number value, std::string& out) {
  if (std::isnan(value)) return void(out += "\"NaN\"");
  if (std::isinf(value)) return void(out += value > 0 ? "\"Infinity\"" : "\"-Infinity\"");
  char text[64];
  const auto end = std::to_chars(text, text + sizeof(text), value);
  out.append(text, end.ptr);
}

void AppendInt(std::int64_t value, std::string& out) {
  const bool is_exact = -kExactInteger <= value && value <= kExactInteger;
  absl::StrAppend(&out, is_exact ? "" : "\"", value, is_exact ? "" : "\"");
}

void AppendUint(std::uint64_t value, std::string& out) {
  const bool is_exact = value <= static_cast<std::uint64_t>(kExactInteger);
  absl::StrAppend(&out, is_exact ? "" : "\"", value, is_exact ? "" : "\"");
}

void AppendText(const std::string& text, std::string& out) {
  out += '"';
  for (const char c : text) {
    switch (c) {
      case '"':
        out += "\\\"";
        break;
      case '\\':
        out += "\\\\";
        break;
      case '\n':
        out += "\\n";
        break;
      case '\r':
        out += "\\r";
        break;
      case '\t':
        out += "\\t";
        break;
      case '<':
        out += "\\u003c";  // so that no reply can be read as markup, whatever guesses at its type
        break;
      default:
        if (static_cast<unsigned char>(c) < 0x20) {
          absl::StrAppend(&out, "\\u", absl::Hex(static_cast<unsigned char>(c), absl::kZeroPad4));
        } else {
          out += c;
        }
    }
  }
  out += '"';
}

void AppendMessage(const Message& message, const std::string& omitted, std::string& out);

void AppendValue(const google::protobuf::Value& value, std::string& out);

void AppendStruct(const google::protobuf::Struct& object, std::string& out) {
  std::vector<const std::string*> keys;
  for (const auto& [key, value] : object.fields()) keys.push_back(&key);
  std::sort(keys.begin(), keys.end(), [](const std::string* a, const std::string* b) { return *a < *b; });
  out += '{';
  for (std::size_t i = 0; i < keys.size(); ++i) {
    if (i > 0) out += ',';
    AppendText(*keys[i], out);
    out += ':';
    AppendValue(object.fields().at(*keys[i]), out);
  }
  out += '}';
}

void AppendValue(const google::protobuf::Value& value, std::string& out) {
  using google::protobuf::Value;
  switch (value.kind_case()) {
    case Value::kNumberValue:
      // Whole numbers as people write them, not as 1e+06.
      if (std::trunc(value.number_value()) == value.number_value() &&
          std::abs(value.number_value()) <= static_cast<double>(kExactInteger)) {
        return AppendInt(static_cast<std::int64_t>(value.number_value()), out);
      }
      return AppendFloat(value.number_value(), out);
    case Value::kStringValue:
      return AppendText(value.string_value(), out);
    case Value::kBoolValue:
      return void(out += value.bool_value() ? "true" : "false");
    case Value::kStructValue:
      return AppendStruct(value.struct_value(), out);
    case Value::kListValue:
      out += '[';
      for (int i = 0; i < value.list_value().values_size(); ++i) {
        if (i > 0) out += ',';
        AppendValue(value.list_value().values(i), out);
      }
      return void(out += ']');
    case Value::kNullValue:
    case Value::KIND_NOT_SET:
      return void(out += "null");
  }
}

void AppendTimestamp(const google::protobuf::Timestamp& time, std::string& out) {
  const absl::Time at = absl::FromUnixSeconds(time.seconds()) + absl::Nanoseconds(time.nanos());
  absl::StrAppend(&out, "\"", absl::FormatTime("%Y-%m-%d%ET%H:%M:%E*SZ", at, absl::UTCTimeZone()), "\"");
}

void AppendEnum(const google::protobuf::EnumValueDescriptor* value, int number, std::string& out) {
  if (value == nullptr) return AppendInt(number, out);
  AppendText(value->name(), out);
}

// A singular field, or the element `index` of a repeated one.
void AppendField(const Message& message, const FieldDescriptor* field, int index, std::string& out) {
  const Reflection* r = message.GetReflection();
  const bool many = index >= 0;
  std::string scratch;
  switch (field->cpp_type()) {
    case FieldDescriptor::CPPTYPE_INT32:
      return AppendInt(many ? r->GetRepeatedInt32(message, field, index) : r->GetInt32(message, field), out);
    case FieldDescriptor::CPPTYPE_INT64:
      return AppendInt(many ? r->GetRepeatedInt64(message, field, index) : r->GetInt64(message, field), out);
    case FieldDescriptor::CPPTYPE_UINT32:
      return AppendUint(many ? r->GetRepeatedUInt32(message, field, index) : r->GetUInt32(message, field), out);
    case FieldDescriptor::CPPTYPE_UINT64:
      return AppendUint(many ? r->GetRepeatedUInt64(message, field, index) : r->GetUInt64(message, field), out);
    case FieldDescriptor::CPPTYPE_DOUBLE:
      return AppendFloat(many ? r->GetRepeatedDouble(message, field, index) : r->GetDouble(message, field), out);
    case FieldDescriptor::CPPTYPE_FLOAT:
      return AppendFloat(many ? r->GetRepeatedFloat(message, field, index) : r->GetFloat(message, field), out);
    case FieldDescriptor::CPPTYPE_BOOL:
      return void(out += (many ? r->GetRepeatedBool(message, field, index) : r->GetBool(message, field)) ? "true" : "false");
    case FieldDescriptor::CPPTYPE_ENUM: {
      const int number = many ? r->GetRepeatedEnumValue(message, field, index) : r->GetEnumValue(message, field);
      return AppendEnum(field->enum_type()->FindValueByNumber(number), number, out);
    }
    case FieldDescriptor::CPPTYPE_STRING: {
      const std::string& text =
          many ? r->GetRepeatedStringReference(message, field, index, &scratch) : r->GetStringReference(message, field, &scratch);
      if (field->type() != FieldDescriptor::TYPE_BYTES) return AppendText(text, out);
      return void(absl::StrAppend(&out, "\"", absl::Base64Escape(text), "\""));
    }
    case FieldDescriptor::CPPTYPE_MESSAGE:
      return AppendMessage(many ? r->GetRepeatedMessage(message, field, index) : r->GetMessage(message, field), "", out);
  }
}

// The key of a map entry as JSON has it: always text.
std::string MapKey(const Message& entry) {
  std::string key;
  AppendField(entry, entry.GetDescriptor()->map_key(), -1, key);
  return key.empty() || key[0] != '"' ? absl::StrCat("\"", key, "\"") : key;
}

void AppendMap(const Message& message, const FieldDescriptor* field, std::string& out) {
  const Reflection* r = message.GetReflection();
  std::vector<std::pair<std::string, const Message*>> entries;
  for (int i = 0; i < r->FieldSize(message, field); ++i) {
    const Message& entry = r->GetRepeatedMessage(message, field, i);
    entries.emplace_back(MapKey(entry), &entry);
  }
  std::sort(entries.begin(), entries.end());
  out += '{';
  for (std::size_t i = 0; i < entries.size(); ++i) {
    if (i > 0) out += ',';
    absl::StrAppend(&out, entries[i].first, ":");
    AppendField(*entries[i].second, entries[i].second->GetDescriptor()->map_value(), -1, out);
  }
  out += '}';
}

void AppendMessage(const Message& message, const std::string& omitted, std::string& out) {
  const std::string& type = message.GetDescriptor()->full_name();
  if (type == "google.protobuf.Timestamp") return AppendTimestamp(static_cast<const google::protobuf::Timestamp&>(message), out);
  if (type == "google.protobuf.Struct") return AppendStruct(static_cast<const google::protobuf::Struct&>(message), out);
  if (type == "google.protobuf.Value") return AppendValue(static_cast<const google::protobuf::Value&>(message), out);

  std::vector<const FieldDescriptor*> fields;
  message.GetReflection()->ListFields(message, &fields);
  out += '{';
  bool is_first = true;
  for (const FieldDescriptor* field : fields) {
    if (field->name() == omitted) continue;
    if (!is_first) out += ',';
    is_first = false;
    absl::StrAppend(&out, "\"", field->name(), "\":");
    if (field->is_map()) {
      AppendMap(message, field, out);
    } else if (field->is_repeated()) {
      out += '[';
      for (int i = 0; i < message.GetReflection()->FieldSize(message, field); ++i) {
        if (i > 0) out += ',';
        AppendField(message, field, i, out);
      }
      out += ']';
    } else {
      AppendField(message, field, -1, out);
    }
  }
  out += '}';
}

}  // namespace

std::string ToJsonText(const Message& message, const std::string& omitted) {
  std::string out;
  AppendMessage(message, omitted, out);
  return out;
}

std::string JsonString(const std::string& text) {
  std::string out;
  if (IsUtf8(text)) {
    AppendText(text, out);
    return out;
  }
  // A message may quote what was wrong with a request; an answer is JSON all the same.
  std::string readable = text;
  for (char& c : readable) c = (static_cast<unsigned char>(c) & 0x80) != 0 ? '?' : c;
  AppendText(readable, out);
  return out;
}

}  // namespace millwright::gateway
