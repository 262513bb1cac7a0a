#include "scheduler/domain/shared_parts.h"

#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "lib/base/status_macros.h"
#include "scheduler/domain/definition_json.h"

namespace millwright::scheduler {
namespace {

using nlohmann::json;

constexpr std::size_t kMaxDefinitions = 50;
constexpr std::size_t kMaxBytes = 1 << 20;
constexpr int kMaxDepth = 4;
constexpr char kPrefix[] = "${definitions.";

class Expansion {
 public:
  explicit Expansion(const json& definitions) : definitions_(definitions) {}

  absl::Status Expand(json& value, const std::string& path) {
    if (value.is_string()) return ExpandText(value, path);
    if (!value.is_structured()) return absl::OkStatus();
    const bool is_array = value.is_array();
    for (auto item = value.begin(); item != value.end(); ++item) {
      const std::string place =
          is_array ? absl::StrCat(path, "[", item - value.begin(), "]") : absl::StrCat(path, ".", item.key());
      RETURN_IF_ERROR(Expand(*item, place));
    }
    return absl::OkStatus();
  }

 private:
  absl::Status ExpandText(json& value, const std::string& path) {
    const std::string text = value.get<std::string>();
    const std::size_t at = text.find(kPrefix);
    if (at == std::string::npos || (at > 0 && text[at - 1] == '$')) return absl::OkStatus();
    const std::string name = text.substr(sizeof(kPrefix) - 1, text.size() - sizeof(kPrefix));
    if (at != 0 || text.back() != '}' || name.find('}') != std::string::npos)
      return Bad(path,
                 absl::StrCat("\"", text, "\" mixes a definition with other text; it must stand alone: ", kPrefix, "NAME}"));
    const auto found = definitions_.find(name);
    if (found == definitions_.end()) {
      std::vector<std::string> names;
      for (const auto& [known, unused] : definitions_.items()) names.push_back(known);
      return Bad(path, absl::StrCat(text, ": there is no definition \"", name, "\"; there are ",
                                    names.empty() ? "none" : absl::StrJoin(names, ", ")));
    }
    if (depth_ == kMaxDepth)
      return Bad(path, absl::StrCat(text, ": definitions use each other in a circle, or ", kMaxDepth, " deep"));
    bytes_ += found->dump(-1, ' ', false, json::error_handler_t::replace).size();
    if (bytes_ > kMaxBytes) return Bad(path, absl::StrCat("the pipeline grows over ", kMaxBytes, " bytes by its definitions"));
    value = *found;
    ++depth_;
    const absl::Status status = Expand(value, path);
    --depth_;
    return status;
  }

  const json& definitions_;
  std::size_t bytes_ = 0;
  int depth_ = 0;
};

}  // namespace

absl::Status ExpandDefinitions(json& pipeline) {
  const json definitions = pipeline.value("definitions", json::object());
  if (!definitions.is_object() || definitions.size() > kMaxDefinitions)
    return Bad("definitions", absl::StrCat("must be a map of at most ", kMaxDefinitions, " definitions, name: value"));
  pipeline.erase("definitions");
  Expansion expansion(definitions);
  for (const char* key : {"steps", "outputs"}) {
    if (const auto found = pipeline.find(key); found != pipeline.end()) RETURN_IF_ERROR(expansion.Expand(*found, key));
  }
  return absl::OkStatus();
}

}  // namespace millwright::scheduler
