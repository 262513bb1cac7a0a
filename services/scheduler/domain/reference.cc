#include "scheduler/domain/reference.h"

#include <optional>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "lib/base/status_macros.h"

namespace millwright::scheduler {
namespace {

using nlohmann::json;

constexpr char kForms[] = "write ${params.NAME} or ${steps.ID.outputs.NAME}";

/// A text as literal parts and the references between them: parts.size() == references.size() + 1.
struct Template {
  std::vector<std::string> parts{""};
  std::vector<Reference> references;
};

absl::StatusOr<Reference> ParseReference(const std::string& inner, const std::string& path) {
  Reference result{.text = absl::StrCat("${", inner, "}")};
  std::string body = inner;
  if (!body.empty() && body.back() == '?') {
    result.is_optional = true;
    body.pop_back();
  }
  std::vector<std::string> names = absl::StrSplit(body, '.');
  const auto bad = [&] {
    return absl::InvalidArgumentError(absl::StrCat(path, ": \"", result.text, "\" is not a reference; ", kForms));
  };
  for (const std::string& name : names) {
    if (name.empty() || name.find_first_of(" \t{}$\"'") != std::string::npos) return bad();
  }
  std::size_t used = 2;
  if (names[0] == "params" && names.size() >= 2) {
    result.param = names[1];
  } else if (names[0] == "steps" && names.size() >= 3 && names[2] == "outputs") {
    result.step = names[1];
    used = 3;
  } else {
    return bad();
  }
  result.path.assign(names.begin() + static_cast<std::ptrdiff_t>(used), names.end());
  return result;
}

absl::StatusOr<Template> ParseTemplate(const std::string& text, const std::string& path) {
  Template result;
  for (std::size_t i = 0; i < text.size();) {
    if (text.compare(i, 3, "$${") == 0) {
      result.parts.back() += "${";
      i += 3;
    } else if (text.compare(i, 2, "${") == 0) {
      const std::size_t end = text.find('}', i);
      if (end == std::string::npos)
        return absl::InvalidArgumentError(absl::StrCat(path, ": \"", text.substr(i, 60), "\" has no closing }; ", kForms));
      ASSIGN_OR_RETURN(Reference reference, ParseReference(text.substr(i + 2, end - i - 2), path));
      result.references.push_back(std::move(reference));
      result.parts.emplace_back();
      i = end + 1;
    } else {
      result.parts.back() += text[i++];
    }
  }
  return result;
}

bool IsWhole(const Template& text) { return text.references.size() == 1 && text.parts[0].empty() && text.parts[1].empty(); }

absl::StatusOr<std::optional<json>> LookUp(const Reference& reference, const Scope& scope, const std::string& path) {
  std::string walked =
      reference.param.empty() ? absl::StrCat("steps.", reference.step, ".outputs") : absl::StrCat("params.", reference.param);
  const json& root = reference.param.empty() ? scope.steps : scope.params;
  const json* at = nullptr;
  if (const auto found = root.find(reference.param.empty() ? reference.step : reference.param); found != root.end()) at = &*found;
  for (std::size_t i = 0; at != nullptr && i < reference.path.size(); ++i) {
    const std::string& name = reference.path[i];
    const json* next = nullptr;
    std::size_t index = 0;
    if (at->is_object()) {
      if (const auto found = at->find(name); found != at->end()) next = &*found;
    } else if (at->is_array() && absl::SimpleAtoi(name, &index) && index < at->size()) {
      next = &(*at)[index];
    }
    if (next == nullptr && !reference.is_optional) {
      std::string has;
      if (at->is_object()) {
        for (const auto& [key, value] : at->items()) absl::StrAppend(&has, has.empty() ? "; it has " : ", ", key);
      }
      return absl::NotFoundError(absl::StrCat(path, ": ", reference.text, ": ", walked, " has no \"", name, "\"", has));
    }
    absl::StrAppend(&walked, ".", name);
    at = next;
  }
  if (at != nullptr) return std::optional<json>(*at);
  if (reference.is_optional) return std::optional<json>();
  return absl::NotFoundError(absl::StrCat(path, ": ", reference.text, ": there is no ", walked));
}

absl::StatusOr<std::optional<json>> ResolveText(const std::string& text, const Scope& scope, const std::string& path) {
  ASSIGN_OR_RETURN(const Template parsed, ParseTemplate(text, path));
  if (IsWhole(parsed)) return LookUp(parsed.references[0], scope, path);
  std::string result = parsed.parts[0];
  for (std::size_t i = 0; i < parsed.references.size(); ++i) {
    ASSIGN_OR_RETURN(const std::optional<json> value, LookUp(parsed.references[i], scope, path));
    if (value) result += value->is_string() ? value->get<std::string>() : value->dump();
    result += parsed.parts[i + 1];
  }
  return std::optional<json>(std::move(result));
}

absl::StatusOr<std::optional<json>> ResolveValue(const json& value, const Scope& scope, const std::string& path) {
  if (value.is_string()) return ResolveText(value.get_ref<const std::string&>(), scope, path);
  if (value.is_array()) {
    json result = json::array();
    for (std::size_t i = 0; i < value.size(); ++i) {
      ASSIGN_OR_RETURN(std::optional<json> entry, ResolveValue(value[i], scope, absl::StrCat(path, "[", i, "]")));
      if (entry) result.push_back(*std::move(entry));
    }
    return std::optional<json>(std::move(result));
  }
  if (value.is_object()) {
    json result = json::object();
    for (const auto& [key, child] : value.items()) {
      ASSIGN_OR_RETURN(std::optional<json> entry, ResolveValue(child, scope, absl::StrCat(path, ".", key)));
      if (entry) result[key] = *std::move(entry);
    }
    return std::optional<json>(std::move(result));
  }
  return std::optional<json>(value);
}

}  // namespace

absl::StatusOr<std::vector<Reference>> FindReferences(const std::string& text, const std::string& path) {
  ASSIGN_OR_RETURN(Template parsed, ParseTemplate(text, path));
  return std::move(parsed.references);
}

absl::StatusOr<std::vector<Reference>> AllReferences(const json& value, const std::string& path) {
  if (value.is_string()) return FindReferences(value.get_ref<const std::string&>(), path);
  std::vector<Reference> result;
  if (!value.is_structured()) return result;
  for (const auto& [key, child] : value.items()) {
    ASSIGN_OR_RETURN(const std::vector<Reference> found,
                     AllReferences(child, value.is_array() ? absl::StrCat(path, "[", key, "]") : absl::StrCat(path, ".", key)));
    result.insert(result.end(), found.begin(), found.end());
  }
  return result;
}

absl::StatusOr<json> Resolve(const json& value, const Scope& scope, const std::string& path) {
  ASSIGN_OR_RETURN(std::optional<json> result, ResolveValue(value, scope, path));
  return result ? *std::move(result) : json(nullptr);
}

}  // namespace millwright::scheduler
