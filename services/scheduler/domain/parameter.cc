#include "scheduler/domain/parameter.h"

#include <algorithm>
#include <cmath>

#include "absl/strings/ascii.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"
#include "lib/base/sha256.h"
#include "lib/base/status_macros.h"
#include "scheduler/domain/definition_json.h"

namespace millwright::scheduler {
namespace {

using nlohmann::json;

constexpr std::size_t kMaxFiles = 10'000;
constexpr std::size_t kMaxListItems = 1000;
constexpr std::size_t kMaxParameters = 100;
constexpr std::size_t kMaxParameterBytes = 64 << 10;  // without the files
constexpr std::size_t kMaxFileBytes = 2 << 20;        // of all parameters that are files: their names and digests

absl::StatusOr<ParameterType> ParseType(const json& value, const std::string& path) {
  for (const ParameterType type : {ParameterType::kString, ParameterType::kInt, ParameterType::kFloat, ParameterType::kBool,
                                   ParameterType::kList, ParameterType::kFile}) {
    if (value == Name(type)) return type;
  }
  return Bad(path, absl::StrCat(Show(value), " is not one of string, int, float, bool, list, file"));
}

bool IsUploadedFile(const json& value) {
  return value.is_object() && value.size() == 2 && value.contains("sha256") && value["sha256"].is_string() &&
         value.contains("name") && value["name"].is_string() && base::IsSha256Hex(value["sha256"].get<std::string>());
}

/// Texts; one text is what stands between its commas.
absl::StatusOr<json> CoerceList(const json& value, const std::string& path) {
  json list = value;
  if (value.is_string()) {
    list = json::array();
    for (const absl::string_view item : absl::StrSplit(value.get_ref<const std::string&>(), ',', absl::SkipWhitespace()))
      list.push_back(std::string(absl::StripAsciiWhitespace(item)));
  }
  if (!list.is_array() || list.size() > kMaxListItems || !std::all_of(list.begin(), list.end(), [](const json& item) {
        return item.is_string() && !item.get<std::string>().empty();
      }))
    return Bad(path, absl::StrCat(Show(value), " is not a list of up to ", kMaxListItems,
                                  " texts, or one text with commas between them"));
  return list;
}

/// `value` as the parameter's type, or what is wrong with it.
absl::StatusOr<json> Coerce(ParameterType type, const json& value, const std::string& path) {
  const std::string text = value.is_string() ? value.get<std::string>() : "";
  switch (type) {
    case ParameterType::kString:
      if (value.is_string()) return value;
      break;
    case ParameterType::kInt: {
      std::int64_t whole = 0;
      if (value.is_number() && value.get<double>() == std::floor(value.get<double>()) &&
          std::abs(value.get<double>()) <= 9007199254740992.0)
        return static_cast<std::int64_t>(value.get<double>());
      if (value.is_string() && absl::SimpleAtoi(text, &whole)) return whole;
      break;
    }
    case ParameterType::kFloat: {
      double number = 0;
      if (value.is_number() && std::isfinite(value.get<double>())) return value;
      if (value.is_string() && absl::SimpleAtod(text, &number) && std::isfinite(number)) return number;
      break;
    }
    case ParameterType::kBool:
      if (value.is_boolean()) return value;
      if (text == "true") return true;
      if (text == "false") return false;
      break;
    case ParameterType::kList:
      return CoerceList(value, path);
    case ParameterType::kFile:
      if (IsUploadedFile(value)) return value;
      if (value.is_array() && !value.empty() && value.size() <= kMaxFiles &&
          std::all_of(value.begin(), value.end(), IsUploadedFile))
        return value;
      return Bad(path, absl::StrCat(Show(value),
                                    " is not an uploaded file: {\"sha256\": 64 hex digits, \"name\": text}, or a list of up to ",
                                    kMaxFiles, " such"));
  }
  return Bad(path, absl::StrCat(Show(value), " is not ", type == ParameterType::kInt ? "an " : "a ", Name(type)));
}

absl::Status CheckSize(const std::vector<Parameter>& parameters, const json& given) {
  std::size_t bytes = 0;
  std::size_t file_bytes = 0;
  for (const auto& [name, value] : given.items()) {
    const auto is_this = [&name = name](const Parameter& parameter) { return parameter.name == name; };
    const auto found = std::find_if(parameters.begin(), parameters.end(), is_this);
    const bool is_file = found != parameters.end() && found->type == ParameterType::kFile;
    (is_file ? file_bytes : bytes) += name.size() + value.dump(-1, ' ', false, json::error_handler_t::replace).size();
  }
  if (bytes > kMaxParameterBytes) return Bad("parameters", absl::StrCat("over ", kMaxParameterBytes, " bytes"));
  if (file_bytes > kMaxFileBytes)
    return Bad("parameters", absl::StrCat("the names and digests of all files are over ", kMaxFileBytes, " bytes"));
  return absl::OkStatus();
}

}  // namespace

const char* Name(ParameterType type) {
  switch (type) {
    case ParameterType::kString:
      return "string";
    case ParameterType::kInt:
      return "int";
    case ParameterType::kFloat:
      return "float";
    case ParameterType::kBool:
      return "bool";
    case ParameterType::kList:
      return "list";
    case ParameterType::kFile:
      return "file";
  }
  return "";
}

absl::StatusOr<std::vector<Parameter>> ParseParameters(const json& root) {
  std::vector<Parameter> result;
  const auto found = root.find("parameters");
  if (found == root.end() || found->is_null()) return result;
  if (!found->is_object() || found->size() > kMaxParameters)
    return Bad("parameters",
               absl::StrCat("must be a map of at most ", kMaxParameters, " parameters, name: {type, default, help}"));
  for (const auto& [name, entry] : found->items()) {
    const std::string path = absl::StrCat("parameters.", name);
    if (!IsName(name, "_-")) return Bad(path, "is not a name: 1 to 100 of a-z A-Z 0-9 _ -");
    if (!entry.is_object()) return Bad(path, "must be a map: {type, default, optional, help}");
    RETURN_IF_ERROR(CheckKeys(entry, path, {"type", "default", "optional", "help"}));
    Parameter parameter{.name = name};
    ASSIGN_OR_RETURN(parameter.type, ParseType(entry.value("type", json()), absl::StrCat(path, ".type")));
    ASSIGN_OR_RETURN(parameter.help, Text(entry, absl::StrCat(path, ".help"), "help", 2000));
    if (entry.contains("default")) {
      if (parameter.type == ParameterType::kFile) return Bad(absl::StrCat(path, ".default"), "a file has no default");
      ASSIGN_OR_RETURN(parameter.default_value, Coerce(parameter.type, entry["default"], absl::StrCat(path, ".default")));
    }
    if (const auto optional = entry.find("optional"); optional != entry.end()) {
      if (!optional->is_boolean())
        return Bad(absl::StrCat(path, ".optional"), absl::StrCat(Show(*optional), " is not true or false"));
      parameter.is_optional = optional->get<bool>();
      if (parameter.is_optional && parameter.default_value)
        return Bad(absl::StrCat(path, ".optional"), "a parameter with a default is never without a value");
    }
    result.push_back(std::move(parameter));
  }
  return result;
}

absl::StatusOr<json> CompleteParameters(const std::vector<Parameter>& parameters, const json& given) {
  if (!given.is_object()) return Bad("parameters", "must be a map");
  RETURN_IF_ERROR(CheckSize(parameters, given));
  json result = json::object();
  std::vector<std::string> names;
  for (const Parameter& parameter : parameters) {
    names.push_back(parameter.name);
    const std::string path = absl::StrCat("parameters.", parameter.name);
    if (const auto found = given.find(parameter.name); found != given.end()) {
      ASSIGN_OR_RETURN(result[parameter.name], Coerce(parameter.type, *found, path));
    } else if (parameter.default_value) {
      result[parameter.name] = *parameter.default_value;
    } else if (!parameter.is_optional) {
      return Bad(path,
                 absl::StrCat("is missing (", Name(parameter.type), parameter.help.empty() ? "" : ": ", parameter.help, ")"));
    }
  }
  for (const auto& [key, value] : given.items()) {
    if (!result.contains(key))
      return Bad(absl::StrCat("parameters.", key),
                 names.empty() ? "the pipeline has no parameters"
                               : absl::StrCat("the pipeline has no such parameter; it has ", absl::StrJoin(names, ", ")));
  }
  return result;
}

}  // namespace millwright::scheduler
