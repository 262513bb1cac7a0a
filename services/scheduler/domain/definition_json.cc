#include "scheduler/domain/definition_json.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"

namespace millwright::scheduler {

using nlohmann::json;

absl::Status Bad(const std::string& path, const std::string& what) {
  return absl::InvalidArgumentError(absl::StrCat(path, ": ", what));
}

std::string Show(const json& value) {
  std::string text = value.dump(-1, ' ', false, json::error_handler_t::replace);
  return text.size() <= 80 ? text : text.substr(0, 77) + "...";
}

absl::Status CheckKeys(const json& map, const std::string& path, const std::vector<std::string>& known) {
  for (const auto& [key, value] : map.items()) {
    if (std::find(known.begin(), known.end(), key) == known.end())
      return Bad(path.empty() ? key : absl::StrCat(path, ".", key),
                 absl::StrCat("unknown key; known are ", absl::StrJoin(known, ", ")));
  }
  return absl::OkStatus();
}

bool IsName(const std::string& text, const char* more) {
  if (text.empty() || text.size() > 100) return false;
  return std::all_of(text.begin(), text.end(), [&](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
           std::string(more).find(c) != std::string::npos;
  });
}

absl::StatusOr<std::string> NameAt(const json& map, const std::string& path, const char* key, const char* more) {
  const auto found = map.find(key);
  if (found == map.end()) return Bad(path, "is missing");
  if (!found->is_string() || !IsName(found->get<std::string>(), more))
    return Bad(path, absl::StrCat(Show(*found), " is not a name: 1 to 100 of a-z A-Z 0-9 ", more));
  return found->get<std::string>();
}

absl::StatusOr<std::string> Text(const json& map, const std::string& path, const char* key, std::size_t max,
                                 const std::string& fallback) {
  const auto found = map.find(key);
  if (found == map.end() || found->is_null()) return fallback;
  if (!found->is_string()) return Bad(path, absl::StrCat(Show(*found), " is not a text"));
  if (found->get_ref<const std::string&>().size() > max) return Bad(path, absl::StrCat("longer than ", max, " bytes"));
  return found->get<std::string>();
}

}  // namespace millwright::scheduler
