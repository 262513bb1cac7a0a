#include "gateway/doors/json_reader.h"

#include <google/protobuf/struct.pb.h>
#include <google/protobuf/timestamp.pb.h>

#include <cmath>
#include <cstdint>
#include <limits>
#include <vector>

#include "absl/strings/escaping.h"
#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "absl/time/time.h"
#include "gateway/doors/json_depth.h"
#include "gateway/doors/percent.h"
#include "lib/base/status_macros.h"
#include "nlohmann/json.hpp"

namespace millwright::gateway {
namespace {

using google::protobuf::FieldDescriptor;
using google::protobuf::Message;
using google::protobuf::Reflection;
using nlohmann::json;

absl::Status Wrong(const std::string& path, const std::string& found, const std::string& wanted) {
  return absl::InvalidArgumentError(absl::StrCat("field ", path, ": ", found, " is not ", wanted));
}

std::string Show(const json& value) {
  const std::string text = value.is_structured() ? value.type_name() : value.dump(-1, ' ', false, json::error_handler_t::replace);
  return text.size() <= 64 ? text : absl::StrCat(text.substr(0, 64), "…");
}

template <typename Number>
absl::StatusOr<Number> ReadInt(const std::string& path, const json& value) {
  constexpr auto kLow = std::numeric_limits<Number>::min();
  constexpr auto kHigh = std::numeric_limits<Number>::max();
  const std::string wanted = absl::StrCat("a whole number from ", kLow, " to ", kHigh);
  if (value.is_number_unsigned()) {
    const auto number = value.get<std::uint64_t>();
    if (number <= static_cast<std::uint64_t>(kHigh)) return static_cast<Number>(number);
  } else if (value.is_number_integer()) {
    const auto number = value.get<std::int64_t>();
    if (number < 0 && std::numeric_limits<Number>::is_signed && number >= static_cast<std::int64_t>(kLow))
      return static_cast<Number>(number);
  } else if (value.is_number_float()) {
    const double number = value.get<double>();
    if (std::trunc(number) == number && std::abs(number) <= 9007199254740992.0 && number >= static_cast<double>(kLow) &&
        number <= static_cast<double>(kHigh)) {
      return static_cast<Number>(number);
    }
  } else if (value.is_string()) {
    // As this dialect writes integers beyond ±2^53.
    Number number = 0;
    if (absl::SimpleAtoi(value.get_ref<const std::string&>(), &number)) return number;
  }
  return Wrong(path, Show(value), wanted);
}

absl::StatusOr<double> ReadDouble(const std::string& path, const json& value) {
  if (value.is_number()) return value.get<double>();
  if (value.is_string()) {
    const auto& text = value.get_ref<const std::string&>();
    if (text == "NaN") return std::numeric_limits<double>::quiet_NaN();
    if (text == "Infinity") return std::numeric_limits<double>::infinity();
    if (text == "-Infinity") return -std::numeric_limits<double>::infinity();
  }
  return Wrong(path, Show(value), "a number, \"NaN\", \"Infinity\" or \"-Infinity\"");
}

absl::StatusOr<std::string> ReadText(const std::string& path, const json& value) {
  if (value.is_string()) return value.get<std::string>();
  return Wrong(path, Show(value), "text");
}

absl::Status ReadTimestamp(const std::string& path, const json& value, google::protobuf::Timestamp& out) {
  constexpr char kWanted[] = "a time such as \"2026-01-31T09:30:00Z\" (RFC 3339, years 0001 to 9999)";
  absl::Time time;
  std::string error;
  if (!value.is_string() || !absl::ParseTime(absl::RFC3339_full, value.get_ref<const std::string&>(), &time, &error)) {
    return Wrong(path, Show(value), kWanted);
  }
  if (time < absl::FromUnixSeconds(-62135596800) || time >= absl::FromUnixSeconds(253402300800))
    return Wrong(path, Show(value), kWanted);
  const std::int64_t seconds = absl::ToUnixSeconds(time);
  out.set_seconds(seconds);
  out.set_nanos(static_cast<std::int32_t>(absl::ToInt64Nanoseconds(time - absl::FromUnixSeconds(seconds))));
  return absl::OkStatus();
}

void ReadValue(const json& value, google::protobuf::Value& out);

void ReadStruct(const json& value, google::protobuf::Struct& out) {
  for (const auto& [key, element] : value.items()) ReadValue(element, (*out.mutable_fields())[key]);
}

void ReadValue(const json& value, google::protobuf::Value& out) {
  if (value.is_object()) {
    ReadStruct(value, *out.mutable_struct_value());
  } else if (value.is_array()) {
    out.mutable_list_value();
    for (const json& element : value) ReadValue(element, *out.mutable_list_value()->add_values());
  } else if (value.is_string()) {
    out.set_string_value(value.get<std::string>());
  } else if (value.is_boolean()) {
    out.set_bool_value(value.get<bool>());
  } else if (value.is_number()) {
    out.set_number_value(value.get<double>());
  } else {
    out.set_null_value(google::protobuf::NULL_VALUE);
  }
}

absl::Status ReadMessage(const std::string& path, const json& value, Message& message);

absl::StatusOr<int> ReadEnum(const std::string& path, const json& value, const google::protobuf::EnumDescriptor* type) {
  if (value.is_string()) {
    const auto* named = type->FindValueByName(value.get_ref<const std::string&>());
    if (named != nullptr) return named->number();
  } else if (value.is_number_integer()) {
    const auto number = ReadInt<std::int32_t>(path, value);
    if (number.ok() && type->FindValueByNumber(*number) != nullptr) return *number;
  }
  std::string names;
  for (int i = 0; i < type->value_count(); ++i) absl::StrAppend(&names, i == 0 ? "" : ", ", type->value(i)->name());
  return Wrong(path, Show(value), absl::StrCat("one of ", names));
}

// Sets a singular field, or appends to a repeated one.
absl::Status ReadScalar(const std::string& path, const json& value, const FieldDescriptor* field, Message& message) {
  const Reflection* r = message.GetReflection();
  const bool many = field->is_repeated();
  switch (field->cpp_type()) {
    case FieldDescriptor::CPPTYPE_INT32: {
      ASSIGN_OR_RETURN(const auto number, ReadInt<std::int32_t>(path, value));
      many ? r->AddInt32(&message, field, number) : r->SetInt32(&message, field, number);
      break;
    }
    case FieldDescriptor::CPPTYPE_INT64: {
      ASSIGN_OR_RETURN(const auto number, ReadInt<std::int64_t>(path, value));
      many ? r->AddInt64(&message, field, number) : r->SetInt64(&message, field, number);
      break;
    }
    case FieldDescriptor::CPPTYPE_UINT32: {
      ASSIGN_OR_RETURN(const auto number, ReadInt<std::uint32_t>(path, value));
      many ? r->AddUInt32(&message, field, number) : r->SetUInt32(&message, field, number);
      break;
    }
    case FieldDescriptor::CPPTYPE_UINT64: {
      ASSIGN_OR_RETURN(const auto number, ReadInt<std::uint64_t>(path, value));
      many ? r->AddUInt64(&message, field, number) : r->SetUInt64(&message, field, number);
      break;
    }
    case FieldDescriptor::CPPTYPE_DOUBLE: {
      ASSIGN_OR_RETURN(const double number, ReadDouble(path, value));
      many ? r->AddDouble(&message, field, number) : r->SetDouble(&message, field, number);
      break;
    }
    case FieldDescriptor::CPPTYPE_FLOAT: {
      ASSIGN_OR_RETURN(const double number, ReadDouble(path, value));
      if (std::isfinite(number) && std::abs(number) > std::numeric_limits<float>::max())
        return Wrong(path, Show(value), "a number that a float holds");
      many ? r->AddFloat(&message, field, static_cast<float>(number)) : r->SetFloat(&message, field, static_cast<float>(number));
      break;
    }
    case FieldDescriptor::CPPTYPE_BOOL: {
      if (!value.is_boolean()) return Wrong(path, Show(value), "true or false");
      many ? r->AddBool(&message, field, value.get<bool>()) : r->SetBool(&message, field, value.get<bool>());
      break;
    }
    case FieldDescriptor::CPPTYPE_ENUM: {
      ASSIGN_OR_RETURN(const int number, ReadEnum(path, value, field->enum_type()));
      many ? r->AddEnumValue(&message, field, number) : r->SetEnumValue(&message, field, number);
      break;
    }
    case FieldDescriptor::CPPTYPE_STRING: {
      ASSIGN_OR_RETURN(std::string text, ReadText(path, value));
      if (field->type() == FieldDescriptor::TYPE_BYTES) {
        std::string bytes;
        if (!absl::Base64Unescape(text, &bytes) && !absl::WebSafeBase64Unescape(text, &bytes))
          return Wrong(path, Show(value), "base64");
        text = std::move(bytes);
      }
      many ? r->AddString(&message, field, std::move(text)) : r->SetString(&message, field, std::move(text));
      break;
    }
    case FieldDescriptor::CPPTYPE_MESSAGE:
      return ReadMessage(path, value, many ? *r->AddMessage(&message, field) : *r->MutableMessage(&message, field));
  }
  return absl::OkStatus();
}

absl::Status ReadMap(const std::string& path, const json& value, const FieldDescriptor* field, Message& message) {
  if (!value.is_object()) return Wrong(path, Show(value), "an object");
  for (const auto& [key, element] : value.items()) {
    const std::string at = absl::StrCat(path, ".", key.substr(0, 64));
    Message* entry = message.GetReflection()->AddMessage(&message, field);
    RETURN_IF_ERROR(ReadScalar(at, json(key), field->message_type()->map_key(), *entry));
    if (element.is_null()) return Wrong(at, "null", "a value");
    RETURN_IF_ERROR(ReadScalar(at, element, field->message_type()->map_value(), *entry));
  }
  return absl::OkStatus();
}

absl::Status ReadField(const std::string& path, const json& value, const FieldDescriptor* field, Message& message) {
  const bool is_value =
      field->cpp_type() == FieldDescriptor::CPPTYPE_MESSAGE && field->message_type()->full_name() == "google.protobuf.Value";
  if (value.is_null() && !(is_value && !field->is_repeated())) return absl::OkStatus();
  if (const auto* oneof = field->real_containing_oneof(); oneof != nullptr && message.GetReflection()->HasOneof(message, oneof)) {
    return absl::InvalidArgumentError(absl::StrCat("field ", path, ": only one of ", oneof->name(), "'s fields may be set, and ",
                                                   message.GetReflection()->GetOneofFieldDescriptor(message, oneof)->name(),
                                                   " is set too"));
  }
  if (field->is_map()) return ReadMap(path, value, field, message);
  if (!field->is_repeated()) return ReadScalar(path, value, field, message);
  if (!value.is_array()) return Wrong(path, Show(value), "an array");
  for (std::size_t i = 0; i < value.size(); ++i)
    RETURN_IF_ERROR(ReadScalar(absl::StrCat(path, "[", i, "]"), value[i], field, message));
  return absl::OkStatus();
}

absl::Status ReadMessage(const std::string& path, const json& value, Message& message) {
  const std::string& type = message.GetDescriptor()->full_name();
  if (type == "google.protobuf.Timestamp") return ReadTimestamp(path, value, static_cast<google::protobuf::Timestamp&>(message));
  if (type == "google.protobuf.Value") {
    ReadValue(value, static_cast<google::protobuf::Value&>(message));
    return absl::OkStatus();
  }
  if (!value.is_object()) {
    return path.empty() ? absl::InvalidArgumentError("the body must be a JSON object") : Wrong(path, Show(value), "an object");
  }
  if (type == "google.protobuf.Struct") {
    ReadStruct(value, static_cast<google::protobuf::Struct&>(message));
    return absl::OkStatus();
  }
  for (const auto& [name, element] : value.items()) {
    const std::string at = path.empty() ? name.substr(0, 64) : absl::StrCat(path, ".", name.substr(0, 64));
    const FieldDescriptor* field = message.GetDescriptor()->FindFieldByName(name);
    if (field == nullptr) return absl::InvalidArgumentError(absl::StrCat("unknown field ", at));
    RETURN_IF_ERROR(ReadField(at, element, field, message));
  }
  return absl::OkStatus();
}

// The JSON that a text of a URL stands for, by the field's type.
absl::StatusOr<json> TextAsJson(const std::string& path, const std::string& text, const FieldDescriptor* field) {
  switch (field->cpp_type()) {
    case FieldDescriptor::CPPTYPE_BOOL:
      if (text == "true" || text == "false") return json(text == "true");
      return Wrong(path, Show(json(text)), "true or false");
    case FieldDescriptor::CPPTYPE_DOUBLE:
    case FieldDescriptor::CPPTYPE_FLOAT: {
      double number = 0;
      if (absl::SimpleAtod(text, &number) && std::isfinite(number)) return json(number);
      return json(text);
    }
    case FieldDescriptor::CPPTYPE_MESSAGE:
      if (field->message_type()->full_name() == "google.protobuf.Timestamp") return json(text);
      return absl::InvalidArgumentError(absl::StrCat("field ", path, " cannot be given in the URL"));
    default:
      return json(text);
  }
}

}  // namespace

absl::Status FromJsonText(absl::string_view text, Message& message) {
  RETURN_IF_ERROR(CheckJsonDepth(text));
  try {
    return ReadMessage("", json::parse(text.begin(), text.end()), message);
  } catch (const json::exception& error) {
    // "[json.exception.parse_error.101] parse error at line 1, column 2: …": from "parse error" on.
    const absl::string_view what(error.what());
    const std::size_t end = what.find("] ");
    return absl::InvalidArgumentError(
        absl::StrCat("the body is not JSON: ", what.substr(end == absl::string_view::npos ? 0 : end + 2).substr(0, 200)));
  }
}

absl::Status SetFromText(const std::string& path, const std::string& text, Message& message) {
  if (!IsUtf8(text)) return absl::InvalidArgumentError(absl::StrCat("field ", path.substr(0, 64), " is not UTF-8"));
  Message* at = &message;
  const std::vector<std::string> names = absl::StrSplit(path, '.');
  for (std::size_t i = 0; i < names.size(); ++i) {
    const FieldDescriptor* field = at->GetDescriptor()->FindFieldByName(names[i]);
    if (field == nullptr) return absl::InvalidArgumentError(absl::StrCat("unknown field ", path.substr(0, 64)));
    if (i + 1 == names.size()) {
      if (field->is_map()) return absl::InvalidArgumentError(absl::StrCat("field ", path, " cannot be given in the URL"));
      ASSIGN_OR_RETURN(const json value, TextAsJson(path, text, field));
      return ReadScalar(path, value, field, *at);
    }
    const bool is_plain = field->cpp_type() == FieldDescriptor::CPPTYPE_MESSAGE && !field->is_repeated() &&
                          !absl::StartsWith(field->message_type()->full_name(), "google.protobuf.");
    if (!is_plain) return absl::InvalidArgumentError(absl::StrCat("unknown field ", path.substr(0, 64)));
    at = at->GetReflection()->MutableMessage(at, field);
  }
  return absl::OkStatus();
}

}  // namespace millwright::gateway
