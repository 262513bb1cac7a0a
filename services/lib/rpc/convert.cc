#include "lib/rpc/convert.h"

#include <cmath>

#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "lib/base/status_macros.h"

namespace millwright::rpc {
namespace {

constexpr int kMaxDepth = 32;
constexpr double kMaxExactInteger = 9007199254740992.0;  // 2^53

bool IsTooDeep(const google::protobuf::Value& value, int depth);

bool IsTooDeep(const google::protobuf::Struct& value, int depth) {
  if (depth > kMaxDepth) return true;
  for (const auto& [key, field] : value.fields()) {
    if (IsTooDeep(field, depth)) return true;
  }
  return false;
}

bool IsTooDeep(const google::protobuf::Value& value, int depth) {
  if (value.has_struct_value()) return IsTooDeep(value.struct_value(), depth + 1);
  if (!value.has_list_value()) return false;
  if (depth + 1 > kMaxDepth) return true;
  for (const auto& item : value.list_value().values()) {
    if (IsTooDeep(item, depth + 1)) return true;
  }
  return false;
}

nlohmann::json Number(double value) {
  if (std::trunc(value) == value && std::abs(value) <= kMaxExactInteger && !(value == 0 && std::signbit(value))) {
    return static_cast<std::int64_t>(value);
  }
  return value;
}

nlohmann::json ToJsonObject(const google::protobuf::Struct& value) {
  nlohmann::json object = nlohmann::json::object();
  for (const auto& [key, field] : value.fields()) object[key] = ToJson(field);
  return object;
}

}  // namespace

google::protobuf::Timestamp ToProto(absl::Time time) {
  google::protobuf::Timestamp result;
  result.set_seconds(absl::ToUnixSeconds(time));
  result.set_nanos(static_cast<std::int32_t>((time - absl::FromUnixSeconds(result.seconds())) / absl::Nanoseconds(1)));
  return result;
}

absl::Time FromProto(const google::protobuf::Timestamp& time) {
  return absl::FromUnixSeconds(time.seconds()) + absl::Nanoseconds(time.nanos());
}

nlohmann::json ToJson(const google::protobuf::Value& value) {
  switch (value.kind_case()) {
    case google::protobuf::Value::kNumberValue:
      return Number(value.number_value());
    case google::protobuf::Value::kStringValue:
      return value.string_value();
    case google::protobuf::Value::kBoolValue:
      return value.bool_value();
    case google::protobuf::Value::kStructValue:
      return ToJsonObject(value.struct_value());
    case google::protobuf::Value::kListValue: {
      nlohmann::json array = nlohmann::json::array();
      for (const auto& item : value.list_value().values()) array.push_back(ToJson(item));
      return array;
    }
    default:
      return nullptr;
  }
}

absl::StatusOr<nlohmann::json> ToJson(const google::protobuf::Struct& value, const std::string& field) {
  if (IsTooDeep(value, 1)) {
    return absl::InvalidArgumentError(absl::StrCat("`", field, "` is nested more than ", kMaxDepth, " levels deep"));
  }
  return ToJsonObject(value);
}

google::protobuf::Value ToValue(const nlohmann::json& value) {
  google::protobuf::Value result;
  switch (value.type()) {
    case nlohmann::json::value_t::object:
      *result.mutable_struct_value() = ToStruct(value);
      break;
    case nlohmann::json::value_t::array:
      result.mutable_list_value();
      for (const auto& item : value) *result.mutable_list_value()->add_values() = ToValue(item);
      break;
    case nlohmann::json::value_t::string:
      result.set_string_value(value.get<std::string>());
      break;
    case nlohmann::json::value_t::boolean:
      result.set_bool_value(value.get<bool>());
      break;
    case nlohmann::json::value_t::number_integer:
    case nlohmann::json::value_t::number_unsigned:
    case nlohmann::json::value_t::number_float:
      result.set_number_value(value.get<double>());
      break;
    default:
      result.set_null_value(google::protobuf::NULL_VALUE);
  }
  return result;
}

google::protobuf::Struct ToStruct(const nlohmann::json& object) {
  google::protobuf::Struct result;
  for (const auto& [key, value] : object.items()) (*result.mutable_fields())[key] = ToValue(value);
  return result;
}

absl::StatusOr<int> PageSize(int requested, int fallback, int max) {
  if (requested == 0) return fallback;
  if (requested < 1 || requested > max) {
    return absl::InvalidArgumentError(absl::StrCat("page_size is ", requested, "; it must be 1 to ", max));
  }
  return requested;
}

std::string EncodePageToken(const nlohmann::json& keys) { return absl::WebSafeBase64Escape(keys.dump()); }

absl::StatusOr<nlohmann::json> DecodePageToken(const std::string& token) {
  std::string text;
  if (token.size() <= 4096 && absl::WebSafeBase64Unescape(token, &text)) {
    nlohmann::json keys = nlohmann::json::parse(text, nullptr, /*allow_exceptions=*/false);
    if (keys.is_array()) return keys;
  }
  return absl::InvalidArgumentError("page_token is not one that a list has answered");
}

}  // namespace millwright::rpc
