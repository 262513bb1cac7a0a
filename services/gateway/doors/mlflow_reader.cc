#include "gateway/doors/mlflow_reader.h"

#include <cmath>
#include <limits>
#include <optional>

#include "absl/strings/ascii.h"
#include "absl/strings/escaping.h"
#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "gateway/doors/json_depth.h"
#include "gateway/doors/percent.h"
#include "lib/base/status_macros.h"
#include "nlohmann/json.hpp"

namespace millwright::gateway {
namespace {

using google::protobuf::FieldDescriptor;
using google::protobuf::Message;
using google::protobuf::Reflection;
using mlflow::v1::Json;
using json = nlohmann::ordered_json;  // what is read depends on the order

// The number NaN, Infinity or -Infinity, which Python's JSON has as words: they stand here as text that no client can send.
constexpr char kWord[] = "\x01word:";

bool IsWord(const json& value) { return value.is_string() && absl::StartsWith(value.get_ref<const std::string&>(), kWord); }

// Puts those words of a body, outside of its texts, in quotes.
std::string QuoteWords(absl::string_view body) {
  std::string quoted;
  bool is_text = false;
  for (std::size_t i = 0; i < body.size(); ++i) {
    if (is_text && body[i] == '\\' && i + 1 < body.size()) {
      quoted.append(body.data() + i++, 2);
      continue;
    }
    if (body[i] == '"') is_text = !is_text;
    bool is_word = false;
    for (const absl::string_view word : {"NaN", "-Infinity", "Infinity"}) {
      if (is_text || !absl::StartsWith(body.substr(i), word)) continue;
      absl::StrAppend(&quoted, "\"\\u0001word:", word, "\"");
      i += word.size() - 1;
      is_word = true;
      break;
    }
    if (!is_word) quoted += body[i];
  }
  return quoted;
}

// As the name of the value's type in Python.
const char* TypeName(const json& value) {
  if (IsWord(value)) return "float";
  if (value.is_string()) return "str";
  if (value.is_boolean()) return "bool";
  if (value.is_number_integer()) return "int";
  if (value.is_number()) return "float";
  if (value.is_array()) return "list";
  return value.is_object() ? "dict" : "NoneType";
}

std::string Show(const json& value) {
  if (IsWord(value)) return value.get<std::string>().substr(sizeof(kWord) - 1);
  const nlohmann::json sorted = value;
  return sorted.dump(-1, ' ', /*ensure_ascii=*/true, nlohmann::json::error_handler_t::replace);
}

// Python's float() knows no hexadecimal numbers.
bool ReadDouble(absl::string_view text, double* number) {
  return text.find_first_of("xX") == absl::string_view::npos && absl::SimpleAtod(text, number);
}

std::optional<std::int64_t> IntOf(const json& value) {
  if (value.is_number_unsigned()) {
    const auto number = value.get<std::uint64_t>();
    if (number <= static_cast<std::uint64_t>(std::numeric_limits<std::int64_t>::max())) return static_cast<std::int64_t>(number);
    return std::nullopt;
  }
  if (value.is_number_integer()) return value.get<std::int64_t>();
  double number = std::numeric_limits<double>::quiet_NaN();
  if (value.is_number_float()) {
    number = value.get<double>();
  } else if (value.is_string() && !IsWord(value)) {
    const std::string text(absl::StripAsciiWhitespace(value.get_ref<const std::string&>()));
    std::int64_t whole = 0;
    if (absl::SimpleAtoi(text, &whole)) return whole;
    if (!ReadDouble(text, &number)) return std::nullopt;
  }
  if (std::trunc(number) == number && std::abs(number) < 9.2e18) return static_cast<std::int64_t>(number);
  return std::nullopt;
}

std::optional<double> DoubleOf(const json& value) {
  if (value.is_boolean()) return value.get<bool>() ? 1 : 0;
  if (value.is_number()) {
    const double number = value.get<double>();
    return std::isfinite(number) ? std::optional<double>(number) : std::nullopt;
  }
  if (!value.is_string() || IsWord(value)) return std::nullopt;
  const auto& text = value.get_ref<const std::string&>();
  double number = 0;
  if (text == "nan" || !ReadDouble(text, &number)) return std::nullopt;
  return number;
}

// Fills a message from an object; false at the first value that does not fit, with all before it set.
bool Fill(const json& object, const MessagePlan& plan, Message& message);

enum class Fit { kSet, kSkipped, kWrong };

Fit FillEnum(const json& value, const FieldDescriptor* field, Message& message, bool many) {
  const auto* type = field->enum_type();
  const google::protobuf::EnumValueDescriptor* found = nullptr;
  if (value.is_string()) {
    const auto& name = value.get_ref<const std::string&>();
    found = type->FindValueByName(name);
    std::int64_t number = 0;
    if (found == nullptr && absl::SimpleAtoi(name, &number)) {
      found = number == static_cast<int>(number) ? type->FindValueByNumber(static_cast<int>(number)) : nullptr;
      if (found == nullptr) return Fit::kWrong;
    }
    // Unknown names are unknown fields.
    if (found == nullptr || found->number() == 0) return Fit::kSkipped;
  } else if (value.is_boolean()) {  // which Python counts among the numbers
    found = type->FindValueByNumber(value.get<bool>() ? 1 : 0);
  } else if (const auto number = value.is_number() ? IntOf(value) : std::nullopt) {
    if (*number == static_cast<int>(*number)) found = type->FindValueByNumber(static_cast<int>(*number));
  }
  if (found == nullptr || found->number() == 0) return Fit::kWrong;
  many ? message.GetReflection()->AddEnum(&message, field, found) : message.GetReflection()->SetEnum(&message, field, found);
  return Fit::kSet;
}

Fit FillValue(const json& value, const FieldPlan& plan, Message& message) {
  const FieldDescriptor* field = plan.descriptor;
  const Reflection* r = message.GetReflection();
  const bool many = field->is_repeated();
  switch (field->cpp_type()) {
    case FieldDescriptor::CPPTYPE_INT32:
    case FieldDescriptor::CPPTYPE_INT64: {
      const bool has_space = value.is_string() && absl::StrContains(value.get_ref<const std::string&>(), ' ');
      const auto number = value.is_boolean() || has_space ? std::nullopt : IntOf(value);
      if (!number) return Fit::kWrong;
      if (field->cpp_type() == FieldDescriptor::CPPTYPE_INT64) {
        many ? r->AddInt64(&message, field, *number) : r->SetInt64(&message, field, *number);
        return Fit::kSet;
      }
      if (*number != static_cast<std::int32_t>(*number)) return Fit::kWrong;
      const auto narrow = static_cast<std::int32_t>(*number);
      many ? r->AddInt32(&message, field, narrow) : r->SetInt32(&message, field, narrow);
      return Fit::kSet;
    }
    case FieldDescriptor::CPPTYPE_DOUBLE: {
      const auto number = DoubleOf(value);
      if (!number) return Fit::kWrong;
      many ? r->AddDouble(&message, field, *number) : r->SetDouble(&message, field, *number);
      return Fit::kSet;
    }
    case FieldDescriptor::CPPTYPE_BOOL:
      if (!value.is_boolean()) return Fit::kWrong;
      many ? r->AddBool(&message, field, value.get<bool>()) : r->SetBool(&message, field, value.get<bool>());
      return Fit::kSet;
    case FieldDescriptor::CPPTYPE_STRING: {
      if (!value.is_string() || IsWord(value)) return Fit::kWrong;
      std::string text = value.get<std::string>();
      if (field->type() == FieldDescriptor::TYPE_BYTES) {
        std::string bytes;
        if (!absl::WebSafeBase64Unescape(text, &bytes) && !absl::Base64Unescape(text, &bytes)) return Fit::kWrong;
        text = std::move(bytes);
      }
      many ? r->AddString(&message, field, std::move(text)) : r->SetString(&message, field, std::move(text));
      return Fit::kSet;
    }
    case FieldDescriptor::CPPTYPE_ENUM:
      return FillEnum(value, field, message, many);
    case FieldDescriptor::CPPTYPE_MESSAGE:
      return Fill(value, *plan.message, many ? *r->AddMessage(&message, field) : *r->MutableMessage(&message, field))
                 ? Fit::kSet
                 : Fit::kWrong;
    default:
      return Fit::kWrong;
  }
}

bool FillMap(const json& value, const FieldPlan& plan, Message& message) {
  if (!value.is_object()) return false;
  for (const auto& [key, element] : value.items()) {
    Message* entry = message.GetReflection()->AddMessage(&message, plan.descriptor);
    if (FillValue(json(key), plan.message->fields[0], *entry) != Fit::kSet) return false;
    if (FillValue(element, plan.message->fields[1], *entry) != Fit::kSet) return false;
  }
  return true;
}

bool Fill(const json& object, const MessagePlan& plan, Message& message) {
  if (object.is_string()) return true;  // a text has no fields that anything knows
  if (!object.is_object()) return false;
  for (const auto& [name, value] : object.items()) {
    int at = plan.Find(name, 0);
    if (at < 0) {
      const FieldDescriptor* other = plan.descriptor->FindFieldByCamelcaseName(name);
      if (other == nullptr) continue;
      at = other->index();
    }
    const FieldPlan& field = plan.fields[static_cast<std::size_t>(at)];
    message.GetReflection()->ClearField(&message, field.descriptor);
    if (value.is_null()) continue;
    if (field.descriptor->is_map()) {
      if (!FillMap(value, field, message)) return false;
    } else if (!field.descriptor->is_repeated()) {
      if (FillValue(value, field, message) == Fit::kWrong) return false;
    } else {
      if (!value.is_array()) return false;
      for (const json& element : value) {
        // MLflow's parser finds out too late.
        if (element.is_null() && field.message != nullptr) message.GetReflection()->AddMessage(&message, field.descriptor);
        if (element.is_null() || FillValue(element, field, message) == Fit::kWrong) return false;
      }
    }
  }
  return true;
}

absl::Status Invalid(const std::string& message) {
  return absl::InvalidArgumentError(absl::StrCat(message, " See the API docs for more information about request parameters."));
}

std::string Missing(const std::string& path) { return absl::StrCat("Missing value for required parameter '", path, "'."); }

bool IsGiven(const json& value) {
  return !value.is_null() && !(value.is_string() && value.get_ref<const std::string&>().empty());
}

// The fields with REQUIRED in every element of a list.
absl::Status CheckElements(const FieldPlan& field, const json& value) {
  if (!value.is_array()) return absl::OkStatus();
  for (std::size_t i = 0; i < value.size(); ++i) {
    for (const FieldPlan& part : field.message->fields) {
      if (!part.is_required) continue;
      const bool is_given = value[i].is_object() && value[i].contains(part.name) && IsGiven(value[i][part.name]);
      if (!is_given) return Invalid(Missing(absl::StrCat(field.name, "[", i, "].", part.name)));
    }
  }
  return absl::OkStatus();
}

bool Holds(Json::Check check, const json& value) {
  std::int64_t whole = 0;
  switch (check) {
    case Json::REQUIRED:
      return IsGiven(value);
    case Json::STRING:
      return value.is_string() && !IsWord(value);
    case Json::INTEGER:
      return value.is_number() || value.is_boolean() ||
             (value.is_string() && absl::SimpleAtoi(value.get_ref<const std::string&>(), &whole));
    case Json::FLOAT:
      return DoubleOf(value) || IsWord(value) || value.is_number() || value == "nan";
    case Json::BOOLEAN:
      return value.is_boolean();
    case Json::ARRAY:
      return value.is_array();
    case Json::STRINGS:
      return !value.is_array() || std::all_of(value.begin(), value.end(), [](const json& e) { return e.is_string(); });
    default:
      return true;
  }
}

absl::Status CheckField(const FieldPlan& field, const json& value, bool fits) {
  const auto refuse = [&] {
    return Invalid(absl::StrCat("Invalid value ", Show(value), " for parameter '", field.name,
                                "' supplied:  Hint: Value was of type '", TypeName(value), "'."));
  };
  for (const Json::Check check : field.checks) {
    if (check == Json::ELEMENTS) {
      RETURN_IF_ERROR(CheckElements(field, value));
    } else if (check == Json::REQUIRED) {
      if (!Holds(check, value)) return Invalid(Missing(field.name));
    } else if (!fits && !Holds(check, value)) {
      return refuse();
    }
  }
  const std::optional<std::int64_t> number = field.at_most ? IntOf(value) : std::nullopt;
  if (number && *number > *field.at_most) return refuse();
  return absl::OkStatus();
}

absl::Status ReadObject(const json& object, const MessagePlan& plan, Message& message) {
  const bool fits = Fill(object, plan, message);
  for (const FieldPlan& field : plan.fields) {
    if (field.checks.empty() && !field.at_most) continue;
    const bool is_there = object.contains(field.name);
    if (!is_there && !field.is_required) continue;
    json value = is_there ? object[field.name] : json();
    if (field.name == "run_id" && value.is_null() && object.contains("run_uuid")) value = object["run_uuid"];
    RETURN_IF_ERROR(CheckField(field, value, fits));
  }
  return absl::OkStatus();
}

// What does not parse is null.
absl::StatusOr<json> Parse(absl::string_view text) {
  RETURN_IF_ERROR(CheckJsonDepth(text));
  json value = json::parse(text.begin(), text.end(), nullptr, /*allow_exceptions=*/false);
  if (value.is_discarded()) {
    const std::string quoted = QuoteWords(text);
    if (quoted.size() != text.size()) value = json::parse(quoted, nullptr, /*allow_exceptions=*/false);
  }
  return value.is_discarded() ? json() : value;
}

}  // namespace

absl::Status ReadMlflowJson(absl::string_view body, const MessagePlan& plan, Message& message) {
  ASSIGN_OR_RETURN(json value, Parse(body));
  // Old clients encode twice.
  if (value.is_string()) {
    const std::string inner = value.get<std::string>();
    ASSIGN_OR_RETURN(value, Parse(inner));
  }
  if (value.is_null()) value = json::object();
  if (!value.is_object()) return absl::InvalidArgumentError("Bad Request. The body must be a JSON object.");
  return ReadObject(value, plan, message);
}

absl::Status ReadMlflowQuery(absl::string_view query, const MessagePlan& plan, Message& message) {
  json object = json::object();
  for (const absl::string_view part : absl::StrSplit(query, '&', absl::SkipEmpty())) {
    const std::pair<absl::string_view, absl::string_view> entry = absl::StrSplit(part, absl::MaxSplits('=', 1));
    ASSIGN_OR_RETURN(const std::string name, PercentDecodeLeniently(entry.first));
    const int at = plan.Find(name, 0);
    if (at < 0) continue;
    const FieldDescriptor* field = plan.fields[static_cast<std::size_t>(at)].descriptor;
    ASSIGN_OR_RETURN(const std::string value, PercentDecodeLeniently(entry.second));
    if (field->is_repeated()) {
      if (!object.contains(name)) object[name] = json::array();
      object[name].push_back(value);
    } else if (object.contains(name)) {
      continue;  // the first counts
    } else {
      object[name] = value;
    }
  }
  return ReadObject(object, plan, message);
}

}  // namespace millwright::gateway
