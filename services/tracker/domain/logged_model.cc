#include "tracker/domain/logged_model.h"

#include <array>
#include <map>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "lib/base/check.h"
#include "lib/base/random.h"

namespace millwright::tracker {
namespace {

constexpr std::array<const char*, 4> kNames = {"unspecified", "pending", "ready", "upload_failed"};

}  // namespace

const char* Name(LoggedModelStatus status) { return kNames[static_cast<std::size_t>(status)]; }

LoggedModelStatus ParseLoggedModelStatus(absl::string_view name) {
  std::size_t i = 0;
  while (i < kNames.size() && name != kNames[i]) ++i;
  CHECK(i < kNames.size());
  return static_cast<LoggedModelStatus>(i);
}

bool IsLoggedModelId(absl::string_view text) {
  bool is_id = text.size() == 34 && text.substr(0, 2) == "m-";
  for (const char c : text.substr(is_id ? 2 : 0)) is_id = is_id && ((c >= '0' && c <= '9') || (c >= 'a' && c <= 'f'));
  return is_id;
}

LoggedModelId NewLoggedModelId() { return LoggedModelId("m-" + base::RandomHex(16)); }

std::string PlaceBelow(absl::string_view uri, absl::string_view path) {
  const absl::string_view place = uri.substr(0, uri.find('?'));
  return absl::StrCat(place, absl::EndsWith(place, "/") ? "" : "/", path, uri.substr(place.size()));
}

absl::Status CheckLoggedModelName(absl::string_view name) {
  if (name.empty() || name.size() > 500)
    return absl::InvalidArgumentError(absl::StrCat("name: has ", name.size(), " bytes; a logged model's name has 1 to 500"));
  const std::size_t bad = name.find_first_of("/:.%\"'");
  if (bad == absl::string_view::npos) return absl::OkStatus();
  return absl::InvalidArgumentError(
      absl::StrCat("name: \"", name, "\" has a ", name.substr(bad, 1), "; a logged model's name has none of / : . % \" '"));
}

absl::Status NormaliseModelTags(const char* field, std::vector<KeyValue>& items) {
  if (items.size() > 1000)
    return absl::InvalidArgumentError(absl::StrCat(field, ": has ", items.size(), " entries; at most 1000 in one call"));
  std::map<std::string, std::string> last;
  for (std::size_t i = 0; i < items.size(); ++i) {
    if (items[i].key.size() > 255) {
      return absl::InvalidArgumentError(
          absl::StrCat(field, "[", i, "].key: has ", items[i].key.size(), " bytes; a key has at most 255"));
    }
    if (items[i].value.size() > 100'000) {
      return absl::InvalidArgumentError(
          absl::StrCat(field, "[", i, "].value: has ", items[i].value.size(), " bytes; a value has at most 100000"));
    }
    last[items[i].key] = std::move(items[i].value);
  }
  items.clear();
  for (auto& [key, value] : last) items.push_back({key, std::move(value)});
  return absl::OkStatus();
}

}  // namespace millwright::tracker
